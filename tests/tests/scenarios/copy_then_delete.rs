//! A message is copied, and the original deleted for good: it goes only when the copy is there. And what taking such a
//! deletion back leaves.

use satchel_core::store::OperationState;
use satchel_postoffice::{Fault, Role, When};
use satchel_tests::phone::{Phone, USER, mail, office};

async fn phone() -> Phone {
    let office = office();
    office.create_mailbox(USER, "Trash", Some(Role::Trash)).unwrap();
    office.create_mailbox(USER, "Work", None).unwrap();
    office.create_mailbox(USER, "Archive", None).unwrap();
    office.deliver(USER, "Trash", mail("only"), [""; 0], 1_767_000_000).unwrap();
    office.deliver_now(USER, mail("other")).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    phone
}

fn held(phone: &Phone, mailbox: &str, subject: &str) -> usize {
    let line = format!("Subject: {subject}\r\n");
    let server = phone.office.snapshot(USER).unwrap();
    let mailbox = server.mailbox(mailbox).map(|m| m.messages.clone()).unwrap_or_default();
    mailbox.iter().filter(|m| String::from_utf8_lossy(&m.bytes).contains(&line)).count()
}

async fn settle(phone: &Phone) {
    for _ in 0..4 {
        phone.sync().await;
    }
    let operations = phone.satchel.operations().await.unwrap();
    assert!(operations.iter().all(|o| !o.state.is_open()), "{operations:?}");
    for mailbox in ["INBOX", "Trash", "Work", "Archive"] {
        for subject in ["only", "other"] {
            let shown = phone.subjects(mailbox).await.iter().filter(|s| *s == subject).count();
            assert_eq!(shown, held(phone, mailbox, subject), "{subject} in {mailbox}");
        }
    }
}

