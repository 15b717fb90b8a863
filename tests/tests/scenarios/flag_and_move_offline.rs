//! What is done offline shows at once, composes, and reaches the server when the network is back.

use satchel_core::error::MailError;
use satchel_core::store::OperationState;
use satchel_postoffice::{Extension, Features, Role};
use satchel_tests::phone::{Phone, USER, mail, office_with};

fn dialects() -> Vec<Features> {
    vec![
        Features::rich(),
        Features::rich().without(Extension::Move),
        Features::rich().without(Extension::Move).without(Extension::UidPlus),
        Features::rich().without(Extension::UidPlus),
        Features::rich().without(Extension::ObjectId).without(Extension::UidPlus),
        Features::bare(),
    ]
}

async fn phone(features: Features) -> Phone {
    let office = office_with(features);
    office.create_mailbox(USER, "Trash", Some(Role::Trash)).unwrap();
    office.create_mailbox(USER, "Archive", Some(Role::Archive)).unwrap();
    office.create_mailbox(USER, "Work", None).unwrap();
    for n in 0..10 {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
    }
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    phone
}

fn subjects_on_server(phone: &Phone, mailbox: &str) -> Vec<String> {
    let server = phone.office.snapshot(USER).unwrap();
    let Some(mailbox) = server.mailbox(mailbox) else { return Vec::new() };
    let subject = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.lines().find_map(|l| l.strip_prefix("Subject: ")).unwrap_or_default().to_owned()
    };
    let mut all: Vec<String> = mailbox.messages.iter().map(|m| subject(&m.bytes)).collect();
    all.sort();
    all
}

#[tokio::test]
async fn flag_move_and_delete_wait_offline_and_go_out_in_one_pass() {
    for features in dialects() {
        let phone = phone(features).await;
        let work = phone.mailbox("Work").await.id;
        let (a, b, c) = (
            phone.row("INBOX", "m1").await.placement,
            phone.row("INBOX", "m2").await.placement,
            phone.row("INBOX", "m3").await.placement,
        );
        phone.satchel.set_offline(true);
        phone.satchel.flag(&[a], &["\\Seen".into(), "\\Flagged".into()], &[]).await.unwrap();
        phone.satchel.move_to(&[b], work).await.unwrap();
        phone.satchel.flag(&[b], &["\\Seen".into()], &[]).await.unwrap();
        phone.satchel.delete(&[c]).await.unwrap();
        assert!(matches!(
            phone.try_sync(&satchel_core::client::PassOptions::default()).await,
            Err(MailError::Offline { .. })
        ));
        assert_eq!(phone.subjects("Work").await, ["m2"]);
        assert_eq!(phone.subjects("Trash").await, ["m3"]);
        assert_eq!(subjects_on_server(&phone, "Work"), Vec::<String>::new());

        let phone = phone.restart();
        let report = phone.sync().await;
        assert_eq!(report.operations_failed, 0, "{report:?}");
        assert_eq!(subjects_on_server(&phone, "Work"), ["m2"]);
        assert_eq!(subjects_on_server(&phone, "Trash"), ["m3"]);
        assert_eq!(subjects_on_server(&phone, "INBOX").len(), 8);
        phone.sync().await;
        assert_eq!(phone.subjects("Work").await, ["m2"]);
        assert_eq!(phone.row("Work", "m2").await.placement, b, "a moved message keeps its id");
        assert!(phone.row("Work", "m2").await.flags.seen);
        assert_eq!(phone.subjects("INBOX").await.len(), 8);
        let server = phone.office.snapshot(USER).unwrap();
        let seen = server.mailbox("Work").unwrap().messages[0].flags.names().contains(&"\\Seen");
        assert!(seen, "the flag set after the move reached the moved message");
        let open = phone.satchel.operations().await.unwrap();
        assert!(open.iter().all(|o| !o.state.is_open()), "{open:?}");
    }
}

