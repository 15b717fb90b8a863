//! What a command has around it: where it writes, where the person stands, what the terminal can show.

use crate::output::{Failure, Style};
use secrecy::SecretString;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The surroundings of one command. What it writes is held back until it has ended, so that an error with `--json` is the
/// only document, and so that a running `watch` can do the command for another process.
#[derive(Debug, Default)]
pub(crate) struct Shell {
    /// For standard output.
    pub(crate) out: Vec<u8>,
    /// For standard error.
    pub(crate) err: Vec<u8>,
    /// One JSON document is wanted.
    pub(crate) json: bool,
    /// No network is to be used.
    pub(crate) offline: bool,
    /// Where relative paths begin.
    pub(crate) folder: PathBuf,
    /// What the terminal can show.
    pub(crate) style: Style,
    /// A password that was asked for beforehand.
    pub(crate) password: Option<SecretString>,
    /// This is a running `watch` that does the command for another process.
    pub(crate) for_another: bool,
}

impl Shell {
    /// A path as the person meant it.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// Says something to the person.
    pub(crate) fn say(&mut self, text: impl AsRef<str>) {
        self.out.extend_from_slice(text.as_ref().as_bytes());
        self.out.push(b'\n');
    }

    /// Text that has its line ends.
    pub(crate) fn print(&mut self, text: impl AsRef<str>) {
        self.out.extend_from_slice(text.as_ref().as_bytes());
    }

    /// One document.
    pub(crate) fn document(&mut self, value: &Value) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        self.say(text);
    }

    /// A document or a sentence.
    pub(crate) fn answer(&mut self, value: &Value, sentence: impl AsRef<str>) {
        if self.json { self.document(value) } else { self.say(sentence) }
    }

    /// Something the person should know beside the answer.
    pub(crate) fn note(&mut self, text: impl AsRef<str>) {
        self.err.extend_from_slice(format!("satchel: {}\n", crate::output::line(text.as_ref())).as_bytes());
    }

    /// Ends in an error: the line, or the one document.
    pub(crate) fn fail(&mut self, failure: &Failure) -> u8 {
        if self.json {
            self.out.clear();
            self.document(&failure.document());
        } else {
            self.err.extend_from_slice(failure.line().as_bytes());
        }
        failure.exit_code()
    }
}
