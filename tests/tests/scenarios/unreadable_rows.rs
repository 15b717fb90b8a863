//! A server's answer about one message cannot be read: the message is listed, and asked for again a few times.

use satchel_core::client::PassOptions;
use satchel_postoffice::{Counters, Extension, Fault, Features, PostOffice, Protocol, When};
use satchel_tests::phone::{Phone, USER, mail, office, office_with};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Garbles what FETCH says of the message with this subject, wherever the answer holds `only_with`; counts how often.
fn garble(office: &PostOffice, subject: &str, only_with: &'static str) -> (u64, Arc<AtomicU64>) {
    let (mark, struck) = (format!("Subject: {subject}\r\n"), Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&struck);
    let rule = office.inject(
        When::imap().verb("FETCH"),
        Fault::hook(move |_, answer| {
            let mut out = Vec::with_capacity(answer.len());
            for line in rows_of(&answer) {
                let text = String::from_utf8_lossy(line);
                if text.contains(&mark) && text.contains(only_with) {
                    count.fetch_add(1, Ordering::Relaxed);
                    out.extend_from_slice(b"* 1 FETCH (UID none BODYSTRUCTURE ((((\r\n");
                } else {
                    out.extend_from_slice(line);
                }
            }
            out
        }),
    );
    (rule, struck)
}

/// The answer cut before each line that begins an untagged reply or the tagged one.
fn rows_of(answer: &[u8]) -> Vec<&[u8]> {
    let mut starts = vec![0];
    let tagged = answer.windows(2).enumerate().filter(|(_, w)| w == b"\r\n").map(|(at, _)| at + 2);
    starts.extend(tagged.filter(|at| {
        let rest = &answer[*at..];
        let text = String::from_utf8_lossy(&rest[..rest.len().min(40)]).into_owned();
        text.starts_with("* ") || text.split(' ').nth(1) == Some("OK")
    }));
    starts.push(answer.len());
    starts.dedup();
    starts.windows(2).map(|w| &answer[w[0]..w[1]]).collect()
}

fn filled(features: Features) -> PostOffice {
    let office = office_with(features);
    for n in 0..5 {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), ["\\Flagged"], 1_767_000_000 + n).unwrap();
    }
    office
}

#[tokio::test]
async fn a_server_that_repaired_itself_gives_the_whole_row_to_the_same_ids() {
    for features in [Features::rich(), Features::bare(), Features::courier()] {
        let office = filled(features);
        let (rule, _) = garble(&office, "m3", "");
        let phone = Phone::imap(&office).await;
        phone.sync().await;
        let blank = phone.row("INBOX", "").await;
        assert_eq!(phone.subjects("INBOX").await.len(), 5);
        office.remove_fault(rule);
        let report = phone.sync().await;
        assert_eq!((report.new, report.removed), (0, 0), "{report:?}");
        let whole = phone.row("INBOX", "m3").await;
        assert_eq!((whole.placement, whole.message), (blank.placement, blank.message));
        assert!(whole.flags.flagged && whole.from[0].address == "bob@example.org", "{whole:?}");
        // Where it was received puts it, not when it was first seen.
        assert_eq!(phone.subjects("INBOX").await, ["m4", "m3", "m2", "m1", "m0"]);
        let found = phone.satchel.search("subject:m3", None, 10, None).await.unwrap();
        assert_eq!(found.rows.len(), 1, "the row is indexed anew");
        let inbox = phone.mailbox("INBOX").await.id;
        assert_eq!(phone.satchel.threads(inbox, 50, None).await.unwrap().rows.len(), 5);
    }
}

#[tokio::test]
async fn a_server_that_stays_broken_is_asked_three_times_more_and_no_more() {
    let office = filled(Features::rich());
    let (_, struck) = garble(&office, "m3", "");
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let first = struck.load(Ordering::Relaxed);
    for _ in 0..3 {
        phone.sync().await;
    }
    assert_eq!(struck.load(Ordering::Relaxed), first + 3);
    let before = office.counters();
    for _ in 0..3 {
        phone.sync().await;
    }
    assert_eq!(
        struck.load(Ordering::Relaxed),
        first + 3,
        "a pass over an unchanged mailbox asks for nothing"
    );
    let selects = |counters: &Counters| counters.of(Protocol::Imap, "SELECT");
    assert_eq!(selects(&before), selects(&office.counters()), "the mailbox is not even opened");
    let mut subjects = phone.subjects("INBOX").await;
    subjects.sort();
    assert_eq!(subjects, ["", "m0", "m1", "m2", "m4"]);
    // New mail is not kept from coming by it.
    office.deliver(USER, "INBOX", mail("m5"), [""; 0], 1_767_000_009).unwrap();
    phone.sync().await;
    assert_eq!(phone.subjects("INBOX").await.len(), 6);
}

