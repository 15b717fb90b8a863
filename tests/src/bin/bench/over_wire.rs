//! Benches with a server: first screen, unchanged pass, bulk. Peers take turns round by round.
use std::collections::BTreeMap;

use satchel_core::account::{Bodies, Window};
use satchel_tests::link::Counts;
use satchel_tests::peers::{Interimap, Mbsync, Pass, Peer, SatchelPeer, Sequential};

use crate::one_pass::OwnProcess;
use crate::report::{Report, Row, median};
use crate::setup::Ground;
use crate::{Arguments, Done, fsyncs};

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
        let synced = fsyncs::count();
        let forgotten = if self.fresh_each_round { self.peer.forget() } else { Ok(()) };
        match forgotten.and_then(|()| self.peer.pass(ground.side())) {
            Ok(mut pass) if kept => {
                // Peers that are other programs do not wait for disks in this process: theirs are not counted.
                if self.peer.name() == "Satchel" {
                    pass.facts.entry("fsyncs").or_insert((fsyncs::count() - synced) as f64);
                }
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
        failed: failures(entries),
    }
}

fn add_pass_times(report: &mut Report, entries: &[Entry]) {
    for entry in entries {
        let samples = entry.samples(|pass| Some(pass.seconds * 1_000.0));
        report.rows.extend(Row::of(&entry.label, "pass", "ms", &samples, &entry.counts));
    }
}

/// The moment all of so many new rows could be read; for peers that show no rows, the end of their pass.
fn add_first_rows(report: &mut Report, entries: &[Entry], mark: &'static str, measure: &str) {
    for entry in entries {
        let samples = entry.samples(|pass| Some(pass.marks.get(mark).unwrap_or(&pass.seconds) * 1_000.0));
        report.rows.extend(Row::of(&entry.label, measure, "ms", &samples, &entry.counts));
    }
}

fn fact(entries: &[Entry], label: &str, name: &str) -> Option<f64> {
    let entry = entries.iter().find(|entry| entry.label == label)?;
    median(&entry.samples(|pass| pass.facts.get(name).copied()))
}

/// Cold connection, mailbox known, new mails: until all of them can be read in the list.
pub(crate) fn first_screen(arguments: &Arguments) -> Done<Report> {
    let count = arguments.messages.unwrap_or(10_000);
    let ground = Ground::new(count, 1, true)?;
    let config = ground.dovecot.config_path();
    let target = || ground.target(true);
    let window = Window::default();
    let known = || SatchelPeer::new(target(), window, Bodies::OnOpen).only_inbox();
    let mut twelve =
        [Entry::new("Satchel", known()), Entry::new("sequential", Sequential::new(target(), 12))];
    let mut fifty = [
        Entry::new("Satchel", known()),
        Entry::new("sequential", Sequential::new(target(), 50)),
        Entry::new("Satchel, first login", SatchelPeer::new(target(), window, Bodies::OnOpen)).fresh(),
        Entry::new(
            "interimap",
            Interimap::new(target(), config).map_err(|why| why.to_string())?.only_inbox(),
        ),
        Entry::new("mbsync", Mbsync::new(target(), true).map_err(|why| why.to_string())?.only_inbox()),
    ];
    rounds(&ground, &mut twelve, arguments.rounds, |round| ground.deliver(1_000 + round as u64, 12))?;
    rounds(&ground, &mut fifty, arguments.rounds, |round| ground.deliver(2_000 + round as u64, 50))?;
    let workload = format!(
        "INBOX of {count} sample mails, known but for the first login; 12 or 50 new mails before each round, TLS, cold \
         connection; measured until all of the new rows, that is the newest, can be read through the boundary. Satchel and \
         the sequential client bring rows (envelope, flags, structure). interimap and mbsync bring whole mails and show no \
         rows: theirs is the whole pass. Counts are of the whole pass."
    );
    let mut report = report("First screen", workload, arguments.rounds, &ground, &fifty);
    report.failed.extend(failures(&twelve));
    add_first_rows(&mut report, &twelve, "rows_12", "12 new rows");
    add_first_rows(&mut report, &fifty, "rows_50", "50 new rows");
    add_first_rows(&mut report, &fifty[2..3], "rows_12", "newest 12 rows");
    let limit = 4.0 * ROUND_TRIP_MS * 1.15;
    let rows = report.figure("Satchel", "12 new rows");
    report.judge("12 rows, ms", rows, "≤ 230 (4 round trips + 15 %)", |ms| ms <= limit);
    let ratio = report
        .figure("Satchel", "50 new rows")
        .zip(report.figure("sequential", "50 new rows"))
        .map(|(own, peer)| own / peer);
    report.judge("50 rows against the sequential client", ratio, "≤ 0.6", |ratio| ratio <= 0.6);
    let limit = 5.0 * ROUND_TRIP_MS * 1.15;
    let login = report.figure("Satchel, first login", "newest 12 rows");
    report.judge("first login, 12 rows, ms", login, "≤ 288 (5 round trips + 15 %)", |ms| ms <= limit);
    Ok(report)
}

