//! Measures the IMAP wire: every envelope and structure of INBOX by our own frames and by async-imap, messages a second
//! and turns; and the first screen in one flight.
//!
//! `cargo run --release -p satchel-core --example imap_wire -- HOST PORT USER PASSWORD [CA.pem] [ROUNDS]`
//! TLS from the first byte; without CA.pem plain text.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::unwrap_used)]

use satchel_core::account::{Security, Server};
use satchel_core::imap::{FetchItems, FetchSet, Flight, OpenOptions, Session};
use satchel_core::net::{CountingDialer, Counts, SystemResolver, TcpDialer};
use satchel_core::ports::{Dialer, Trust};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::{Duration, Instant};

struct Target {
    server: Server,
    trust: Trust,
    password: String,
}

/// One way of reading it all: how many messages, how long, how many turns.
struct Run {
    messages: u64,
    took: Duration,
    turns: u64,
    parts: u64,
}

fn dialer() -> (CountingDialer, Arc<Counts>) {
    let counts = Arc::new(Counts::default());
    let inner = Arc::new(TcpDialer::new(Arc::new(SystemResolver::new())));
    (CountingDialer::new(inner, Arc::clone(&counts)), counts)
}

fn items() -> FetchItems {
    FetchItems { header_fields: Vec::new(), object_ids: false, modseq: false, ..FetchItems::overview() }
}

async fn own(target: &Target) -> Run {
    let (dialer, counts) = dialer();
    let secret = SecretString::from(target.password.clone());
    let (mut session, _) =
        Session::open(&dialer, &target.server, &target.trust, &secret, OpenOptions::default())
            .await
            .expect("open");
    let exists = session.select("INBOX", false).await.expect("select").exists;
    let (before, start) = (counts.turns(), Instant::now());
    let (mut messages, mut parts) = (0, 0);
    let set = FetchSet::Sequence(1, exists);
    let mut each = |row: satchel_core::imap::FetchRow| {
        messages += u64::from(row.envelope.is_some());
        parts += row.structure.map_or(0, |s| s.parts.len() as u64);
    };
    let end = session.fetch(&set, &items(), None, &mut each).await.expect("fetch");
    assert_eq!((end.degraded, end.lost), (0, 0));
    let run = Run { messages, took: start.elapsed(), turns: counts.turns() - before, parts };
    session.logout().await.expect("logout");
    run
}

async fn theirs(target: &Target) -> Run {
    use async_imap::imap_proto::{AttributeValue, Response};
    let (dialer, counts) = dialer();
    let stream = dialer.dial(&target.server.endpoint(&target.trust)).await.expect("dial");
    let mut client = async_imap::Client::new(stream);
    client.read_response().await.expect("greeting");
    let mut session =
        client.login(&target.server.username, &target.password).await.map_err(|(e, _)| e).expect("login");
    let exists = session.select("INBOX").await.expect("select").exists;
    let (before, start) = (counts.turns(), Instant::now());
    let command = format!("FETCH 1:{exists} (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)");
    let id = session.run_command(&command).await.expect("command");
    let (mut messages, mut parts) = (0, 0);
    while let Some(response) = session.read_response().await.expect("read") {
        match response.parsed() {
            Response::Fetch(_, values) => {
                messages += u64::from(values.iter().any(|v| matches!(v, AttributeValue::Envelope(_))));
                parts +=
                    values.iter().filter(|v| matches!(v, AttributeValue::BodyStructure(_))).count() as u64;
            }
            Response::Done { tag, .. } if *tag == id => break,
            _ => {}
        }
    }
    let run = Run { messages, took: start.elapsed(), turns: counts.turns() - before, parts };
    session.logout().await.expect("logout");
    run
}

/// From nothing to the newest twelve rows and the counts of all mailboxes; the range is known from the time before.
async fn first_screen(target: &Target, exists: u32, known: bool) -> (Duration, u64, u64) {
    let secret = SecretString::from(target.password.clone());
    let mut options = OpenOptions::default();
    if known {
        let (session, _) =
            Session::open(&dialer().0, &target.server, &target.trust, &secret, OpenOptions::default())
                .await
                .expect("open");
        options.known = Some(session.capabilities().clone());
        session.logout().await.expect("logout");
    }
    let newest = FetchSet::Sequence(exists.saturating_sub(11).max(1), exists);
    options.first_flight = Some(Flight::new().list().select("INBOX", true).fetch(newest, items(), None));
    let (dialer, counts) = dialer();
    let start = Instant::now();
    let (session, replies) =
        Session::open(&dialer, &target.server, &target.trust, &secret, options).await.expect("open");
    let took = start.elapsed();
    assert!(replies.iter().all(Result::is_ok) && replies.len() == 3, "{replies:?}");
    let shown = (took, counts.turns(), counts.received());
    session.logout().await.expect("logout");
    shown
}

fn report(name: &str, runs: &mut [Run]) {
    runs.sort_by_key(|r| r.took);
    let rate = |r: &Run| r.messages as f64 / r.took.as_secs_f64();
    let (Some(best), Some(middle), Some(worst)) = (runs.first(), runs.get(runs.len() / 2), runs.last())
    else {
        return;
    };
    println!(
        "{name:<28} {:>6} messages {:>6} parts  {:>8.0}/s ({:.0}..{:.0})  {} turn(s)",
        middle.messages,
        middle.parts,
        rate(middle),
        rate(worst),
        rate(best),
        middle.turns
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [host, port, user, password, rest @ ..] = args.as_slice() else {
        println!("imap_wire HOST PORT USER PASSWORD [CA.pem] [ROUNDS]");
        return;
    };
    let authorities = rest.first().map(|path| std::fs::read(path).expect("CA.pem"));
    let rounds: usize = rest.get(1).map_or(5, |n| n.parse().expect("ROUNDS"));
    let target = Target {
        server: Server {
            host: host.clone(),
            port: port.parse().expect("PORT"),
            security: if authorities.is_some() { Security::ImplicitTls } else { Security::Insecure },
            username: user.clone(),
        },
        trust: authorities.map_or(Trust::Platform, Trust::PlatformAnd),
        password: password.clone(),
    };
    // The first reading fills the server's caches.
    let warm = own(&target).await;
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours.push(own(&target).await);
        others.push(theirs(&target).await);
    }
    report("own frames, rows read", &mut ours);
    report("async-imap, read_response", &mut others);
    for (name, known) in [("capabilities known", true), ("nothing known", false)] {
        let mut shown = Vec::new();
        for _ in 0..rounds {
            shown.push(first_screen(&target, warm.messages as u32, known).await);
        }
        shown.sort();
        if let Some((took, turns, bytes)) = shown.get(rounds / 2) {
            println!("first screen, {name:<19} {turns} turn(s) after the handshake, {bytes} bytes, {took:?}");
        }
    }
}
