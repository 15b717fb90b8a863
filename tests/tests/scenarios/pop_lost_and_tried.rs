//! POP mail that was lost on the phone comes again, and one message that breaks the link stops no other.

use satchel_core::client::{AccountSettings, PassOptions};
use satchel_core::store::{LedgerState, hex, sha256};
use satchel_postoffice::{Fault, PostOffice, When};
use satchel_tests::phone::{Phone, USER, mail, mail_with, office};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A mail that lies in a file of its own: it does not get smaller than a row takes.
fn large(subject: &str) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + (state >> 24) as u8 % 64)
    };
    let mut body = String::new();
    for _ in 0..2_500 {
        body.push_str("x ");
        body.extend((0..70).map(|_| next()));
        body.push_str("\r\n");
    }
    mail_with(subject, "", &body)
}

fn files(phone: &Phone, dir: &str) -> Vec<PathBuf> {
    let Ok(all) = std::fs::read_dir(phone.home().join(dir)) else { return Vec::new() };
    all.map(|entry| entry.unwrap().path()).collect()
}

async fn raw(phone: &Phone, subject: &str) -> Vec<u8> {
    let row = phone.row("inbox", subject).await;
    phone.satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap()
}

/// The database is set aside at the next start, and what is in it taken over.
fn suspect(phone: &Phone) {
    std::fs::write(phone.home().join("mail.db.suspect"), b"checked\nmet\n").unwrap();
}

fn sql(phone: &Phone, text: &str) {
    let db = rusqlite::Connection::open(phone.home().join("mail.db")).unwrap();
    db.execute_batch(&format!("PRAGMA foreign_keys = OFF; {text}")).unwrap();
}

#[tokio::test]
async fn a_body_whose_file_is_missing_or_damaged_comes_again_when_it_is_opened() {
    let office = office();
    office.deliver_now(USER, large("large")).unwrap();
    let phone = Phone::pop(&office).await;
    phone.sync().await;
    for damaged in [false, true] {
        let [file] = files(&phone, "sole").try_into().unwrap();
        if damaged {
            std::fs::write(&file, b"not what it was").unwrap();
        } else {
            std::fs::remove_file(&file).unwrap();
        }
        assert!(raw(&phone, "large").await == large("large"), "damaged: {damaged}");
        assert_eq!(phone.subjects("inbox").await, ["large"], "not two");
        let ledger = phone.satchel.pop_state(phone.id()).await.unwrap();
        assert_eq!(ledger[0].state, LedgerState::Stored);
    }
    phone.satchel.set_offline(true);
    assert!(raw(&phone, "large").await == large("large"), "it is here");
}

#[tokio::test]
async fn mail_lost_in_a_salvage_comes_again_and_deleted_mail_does_not() {
    let office = office();
    for subject in ["row", "body", "twin", "twin", "none", "deleted"] {
        office.deliver_now(USER, mail(subject)).unwrap();
    }
    let phone = Phone::pop(&office).await;
    phone.sync().await;
    for _ in 0..2 {
        let name = if phone.subjects("trash").await.is_empty() { "inbox" } else { "trash" };
        phone.satchel.delete(&[phone.row(name, "deleted").await.placement]).await.unwrap();
    }
    phone.satchel.settle().await.unwrap();
    assert_eq!(phone.subjects("trash").await, [""; 0]);
    sql(
        &phone,
        "DELETE FROM message WHERE subject = 'row';
         DELETE FROM blob WHERE id IN (SELECT raw_blob_id FROM message WHERE subject IN ('body', 'twin'));",
    );
    suspect(&phone);
    let phone = phone.restart();
    assert!(phone.satchel.damaged_database().is_some());
    phone.sync().await;
    let mut shown = phone.subjects("inbox").await;
    shown.sort();
    assert_eq!(shown, ["body", "none", "row", "twin", "twin"]);
    phone.satchel.set_offline(true);
    for row in phone.rows(phone.mailbox("inbox").await.id).await {
        let bytes = phone.satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap();
        assert!(bytes == mail(&row.subject), "{}", row.subject);
    }
}

#[tokio::test]
async fn a_sole_file_that_no_row_names_is_kept_apart_until_its_bytes_are_stored_again() {
    let office = office();
    office.deliver_now(USER, mail("m")).unwrap();
    let phone = Phone::pop(&office).await;
    phone.sync().await;
    let name = hex(&sha256(&large("lost")));
    std::fs::write(phone.home().join("sole").join(&name), large("lost")).unwrap();
    std::fs::write(phone.home().join("sole/half.tmp"), b"half").unwrap();
    let phone = phone.restart();
    assert_eq!(phone.satchel.damaged_database(), None);
    assert_eq!(files(&phone, "sole"), Vec::<PathBuf>::new());
    let kept = phone.home().join("recovered").join(&name);
    assert!(std::fs::read(&kept).unwrap() == large("lost"));
    office.deliver_now(USER, large("lost")).unwrap();
    phone.sync().await;
    assert!(!kept.exists(), "it is stored, and must not pile up");
    assert!(raw(&phone, "lost").await == large("lost"));
}

