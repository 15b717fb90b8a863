//! A person acts while the server is being told: what was confirmed to them holds, on the phone and on the server.

use satchel_core::client::{OperationView, PassOptions, PassReport};
use satchel_core::error::MailError;
use satchel_core::ids::PlacementId;
use satchel_postoffice::{Extension, Fault, Features, Role, When};
use satchel_tests::phone::{Phone, USER, mail, office_with};
use std::collections::BTreeMap;
use std::sync::{Mutex, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

fn dialects() -> Vec<Features> {
    vec![
        Features::rich(),
        Features::rich().without(Extension::Move),
        Features::rich().without(Extension::Move).without(Extension::UidPlus),
    ]
}

async fn phone(features: Features) -> Phone {
    let office = office_with(features);
    office.create_mailbox(USER, "Trash", Some(Role::Trash)).unwrap();
    office.create_mailbox(USER, "Archive", Some(Role::Archive)).unwrap();
    office.create_mailbox(USER, "Work", None).unwrap();
    office.deliver_now(USER, mail("one")).unwrap();
    office.deliver(USER, "Trash", mail("thrown away"), [""; 0], 1_767_000_000).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    phone
}

/// A refusal that comes after the person took the move back fails nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_does_not_fail_when_the_server_then_refuses_it() {
    let mut refused = 0;
    for (verb, nth) in [("SELECT", 1), ("SELECT", 2), ("SELECT", 3)] {
        let phone = phone(Features::rich()).await;
        let id = phone.row("Trash", "thrown away").await.placement;
        let work = phone.mailbox("Work").await.id;
        let moved = phone.satchel.move_to(&[id], work).await.unwrap();
        let no = Fault::No("NOPERM".into(), "no".into());
        phone.office.inject(When::imap().verb(verb).nth(nth).times(1), no);
        let (pass, undone, during) = act_at(&phone, verb, nth, undo(&phone, &moved)).await;
        undone.unwrap();
        refused += usize::from(during);
        assert!(pass.is_err() || pass.is_ok_and(|report| report.operations_failed == 0), "at {verb} {nth}");
        settle(&phone, &format!("{verb} {nth}")).await;
        assert_eq!(holds(&phone, "Trash", "thrown away"), 1, "at {verb} {nth}");
    }
    assert!(refused > 1);
}

/// A pass in which the n-th answer to `verb` is held back until the person has acted. Whether that answer came at all:
/// if not, they act after the pass.
async fn act_at<T>(
    phone: &Phone,
    verb: &str,
    nth: u64,
    act: impl Future<Output = T>,
) -> (Result<PassReport, MailError>, T, bool) {
    let (reached, wait) = oneshot::channel::<()>();
    let (acted, go_on) = mpsc::channel::<()>();
    let once = Mutex::new(Some((reached, go_on)));
    let hold = Fault::hook(move |_, answer| {
        if let Some((reached, go_on)) = once.lock().unwrap().take() {
            reached.send(()).unwrap();
            go_on.recv_timeout(Duration::from_secs(30)).unwrap();
        }
        answer
    });
    phone.office.inject(When::imap().verb(verb).nth(nth), hold);
    let pass = async {
        let pass = phone.try_sync(&PassOptions::default()).await;
        phone.office.clear_faults();
        pass
    };
    let person = async {
        let during = wait.await.is_ok();
        let done = act.await;
        // Nobody holds an answer back any more if none was.
        let _ = acted.send(());
        (done, during)
    };
    let (pass, (done, during)) = tokio::join!(pass, person);
    (pass, done, during)
}

/// Passes until nothing waits; then phone and server hold the same, and nothing failed.
async fn settle(phone: &Phone, what: &str) {
    for _ in 0..4 {
        phone.sync().await;
    }
    let operations = phone.satchel.operations().await.unwrap();
    assert!(operations.iter().all(|o| !o.state.is_open()), "{what}: {operations:?}");
    assert!(operations.iter().all(|o| o.last_error.is_none()), "{what}: {operations:?}");
    let mut shown = BTreeMap::new();
    for name in ["INBOX", "Trash", "Archive", "Work"] {
        shown.insert(name.to_owned(), phone.subjects(name).await);
    }
    assert_eq!(shown, on_server(phone), "{what}: what is shown is not what the server has");
}

fn on_server(phone: &Phone) -> BTreeMap<String, Vec<String>> {
    let subject = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.lines().find_map(|l| l.strip_prefix("Subject: ")).unwrap_or_default().to_owned()
    };
    let server = phone.office.snapshot(USER).unwrap();
    let all = server.mailboxes.iter();
    all.map(|m| (m.name.clone(), m.messages.iter().rev().map(|m| subject(&m.bytes)).collect())).collect()
}

fn holds(phone: &Phone, mailbox: &str, subject: &str) -> usize {
    on_server(phone)[mailbox].iter().filter(|s| *s == subject).count()
}

async fn undo(phone: &Phone, operations: &[OperationView]) -> Result<OperationView, MailError> {
    phone.satchel.undo(operations[0].id).await
}

