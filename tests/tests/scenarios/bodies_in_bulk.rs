//! Bodies that the account wants here come many at once, and a link that breaks costs only what was on its way.

use satchel_core::account::Bodies;
use satchel_core::client::{AccountSettings, BodyState, ListRow, PassOptions};
use satchel_core::error::MailError;
use satchel_postoffice::{Fault, PostOffice, When};
use satchel_tests::phone::{Phone, USER, mail_with, office};

fn letter(n: usize, lines: usize) -> Vec<u8> {
    let body = format!("Letter {n} says these words again and again: parrot{n}.\r\n").repeat(lines);
    mail_with(&format!("letter {n}"), "", &body)
}

fn office_with_letters(count: usize) -> PostOffice {
    let office = office();
    for n in 0..count {
        office.deliver_now(USER, letter(n, 20)).unwrap();
    }
    office
}

async fn phone_that_wants_all(office: &PostOffice) -> Phone {
    let phone = Phone::imap(office).await;
    let settings = AccountSettings { bodies: Some(Bodies::All), ..AccountSettings::default() };
    phone.satchel.change_account(phone.id(), settings).await.unwrap();
    phone
}

/// UIDs of the letters whose whole text was asked for, one entry a command.
fn asked(office: &PostOffice) -> Vec<String> {
    let log = office.log();
    let whole = log.iter().filter(|e| e.verb == "UID FETCH" && e.args.contains("BODY.PEEK[]"));
    whole.filter_map(|e| e.args.split(' ').next().map(str::to_owned)).collect()
}

async fn rows(phone: &Phone) -> Vec<ListRow> {
    phone.rows(phone.mailbox("INBOX").await.id).await
}

async fn here(phone: &Phone) -> usize {
    rows(phone).await.iter().filter(|row| row.body == BodyState::Present).count()
}

/// Every letter is here once, byte for byte as it was delivered, also without a network.
async fn all_as_delivered(phone: &Phone, count: usize) {
    phone.satchel.set_offline(true);
    let rows = rows(phone).await;
    assert_eq!(rows.len(), count);
    let delivered = phone.office.snapshot(USER).unwrap();
    let delivered = &delivered.mailbox("INBOX").unwrap().messages;
    for row in rows {
        let raw = phone.satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap();
        let n: usize = row.subject.trim_start_matches("letter ").parse().unwrap();
        assert_eq!(raw, delivered[n].bytes, "{}", row.subject);
    }
    phone.satchel.set_offline(false);
}

#[tokio::test]
async fn many_bodies_come_with_few_commands_and_are_found() {
    let office = office_with_letters(230);
    let phone = phone_that_wants_all(&office).await;
    office.clear_log();
    phone.sync().await;
    assert_eq!(here(&phone).await, 230);
    assert_eq!(asked(&office).len(), 3, "{:?}", asked(&office));
    all_as_delivered(&phone, 230).await;
    assert_eq!(phone.satchel.search("parrot171", None, 10, None).await.unwrap().rows.len(), 1);
    office.clear_log();
    phone.sync().await;
    assert_eq!(asked(&office), Vec::<String>::new(), "nothing is asked for twice");
}

#[tokio::test]
async fn a_cut_link_loses_nothing_that_came_whole_and_doubles_nothing() {
    let (count, mut kept_some) = (130, 0);
    for cut in [20_000, 100_000, 150_000, 220_000] {
        let office = office_with_letters(count);
        let phone = phone_that_wants_all(&office).await;
        office.inject(When::imap().connection(2), Fault::CutAfterSent(cut));
        let ended = phone.try_sync(&PassOptions::default()).await;
        assert!(matches!(ended, Err(MailError::Network { .. })), "cut at {cut}: {ended:?}");
        let kept = here(&phone).await;
        kept_some += usize::from(kept > 0 && kept < count && !kept.is_multiple_of(100));
        office.clear_log();
        phone.sync().await;
        assert_eq!(here(&phone).await, count);
        let again =
            office.log().iter().filter(|e| e.verb == "UID FETCH" && e.args.contains("BODY.PEEK[]")).count();
        // The one that was on its way goes alone: it may be what broke the link.
        let groups = (count - kept).div_ceil(100);
        assert!((groups..=groups + 1).contains(&again), "cut at {cut}, {kept} were here, {again} commands");
        all_as_delivered(&phone, count).await;
    }
    assert!(kept_some > 0, "no cut fell into the middle of an answer with bodies");
}

#[tokio::test]
async fn a_message_missing_in_the_answer_for_many_is_asked_for_alone() {
    let office = office_with_letters(30);
    let phone = phone_that_wants_all(&office).await;
    office.inject(
        When::imap().verb("UID FETCH"),
        Fault::Replace(b"UID 7 BODY[] ".to_vec(), b"UID 7 BODY[9] ".to_vec()),
    );
    office.clear_log();
    phone.sync().await;
    assert_eq!(here(&phone).await, 30);
    assert!(office.log().iter().any(|e| e.args.starts_with("7 ") && e.args.contains("BODY.PEEK[]<0.")));
    all_as_delivered(&phone, 30).await;
}

#[tokio::test]
async fn a_message_that_never_comes_ends_the_pass_and_stops_no_other() {
    let office = office_with_letters(30);
    let phone = phone_that_wants_all(&office).await;
    office.inject(
        When::imap().verb("UID FETCH"),
        Fault::Replace(b"UID 7 BODY[]".to_vec(), b"UID 7 BODY[9]".to_vec()),
    );
    phone.sync().await;
    assert_eq!(here(&phone).await, 29);
}

#[tokio::test]
async fn large_messages_come_beside_small_ones() {
    let office = office_with_letters(3);
    let delivered = office.deliver_now(USER, letter(3, 12_000)).unwrap();
    assert_eq!(delivered, 4);
    let phone = phone_that_wants_all(&office).await;
    phone.sync().await;
    assert_eq!(here(&phone).await, 4);
    all_as_delivered(&phone, 4).await;
}
