//! Tables of commands that can be run against any server, and what they bring in comparable form.
//!
//! [`cases`] are self-contained: each IMAP script makes its own mailbox, fills it with [`corpus`] and deletes
//! it at the end. Run the same script against two servers ([`run_script`]) and compare the
//! [`Transcript`]s: a step a server cannot do (by its capabilities) is left out on its side.

mod cases;
mod corpus;
mod dialects;
mod imap;
mod normalize;
mod pop;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

pub use cases::cases;
pub use corpus::corpus;
pub use dialects::dialect_cases;

use crate::serve::Protocol;

/// Where a script runs: the account, and how the server names mailboxes.
#[derive(Clone, Debug)]
pub struct Site {
    /// User name.
    pub user: String,
    /// Password; neither it nor the name may hold a quote or backslash.
    pub password: String,
    /// Prefix of the personal namespace, such as `INBOX.`.
    pub prefix: String,
    /// Hierarchy delimiter.
    pub delimiter: char,
}

impl Site {
    /// A site without a prefix and with `/` between levels.
    pub fn new(user: &str, password: &str) -> Self {
        Self { user: user.to_owned(), password: password.to_owned(), prefix: String::new(), delimiter: '/' }
    }
}

/// What a step sends.
#[derive(Clone, Debug)]
pub enum Send {
    /// A command without tag and line end. `{box}` becomes the script's mailbox, quoted; `{box/x}` a mailbox
    /// below it; `{uidvalidity}` what SELECT said last; `{modseq}` what was marked; `{emailid}` and
    /// `{threadid}` the first ones that came up.
    Command(String),
    /// APPEND to the script's mailbox: flags, date, octets.
    Append(&'static str, &'static str, Vec<u8>),
    /// Remembers the HIGHESTMODSEQ that SELECT or STATUS said last.
    Mark,
}

/// One line of a script.
#[derive(Clone, Debug)]
pub struct Step {
    /// Unique in its script.
    pub name: String,
    /// What is sent.
    pub send: Send,
    /// Capabilities without which the step is left out.
    pub needs: Vec<&'static str>,
    /// Only the status is kept: the data depend on what the account held before.
    pub status_only: bool,
}

/// A table of commands.
#[derive(Clone, Debug)]
pub struct Script {
    /// What it is about; also part of the mailbox's name.
    pub name: &'static str,
    /// IMAP or POP3.
    pub protocol: Protocol,
    /// The steps after login.
    pub steps: Vec<Step>,
}

/// What one step brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// `OK`, `NO`, `BAD`, `+OK` or `-ERR`.
    pub status: String,
    /// The data as facts, such as `uid 3 flags \seen` or `search 1:2`.
    pub facts: BTreeSet<String>,
}

/// What a script brought, step by step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The server's capabilities after login.
    pub capabilities: BTreeSet<String>,
    /// By the names of the steps that were run.
    pub heard: BTreeMap<String, Heard>,
}

/// A script could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The stream failed.
    #[error("stream: {0}")]
    Stream(#[from] std::io::Error),
    /// The connection ended in this step.
    #[error("the connection ended at {0}")]
    Ended(String),
    /// Login was refused.
    #[error("login refused: {0}")]
    Login(String),
    /// Something came that is no answer.
    #[error("not understood at {0}: {1}")]
    NotUnderstood(String, String),
    /// There is no script for submission.
    #[error("no scripts for this protocol")]
    Protocol,
}

impl Transcript {
    /// What differs in the steps both have, one line each; empty when the servers agree.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        for (name, mine) in &self.heard {
            let Some(theirs) = other.heard.get(name) else { continue };
            if mine.status != theirs.status {
                differences.push(format!("{name}: {} / {}", mine.status, theirs.status));
            }
            for fact in mine.facts.difference(&theirs.facts) {
                differences.push(format!("{name}: only left: {fact}"));
            }
            for fact in theirs.facts.difference(&mine.facts) {
                differences.push(format!("{name}: only right: {fact}"));
            }
        }
        differences
    }
}

/// Logs in and runs the script on a stream whose greeting has not been read.
pub async fn run_script<S>(stream: S, site: &Site, script: &Script) -> Result<Transcript, ScriptError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match script.protocol {
        Protocol::Imap => imap::run(Reader::new(stream), site, script).await,
        Protocol::Pop => pop::run(Reader::new(stream), site, script).await,
        Protocol::Smtp => Err(ScriptError::Protocol),
    }
}

/// A stream read by lines and counts.
struct Reader<S> {
    stream: S,
    buffer: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Reader<S> {
    fn new(stream: S) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), ScriptError> {
        self.stream.write_all(bytes).await?;
        Ok(self.stream.flush().await?)
    }

    async fn more(&mut self, step: &str) -> Result<(), ScriptError> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(ScriptError::Ended(step.to_owned()));
        }
        Ok(())
    }

    /// A line without its CRLF.
    async fn line(&mut self, step: &str) -> Result<Vec<u8>, ScriptError> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let mut line: Vec<u8> = self.buffer.drain(..end + 2).collect();
                line.truncate(end);
                return Ok(line);
            }
            self.more(step).await?;
        }
    }

    async fn octets(&mut self, count: usize, step: &str) -> Result<Vec<u8>, ScriptError> {
        while self.buffer.len() < count {
            self.more(step).await?;
        }
        Ok(self.buffer.drain(..count).collect())
    }
}
