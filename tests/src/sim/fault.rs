//! What can go wrong at a point, and what kinds of points there are.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What is about to happen at a point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Bytes are written to a file.
    Write,
    /// A file is synced.
    Sync,
    /// A file is cut or lengthened.
    Truncate,
    /// A name is removed.
    Delete,
    /// A file gets another name.
    Rename,
    /// The names of a directory are synced.
    DirSync,
    /// A connection is opened.
    Connect,
    /// Bytes go to the server.
    Send,
    /// Bytes came from the server.
    Receive,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Write,
        Self::Sync,
        Self::Truncate,
        Self::Delete,
        Self::Rename,
        Self::DirSync,
        Self::Connect,
        Self::Send,
        Self::Receive,
    ];
    /// Whether it concerns the link, not the disk.
    pub fn is_link(self) -> bool {
        matches!(self, Self::Connect | Self::Send | Self::Receive)
    }
    /// `write`, `dir-sync` …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Sync => "sync",
            Self::Truncate => "truncate",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::DirSync => "dir-sync",
            Self::Connect => "connect",
            Self::Send => "send",
            Self::Receive => "receive",
        }
    }
}

impl FromStr for Kind {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|k| k.as_str() == s).ok_or_else(|| format!("unknown kind of point: {s}"))
    }
}

/// One point of a run, before its effect.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its number, from 1.
    pub number: u64,
    /// What is about to happen.
    pub kind: Kind,
    /// Path of the file or directory, or host and port.
    pub what: Arc<str>,
    /// Offset of a write, new length of a truncate, flags of a sync.
    pub at: u64,
    /// Bytes concerned.
    pub len: u64,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.number, self.kind.as_str(), self.what)?;
        match self.kind {
            Kind::Write => write!(f, " {}+{}", self.at, self.len),
            Kind::Truncate => write!(f, " {}", self.at),
            Kind::Sync => write!(f, " flags {}", self.at),
            Kind::Send | Kind::Receive => write!(f, " {}", self.len),
            _ => Ok(()),
        }
    }
}

/// How much of what was never synced is there after a power loss. The numbers seed the choice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Survivors {
    /// Nothing.
    Nothing,
    /// The first few changes, in the order they were made.
    Prefix(u32),
    /// Any subset of the changes.
    Subset(u32),
    /// Any subset, and of writes any subset of their sectors of 512 bytes.
    Torn(u32),
}

/// What goes wrong at a point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
    /// The process is killed; the disk stays as the operating system saw it.
    Stop,
    /// The device loses power.
    Power(Survivors),
    /// This one disk call fails with EIO; a sync leaves its data unsynced, to be synced by the next.
    Io,
    /// This and every later disk call of the process fails with EIO.
    IoSticky,
    /// A failed sync after which the operating system forgets that the pages were dirty (as Linux does); the power
    /// goes when the process has ended.
    IoDrop,
    /// This one write finds no space, after the first half of it.
    Full,
    /// From here on the process finds no space.
    FullSticky,
    /// The n-th read of the process fails with EIO: it counts reads, not points.
    Read,
    /// The n-th opening of a file finds no handle left (EMFILE): it counts openings, not points.
    Handles,
    /// The connection breaks: at a send the request is lost, at a receive the answer.
    Cut,
}

impl Fault {
    /// Whether the process ends at the point, so that one run serves all faults of this sort.
    pub fn kills(self) -> bool {
        matches!(self, Self::Stop | Self::Power(_))
    }
    /// Whether it makes sense at such a point.
    pub fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Stop | Self::Power(_) => true,
            Self::Io | Self::IoSticky => !kind.is_link(),
            Self::IoDrop => kind == Kind::Sync,
            Self::Full | Self::FullSticky => kind == Kind::Write,
            Self::Cut => kind.is_link(),
            Self::Read | Self::Handles => false,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stop => f.write_str("stop"),
            Self::Power(Survivors::Nothing) => f.write_str("none"),
            Self::Power(Survivors::Prefix(n)) => write!(f, "prefix.{n}"),
            Self::Power(Survivors::Subset(n)) => write!(f, "subset.{n}"),
            Self::Power(Survivors::Torn(n)) => write!(f, "torn.{n}"),
            Self::Io => f.write_str("io"),
            Self::IoSticky => f.write_str("io-sticky"),
            Self::IoDrop => f.write_str("io-drop"),
            Self::Full => f.write_str("full"),
            Self::FullSticky => f.write_str("full-sticky"),
            Self::Cut => f.write_str("cut"),
            Self::Read => f.write_str("read"),
            Self::Handles => f.write_str("handles"),
        }
    }
}

impl FromStr for Fault {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let numbered = |n: &str| n.parse::<u32>().map_err(|_| format!("no number after the dot: {s}"));
        Ok(match s.split_once('.') {
            Some(("prefix", n)) => Self::Power(Survivors::Prefix(numbered(n)?)),
            Some(("subset", n)) => Self::Power(Survivors::Subset(numbered(n)?)),
            Some(("torn", n)) => Self::Power(Survivors::Torn(numbered(n)?)),
            None => match s {
                "stop" => Self::Stop,
                "none" => Self::Power(Survivors::Nothing),
                "io" => Self::Io,
                "io-sticky" => Self::IoSticky,
                "io-drop" => Self::IoDrop,
                "full" => Self::Full,
                "full-sticky" => Self::FullSticky,
                "cut" => Self::Cut,
                "read" => Self::Read,
                "handles" => Self::Handles,
                _ => return Err(format!("unknown fault: {s}")),
            },
            Some(_) => return Err(format!("unknown fault: {s}")),
        })
    }
}