fn failures(entries: &[Entry]) -> Vec<String> {
    let why = |entry: &Entry| entry.failed.as_ref().map(|why| format!("{} failed: {why}", entry.label));
    entries.iter().filter_map(why).collect()
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
    add_pass_times(&mut report, &entries);
    let limit = 4.0 * ROUND_TRIP_MS * 1.1;
    report.judge("pass, ms", report.figure("Satchel", "pass"), "≤ 220 (4 round trips + 10 %)", |ms| {
        ms <= limit
    });
    let written = entries.first().map(|entry| entry.samples(|pass| pass.facts.get("home_written").copied()));
    let written = written.map(|samples| samples.iter().sum::<f64>());
    report.judge("passes in which a file of the home changed", written, "0", |count| count < 0.5);
    report.judge("fsyncs", fact(&entries, "Satchel", "fsyncs"), "0", |count| count < 0.5);
    // The core counts above TLS: the login with the list is one, the goodbye that nobody waits for the other.
    let turns = fact(&entries, "Satchel", "own_turns").map(|turns| turns - 1.0);
    report.judge("turns after the login, the goodbye", turns, "≤ 1", |turns| turns <= 1.0);
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
    let all = |tls| OwnProcess::new(ground.target(tls));
    let peer = |fsync| Mbsync::new(ground.target(false), fsync).map_err(|why| why.to_string());
    let mut entries = [
        Entry::new("Satchel, plain", all(false)?).fresh(),
        Entry::new("Satchel, TLS", all(true)?).fresh(),
        Entry::new("mbsync, no fsync", peer(false)?).fresh(),
        Entry::new("mbsync", peer(true)?).fresh(),
        Entry::new("interimap", Interimap::new(ground.target(false), config).map_err(|why| why.to_string())?)
            .fresh(),
    ];
    rounds(&ground, &mut entries, arguments.rounds, |_| Ok(()))?;
    let workload = format!(
        "{count} sample mails in 5 of 10 mailboxes, headers and bodies, from nothing, loopback; the processors are shared with \
         Dovecot. Each is a process of its own, timed from its start to its end; Satchel's has its index made by then, and \
         its rate counts only if every body is there and known to the search."
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
    for (name, unit) in [("fsyncs", "fsyncs"), ("peak_mb", "MB"), ("home_mb", "MB")] {
        for entry in entries.iter().take(2) {
            let samples = entry.samples(|pass| pass.facts.get(name).copied());
            report.rows.extend(Row::of(&entry.label, name, unit, &samples, &[]));
        }
    }
    let fsyncs = fact(&entries, "Satchel, plain", "fsyncs").map(|all| all * 1_000.0 / count as f64);
    let goal = "≤ 25 (for messages up to 64 kB; these hold larger ones too)";
    report.judge("fsyncs for 1,000 messages", fsyncs, goal, |count| count <= 25.0);
    let peak = fact(&entries, "Satchel, plain", "peak_mb");
    report.judge("peak memory, MB", peak, "≤ 20 at ≥ 14,000 mails/s", |peak| peak <= 20.0);
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
