//! A grown account on Dovecot: all sample mails by IMAP and by POP, over TLS, byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod real_world;

use real_world::{RealPhone, mail};
use satchel_core::account::Window;
use satchel_core::client::{BodyState, ListRow, PassReport};
use satchel_core::error::MailError;
use satchel_core::store::LedgerState;
use satchel_tests::servers::{Dovecot, MailServer, RawImap, Servers, Service, Stored, User, or_skip};
use satchel_tests::workload::{Corpus, synthetic};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// A user of Dovecot who holds all sample mails, one received each minute, so that the newest has the highest UID.
fn full_mailbox(dovecot: &Dovecot, corpus: &Corpus) -> User {
    let user = dovecot.fresh_user();
    let first = SystemTime::UNIX_EPOCH + Duration::from_hours(490_000);
    let laid = corpus
        .iter()
        .enumerate()
        .map(|(number, raw)| Stored::new(raw.to_vec()).received(first + Duration::from_mins(number as u64)));
    assert_eq!(dovecot.load(&user, "INBOX", laid).unwrap(), corpus.iter().len());
    user
}

fn unchanged(report: &PassReport) -> bool {
    (report.new, report.changed, report.removed) == (0, 0, 0)
}

/// What the server says of each message of INBOX, by number: size and subject line.
fn told_by_the_server(client: &mut RawImap) -> Vec<(u64, String)> {
    client.done("EXAMINE INBOX").unwrap();
    let answer = client.done("FETCH 1:* (RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])").unwrap();
    let fetched = answer.untagged.iter().filter(|line| line.windows(12).any(|w| w == b"RFC822.SIZE "));
    let read = fetched.map(|line| {
        let text = String::from_utf8_lossy(line).into_owned();
        let size = text.split("RFC822.SIZE ").nth(1).unwrap();
        let size = size.split([' ', ')']).next().unwrap().parse().unwrap();
        let (announced, subject) = text.split_once("}\r\n").unwrap();
        let length: usize = announced.rsplit('{').next().unwrap().parse().unwrap();
        let subject = subject.get(..length).unwrap_or_default().trim_end_matches(['\r', '\n']);
        (size, subject.to_owned())
    });
    read.collect()
}

/// One message as the server gives it.
fn bytes_on_server(client: &mut RawImap, number: usize) -> Vec<u8> {
    let answer = client.done(&format!("FETCH {number} BODY.PEEK[]")).unwrap();
    let line = answer.untagged.iter().find(|line| line.windows(6).any(|w| w == b"BODY[]")).unwrap();
    let brace = line.iter().position(|&byte| byte == b'{').unwrap();
    let end = line.iter().position(|&byte| byte == b'}').unwrap();
    let size: usize = std::str::from_utf8(&line[brace + 1..end]).unwrap().parse().unwrap();
    line[end + 3..end + 3 + size].to_vec()
}

#[tokio::test]
async fn all_sample_mails_come_by_imap_page_by_page_and_open_byte_for_byte() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let Some(corpus) = or_skip(Corpus::open()) else { return };
    let user = full_mailbox(dovecot, &corpus);
    let count = corpus.iter().len();
    let phone = RealPhone::on(dovecot, &user, Service::Imaps).await;
    phone.window(Window::All).await;
    assert_eq!(phone.sync().await.new, count as u64);
    let inbox = phone.mailbox("inbox").await;
    assert_eq!(
        (inbox.total, inbox.unread, inbox.on_server),
        (count as u64, count as u64, Some(count as u32))
    );

    let rows = phone.rows_of(inbox.id).await;
    let mut client = dovecot.outside(&user).unwrap();
    let told = told_by_the_server(&mut client);
    assert_eq!((rows.len(), told.len()), (count, count));
    let mut compared = 0;
    for (row, (size, subject)) in rows.iter().rev().zip(&told) {
        assert_eq!(row.size, *size, "size of \"{subject}\"");
        // Encoded, folded and 8-bit subjects are the decoder's tests; here it is about the right one in the right row.
        let plain = subject
            .strip_prefix("Subject: ")
            .filter(|s| s.is_ascii() && !s.contains("=?") && !s.contains("\r\n"));
        if let Some(plain) = plain {
            assert_eq!(words_of(&row.subject), words_of(plain));
            compared += 1;
        }
    }
    assert!(compared > 5_000, "only {compared} subjects were compared");

    let second = phone.sync().await;
    assert!(unchanged(&second), "{second:?}");
    assert!(second.bytes_down < 20_000, "an unchanged pass brought {} bytes", second.bytes_down);

    Box::pin(opens_byte_for_byte(&phone, &mut client, count)).await;
    search_finds_what_a_list_shows(&phone, &rows).await;
}