/// Each moment: the verb whose answer is held back, and which one of a connection.
const MOMENTS: [(&str, u64); 9] = [
    ("LOGIN", 1),
    ("SELECT", 1),
    ("SELECT", 2),
    ("SELECT", 3),
    ("STATUS", 1),
    ("COPY", 1),
    ("MOVE", 1),
    ("STORE", 1),
    ("EXPUNGE", 1),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_for_good_taken_back_during_the_pass_deletes_nothing_or_is_refused() {
    let mut taken_back = 0;
    for features in dialects() {
        for (verb, nth) in MOMENTS {
            let what = format!("undo at {verb} {nth}");
            let phone = phone(features.clone()).await;
            let id = phone.row("Trash", "thrown away").await.placement;
            let deleted = phone.satchel.delete(&[id]).await.unwrap();
            let (pass, undone, during) = act_at(&phone, verb, nth, undo(&phone, &deleted)).await;
            pass.unwrap();
            settle(&phone, &what).await;
            match undone {
                Ok(_) => {
                    assert_eq!(holds(&phone, "Trash", "thrown away"), 1, "{what}: confirmed, and gone");
                    taken_back += usize::from(during && verb == "SELECT");
                }
                Err(MailError::InvalidInput { .. }) => {
                    assert_eq!(holds(&phone, "Trash", "thrown away"), 0, "{what}: refused, and there");
                }
                Err(e) => panic!("{what}: {e:?}"),
            }
        }
    }
    assert!(taken_back > 0, "no moment was early enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_taken_back_or_changed_during_the_pass_ends_where_it_was_last_wanted() {
    for features in dialects() {
        for (verb, nth) in MOMENTS {
            for other in [None, Some("Archive")] {
                let what = format!("{other:?} at {verb} {nth}");
                let phone = phone(features.clone()).await;
                let id = phone.row("INBOX", "one").await.placement;
                let work = phone.mailbox("Work").await.id;
                let elsewhere = phone.mailbox(other.unwrap_or("INBOX")).await.id;
                let moved = phone.satchel.move_to(&[id], work).await.unwrap();
                let act = async {
                    match other {
                        None => drop(undo(&phone, &moved).await.unwrap()),
                        Some(_) => drop(phone.satchel.move_to(&[id], elsewhere).await.unwrap()),
                    }
                };
                let (pass, (), _) = act_at(&phone, verb, nth, act).await;
                pass.unwrap();
                settle(&phone, &what).await;
                assert_eq!(
                    holds(&phone, other.unwrap_or("INBOX"), "one"),
                    1,
                    "{what}: {:?}",
                    on_server(&phone)
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_taken_back_whose_answer_is_lost_ends_where_it_was() {
    let mut lost = 0;
    for features in dialects() {
        for verb in ["MOVE", "COPY", "STORE", "EXPUNGE"] {
            let phone = phone(features.clone()).await;
            let id = phone.row("INBOX", "one").await.placement;
            let work = phone.mailbox("Work").await.id;
            let moved = phone.satchel.move_to(&[id], work).await.unwrap();
            phone.office.inject(When::imap().verb(verb).nth(1).times(1), Fault::CutAnswer(0));
            let (pass, undone, during) = act_at(&phone, verb, 1, undo(&phone, &moved)).await;
            undone.unwrap();
            assert_eq!(pass.is_err(), during, "{verb}: {pass:?}");
            lost += usize::from(during);
            settle(&phone, verb).await;
            assert_eq!(holds(&phone, "INBOX", "one"), 1, "{verb}: {:?}", on_server(&phone));
        }
    }
    assert_eq!(lost, 7, "MOVE once, and the three steps in its place twice");
}

async fn flag(phone: &Phone, id: PlacementId, add: &[&str], remove: &[&str]) {
    let names = |all: &[&str]| all.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>();
    phone.satchel.flag(&[id], &names(add), &names(remove)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_clicked_during_the_pass_are_what_the_server_has_in_the_end() {
    for (verb, nth) in [("SELECT", 1), ("SELECT", 2), ("STORE", 1), ("STORE", 2)] {
        let phone = phone(Features::rich()).await;
        let id = phone.row("INBOX", "one").await.placement;
        flag(&phone, id, &["\\Flagged"], &[]).await;
        let act = async {
            flag(&phone, id, &[], &["\\Flagged"]).await;
            flag(&phone, id, &["\\Seen"], &[]).await;
            flag(&phone, id, &["$Later"], &[]).await;
        };
        let (pass, (), _) = act_at(&phone, verb, nth, act).await;
        pass.unwrap();
        settle(&phone, verb).await;
        let server = phone.office.snapshot(USER).unwrap();
        let mut on_server = server.mailbox("INBOX").unwrap().messages[0].flags.names();
        on_server.retain(|f| *f != "\\Recent");
        on_server.sort_unstable();
        assert_eq!(on_server, ["$Later", "\\Seen"], "at {verb} {nth}");
        let shown = phone.row("INBOX", "one").await.flags;
        assert!(shown.seen && !shown.flagged && shown.keywords.contains("$Later"), "{verb} {nth}: {shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_deleted_while_it_is_being_made_is_not_there_afterwards() {
    for verb in ["LOGIN", "CREATE", "SUBSCRIBE"] {
        let phone = phone(Features::rich()).await;
        let (made, _) = phone.satchel.create_mailbox(phone.id(), "Reisen", false).await.unwrap();
        let act = async { phone.satchel.delete_mailbox(made.id).await.map(drop) };
        let (pass, removed, _) = act_at(&phone, verb, 1, act).await;
        pass.unwrap();
        removed.unwrap();
        settle(&phone, verb).await;
        assert!(phone.office.snapshot(USER).unwrap().mailbox("Reisen").is_none(), "at {verb}");
    }
}
