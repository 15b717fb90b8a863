//! Mail programs to be measured beside one another: Satchel, mbsync, interimap and a client that asks one thing at a time.
mod interimap;
mod mbsync;
mod satchel;
mod sequential;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

pub use interimap::Interimap;
pub use mbsync::Mbsync;
pub use satchel::SatchelPeer;
pub use sequential::Sequential;

use crate::link::Link;
use crate::servers::User;

/// The account that all peers read.
#[derive(Debug, Clone)]
pub struct Target {
    /// Server address, a numeral: no peer asks the DNS.
    pub host: String,
    /// Port for plain text.
    pub imap: u16,
    /// Port for TLS.
    pub imaps: u16,
    /// Whether TLS is used.
    pub tls: bool,
    /// The authority that signed the server's certificate.
    pub ca: PathBuf,
    /// The server's own certificate.
    pub certificate: PathBuf,
    /// Whose mail.
    pub user: User,
}

impl Target {
    /// The port for what is asked.
    pub fn port(&self) -> u16 {
        if self.tls { self.imaps } else { self.imap }
    }
}

/// Where a peer runs.
#[derive(Clone, Copy)]
pub enum Side<'a> {
    /// On this machine, over loopback.
    Here,
    /// On the client's side of the slow link.
    Near(&'a Link),
}

impl Side<'_> {
    fn command(self, program: &str) -> Command {
        match self {
            Self::Here => Command::new(program),
            Self::Near(link) => link.near_command(program),
        }
    }

    fn run<T: Send>(self, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        match self {
            Self::Here => Ok(work()),
            Self::Near(link) => link.on_near_side(work),
        }
    }
}

/// What one pass of a peer took.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// From the start (of the call, or of the process) to its end.
    pub seconds: f64,
    /// Moments on the way, in seconds from the start: `rows_12`, `rows_50`.
    pub marks: BTreeMap<&'static str, f64>,
    /// Facts that are no times, such as rows and bytes written.
    pub facts: BTreeMap<&'static str, f64>,
}

/// A program that brings mail from a server.
pub trait Peer {
    /// Its name with what matters of its settings.
    fn name(&self) -> String;
    /// Its version, as it says itself.
    fn version(&self) -> String;
    /// Forgets what it has: the next pass is a first one.
    fn forget(&mut self) -> io::Result<()>;
    /// Brings everything up to date once.
    fn pass(&mut self, side: Side<'_>) -> io::Result<Pass>;
    /// How many messages lie in its own storage: a fast peer that brought half of them was not fast. `None`: it keeps none.
    fn holds(&self) -> Option<usize>;
}

/// Messages in a tree of Maildirs: files in folders named `cur` or `new`.
fn maildir_messages(root: &Path) -> usize {
    let Ok(entries) = fs::read_dir(root) else { return 0 };
    let counted = matches!(root.file_name().and_then(|name| name.to_str()), Some("cur" | "new"));
    entries
        .filter_map(Result::ok)
        .map(
            |entry| {
                if entry.path().is_dir() { maildir_messages(&entry.path()) } else { usize::from(counted) }
            },
        )
        .sum()
}

/// Runs a program to its end and says how long it took; its words are in the error when it fails.
fn timed(command: Command) -> io::Result<Pass> {
    timed_with_output(command).map(|(pass, _)| pass)
}

/// The same, with what it printed.
pub fn timed_with_output(mut command: Command) -> io::Result<(Pass, Vec<u8>)> {
    command.stdin(Stdio::null());
    let begun = Instant::now();
    let output = command.output()?;
    let seconds = begun.elapsed().as_secs_f64();
    if output.status.success() {
        return Ok((Pass { seconds, ..Pass::default() }, output.stdout));
    }
    let words = [output.stdout, output.stderr].concat();
    let from = words.len().saturating_sub(2_000);
    let tail = String::from_utf8_lossy(words.get(from..).unwrap_or_default()).into_owned();
    Err(io::Error::other(format!("{}: {}: {tail}", command.get_program().display(), output.status)))
}

/// The first line a program prints when asked for its version.
fn version_of(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").to_owned()
}

/// A quoted string of a configuration file.
fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