#[tokio::test]
async fn a_file_that_was_to_be_removed_is_not_kept_apart() {
    let office = office();
    office.deliver_now(USER, large("secret")).unwrap();
    let phone = Phone::pop(&office).await;
    phone.sync().await;
    let [file] = files(&phone, "sole").try_into().unwrap();
    let bytes = std::fs::read(&file).unwrap();
    phone.satchel.delete(&[phone.row("inbox", "secret").await.placement]).await.unwrap();
    phone.satchel.delete(&[phone.row("trash", "secret").await.placement]).await.unwrap();
    assert!(!file.exists());
    // As if the power had gone before the file did.
    std::fs::write(&file, bytes).unwrap();
    let phone = phone.restart();
    assert!(!file.exists());
    assert_eq!(files(&phone, "recovered"), Vec::<PathBuf>::new());
}

/// An answer with the poison in it ends the session where that message begins.
fn poison(office: &PostOffice, when: When, ends: &'static [u8]) {
    let rewrite = move |answer: Vec<u8>| {
        let at = answer.windows(6).position(|w| w == b"poison");
        let Some(at) = at else { return answer };
        let mut cut = answer;
        cut.truncate(at);
        let begins = cut.windows(4).rposition(|w| w == b"\r\n* ").map_or(0, |at| at + 2);
        cut.truncate(begins);
        cut.extend_from_slice(ends);
        cut
    };
    office.inject(when, Fault::hook(move |_, answer| rewrite(answer)));
}

#[tokio::test]
async fn a_message_that_breaks_the_link_lets_all_others_come_and_is_let_be_in_the_end() {
    let office = office();
    for n in 0..70 {
        let raw = if n == 3 { mail_with("m3", "", "poison\r\n") } else { mail(&format!("m{n}")) };
        office.deliver_now(USER, raw).unwrap();
    }
    poison(&office, When::pop().verb("RETR"), b"neither yes nor no\r\n");
    let phone = Phone::pop(&office).await;
    let options = PassOptions::default();
    assert!(phone.try_sync(&options).await.is_err());
    assert!(phone.try_sync(&options).await.is_err());
    assert_eq!(phone.subjects("inbox").await.len(), 69, "one message holds up no other");
    office.deliver_now(USER, mail("new")).unwrap();
    assert!(phone.try_sync(&options).await.is_err());
    assert_eq!(phone.subjects("inbox").await.len(), 70);
    let report = phone.sync().await;
    assert_eq!(report.left_over.len(), 1, "{report:?}");
    assert!(report.left_over[0].starts_with("message 4: "), "{report:?}");
    let ledger = phone.satchel.pop_state(phone.id()).await.unwrap();
    let waiting: Vec<_> = ledger.iter().filter(|r| r.state != LedgerState::Stored).collect();
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].state, waiting[0].tries), (LedgerState::Listed, 3));
    assert!(waiting[0].size.is_some(), "the size is known before the bytes come");
    // A day later it is tried again.
    office.clear_faults();
    sql(&phone, "UPDATE pop_ledger SET tried_at = tried_at - 86400000");
    assert_eq!(phone.sync().await.new, 1);
}

#[tokio::test]
async fn a_link_that_breaks_charges_no_message_that_was_not_on_its_way() {
    let office = office();
    for n in 0..20 {
        office.deliver_now(USER, mail(&format!("m{n}"))).unwrap();
    }
    office.inject(When::pop().verb("RETR").nth(5), Fault::CutBefore);
    let phone = Phone::pop(&office).await;
    for kept in [4, 8, 12] {
        assert!(phone.try_sync(&PassOptions::default()).await.is_err());
        let ledger = phone.satchel.pop_state(phone.id()).await.unwrap();
        assert_eq!(ledger.iter().filter(|r| r.state == LedgerState::Stored).count(), kept);
        assert!(ledger.iter().all(|r| r.tries <= 1), "{ledger:?}");
    }
    office.clear_faults();
    assert_eq!(phone.sync().await.new, 8);
}

#[tokio::test]
async fn mail_is_committed_by_what_comes_not_by_what_was_announced() {
    let office = office();
    let body = "0123456789abcdef\r\n".repeat(170_000);
    for n in 0..4 {
        office.deliver_now(USER, mail_with(&format!("m{n}"), "", &body)).unwrap();
    }
    office.inject(
        When::pop().verb("LIST"),
        Fault::Answer(b"+OK\r\n1 9\r\n2 9\r\n3 9\r\n4 9\r\n.\r\n".to_vec()),
    );
    let phone = Phone::pop(&office).await;
    phone.heard.take();
    assert_eq!(phone.sync().await.new, 4);
    let commits: BTreeSet<u64> = phone.heard.take().iter().map(|e| e.generation).filter(|g| *g > 0).collect();
    assert!(commits.len() >= 2, "12 MB in one transaction: {commits:?}");
}