fn words_of(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

async fn opens_byte_for_byte(phone: &RealPhone, client: &mut RawImap, count: usize) {
    let rows = phone.rows("inbox").await;
    client.done("EXAMINE INBOX").unwrap();
    let step = count / 200;
    for number in (0..200).map(|n| n * step + 1) {
        let row = &rows[count - number];
        let raw = phone.raw(row).await;
        assert!(raw == bytes_on_server(client, number), "message {number}, \"{}\", differs", row.subject);
    }
    phone.satchel.set_offline(true);
    let read = phone.satchel.open_message(rows[count - 1].placement).await.unwrap();
    assert_eq!(read.row.body, BodyState::Present);
    assert!(!read.text.trim().is_empty(), "the first message has a text");
    let absent = phone.satchel.open_message(rows[count - 2].placement).await;
    assert!(matches!(absent, Err(MailError::Offline { .. })), "{absent:?}");
    phone.satchel.set_offline(false);
}

async fn search_finds_what_a_list_shows(phone: &RealPhone, rows: &[ListRow]) {
    let holds = |subject: &str| {
        subject.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("perl"))
    };
    let expected = rows.iter().filter(|row| holds(&row.subject)).count();
    assert!(expected > 5, "the samples hold only {expected}");
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = phone.satchel.search("subject:perl", Some(phone.account.id), 100, before).await.unwrap();
        found.extend(page.rows);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let missed: Vec<_> = rows
        .iter()
        .filter(|row| holds(&row.subject))
        .filter(|row| !found.iter().any(|f| f.placement == row.placement))
        .map(|row| &row.subject)
        .collect();
    assert!(missed.is_empty(), "not found: {missed:?}");
    let strange: Vec<_> =
        found.iter().map(|row| &row.subject).filter(|s| !s.to_lowercase().contains("perl")).collect();
    assert!(strange.is_empty(), "found for no reason: {strange:?}");
}

#[tokio::test]
async fn all_sample_mails_come_by_pop_byte_for_byte_and_only_once() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let Some(corpus) = or_skip(Corpus::open()) else { return };
    let user = full_mailbox(dovecot, &corpus);
    let count = corpus.iter().len();
    let phone = RealPhone::on(dovecot, &user, Service::Pops).await;
    assert_eq!(phone.sync().await.new, count as u64);
    assert_eq!(phone.mailbox("inbox").await.total, count as u64);

    let ledger = phone.satchel.pop_state(phone.account.id).await.unwrap();
    assert_eq!(ledger.len(), count);
    assert!(ledger.iter().all(|row| row.state == LedgerState::Stored), "all are stored");
    let mut expected: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    for raw in corpus.iter() {
        *expected.entry(Sha256::digest(on_the_wire(raw)).into()).or_default() += 1;
    }
    for row in &ledger {
        let left = expected.get_mut(&row.sha256.unwrap());
        assert!(
            left.is_some_and(|left| {
                let some = *left > 0;
                *left = left.saturating_sub(1);
                some
            }),
            "{row:?} is no sample"
        );
    }
    assert!(expected.values().all(|left| *left == 0), "each sample came");

    let second = phone.sync().await;
    assert!(unchanged(&second), "{second:?}");
    let mut client = dovecot.outside(&user).unwrap();
    assert!(
        client.done("EXAMINE INBOX").unwrap().text().contains(&format!("* {count} EXISTS")),
        "left there"
    );
    phone.satchel.set_offline(true);
    for row in phone.rows("inbox").await.iter().step_by(100) {
        let digest: [u8; 32] = Sha256::digest(phone.raw(row).await).into();
        assert!(expected.contains_key(&digest), "\"{}\" is no sample", row.subject);
    }
}

