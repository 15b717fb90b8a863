//! Servers without MOVE: between COPY and the end of the original much can get lost, but no message and none twice.

use satchel_core::client::PassOptions;
use satchel_postoffice::{Extension, Fault, Features, When};
use satchel_tests::phone::{Phone, USER, mail, mail_with, office_with};

fn dialects() -> [Features; 3] {
    let no_move = || Features::rich().without(Extension::Move);
    [no_move(), no_move().without(Extension::UidPlus).without(Extension::ObjectId), Features::bare()]
}

const NAMELESS: &[u8] = b"From: Bob <bob@example.org>\r\nSubject: nameless\r\n\r\nNo Message-ID.\r\n";
const QUOTED: &[u8] =
    b"From: Bob <bob@example.org>\r\nSubject: quoted\r\nMessage-ID: <a\"b\\c@d>\r\n\r\nText.\r\n";

async fn phone(features: Features, mails: &[&[u8]]) -> Phone {
    let office = office_with(features);
    office.create_mailbox(USER, "Work", None).unwrap();
    for n in 0..4 {
        office.deliver(USER, "Work", mail(&format!("w{n}")), [""; 0], 1_767_000_000 + n).unwrap();
    }
    for bytes in mails {
        office.deliver(USER, "INBOX", *bytes, [""; 0], 1_767_000_100).unwrap();
    }
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    phone
}

/// Bytes of the messages of a mailbox there.
fn there(phone: &Phone, mailbox: &str) -> Vec<Vec<u8>> {
    let server = phone.office.snapshot(USER).unwrap();
    server.mailbox(mailbox).unwrap().messages.iter().map(|m| m.bytes.clone()).collect()
}

fn times(phone: &Phone, mailbox: &str, bytes: &[u8]) -> usize {
    there(phone, mailbox).iter().filter(|m| m.as_slice() == bytes).count()
}

async fn cut(phone: &Phone, fault: Fault) {
    phone.office.inject(When::imap().verb("COPY").times(1), fault);
    assert!(phone.try_sync(&PassOptions::default()).await.is_err());
}