#[tokio::test]
async fn the_last_try_asks_for_less_and_gets_the_row() {
    let office = filled(Features::rich());
    let (_, struck) = garble(&office, "m3", "BODYSTRUCTURE");
    let phone = Phone::imap(&office).await;
    for _ in 0..3 {
        phone.sync().await;
        assert!(!phone.subjects("INBOX").await.contains(&"m3".to_owned()));
    }
    phone.sync().await;
    let row = phone.row("INBOX", "m3").await;
    let struck_then = struck.load(Ordering::Relaxed);
    let opened = phone.satchel.open_message(row.placement).await.unwrap();
    assert_eq!(opened.text.trim(), "The text of m3.");
    phone.sync().await;
    assert_eq!(struck.load(Ordering::Relaxed), struck_then);
}

#[tokio::test]
async fn a_message_at_which_the_connection_ends_does_not_end_every_pass() {
    let office = filled(Features::rich());
    let (rule, _) = garble(&office, "m3", "");
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    office.remove_fault(rule);
    office.inject(When::imap().verb("FETCH"), Fault::CutBefore);
    for pass in 0..6 {
        let outcome = phone.try_sync(&PassOptions::default()).await;
        assert_eq!(outcome.is_ok(), pass >= 3, "pass {pass}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_new_uidvalidity_with_an_answer_that_cannot_be_read_keeps_the_row_and_what_was_done_to_it() {
    // Without MAILBOXID and EMAILID rows are matched by their header alone.
    let office = filled(Features::rich().without(Extension::ObjectId));
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let before = phone.row("INBOX", "m3").await;
    phone.satchel.set_offline(true);
    phone.satchel.flag(&[before.placement], &["$Todo".to_owned()], &[]).await.unwrap();
    phone.satchel.set_offline(false);
    office.change_uidvalidity(USER, "INBOX", true).unwrap();
    let (rule, _) = garble(&office, "m3", "");
    phone.sync().await;
    assert!(
        phone.subjects("INBOX").await.contains(&"m3".to_owned()),
        "it may be the one that cannot be read"
    );
    office.remove_fault(rule);
    phone.sync().await;
    let mut subjects = phone.subjects("INBOX").await;
    subjects.sort();
    assert_eq!(subjects, ["m0", "m1", "m2", "m3", "m4"]);
    let after = phone.row("INBOX", "m3").await;
    assert_eq!((after.placement, after.message), (before.placement, before.message));
    let server = office.snapshot(USER).unwrap();
    let all = &server.mailbox("INBOX").unwrap().messages;
    let marked: Vec<_> = all.iter().filter(|m| m.flags.names().contains(&"$Todo")).collect();
    assert_eq!(marked.len(), 1);
    assert!(marked[0].bytes.windows(12).any(|w| w == b"Subject: m3\r"));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_leaves_flags_that_are_known() {
    let office = office();
    office.deliver(USER, "INBOX", mail("m0"), ["\\Flagged"], 1_767_000_000).unwrap();
    let says_uid_only = |_: &_, answer: Vec<u8>| {
        if !answer.windows(11).any(|w| w == b"Subject: m0") {
            return answer;
        }
        let tagged = answer.windows(2).rposition(|w| w == b"\r\n").unwrap();
        let start = answer[..tagged].windows(2).rposition(|w| w == b"\r\n").unwrap() + 2;
        [b"* 1 FETCH (UID 1)\r\n", &answer[start..]].concat()
    };
    office.inject(When::imap().verb("FETCH"), Fault::hook(says_uid_only));
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    office.set_flags(USER, "INBOX", 1, ["\\Seen"]).unwrap();
    phone.sync().await;
    phone.sync().await;
    assert!(phone.row("INBOX", "").await.flags.seen);
}
