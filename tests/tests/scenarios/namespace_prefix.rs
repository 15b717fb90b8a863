//! A server keeps all mailboxes under a prefix such as `INBOX.`: a person never sees it and never has to type it.

use satchel_core::mailbox::MailboxKind;
use satchel_postoffice::{Extension, Features, Protocol};
use satchel_tests::phone::{Phone, USER, mail, office_with};

async fn names(phone: &Phone) -> Vec<String> {
    let mut names: Vec<_> =
        phone.satchel.mailboxes(phone.id()).await.unwrap().into_iter().map(|m| m.name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn names_are_shown_without_it_and_it_is_asked_for_once() {
    let office = office_with(Features::courier());
    office.create_mailbox(USER, "INBOX.Name", None).unwrap();
    office.create_mailbox(USER, "INBOX.Name.Sub äöü", None).unwrap();
    office.create_mailbox(USER, "shared.Team", None).unwrap();
    office.deliver(USER, "INBOX.Name", mail("one"), [""; 0], 1_767_000_000).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    assert_eq!(names(&phone).await, ["INBOX", "Name", "Name.Sub äöü", "shared.Team"]);
    assert_eq!(phone.subjects("Name").await, ["one"]);
    let changed = || phone.heard.take().iter().any(|e| format!("{e:?}").contains("Mailbox {"));
    assert!(changed());
    phone.sync().await;
    assert_eq!(office.counters().of(Protocol::Imap, "NAMESPACE"), 1);
    assert!(!changed(), "nothing is renamed again");
}

#[tokio::test]
async fn a_mailbox_by_a_persons_name_is_made_renamed_and_deleted_under_it() {
    let office = office_with(Features::courier());
    office.deliver_now(USER, mail("one")).unwrap();
    let phone = Phone::imap(&office).await;
    // Made before the server was ever asked.
    let (made, _) = phone.satchel.create_mailbox(phone.id(), "Name", false).await.unwrap();
    phone.sync().await;
    let (typed, _) = phone.satchel.create_mailbox(phone.id(), "INBOX.Typed", false).await.unwrap();
    let id = phone.row("INBOX", "one").await.placement;
    phone.satchel.move_to(&[id], made.id).await.unwrap();
    let report = phone.sync().await;
    assert_eq!(report.operations_failed, 0, "{report:?}");
    let server = office.snapshot(USER).unwrap();
    assert_eq!(server.mailbox("INBOX.Name").unwrap().messages.len(), 1, "{server:?}");
    assert!(server.mailbox("INBOX.Typed").is_some() && server.mailbox("Name").is_none());
    assert_eq!(names(&phone).await, ["INBOX", "Name", "Typed"]);
    assert_eq!((phone.mailbox("Name").await.id, phone.mailbox("Typed").await.id), (made.id, typed.id));

    phone.satchel.rename_mailbox(made.id, "Other").await.unwrap();
    phone.satchel.delete_mailbox(typed.id).await.unwrap();
    let report = phone.sync().await;
    assert_eq!(report.operations_failed, 0, "{report:?}");
    let server = office.snapshot(USER).unwrap();
    assert!(server.mailbox("INBOX.Other").is_some() && server.mailbox("INBOX.Typed").is_none(), "{server:?}");
    phone.sync().await;
    assert_eq!(names(&phone).await, ["INBOX", "Other"]);
    assert_eq!(phone.subjects("Other").await, ["one"]);
}

#[tokio::test]
async fn children_of_inbox_stay_where_there_is_no_prefix() {
    let office = office_with(Features::rich());
    office.create_mailbox(USER, "INBOX/Kid", None).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    assert!(names(&phone).await.contains(&"INBOX/Kid".to_owned()));
}

#[tokio::test]
async fn what_was_shown_with_it_is_renamed_in_place_and_a_taken_name_is_kept_apart() {
    let office = office_with(Features::courier().without(Extension::Namespace));
    office.create_mailbox(USER, "INBOX.Name", None).unwrap();
    office.create_mailbox(USER, "INBOX.Local", None).unwrap();
    let phone = Phone::imap(&office).await;
    phone.satchel.create_mailbox(phone.id(), "Local", true).await.unwrap();
    phone.sync().await;
    let before = phone.mailbox("INBOX.Name").await.id;
    office.set_features(Features::courier());
    office.create_mailbox(USER, "INBOX.Other", None).unwrap();
    for _ in 0..2 {
        phone.sync().await;
        assert_eq!(names(&phone).await, ["INBOX", "INBOX.Local", "Local", "Name", "Other"]);
        assert_eq!(phone.mailbox("Name").await.id, before);
        assert_eq!(phone.mailbox("Local").await.kind, MailboxKind::Local);
    }
}

#[tokio::test]
async fn a_prefix_that_went_is_learned_anew() {
    let office = office_with(Features::courier());
    office.create_mailbox(USER, "INBOX.Name", None).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    office.delete_mailbox(USER, "INBOX.Name").unwrap();
    office.create_mailbox(USER, "Name", None).unwrap();
    office.set_features(Features::rich());
    phone.sync().await;
    phone.satchel.create_mailbox(phone.id(), "New", false).await.unwrap();
    phone.sync().await;
    let server = office.snapshot(USER).unwrap();
    assert!(server.mailbox("New").is_some() && server.mailbox("INBOX.New").is_none(), "{server:?}");
}
