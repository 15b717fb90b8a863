//! Benches without a server: opening the store, a page, a search, on a large home.
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use satchel_core::account::{Bodies, Window};
use satchel_core::client::{RealParts, Satchel, open_home};
use satchel_core::credentials::MemoryStore;
use satchel_core::event::Event;
use satchel_core::ids::MailboxId;
use satchel_core::mailbox::Role;
use satchel_core::ports::EventSink;
use satchel_tests::peers::{Peer, SatchelPeer};

use crate::report::{Report, Row};
use crate::setup::Ground;
use crate::{Arguments, Done};

/// How often a page is turned and a search is made in each round.
const TRIES: usize = 200;
const QUERIES: [&str; 8] = [
    "garden",
    "from:person7 budget",
    "subject:topic harbour",
    "winter coffee",
    "has:attachment invoice",
    "is:unread bridge music",
    "Grüße",
    "signal paper office window",
];

#[derive(Debug)]
struct Deaf;

impl EventSink for Deaf {
    fn event(&self, _: Event) {}
}

/// Open → first 50 rows; a page; a search.
pub(crate) fn local(arguments: &Arguments) -> Done<Report> {
    let count = arguments.messages.unwrap_or(100_000);
    let ground = Ground::made_up(count)?;
    let mut peer = SatchelPeer::new(ground.target(false), Window::All, Bodies::All);
    println!("bringing them into a store");
    let pass = peer.pass(ground.side()).map_err(|why| why.to_string())?;
    if pass.facts.get("rows").copied().unwrap_or_default() as usize != count {
        return Err(format!("the store holds {:?} rows instead of {count}", pass.facts.get("rows")));
    }
    let version = peer.version();
    let home = peer.into_home().ok_or("no home was made")?;
    drop(ground);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|why| why.to_string())?;
    let (mut opens, mut pages, mut searches) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..arguments.rounds.max(5) {
        let begun = Instant::now();
        let satchel = open(home.path())?;
        let inbox = runtime.block_on(first_page(&satchel))?;
        opens.push(begun.elapsed().as_secs_f64() * 1_000.0);
        runtime.block_on(turn_pages(&satchel, inbox, &mut pages))?;
        runtime.block_on(search(&satchel, &mut searches))?;
    }
    let mut report = Report {
        title: "Local".to_owned(),
        workload: format!("{count} made-up mails with bodies and index in one mailbox, no network."),
        rounds: arguments.rounds.max(5),
        versions: [("Satchel".to_owned(), version)].into(),
        rows: Vec::new(),
        notes: vec!["no peer: neither mbsync nor interimap lists or searches".to_owned()],
        failed: Vec::new(),
    };
    for (measure, samples) in [("open to 50 rows", &opens), ("page of 50", &pages), ("search", &searches)] {
        report.rows.extend(Row::of("Satchel", measure, "ms", samples, &[]));
    }
    let slowest = percentile(&mut searches, 0.99);
    report
        .judge("open to 50 rows, ms", report.figure("Satchel", "open to 50 rows"), "≤ 15", |ms| ms <= 15.0);
    report.judge("a page, ms", report.figure("Satchel", "page of 50"), "≤ 0.5", |ms| ms <= 0.5);
    report.judge("search, 99th percentile, ms", slowest, "≤ 10", |ms| ms <= 10.0);
    Ok(report)
}

fn open(home: &Path) -> Done<Satchel> {
    let parts = RealParts { credentials: Arc::new(MemoryStore::new()), events: Arc::new(Deaf), dialer: None };
    open_home(home, parts).map_err(|why| why.to_string())
}

async fn first_page(satchel: &Satchel) -> Done<MailboxId> {
    let accounts = satchel.accounts().await.map_err(|why| why.to_string())?;
    let account = accounts.first().ok_or("no account")?;
    let mailboxes = satchel.mailboxes(account.id).await.map_err(|why| why.to_string())?;
    let inbox = mailboxes.iter().find(|mailbox| mailbox.role == Some(Role::Inbox)).ok_or("no INBOX")?.id;
    let page = satchel.messages(inbox, 50, None).await.map_err(|why| why.to_string())?;
    if page.rows.len() == 50 { Ok(inbox) } else { Err(format!("{} rows instead of 50", page.rows.len())) }
}

async fn turn_pages(satchel: &Satchel, inbox: MailboxId, samples: &mut Vec<f64>) -> Done {
    let mut next = None;
    for _ in 0..TRIES {
        let begun = Instant::now();
        let page = satchel.messages(inbox, 50, next).await.map_err(|why| why.to_string())?;
        samples.push(begun.elapsed().as_secs_f64() * 1_000.0);
        next = page.next;
    }
    Ok(())
}

async fn search(satchel: &Satchel, samples: &mut Vec<f64>) -> Done {
    for query in QUERIES.iter().cycle().take(TRIES) {
        let begun = Instant::now();
        let found = satchel.search(query, None, 50, None).await.map_err(|why| why.to_string())?;
        samples.push(begun.elapsed().as_secs_f64() * 1_000.0);
        if found.rows.is_empty() && *query != "Grüße" {
            return Err(format!("`{query}` finds nothing: the index is not there"));
        }
    }
    Ok(())
}

fn percentile(samples: &mut [f64], part: f64) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    samples.get(((samples.len() as f64 * part) as usize).min(samples.len().saturating_sub(1))).copied()
}
