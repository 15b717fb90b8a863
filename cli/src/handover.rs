//! Commands for a home whose engine runs in another process: handed to it through a socket in the home.
//!
//! One JSON line each way, then the bytes for standard output and standard error. The socket is its owner's only, and
//! both ends make sure that the other is the same user: a password may be in the line.

mod client;
mod server;

pub(crate) use client::ask;
pub(crate) use server::{Desk, Socket};

use crate::output::Style;
use serde::{Deserialize, Serialize};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

/// Both ends must speak the same.
const VERSION: u32 = 1;
/// The socket's name in the home.
const NAME: &str = "engine.sock";
/// Longest request line.
const LONGEST: u64 = 1024 * 1024;

/// A command for the running `watch`. No `Debug`: a password may be in it.
#[derive(Serialize, Deserialize)]
struct Request {
    version: u32,
    argv: Vec<String>,
    folder: PathBuf,
    style: Style,
    password: Option<String>,
}

/// How it ended; so many bytes for standard output and standard error follow.
#[derive(Serialize, Deserialize, Debug)]
struct Answer {
    exit: u8,
    out: u64,
    err: u64,
}

/// A path to the socket that fits into a socket address, and what keeps it valid.
fn reach(home: &Path) -> io::Result<(PathBuf, Option<OwnedFd>)> {
    let path = home.join(NAME);
    // 104 bytes on Apple's systems, 108 on Linux, with the final NUL.
    if path.as_os_str().len() < 100 {
        return Ok((path, None));
    }
    detour(home)
}

#[cfg(target_os = "linux")]
fn detour(home: &Path) -> io::Result<(PathBuf, Option<OwnedFd>)> {
    use rustix::fs::{Mode, OFlags};
    use std::os::fd::AsRawFd;
    let folder = rustix::fs::open(home, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd()));
    Ok((path, Some(folder)))
}

#[cfg(not(target_os = "linux"))]
fn detour(_home: &Path) -> io::Result<(PathBuf, Option<OwnedFd>)> {
    Err(io::Error::new(io::ErrorKind::InvalidFilename, "the home's path is too long for a socket"))
}

/// Whether the other end is the same user.
fn is_our_own(stream: &tokio::net::UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw())
}