#[tokio::test]
async fn intents_that_cancel_never_reach_the_server() {
    let phone = phone(Features::rich()).await;
    let work = phone.mailbox("Work").await.id;
    let inbox = phone.mailbox("INBOX").await.id;
    let id = phone.row("INBOX", "m4").await.placement;
    phone.satchel.flag(&[id], &["\\Flagged".into()], &[]).await.unwrap();
    phone.satchel.flag(&[id], &[], &["\\Flagged".into()]).await.unwrap();
    phone.satchel.move_to(&[id], work).await.unwrap();
    phone.satchel.move_to(&[id], inbox).await.unwrap();
    phone.office.clear_log();
    let report = phone.sync().await;
    assert_eq!(report.operations_done, 0);
    let log = format!("{:?}", phone.office.log());
    assert!(!log.contains("STORE") && !log.contains("MOVE"), "{log}");
    assert!(phone.satchel.operations().await.unwrap().iter().all(|o| o.state == OperationState::Cancelled));
}

#[tokio::test]
async fn move_then_delete_is_one_move_to_the_trash() {
    let phone = phone(Features::rich()).await;
    let work = phone.mailbox("Work").await.id;
    let id = phone.row("INBOX", "m4").await.placement;
    phone.satchel.move_to(&[id], work).await.unwrap();
    phone.satchel.delete(&[id]).await.unwrap();
    let report = phone.sync().await;
    assert_eq!(report.operations_done, 1);
    assert_eq!(subjects_on_server(&phone, "Trash"), ["m4"]);
    assert_eq!(subjects_on_server(&phone, "Work"), Vec::<String>::new());
}

#[tokio::test]
async fn deleting_from_the_trash_is_for_good_and_takes_nobody_elses_along() {
    for features in dialects() {
        let uidplus = features.has(Extension::UidPlus);
        let phone = phone(features).await;
        let (mine, theirs) =
            (phone.row("INBOX", "m1").await.placement, phone.row("INBOX", "m2").await.placement);
        phone.satchel.delete(&[mine, theirs]).await.unwrap();
        phone.sync().await;
        let theirs_uid = phone.office.snapshot(USER).unwrap().mailbox("Trash").unwrap().uids()[1];
        phone.office.set_flags(USER, "Trash", theirs_uid, ["\\Deleted"]).unwrap();
        phone.satchel.delete(&[mine]).await.unwrap();
        phone.sync().await;
        let left = subjects_on_server(&phone, "Trash");
        assert!(left.contains(&"m2".to_owned()), "another client's mark is not ours to expunge: {left:?}");
        assert!(!uidplus || left == ["m2"], "{left:?}");
    }
}

#[tokio::test]
async fn undo_takes_back_before_and_after_the_server_was_told() {
    let phone = phone(Features::rich()).await;
    let id = phone.row("INBOX", "m5").await.placement;
    let deleted = phone.satchel.delete(&[id]).await.unwrap();
    phone.satchel.undo(deleted[0].id).await.unwrap();
    assert!(phone.subjects("INBOX").await.contains(&"m5".to_owned()));
    assert_eq!(phone.sync().await.operations_done, 0);

    let archived = phone.satchel.archive(&[id]).await.unwrap();
    phone.sync().await;
    assert_eq!(subjects_on_server(&phone, "Archive"), ["m5"]);
    phone.satchel.undo(archived[0].id).await.unwrap();
    phone.sync().await;
    assert_eq!(subjects_on_server(&phone, "Archive"), Vec::<String>::new());
    assert!(phone.subjects("INBOX").await.contains(&"m5".to_owned()));
}

#[tokio::test]
async fn a_copy_is_one_copy_and_gets_its_own_flags() {
    for features in dialects() {
        let phone = phone(features).await;
        let work = phone.mailbox("Work").await.id;
        let id = phone.row("INBOX", "m6").await.placement;
        phone.satchel.copy_to(&[id], work).await.unwrap();
        let copy = phone.row("Work", "m6").await.placement;
        phone.satchel.flag(&[copy], &["\\Flagged".into()], &[]).await.unwrap();
        phone.sync().await;
        phone.sync().await;
        assert_eq!(subjects_on_server(&phone, "Work"), ["m6"]);
        assert_eq!(phone.subjects("Work").await, ["m6"]);
        assert!(phone.row("Work", "m6").await.flags.flagged);
        assert!(!phone.row("INBOX", "m6").await.flags.flagged);
    }
}