#[tokio::test]
async fn the_ledger_says_what_the_listing_says() {
    let office = office();
    for n in 0..4 {
        office.deliver_now(USER, mail(&format!("m{n}"))).unwrap();
    }
    let phone = Phone::pop(&office).await;
    let states = async || -> Vec<LedgerState> {
        phone.satchel.pop_state(phone.id()).await.unwrap().iter().map(|r| r.state).collect()
    };
    // Two messages of one id, and one without.
    let twice = office.inject(
        When::pop().verb("UIDL"),
        Fault::Answer(b"+OK\r\n1 same\r\n2 same\r\n3\r\n4 other\r\n.\r\n".to_vec()),
    );
    assert!(twice > 0);
    let report = phone.sync().await;
    assert_eq!(report.new, 2);
    let left: Vec<&str> = report.left_over.iter().map(|l| l.split(':').next().unwrap()).collect();
    assert_eq!(left, ["message 3", "message 2"], "{report:?}");
    // What is listed and never came ends when it is no longer listed, and comes if it is listed again.
    office.clear_faults();
    office.inject(When::pop().verb("RETR"), Fault::CutBefore);
    assert!(phone.try_sync(&PassOptions::default()).await.is_err());
    assert_eq!(states().await.iter().filter(|s| **s == LedgerState::Listed).count(), 4);
    office.clear_faults();
    office.inject(When::pop().verb("UIDL"), Fault::Answer(b"+OK\r\n.\r\n".to_vec()));
    phone.sync().await;
    assert_eq!(states().await, vec![LedgerState::Gone; 6]);
    office.clear_faults();
    phone.sync().await;
    assert_eq!(states().await.iter().filter(|s| **s == LedgerState::Stored).count(), 4);
    assert_eq!(phone.subjects("inbox").await.len(), 4, "the bytes of two were here under other ids");
    // When it was last listed is right to the day, and costs no write more often.
    let long_ago = 3 * 86_400_000;
    sql(&phone, &format!("UPDATE pop_ledger SET last_seen = last_seen - {long_ago}"));
    phone.sync().await;
    let ledger = phone.satchel.pop_state(phone.id()).await.unwrap();
    for row in &ledger {
        let age = ledger.iter().map(|r| r.last_seen).max().unwrap() - row.last_seen;
        assert_eq!(age >= long_ago / 2, row.state == LedgerState::Gone, "{row:?}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_the_link_lets_the_others_come_by_imap_too() {
    let office = office();
    for n in 0..150 {
        let raw = if n == 140 { mail_with("m140", "", "poison\r\n") } else { mail(&format!("m{n}")) };
        office.deliver_now(USER, raw).unwrap();
    }
    poison(&office, When::imap().verb("UID FETCH"), b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n");
    let phone = Phone::imap(&office).await;
    let all = Some(satchel_core::account::Bodies::All);
    let settings = AccountSettings { bodies: all, ..AccountSettings::default() };
    phone.satchel.change_account(phone.id(), settings).await.unwrap();
    let options = PassOptions::default();
    for _ in 0..3 {
        assert!(phone.try_sync(&options).await.is_err());
    }
    let rows = phone.rows(phone.mailbox("INBOX").await.id).await;
    let here = rows.iter().filter(|r| r.body == satchel_core::client::BodyState::Present).count();
    assert_eq!(here, 149);
    let report = phone.sync().await;
    assert!(report.left_over.iter().any(|l| l.starts_with("bodies of 1 messages")), "{report:?}");
    // It can still be asked for by the person, and is tried again a day later.
    office.clear_faults();
    sql(&phone, "UPDATE body_try SET tried_at = tried_at - 86400000");
    assert_eq!(phone.sync().await.left_over, Vec::<String>::new());
    let row = phone.row("INBOX", "m140").await;
    assert_eq!(row.body, satchel_core::client::BodyState::Present);
}

#[tokio::test]
async fn a_salvage_forgets_no_row_below_the_window() {
    let office = office();
    let deliver = |from: i64, to: i64| {
        for n in from..to {
            office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
        }
    };
    deliver(0, 5);
    let phone = Phone::imap(&office).await;
    let window = Some(satchel_core::account::Window::Count(5));
    let settings = AccountSettings { window, ..AccountSettings::default() };
    phone.satchel.change_account(phone.id(), settings).await.unwrap();
    phone.sync().await;
    deliver(5, 12);
    phone.sync().await;
    assert_eq!(phone.subjects("INBOX").await.len(), 12);
    suspect(&phone);
    let phone = phone.restart();
    assert!(phone.satchel.damaged_database().is_some());
    phone.sync().await;
    assert_eq!(phone.subjects("INBOX").await.len(), 12);
}