/// A mail as POP carries it: every line ends with CRLF, also the last one.
fn on_the_wire(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 30);
    let mut last = 0;
    for &byte in raw {
        if byte == b'\n' && last != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        last = byte;
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn three_mails(dovecot: &Dovecot) -> (User, RawImap) {
    let user = dovecot.fresh_user();
    let mut client = dovecot.outside(&user).unwrap();
    for subject in ["one", "two", "three"] {
        client.append("INBOX", "", &mail(subject)).unwrap();
    }
    client.done("SELECT INBOX").unwrap();
    (user, client)
}

#[tokio::test]
async fn what_is_done_offline_another_client_sees_after_the_pass() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let (user, mut client) = three_mails(dovecot);
    let phone = RealPhone::on(dovecot, &user, Service::Imaps).await;
    phone.sync().await;
    let (one, two) = (phone.row("inbox", "one").await, phone.row("inbox", "two").await);
    let archive = phone.mailbox("archive").await.id;
    phone.satchel.set_offline(true);
    phone.satchel.flag(&[one.placement], &["\\Flagged".into(), "$Later".into()], &[]).await.unwrap();
    phone.satchel.move_to(&[two.placement], archive).await.unwrap();
    phone.satchel.flag(&[two.placement], &["\\Seen".into()], &[]).await.unwrap();
    assert_eq!(phone.subjects("archive").await, ["two"], "at once here");
    client.done("NOOP").unwrap();
    assert_eq!(client.uid_search("ALL").unwrap(), [1, 2, 3], "not yet there");

    phone.satchel.set_offline(false);
    let report = phone.sync().await;
    assert!(report.operations_done >= 2, "{report:?}");
    client.done("NOOP").unwrap();
    assert_eq!(client.uid_search("ALL").unwrap(), [1, 3]);
    assert_eq!(client.flags(1).unwrap(), ["$Later", "\\Flagged"]);
    client.done("SELECT Archive").unwrap();
    assert_eq!(client.uid_search("SUBJECT two").unwrap(), [1]);
    assert_eq!(client.flags(1).unwrap(), ["\\Seen"]);
    let again = phone.sync().await;
    assert!(unchanged(&again), "{again:?}");
    assert_eq!(phone.row("archive", "two").await.placement, two.placement, "a moved message keeps its id");
}

#[tokio::test]
async fn what_another_client_did_shows_after_the_pass() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let (user, mut client) = three_mails(dovecot);
    let phone = RealPhone::on(dovecot, &user, Service::Imaps).await;
    phone.sync().await;
    client.done("UID STORE 1 +FLAGS (\\Seen \\Answered)").unwrap();
    client.done("UID STORE 2 +FLAGS (\\Deleted)").unwrap();
    client.done("EXPUNGE").unwrap();
    client.append("INBOX", "\\Flagged", &mail("four")).unwrap();
    client.append("Archive", "", &mail("kept")).unwrap();

    let report = phone.sync().await;
    assert_eq!((report.new, report.changed, report.removed), (2, 1, 1), "{report:?}");
    let mut subjects = phone.subjects("inbox").await;
    subjects.sort();
    assert_eq!(subjects, ["four", "one", "three"]);
    assert_eq!(phone.subjects("archive").await, ["kept"]);
    let one = phone.row("inbox", "one").await.flags;
    assert!(one.seen && one.answered && !one.flagged);
    assert!(phone.row("inbox", "four").await.flags.flagged);
    let again = phone.sync().await;
    assert!(unchanged(&again), "{again:?}");
}

#[tokio::test]
async fn the_text_of_a_large_message_comes_alone_and_reads_as_in_the_whole_message() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let user = dovecot.fresh_user();
    let large = synthetic::large(3_000_000);
    dovecot.outside(&user).unwrap().append("INBOX", "", &large).unwrap();
    let phone = RealPhone::on(dovecot, &user, Service::Imaps).await;
    phone.sync().await;
    let row = phone.row("inbox", "A large one").await;
    let alone = phone.satchel.open_message(row.placement).await.unwrap();
    assert_eq!(alone.row.body, BodyState::Partial, "the attachment was not fetched with the text");
    let attachment = bytes_of_part(&phone, &row, "2").await;
    assert!(phone.raw(&row).await == large, "byte for byte");
    let whole = phone.satchel.open_message(row.placement).await.unwrap();
    assert_eq!(whole.row.body, BodyState::Present);
    assert_eq!(alone.text, whole.text);
    let again = bytes_of_part(&phone, &row, "2").await;
    assert!(attachment == again, "the attachment alone is the one in the message");
}

async fn bytes_of_part(phone: &RealPhone, row: &ListRow, section: &str) -> Vec<u8> {
    Box::pin(phone.satchel.attachment(row.placement, section, &mut |_, _| {})).await.unwrap()
}
