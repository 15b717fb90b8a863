//! Satchel in a process of its own, as its peers are: a pass from nothing, with its peak memory and its fsyncs.
#![allow(clippy::print_stdout, reason = "the process says its figures on its standard output")]
use std::env;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use satchel_core::account::{Bodies, Window};
use satchel_tests::peers::{Pass, Peer, SatchelPeer, Side, Target, timed_with_output};
use satchel_tests::servers::User;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::{Done, fsyncs};

/// The word on the command line; what follows is the [`Errand`] as JSON.
pub(crate) const WORD: &str = "one-pass";

#[derive(Serialize, Deserialize)]
struct Errand {
    host: String,
    port: u16,
    tls: bool,
    ca: PathBuf,
    user: String,
    password: String,
}

#[derive(Serialize, Deserialize)]
struct Figures {
    bodies: usize,
    found: usize,
    fsyncs: u64,
    peak_kb: u64,
    home_kb: u64,
    pass_seconds: f64,
}

/// Satchel with all bodies, run as a program.
pub(crate) struct OwnProcess {
    target: Target,
    place: TempDir,
    bodies: Option<usize>,
}

impl OwnProcess {
    pub(crate) fn new(target: Target) -> Done<Self> {
        Ok(Self { target, place: TempDir::new().map_err(|why| why.to_string())?, bodies: None })
    }
}

impl Peer for OwnProcess {
    fn name(&self) -> String {
        "Satchel".to_owned()
    }

    fn version(&self) -> String {
        SatchelPeer::new(self.target.clone(), Window::All, Bodies::All).version()
    }

    fn forget(&mut self) -> io::Result<()> {
        self.place = TempDir::new()?;
        self.bodies = None;
        Ok(())
    }

    fn pass(&mut self, _: Side<'_>) -> io::Result<Pass> {
        let errand = Errand {
            host: self.target.host.clone(),
            port: self.target.port(),
            tls: self.target.tls,
            ca: self.target.ca.clone(),
            user: self.target.user.name.clone(),
            password: self.target.user.password.clone(),
        };
        let mut command = Command::new(env::current_exe()?);
        command.arg(WORD).arg(serde_json::to_string(&errand)?).env("TMPDIR", self.place.path());
        let (mut pass, output) = timed_with_output(command)?;
        let figures: Figures = serde_json::from_slice(&output)?;
        self.bodies = Some(figures.bodies.min(figures.found));
        let facts = [
            ("bodies", figures.bodies as f64),
            ("fsyncs", figures.fsyncs as f64),
            ("peak_mb", figures.peak_kb as f64 / 1_000.0),
            ("home_mb", figures.home_kb as f64 / 1_000.0),
            ("pass_seconds", figures.pass_seconds),
        ];
        pass.facts.extend(facts);
        Ok(pass)
    }

    fn holds(&self) -> Option<usize> {
        self.bodies
    }
}

/// What the process does: one pass, then its figures.
pub(crate) fn run(errand: &str) -> Done {
    let errand: Errand = serde_json::from_str(errand).map_err(|why| why.to_string())?;
    fsyncs::counts()?;
    let before = fsyncs::count();
    let target = Target {
        host: errand.host,
        imap: errand.port,
        imaps: errand.port,
        tls: errand.tls,
        certificate: errand.ca.clone(),
        ca: errand.ca,
        user: User::new(&errand.user, &errand.password),
    };
    let mut peer = SatchelPeer::new(target, Window::All, Bodies::All);
    let pass = peer.pass(Side::Here).map_err(|why| why.to_string())?;
    let (bodies, found) = peer.bodies().map_err(|why| why.to_string())?;
    // The home stays: removing it is no part of the pass.
    let home = peer.into_home().ok_or("no home was made")?.keep();
    let figures = Figures {
        bodies,
        found,
        fsyncs: fsyncs::count() - before,
        peak_kb: peak_kb().unwrap_or_default(),
        home_kb: folder_bytes(&home) / 1_000,
        pass_seconds: pass.seconds,
    };
    println!("{}", serde_json::to_string(&figures).map_err(|why| why.to_string())?);
    Ok(())
}

/// VmHWM: the most memory this process ever had at once.
fn peak_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().split(' ').next()?.parse().ok()
}

fn folder_bytes(folder: &std::path::Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => folder_bytes(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    entries.filter_map(Result::ok).map(size).sum()
}
