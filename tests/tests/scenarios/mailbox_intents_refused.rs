//! A mailbox change that the server refuses comes back without stopping the account, and no mailbox goes unseen.

use satchel_core::client::PassOptions;
use satchel_core::store::{OperationKind, OperationState};
use satchel_postoffice::{Fault, Features, PostOffice, When};
use satchel_tests::phone::{Phone, USER, mail, office_with};

async fn phone(features: Features) -> Phone {
    let office = office_with(features);
    office.deliver_now(USER, mail("one")).unwrap();
    office.create_mailbox(USER, "X", None).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    phone
}

fn on_server(office: &PostOffice, mailbox: &str) -> Option<usize> {
    office.snapshot(USER).unwrap().mailbox(mailbox).map(|m| m.messages.len())
}

fn into_x(phone: &Phone, subject: &str) {
    phone.office.deliver(USER, "X", mail(subject), [""; 0], 1_767_000_000).unwrap();
}

async fn names(phone: &Phone) -> Vec<String> {
    let all = phone.satchel.mailboxes(phone.id()).await.unwrap();
    all.into_iter().map(|m| m.name).filter(|n| n != "INBOX").collect()
}

async fn states(phone: &Phone) -> Vec<(OperationKind, OperationState)> {
    let mut all = phone.satchel.operations().await.unwrap();
    all.sort_by_key(|o| o.id);
    all.into_iter().map(|o| (o.kind, o.state)).collect()
}

#[tokio::test]
async fn a_mailbox_that_cannot_be_deleted_comes_back_beside_the_one_that_took_its_name() {
    for features in [Features::rich(), Features::bare()] {
        let phone = phone(features).await;
        phone.satchel.delete_mailbox(phone.mailbox("X").await.id).await.unwrap();
        let (made, _) = phone.satchel.create_mailbox(phone.id(), "X", false).await.unwrap();
        let one = phone.row("INBOX", "one").await.placement;
        phone.satchel.move_to(&[one], made.id).await.unwrap();
        into_x(&phone, "meanwhile");
        for _ in 0..3 {
            phone.sync().await;
        }
        assert_eq!(names(&phone).await, ["X"], "one mailbox there, one here");
        assert_eq!(phone.subjects("X").await, ["meanwhile"]);
        assert_eq!(phone.subjects("INBOX").await, ["one"]);
        assert_eq!((on_server(&phone.office, "X"), on_server(&phone.office, "INBOX")), (Some(1), Some(1)));
        let open = phone.satchel.operations().await.unwrap();
        assert!(open.iter().all(|o| o.state == OperationState::Failed && o.last_error.is_some()), "{open:?}");
    }
}

#[tokio::test]
async fn a_refused_rename_gives_the_name_back_although_a_new_mailbox_has_it() {
    let phone = phone(Features::rich()).await;
    phone.office.create_mailbox(USER, "X/below", None).unwrap();
    phone.sync().await;
    phone.satchel.rename_mailbox(phone.mailbox("X").await.id, "Y").await.unwrap();
    phone.satchel.create_mailbox(phone.id(), "X", false).await.unwrap();
    phone.satchel.create_mailbox(phone.id(), "X/below", false).await.unwrap();
    phone.office.inject(When::imap().verb("RENAME"), Fault::No("NOPERM".into(), "never".into()));
    for _ in 0..3 {
        phone.sync().await;
    }
    let mut shown = names(&phone).await;
    shown.sort();
    assert_eq!(shown, ["X", "X/below"]);
    into_x(&phone, "later");
    phone.sync().await;
    assert_eq!(phone.subjects("X").await, ["later"], "the row stands for the server's mailbox");
}

#[tokio::test]
async fn of_two_renames_the_first_refusal_brings_back_the_name_the_server_has() {
    let phone = phone(Features::rich()).await;
    let x = phone.mailbox("X").await.id;
    phone.satchel.rename_mailbox(x, "Y").await.unwrap();
    phone.satchel.rename_mailbox(x, "Z").await.unwrap();
    phone.office.inject(When::imap().verb("RENAME").times(1), Fault::No("NOPERM".into(), "never".into()));
    phone.sync().await;
    phone.sync().await;
    assert_eq!(names(&phone).await, ["X"]);
    assert!(states(&phone).await.iter().all(|(_, s)| *s == OperationState::Failed));
}