#[tokio::test]
async fn the_original_stays_when_its_copy_is_refused() {
    let phone = phone().await;
    let work = phone.mailbox("Work").await.id;
    let id = phone.row("Trash", "only").await.placement;
    phone.satchel.copy_to(&[id], work).await.unwrap();
    phone.satchel.delete(&[id]).await.unwrap();
    assert_eq!(phone.subjects("Trash").await, Vec::<String>::new());
    phone.office.inject(When::imap().verb("COPY"), Fault::No("OVERQUOTA".into(), "full".into()));
    let report = phone.sync().await;
    assert_eq!(report.operations_failed, 2, "{report:?}");
    settle(&phone).await;
    assert_eq!(held(&phone, "Trash", "only"), 1, "the only one there is");
    assert_eq!(phone.subjects("Trash").await, ["only"]);
    assert_eq!(phone.subjects("Work").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_original_waits_while_one_of_its_copies_is_put_off() {
    let phone = phone().await;
    let (work, archive) = (phone.mailbox("Work").await.id, phone.mailbox("Archive").await.id);
    let id = phone.row("Trash", "only").await.placement;
    phone.satchel.copy_to(&[id], work).await.unwrap();
    phone.satchel.copy_to(&[id], archive).await.unwrap();
    phone.satchel.delete(&[id]).await.unwrap();
    phone.office.inject(When::imap().verb("COPY").nth(1), Fault::No("UNAVAILABLE".into(), "later".into()));
    phone.sync().await;
    assert_eq!(held(&phone, "Trash", "only"), 1, "one copy is still to be made of it");
    assert_eq!((held(&phone, "Work", "only"), held(&phone, "Archive", "only")), (0, 1));
    assert_eq!(phone.subjects("Trash").await, Vec::<String>::new(), "the person does not see it any more");
}

#[tokio::test]
async fn the_original_stays_when_the_mailbox_for_its_copy_cannot_be_made() {
    let phone = phone().await;
    let (made, _) = phone.satchel.create_mailbox(phone.id(), "Reisen", false).await.unwrap();
    let id = phone.row("Trash", "only").await.placement;
    phone.satchel.copy_to(&[id], made.id).await.unwrap();
    phone.satchel.delete(&[id]).await.unwrap();
    phone.office.inject(When::imap().verb("CREATE"), Fault::No("CANNOT".into(), "no".into()));
    phone.sync().await;
    settle(&phone).await;
    assert_eq!(phone.subjects("Trash").await, ["only"]);
}

#[tokio::test]
async fn a_copy_that_goes_elsewhere_is_still_made_before_the_original_goes() {
    let phone = phone().await;
    let (work, archive) = (phone.mailbox("Work").await.id, phone.mailbox("Archive").await.id);
    let id = phone.row("Trash", "only").await.placement;
    phone.satchel.copy_to(&[id], work).await.unwrap();
    phone.satchel.delete(&[id]).await.unwrap();
    let copy = phone.row("Work", "only").await.placement;
    phone.satchel.move_to(&[copy], archive).await.unwrap();
    settle(&phone).await;
    let places = ["Trash", "Work", "Archive"].map(|m| held(&phone, m, "only"));
    assert_eq!(places, [0, 0, 1]);
    let failed = phone.satchel.operations().await.unwrap().into_iter().filter(|o| o.last_error.is_some());
    assert_eq!(failed.count(), 0);
}

#[tokio::test]
async fn a_copy_of_a_copy_is_made_before_both_originals_go() {
    let phone = phone().await;
    let (work, archive) = (phone.mailbox("Work").await.id, phone.mailbox("Archive").await.id);
    let trash = phone.mailbox("Trash").await.id;
    let id = phone.row("Trash", "only").await.placement;
    phone.satchel.copy_to(&[id], work).await.unwrap();
    let copied = phone.row("Work", "only").await.placement;
    let second = phone.satchel.copy_to(&[copied], archive).await.unwrap();
    phone.satchel.delete(&[id]).await.unwrap();
    // The first copy is not wanted any more; the second one is.
    let first = phone.satchel.operations().await.unwrap();
    let first = first.iter().find(|o| o.placement == Some(copied)).unwrap();
    phone.satchel.undo(first.id).await.unwrap();
    assert_eq!(phone.subjects("Work").await, Vec::<String>::new());
    assert!(second[0].state.is_open() && trash != work);
    settle(&phone).await;
    let places = ["Trash", "Work", "Archive"].map(|m| held(&phone, m, "only"));
    assert_eq!(places, [0, 0, 1]);
}

#[tokio::test]
async fn a_deletion_for_good_taken_back_leaves_the_move_to_the_trash_to_be_told() {
    let phone = phone().await;
    let id = phone.row("INBOX", "other").await.placement;
    phone.satchel.delete(&[id]).await.unwrap();
    let for_good = phone.satchel.delete(&[id]).await.unwrap();
    assert!(!phone.subjects("Trash").await.contains(&"other".to_owned()));
    phone.satchel.undo(for_good[0].id).await.unwrap();
    assert!(phone.subjects("Trash").await.contains(&"other".to_owned()));
    settle(&phone).await;
    assert_eq!((held(&phone, "INBOX", "other"), held(&phone, "Trash", "other")), (0, 1));
}

#[tokio::test]
async fn taking_back_what_came_before_a_deletion_for_good_does_not_show_what_is_being_deleted() {
    let phone = phone().await;
    let id = phone.row("INBOX", "other").await.placement;
    let moved = phone.satchel.delete(&[id]).await.unwrap();
    let for_good = phone.satchel.delete(&[id]).await.unwrap();
    assert!(phone.satchel.undo(moved[0].id).await.is_err(), "the later deletion has to be taken back first");
    assert!(!phone.subjects("Trash").await.contains(&"other".to_owned()));
    phone.satchel.undo(for_good[0].id).await.unwrap();
    let operations = phone.satchel.operations().await.unwrap();
    assert!(operations.iter().any(|o| o.id == for_good[0].id && o.state == OperationState::Undone));
    settle(&phone).await;
    assert_eq!(held(&phone, "Trash", "other"), 1);
}
