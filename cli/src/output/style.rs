//! How much a terminal can show: colours, width, progress. Nothing of it without a terminal.

use serde::{Deserialize, Serialize};

/// What the reader of our output can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Style {
    /// Standard output is a terminal.
    pub(crate) terminal: bool,
    /// Bold and dim are welcome.
    pub(crate) colour: bool,
    /// Columns of the terminal.
    pub(crate) width: Option<usize>,
    /// Progress bars may be drawn on standard error.
    pub(crate) progress: bool,
}

impl Style {
    /// Of the terminal this process runs in.
    pub(crate) fn of_this_process() -> Self {
        use std::io::IsTerminal;
        let (out, err) = (std::io::stdout(), std::io::stderr());
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_none_or(|term| term == "dumb");
        let terminal = out.is_terminal();
        let columns = rustix::termios::tcgetwinsize(&out).ok().map(|size| usize::from(size.ws_col));
        Self {
            terminal,
            colour: terminal && !dumb && set("NO_COLOR").is_none(),
            width: columns.filter(|columns| terminal && *columns >= 20),
            progress: err.is_terminal() && !dumb,
        }
    }

    /// Bold, if the terminal can.
    pub(crate) fn bold(self, text: &str) -> String {
        self.wrapped(text, "1")
    }

    /// Dim, if the terminal can.
    pub(crate) fn dim(self, text: &str) -> String {
        self.wrapped(text, "2")
    }

    fn wrapped(self, text: &str, code: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
