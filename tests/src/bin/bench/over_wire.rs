//! Benches with a server: first screen, unchanged pass, bulk. Peers take turns round by round.
use std::collections::BTreeMap;

use satchel_core::account::{Bodies, Window};
use satchel_tests::link::Counts;
use satchel_tests::peers::{Interimap, Mbsync, Pass, Peer, SatchelPeer, Sequential};

use crate::report::{Report, Row};
use crate::setup::Ground;
use crate::{Arguments, Done};

/// With mail in them; the five special-use ones of the server make it ten.
const MAILBOXES: usize = 5;
const ROUND_TRIP_MS: f64 = 50.0;

/// A peer in a bench: how it is called there, whether it starts from nothing each round, and what came of it.
struct Entry {
    label: String,
    peer: Box<dyn Peer>,
    fresh_each_round: bool,
    passes: Vec<Pass>,
    counts: Vec<Counts>,
    failed: Option<String>,
}

impl Entry {
    fn new(label: impl Into<String>, peer: impl Peer + 'static) -> Self {
        Self {
            label: label.into(),
            peer: Box::new(peer),
            fresh_each_round: false,
            passes: Vec::new(),
            counts: Vec::new(),
            failed: None,
        }
    }

    fn fresh(mut self) -> Self {
        self.fresh_each_round = true;
        self
    }

    /// One pass; a peer that failed once is out, its reason is kept.
    fn pass(&mut self, ground: &Ground, kept: bool) {
        if self.failed.is_some() {
            return;
        }
        if let Some(link) = &ground.link {
            link.reset_counts();
        }
        let forgotten = if self.fresh_each_round { self.peer.forget() } else { Ok(()) };
        match forgotten.and_then(|()| self.peer.pass(ground.side())) {
            Ok(pass) if kept => {
                println!("  {:<24} {:>9.3} s {:?} {:?}", self.label, pass.seconds, pass.marks, pass.facts);
                self.passes.push(pass);
                self.counts.extend(ground.link.as_ref().map(satchel_tests::link::Link::settled_counts));
            }
            Ok(_) => {}
            Err(why) => {
                println!("  {} FAILED: {why}", self.label);
                self.failed = Some(why.to_string());
            }
        }
    }

    fn samples(&self, of: impl Fn(&Pass) -> Option<f64>) -> Vec<f64> {
        self.passes.iter().filter_map(of).collect()
    }
}

/// First passes of those that stay, then the rounds; `between` happens before each round.
fn rounds(
    ground: &Ground,
    entries: &mut [Entry],
    count: usize,
    mut between: impl FnMut(usize) -> Done,
) -> Done {
    for entry in entries.iter_mut().filter(|entry| !entry.fresh_each_round) {
        println!("first passes of {}", entry.label);
        // Two: mbsync looks at everything once more when it finds files younger than its own clock's second.
        entry.pass(ground, false);
        entry.pass(ground, false);
    }
    for round in 0..count {
        between(round)?;
        for entry in entries.iter_mut() {
            entry.pass(ground, true);
        }
    }
    Ok(())
}

fn report(title: &str, workload: String, rounds: usize, ground: &Ground, entries: &[Entry]) -> Report {
    let mut versions: BTreeMap<_, _> =
        entries.iter().map(|entry| (entry.peer.name(), entry.peer.version())).collect();
    let dovecot = std::process::Command::new("dovecot").arg("--version").output();
    let dovecot = dovecot.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    versions.insert("Dovecot (server)".to_owned(), dovecot.unwrap_or_default());
    let mut notes = Vec::new();
    if ground.link.is_some() {
        notes.push("over two network namespaces, round trip 50 ms; bytes with IP and TCP headers".to_owned());
    }
    Report {
        title: title.to_owned(),
        workload,
        rounds,
        versions,
        rows: Vec::new(),
        notes,
        failed: entries
            .iter()
            .filter_map(|entry| entry.failed.as_ref().map(|why| format!("{} failed: {why}", entry.label)))
            .collect(),
    }
}

fn add_times(report: &mut Report, entries: &[Entry], marks: bool) {
    for entry in entries {
        for mark in ["rows_12", "rows_50"].into_iter().filter(|_| marks) {
            let samples = entry.samples(|pass| pass.marks.get(mark).map(|seconds| seconds * 1_000.0));
            report.rows.extend(Row::of(&entry.label, mark, "ms", &samples, &[]));
        }
        let samples = entry.samples(|pass| Some(pass.seconds * 1_000.0));
        report.rows.extend(Row::of(&entry.label, "pass", "ms", &samples, &entry.counts));
    }
}