#[tokio::test]
async fn a_mailbox_that_others_deleted_while_its_name_was_given_away_stops_nothing() {
    let phone = phone(Features::rich()).await;
    phone.satchel.rename_mailbox(phone.mailbox("X").await.id, "Y").await.unwrap();
    phone.satchel.create_mailbox(phone.id(), "X", false).await.unwrap();
    phone.office.inject(When::imap().verb("RENAME"), Fault::No("UNAVAILABLE".into(), "later".into()));
    phone.office.delete_mailbox(USER, "X").unwrap();
    for _ in 0..3 {
        phone.sync().await;
    }
    assert_eq!(names(&phone).await, ["X"]);
    assert_eq!(on_server(&phone.office, "X"), Some(0));
}

#[tokio::test]
async fn no_mailbox_is_deleted_whose_emptiness_the_server_did_not_state() {
    let says = |fault: Fault| (When::imap().verb("STATUS").times(1), fault);
    let cases = [
        ("refused for now", says(Fault::No("UNAVAILABLE".into(), "later".into())), OperationState::Sending),
        ("refused for good", says(Fault::No("NOPERM".into(), "never".into())), OperationState::Failed),
        (
            "no number",
            says(Fault::Replace(b"MESSAGES".to_vec(), b"X-NUMBER".to_vec())),
            OperationState::Failed,
        ),
        ("unreadable", says(Fault::Replace(b" (".to_vec(), b" ".to_vec())), OperationState::Failed),
        ("no answer", says(Fault::DropUntagged(b"STATUS".to_vec())), OperationState::Failed),
    ];
    for (name, (when, fault), state) in cases {
        let phone = phone(Features::rich()).await;
        phone.satchel.delete_mailbox(phone.mailbox("X").await.id).await.unwrap();
        into_x(&phone, "meanwhile");
        phone.office.inject(when, fault);
        phone.sync().await;
        assert_eq!(phone.office.hits().len(), 1, "{name}");
        assert_eq!(on_server(&phone.office, "X"), Some(1), "{name}");
        assert_eq!(states(&phone).await, [(OperationKind::MailboxDelete, state)], "{name}");
        if state == OperationState::Failed {
            phone.sync().await;
            assert_eq!(phone.subjects("X").await, ["meanwhile"], "{name}");
        }
    }
}

#[tokio::test]
async fn a_deleted_mailbox_whose_answer_was_lost_is_deleted_and_a_mere_name_can_be() {
    let phone = phone(Features::rich()).await;
    phone.satchel.delete_mailbox(phone.mailbox("X").await.id).await.unwrap();
    phone.office.inject(When::imap().verb("DELETE").times(1), Fault::CutAfter);
    assert!(phone.try_sync(&PassOptions::default()).await.is_err());
    phone.sync().await;
    assert_eq!(names(&phone).await, [""; 0]);
    assert_eq!(states(&phone).await, [(OperationKind::MailboxDelete, OperationState::Done)]);

    phone.office.create_mailbox(USER, "Name", None).unwrap();
    let fault = Fault::hook(|_, answer| {
        let text = String::from_utf8_lossy(&answer).into_owned();
        let line = |l: &str| {
            if l.contains("Name") { l.replacen("* LIST (", "* LIST (\\Noselect ", 1) } else { l.to_owned() }
        };
        text.split_inclusive("\r\n").map(line).collect::<String>().into_bytes()
    });
    phone.office.inject(When::imap().verb("LIST"), fault);
    phone.sync().await;
    phone.satchel.delete_mailbox(phone.mailbox("Name").await.id).await.unwrap();
    phone.office.inject(When::imap().verb("STATUS"), Fault::No(String::new(), "not selectable".into()));
    phone.sync().await;
    assert_eq!(on_server(&phone.office, "Name"), None);
}

#[tokio::test]
async fn a_deletion_for_good_is_not_said_to_be_done_because_the_trash_could_not_be_made() {
    for times in [1, 100] {
        let phone = phone(Features::rich()).await;
        let refused = Fault::No("NOPERM".into(), "never".into());
        phone.office.inject(When::imap().verb("CREATE").times(times), refused);
        let one = phone.row("INBOX", "one").await.placement;
        phone.satchel.delete(&[one]).await.unwrap();
        phone.satchel.delete(&[one]).await.unwrap();
        for _ in 0..3 {
            phone.sync().await;
        }
        let here = phone.subjects("INBOX").await.len();
        assert_eq!(on_server(&phone.office, "INBOX"), Some(here), "what the server keeps is shown");
        let done = states(&phone).await.contains(&(OperationKind::Delete, OperationState::Done));
        assert_eq!(done, here == 0, "{:?}", states(&phone).await);
    }
}
