//! What flies with the login: a screen is filled in one turn, and a server that minds gets asked as ever.

use satchel_core::client::{PassOptions, PassReport};
use satchel_postoffice::{Fault, Features, PostOffice, Protocol, When};
use satchel_tests::phone::{Phone, USER, mail, office, office_with};

/// A pass over INBOX alone, as when a person looks at it.
async fn look(phone: &Phone) -> PassReport {
    let mailbox = Some(phone.mailbox("INBOX").await.id);
    phone.try_sync(&PassOptions { mailbox, ..PassOptions::default() }).await.unwrap()
}

async fn phone_that_knows(office: &PostOffice) -> Phone {
    for n in 0..20 {
        office.deliver_now(USER, mail(&format!("old {n}"))).unwrap();
    }
    let phone = Phone::imap(office).await;
    phone.sync().await;
    phone
}

/// Without goodbyes: nobody waits for them, so they are read whenever the office comes to it.
fn commands(office: &PostOffice) -> Vec<String> {
    office.log().into_iter().map(|e| e.verb).filter(|verb| verb != "LOGOUT").collect()
}

fn connections(office: &PostOffice) -> u64 {
    office.counters().connections.get(&Protocol::Imap).copied().unwrap_or(0)
}

#[tokio::test]
async fn an_unchanged_pass_is_one_turn_and_a_goodbye() {
    let office = office();
    let phone = phone_that_knows(&office).await;
    office.clear_log();
    let report = phone.sync().await;
    assert_eq!(commands(&office), ["LOGIN", "LIST"]);
    assert_eq!(report.turns, 2, "the login with the list, the goodbye");
}

#[tokio::test]
async fn new_mail_in_a_known_mailbox_comes_in_one_turn() {
    let office = office();
    let phone = phone_that_knows(&office).await;
    for n in 0..50 {
        office.deliver_now(USER, mail(&format!("new {n}"))).unwrap();
    }
    office.set_flags(USER, "INBOX", 3, ["\\Flagged"]).unwrap();
    office.clear_log();
    let report = look(&phone).await;
    assert_eq!((report.new, report.changed, report.turns), (50, 1, 2));
    assert_eq!(commands(&office), ["LOGIN", "LIST", "SELECT", "UID FETCH", "UID FETCH"]);
    assert_eq!(phone.subjects("INBOX").await.len(), 70);
    assert!(phone.row("INBOX", "old 2").await.flags.flagged);
    // Expunged meanwhile, and more than was guessed: the pass asks what it needs.
    office.expunge(USER, "INBOX", 5).unwrap();
    for n in 0..300 {
        office.deliver_now(USER, mail(&format!("many {n}"))).unwrap();
    }
    let report = look(&phone).await;
    assert_eq!((report.new, report.removed), (300, 1));
    assert_eq!(phone.subjects("INBOX").await.len(), 369);
}

#[tokio::test]
async fn a_waiting_click_goes_out_before_the_server_is_asked_how_things_are() {
    let office = office();
    let phone = phone_that_knows(&office).await;
    let row = phone.row("INBOX", "old 4").await.placement;
    phone.satchel.flag(&[row], &["\\Flagged".to_owned()], &[]).await.unwrap();
    office.clear_log();
    look(&phone).await;
    let commands = commands(&office);
    let (store, list) =
        (commands.iter().position(|c| c == "UID STORE"), commands.iter().position(|c| c == "LIST"));
    assert!(store.is_some() && store < list, "{commands:?}");
    assert!(phone.row("INBOX", "old 4").await.flags.flagged);
}

#[tokio::test]
async fn a_server_that_lost_its_extensions_gets_asked_again() {
    let office = office_with(Features::rich());
    let phone = phone_that_knows(&office).await;
    office.set_features(Features::bare());
    office.deliver_now(USER, mail("plain")).unwrap();
    let report = look(&phone).await;
    assert_eq!(report.new, 1);
    assert_eq!(phone.subjects("INBOX").await.len(), 21);
    // And one that gained them.
    office.set_features(Features::rich());
    office.deliver_now(USER, mail("rich again")).unwrap();
    look(&phone).await;
    office.clear_log();
    office.deliver_now(USER, mail("quick again")).unwrap();
    assert_eq!(look(&phone).await.turns, 2);
    assert_eq!(phone.subjects("INBOX").await.len(), 23);
}

#[tokio::test]
async fn a_mailbox_with_new_uids_is_not_read_by_the_old_ones() {
    let office = office();
    let phone = phone_that_knows(&office).await;
    office.change_uidvalidity(USER, "INBOX", true).unwrap();
    office.deliver_now(USER, mail("after")).unwrap();
    look(&phone).await;
    let mut subjects = phone.subjects("INBOX").await;
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), 21);
    assert_eq!(phone.rows(phone.mailbox("INBOX").await.id).await.len(), 21);
}

#[tokio::test]
async fn a_gateway_that_hangs_up_over_what_follows_a_login_is_asked_step_by_step() {
    let office = office();
    let phone = phone_that_knows(&office).await;
    let before = connections(&office);
    office.inject(When::imap().connection(before + 1).verb("LIST"), Fault::CutBefore);
    office.deliver_now(USER, mail("new")).unwrap();
    let report = phone.sync().await;
    assert_eq!((report.new, connections(&office)), (1, before + 2));
    // Remembered: the next login goes alone.
    let report = phone.sync().await;
    assert_eq!((report.turns, connections(&office)), (3, before + 3), "login, list, goodbye");
}