/// Cold connection, mailbox known, 50 new mails: until the newest 12 and 50 rows can be read.
pub(crate) fn first_screen(arguments: &Arguments) -> Done<Report> {
    let count = arguments.messages.unwrap_or(10_000);
    let ground = Ground::new(count, 1, true)?;
    let config = ground.dovecot.config_path();
    let target = || ground.target(true);
    let window = Window::default();
    let mut entries = [
        Entry::new("Satchel", SatchelPeer::new(target(), window, Bodies::OnOpen).only_inbox()),
        Entry::new("sequential, 12 rows", Sequential::new(target(), 12)),
        Entry::new("sequential, 50 rows", Sequential::new(target(), 50)),
        Entry::new("Satchel, first login", SatchelPeer::new(target(), window, Bodies::OnOpen)).fresh(),
        Entry::new(
            "interimap",
            Interimap::new(target(), config).map_err(|why| why.to_string())?.only_inbox(),
        ),
        Entry::new("mbsync", Mbsync::new(target(), true).map_err(|why| why.to_string())?.only_inbox()),
    ];
    rounds(&ground, &mut entries, arguments.rounds, |round| ground.deliver(1_000 + round as u64, 50))?;
    let workload = format!(
        "INBOX of {count} sample mails and 50 new ones before each round, TLS, cold connection. Satchel and the sequential \
         client bring rows (envelope, flags, structure); interimap and mbsync bring whole mails and cannot show rows first."
    );
    let mut report = report("First screen", workload, arguments.rounds, &ground, &entries);
    add_times(&mut report, &entries, true);
    let limit = 4.0 * ROUND_TRIP_MS * 1.15;
    report.judge("12 rows, ms", report.figure("Satchel", "rows_12"), "≤ 230 (4 round trips + 15 %)", |ms| {
        ms <= limit
    });
    let ratio = report
        .figure("Satchel", "rows_50")
        .zip(report.figure("sequential, 50 rows", "rows_50"))
        .map(|(own, peer)| own / peer);
    report.judge("50 rows against the sequential client", ratio, "≤ 0.6", |ratio| ratio <= 0.6);
    let limit = 5.0 * ROUND_TRIP_MS * 1.15;
    let login = report.figure("Satchel, first login", "rows_12");
    report.judge("first login, 12 rows, ms", login, "≤ 288 (5 round trips + 15 %)", |ms| ms <= limit);
    Ok(report)
}

/// Nothing has changed in ten mailboxes: what it costs to find that out.
pub(crate) fn unchanged(arguments: &Arguments) -> Done<Report> {
    let count = arguments.messages.unwrap_or(15_000);
    let ground = Ground::new(count, MAILBOXES, true)?;
    let config = ground.dovecot.config_path();
    let target = || ground.target(true);
    let mut entries = [
        Entry::new("Satchel", SatchelPeer::new(target(), Window::default(), Bodies::OnOpen)),
        Entry::new("interimap", Interimap::new(target(), config).map_err(|why| why.to_string())?),
        Entry::new("mbsync", Mbsync::new(target(), true).map_err(|why| why.to_string())?),
    ];
    rounds(&ground, &mut entries, arguments.rounds, |_| Ok(()))?;
    let workload =
        format!("{count} sample mails in 5 of 10 mailboxes, nothing changed, TLS, cold connection.");
    let mut report = report("Unchanged pass", workload, arguments.rounds, &ground, &entries);
    add_times(&mut report, &entries, false);
    let limit = 4.0 * ROUND_TRIP_MS * 1.1;
    report.judge("pass, ms", report.figure("Satchel", "pass"), "≤ 220 (4 round trips + 10 %)", |ms| {
        ms <= limit
    });
    let written = entries.first().map(|entry| entry.samples(|pass| pass.facts.get("home_written").copied()));
    let written = written.map(|samples| samples.iter().sum::<f64>());
    report.judge("passes in which a file of the home changed", written, "0", |count| count < 0.5);
    let bytes = |label: &str| {
        let row = report.rows.iter().find(|row| row.peer == label)?;
        row.link.map(|link| (link.bytes_up + link.bytes_down) as f64)
    };
    let ratio = bytes("Satchel").zip(bytes("mbsync")).map(|(own, peer)| own / peer);
    report.judge("bytes against mbsync", ratio, "≤ 0.05", |ratio| ratio <= 0.05);
    Ok(report)
}

/// All headers and bodies from nothing into the store, searchable, on loopback.
pub(crate) fn bulk(arguments: &Arguments) -> Done<Report> {
    let count = arguments.messages.unwrap_or(15_000);
    let ground = Ground::new(count, MAILBOXES, false)?;
    let config = ground.dovecot.config_path();
    let all = |tls| SatchelPeer::new(ground.target(tls), Window::All, Bodies::All);
    let peer = |fsync| Mbsync::new(ground.target(false), fsync).map_err(|why| why.to_string());
    let mut entries = [
        Entry::new("Satchel, plain", all(false)).fresh(),
        Entry::new("Satchel, TLS", all(true)).fresh(),
        Entry::new("mbsync, no fsync", peer(false)?).fresh(),
        Entry::new("mbsync", peer(true)?).fresh(),
        Entry::new("interimap", Interimap::new(ground.target(false), config).map_err(|why| why.to_string())?)
            .fresh(),
    ];
    rounds(&ground, &mut entries, arguments.rounds, |_| Ok(()))?;
    let workload = format!(
        "{count} sample mails in 5 of 10 mailboxes, headers and bodies, from nothing, loopback; the processors are shared with \
         Dovecot. Satchel's time ends when the pass does, index included."
    );
    let mut report = report("Bulk", workload, arguments.rounds, &ground, &entries);
    for entry in &entries {
        let samples = entry.samples(|pass| Some(count as f64 / pass.seconds));
        report.rows.extend(Row::of(&entry.label, "rate", "mails/s", &samples, &[]));
        if entry.failed.is_none() && entry.peer.holds() != Some(count) {
            let held = entry.peer.holds();
            report.failed.push(format!(
                "{}: holds {held:?} mails instead of {count}: its figure is void",
                entry.label
            ));
        }
    }
    report.judge("plain, mails/s", report.figure("Satchel, plain", "rate"), "≥ 14,000", |rate| {
        rate >= 14_000.0
    });
    report
        .judge("TLS, mails/s", report.figure("Satchel, TLS", "rate"), "≥ 12,000", |rate| rate >= 12_000.0);
    let ratio = report
        .figure("Satchel, plain", "rate")
        .zip(report.figure("mbsync, no fsync", "rate"))
        .map(|(own, peer)| own / peer);
    report.judge("against mbsync without fsync", ratio, "≥ 8", |ratio| ratio >= 8.0);
    Ok(report)
}
