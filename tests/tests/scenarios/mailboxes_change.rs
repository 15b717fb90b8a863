//! Mailboxes are made, renamed and deleted, here and by others.

use satchel_postoffice::Features;
use satchel_tests::phone::{Phone, USER, mail, office, office_with};

#[tokio::test]
async fn a_mailbox_made_offline_takes_mail_and_exists_after_the_pass() {
    for features in [Features::rich(), Features::bare()] {
        let office = office_with(features);
        office.deliver_now(USER, mail("one")).unwrap();
        let phone = Phone::imap(&office).await;
        phone.sync().await;
        let (made, _) = phone.satchel.create_mailbox(phone.id(), "Reisen", false).await.unwrap();
        let id = phone.row("INBOX", "one").await.placement;
        phone.satchel.move_to(&[id], made.id).await.unwrap();
        phone.satchel.rename_mailbox(made.id, "Reisen 2026 äöü").await.unwrap();
        let report = phone.sync().await;
        assert_eq!(report.operations_failed, 0, "{report:?}");
        let server = office.snapshot(USER).unwrap();
        assert_eq!(server.mailbox("Reisen 2026 äöü").unwrap().messages.len(), 1, "{server:?}");
        assert!(server.mailbox("Reisen").is_none());
        assert_eq!(phone.mailbox("Reisen 2026 äöü").await.id, made.id);
        phone.sync().await;
        assert_eq!(phone.subjects("Reisen 2026 äöü").await, ["one"]);

        let refused = phone.satchel.delete_mailbox(made.id).await;
        assert!(refused.is_err(), "a mailbox with messages is not deleted");
        phone.satchel.delete(&[id]).await.unwrap();
        phone.sync().await;
        phone.satchel.delete_mailbox(made.id).await.unwrap();
        phone.sync().await;
        assert!(office.snapshot(USER).unwrap().mailbox("Reisen 2026 äöü").is_none());
    }
}

#[tokio::test]
async fn a_mailbox_that_others_delete_or_make_goes_and_comes() {
    let office = office();
    office.create_mailbox(USER, "Old", None).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    office.delete_mailbox(USER, "Old").unwrap();
    office.create_mailbox(USER, "New", None).unwrap();
    phone.sync().await;
    let names: Vec<_> =
        phone.satchel.mailboxes(phone.id()).await.unwrap().into_iter().map(|m| m.name).collect();
    assert!(names.contains(&"New".to_owned()) && !names.contains(&"Old".to_owned()), "{names:?}");
}

#[tokio::test]
async fn a_local_mailbox_never_reaches_the_server() {
    let office = office();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    phone.satchel.create_mailbox(phone.id(), "Only here", true).await.unwrap();
    phone.sync().await;
    assert!(office.snapshot(USER).unwrap().mailbox("Only here").is_none());
    assert_eq!(phone.mailbox("Only here").await.kind, satchel_core::mailbox::MailboxKind::Local);
}