#[tokio::test]
async fn a_copy_whose_answer_was_lost_is_found_whatever_its_message_id() {
    for features in dialects() {
        for (subject, bytes) in [("nameless", NAMELESS), ("quoted", QUOTED)] {
            for copies in [false, true] {
                let phone = phone(features.clone(), &[bytes]).await;
                let work = phone.mailbox("Work").await.id;
                let id = phone.row("INBOX", subject).await.placement;
                if copies {
                    phone.satchel.copy_to(&[id], work).await.unwrap();
                } else {
                    phone.satchel.move_to(&[id], work).await.unwrap();
                }
                cut(&phone, Fault::CutAfter).await;
                phone.sync().await;
                phone.sync().await;
                assert_eq!(times(&phone, "Work", bytes), 1, "{subject}");
                assert_eq!(times(&phone, "INBOX", bytes), usize::from(copies), "{subject}");
                let shown = phone.subjects("Work").await;
                assert_eq!(shown.iter().filter(|s| *s == subject).count(), 1, "{shown:?}");
                assert_eq!(shown.len(), 5, "{shown:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_strangers_mail_with_the_same_message_id_is_not_taken_for_the_copy() {
    for features in dialects() {
        let (mine, theirs) = (mail("mine"), mail_with("mine", "X: y\r\n", "Something else.\r\n"));
        let phone = phone(features, &[&mine]).await;
        let work = phone.mailbox("Work").await.id;
        let id = phone.row("INBOX", "mine").await.placement;
        phone.satchel.move_to(&[id], work).await.unwrap();
        cut(&phone, Fault::CutBefore).await;
        phone.office.deliver(USER, "Work", theirs.clone(), [""; 0], 1_767_000_200).unwrap();
        phone.sync().await;
        phone.sync().await;
        assert_eq!((times(&phone, "Work", &mine), times(&phone, "Work", &theirs)), (1, 1));
        assert_eq!(times(&phone, "INBOX", &mine), 0);
        assert_eq!(phone.subjects("Work").await.len(), 6);
    }
}

/// What was refused for now may be tried again.
fn time_passes(phone: &Phone) {
    let db = rusqlite::Connection::open(phone.home().join("mail.db")).unwrap();
    db.execute("UPDATE operation SET not_before = 0", []).unwrap();
}

fn for_now() -> Fault {
    Fault::No("UNAVAILABLE".into(), "later".into())
}

#[tokio::test]
async fn of_two_equal_mails_the_copy_of_one_is_not_the_copy_of_the_other() {
    for features in dialects() {
        for seen in [true, false] {
            let twin = mail("twin");
            let phone = phone(features.clone(), &[&twin, &twin]).await;
            let work = phone.mailbox("Work").await.id;
            let inbox = phone.mailbox("INBOX").await.id;
            let ids: Vec<_> = phone.rows(inbox).await.into_iter().map(|r| r.placement).collect();
            phone.satchel.move_to(&ids, work).await.unwrap();
            phone.office.inject(When::imap().verb("COPY").times(1), for_now());
            if !seen {
                phone.office.inject(When::imap().verb("LIST").times(1), Fault::CutBefore);
            }
            assert_eq!(phone.try_sync(&PassOptions::default()).await.is_ok(), seen);
            assert_eq!((times(&phone, "Work", &twin), times(&phone, "INBOX", &twin)), (1, 1));
            time_passes(&phone);
            phone.sync().await;
            phone.sync().await;
            assert_eq!((times(&phone, "Work", &twin), times(&phone, "INBOX", &twin)), (2, 0), "seen: {seen}");
            let shown = phone.subjects("Work").await;
            assert_eq!(shown.iter().filter(|s| *s == "twin").count(), 2, "{shown:?}");
        }
    }
}

#[tokio::test]
async fn a_copy_whose_original_is_still_to_go_is_not_taken_for_that_of_an_equal_mail() {
    for features in dialects() {
        let twin = mail("twin");
        let phone = phone(features, &[&twin, &twin]).await;
        let (work, inbox) = (phone.mailbox("Work").await.id, phone.mailbox("INBOX").await.id);
        let ids: Vec<_> = phone.rows(inbox).await.into_iter().map(|r| r.placement).collect();
        phone.satchel.move_to(&ids, work).await.unwrap();
        // The first is put off; the second is copied, and the link breaks before its original goes.
        phone.office.inject(When::imap().verb("COPY").times(1), for_now());
        phone.office.inject(When::imap().verb("STORE").times(1), Fault::CutBefore);
        assert!(phone.try_sync(&PassOptions::default()).await.is_err());
        assert_eq!((times(&phone, "Work", &twin), times(&phone, "INBOX", &twin)), (1, 2));
        time_passes(&phone);
        phone.sync().await;
        phone.sync().await;
        assert_eq!((times(&phone, "Work", &twin), times(&phone, "INBOX", &twin)), (2, 0));
        let shown = phone.subjects("Work").await;
        assert_eq!(shown.iter().filter(|s| *s == "twin").count(), 2, "{shown:?}");
    }
}

#[tokio::test]
async fn a_lost_copy_that_a_pass_took_for_new_mail_is_found() {
    for features in dialects() {
        let mine = mail("mine");
        let phone = phone(features, &[&mine]).await;
        let work = phone.mailbox("Work").await.id;
        let id = phone.row("INBOX", "mine").await.placement;
        phone.satchel.move_to(&[id], work).await.unwrap();
        cut(&phone, Fault::CutAfter).await;
        phone.office.inject(When::imap().verb("SEARCH").times(1), for_now());
        phone.sync().await;
        assert_eq!(times(&phone, "INBOX", &mine), 1, "it was tried again");
        time_passes(&phone);
        phone.sync().await;
        assert_eq!((times(&phone, "Work", &mine), times(&phone, "INBOX", &mine)), (1, 0));
        assert_eq!(phone.subjects("Work").await.len(), 5);
        assert_eq!(phone.row("Work", "mine").await.placement, id);
    }
}

#[tokio::test]
async fn a_move_that_was_cut_in_half_ends_with_one_message() {
    for features in dialects() {
        let (phone, _) = half_moved(features).await;
        time_passes(&phone);
        phone.sync().await;
        phone.sync().await;
        let mine = mail("half");
        assert_eq!((times(&phone, "Work", &mine), times(&phone, "INBOX", &mine)), (1, 0));
        let shown = phone.subjects("Work").await;
        assert_eq!(shown.len(), 5, "{shown:?}");
    }
}

/// COPY is done and its UID told, the end of the original is refused for now.
async fn half_moved(features: Features) -> (Phone, satchel_core::ids::PlacementId) {
    let phone = phone(features, &[&mail("half")]).await;
    let work = phone.mailbox("Work").await.id;
    let id = phone.row("INBOX", "half").await.placement;
    phone.satchel.move_to(&[id], work).await.unwrap();
    phone.office.inject(When::imap().verb("STORE").times(1), for_now());
    phone.sync().await;
    assert_eq!(times(&phone, "Work", &mail("half")), 1);
    (phone, id)
}

fn others_expunge_the_original(phone: &Phone) {
    let uid = phone.office.snapshot(USER).unwrap().mailbox("INBOX").unwrap().uids()[0];
    phone.office.expunge(USER, "INBOX", uid).unwrap();
}

#[tokio::test]
async fn a_copy_that_was_seen_before_the_original_went_is_one_row_with_the_flags_of_both() {
    for features in dialects() {
        let known = features.has(Extension::UidPlus);
        let (phone, id) = half_moved(features).await;
        others_expunge_the_original(&phone);
        for _ in 0..3 {
            phone.sync().await;
        }
        let shown = phone.subjects("Work").await;
        assert_eq!(shown.iter().filter(|s| *s == "half").count(), 1, "{shown:?}");
        assert_eq!(shown.len(), 5);
        assert!(!known || phone.row("Work", "half").await.placement == id, "a moved message keeps its id");
    }
}

#[tokio::test]
async fn what_was_done_to_the_seen_copy_reaches_the_server() {
    let (phone, id) = half_moved(Features::rich().without(Extension::Move)).await;
    let work = phone.mailbox("Work").await.id;
    let seen = phone.rows(work).await.into_iter().find(|r| r.subject == "half" && r.placement != id);
    let seen = seen.expect("the pass saw the copy as a new row").placement;
    let uid = phone.office.snapshot(USER).unwrap().mailbox("Work").unwrap().uids()[4];
    phone.office.set_flags(USER, "Work", uid, ["\\Answered"]).unwrap();
    phone.sync().await;
    phone.satchel.flag(&[seen], &["\\Flagged".to_owned()], &[]).await.unwrap();
    others_expunge_the_original(&phone);
    // The flag waits while the original is found gone.
    phone.office.inject(When::imap().verb("STORE").times(1), for_now());
    phone.sync().await;
    let row = phone.row("Work", "half").await;
    assert_eq!(row.placement, id);
    assert!(row.flags.flagged && row.flags.answered, "{:?}", row.flags);
    let open: Vec<_> =
        phone.satchel.operations().await.unwrap().into_iter().filter(|o| o.state.is_open()).collect();
    assert_eq!(open.iter().map(|o| o.placement).collect::<Vec<_>>(), [Some(id)], "{open:?}");
}

#[tokio::test]
async fn a_uid_of_an_earlier_incarnation_takes_nobody_elses_row() {
    let (phone, _) = half_moved(Features::rich().without(Extension::Move)).await;
    for n in 5..7 {
        phone.office.deliver(USER, "Work", mail(&format!("w{n}")), [""; 0], 1_767_000_300 + n).unwrap();
    }
    phone.office.expunge(USER, "Work", 1).unwrap();
    // The UID that the copy had is now another message's.
    phone.office.change_uidvalidity(USER, "Work", true).unwrap();
    phone.sync().await;
    others_expunge_the_original(&phone);
    for _ in 0..3 {
        phone.sync().await;
    }
    let mut shown = phone.subjects("Work").await;
    shown.sort();
    assert_eq!(shown, ["half", "w1", "w2", "w3", "w5", "w6"]);
}

#[tokio::test]
async fn what_was_done_to_the_seen_copy_before_can_still_be_taken_back_and_copied() {
    let (phone, id) = half_moved(Features::rich().without(Extension::Move)).await;
    let (work, inbox) = (phone.mailbox("Work").await.id, phone.mailbox("INBOX").await.id);
    let seen = phone.rows(work).await.into_iter().find(|r| r.subject == "half" && r.placement != id).unwrap();
    let flagged = phone.satchel.flag(&[seen.placement], &["\\Flagged".to_owned()], &[]).await.unwrap();
    phone.sync().await;
    phone.satchel.copy_to(&[seen.placement], inbox).await.unwrap();
    others_expunge_the_original(&phone);
    phone.office.inject(When::imap().verb("COPY").times(1), for_now());
    phone.sync().await;
    assert_eq!(phone.row("Work", "half").await.placement, id);
    let waiting = phone.satchel.operations().await.unwrap();
    assert_eq!(waiting.iter().filter(|o| o.state.is_open()).count(), 1, "{waiting:?}");
    assert_eq!(phone.subjects("INBOX").await, ["half"], "the copy still waits for its original");
    phone.satchel.undo(flagged[0].id).await.unwrap();
    phone.sync().await;
    assert!(!phone.row("Work", "half").await.flags.flagged);
}

#[tokio::test]
async fn a_move_that_fails_leaves_the_message_where_the_move_before_brings_it() {
    let (phone, id) = half_moved(Features::rich().without(Extension::Move)).await;
    let (made, _) = phone.satchel.create_mailbox(phone.id(), "New", false).await.unwrap();
    phone.satchel.move_to(&[id], made.id).await.unwrap();
    phone.office.inject(When::imap().verb("CREATE"), Fault::No("NOPERM".into(), "never".into()));
    phone.sync().await;
    let work = phone.mailbox("Work").await.id;
    assert!(phone.rows(work).await.iter().any(|r| r.placement == id));
    assert_eq!(phone.subjects("INBOX").await, [""; 0]);
}
