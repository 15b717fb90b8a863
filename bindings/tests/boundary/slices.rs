//! Background slices: what is told once, what waits for an unlocked device, a password that changed.

use crate::phone::{ANN, PASSWORD, Phone, SOON};
use satchel_ffi::{
    AccountChangeRequest, CancelToken, MailError, MessageFlag, Secret, SliceView, StorageProblem,
    SyncRequest, UndoToken,
};
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn slice(phone: &Phone) -> SliceView {
    let mut slices = phone.core.run_until(SOON, None).await.unwrap();
    assert_eq!(slices.len(), 1);
    slices.remove(0)
}

fn subjects(slice: &SliceView) -> Vec<&str> {
    slice.fresh.iter().map(|row| row.subject.as_str()).collect()
}

fn deliver(phone: &Phone, subject: &str) {
    let raw = format!("From: Ben <ben@example.org>\r\nSubject: {subject}\r\n\r\nText\r\n");
    let late = 1_800_000_000;
    phone.office.deliver(ANN, "INBOX", raw, [] as [&str; 0], late).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn new_mail_is_told_once_and_again_as_long_as_it_was_not_told() {
    let (phone, account) = Phone::with_mail(3).await;
    let first = slice(&phone).await;
    assert_eq!((first.fresh_count, first.told), (0, None), "what was here is no news");
    deliver(&phone, "one");
    deliver(&phone, "two");
    // A turn that was taken back after its pass: nobody was told.
    assert_eq!(slice(&phone).await.fresh_count, 2);
    let told = slice(&phone).await;
    assert_eq!(subjects(&told), ["two", "one"]);
    // What comes between looking and telling is told by the next one.
    deliver(&phone, "three");
    phone.core.sync(account.id, SyncRequest::default(), None).await.unwrap();
    phone.core.told(told.told.unwrap()).await.unwrap();
    assert_eq!(subjects(&slice(&phone).await), ["three"]);
    phone.core.told_everything().await.unwrap();
    assert_eq!(slice(&phone).await.fresh_count, 0);
    let older = SyncRequest { older: 50, ..SyncRequest::default() };
    phone.core.sync(account.id, older, None).await.unwrap();
    assert_eq!(slice(&phone).await.fresh_count, 0, "what was paged back to is no news");
    let odd = phone.core.told("yesterday".to_owned()).await;
    assert!(matches!(odd, Err(MailError::InvalidInput { .. })), "{odd:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_waits_for_an_unlocked_device_holds_up_no_deadline_and_no_cancelling() {
    let (phone, account) = Phone::with_mail(1).await;
    let vault = Arc::clone(&phone.vault);
    let (locked, is_locked) = std::sync::mpsc::channel();
    let (unlock, unlocked) = std::sync::mpsc::channel::<()>();
    let device = std::thread::spawn(move || {
        let _locked = vault.lock.lock().unwrap();
        locked.send(()).unwrap();
        let _ = unlocked.recv();
    });
    is_locked.recv().unwrap();
    let begun = Instant::now();
    let slices = phone.core.run_until(Duration::from_millis(200), None).await.unwrap();
    assert!(slices[0].report.is_none() && slices[0].problem.is_some(), "{slices:?}");
    let token = Arc::new(CancelToken::new());
    let pass = phone.core.sync(account.id, SyncRequest::default(), Some(Arc::clone(&token)));
    let cancelled = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        token.cancel().unwrap();
    };
    let (ended, ()) = tokio::join!(pass, cancelled);
    assert!(matches!(ended, Err(MailError::Cancelled { .. })), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let held = phone.core.shutdown().await;
    assert!(matches!(held, Err(MailError::Storage { problem: StorageProblem::InUse, .. })), "{held:?}");
    unlock.send(()).unwrap();
    device.join().unwrap();
    let begun = Instant::now();
    while crate::phone::open(phone.home.path(), &phone.vault).is_err() {
        assert!(begun.elapsed() < SOON, "the home was never let go of");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_changed_is_taken_only_when_the_server_takes_it_and_the_mail_stays() {
    let (phone, account) = Phone::with_mail(3).await;
    phone.office.set_password(ANN, "a new one").unwrap();
    let sync = || phone.core.sync(account.id, SyncRequest::default(), None);
    assert!(matches!(sync().await, Err(MailError::Authentication { .. })));
    assert!(slice(&phone).await.needs_person);
    let with = |password: &str| AccountChangeRequest {
        password: Some(Secret::from(password.to_owned())),
        ..AccountChangeRequest::default()
    };
    let refused = phone.core.change_account(account.id, with("a guess")).await;
    assert!(matches!(refused, Err(MailError::Authentication { .. })), "{refused:?}");
    phone.core.change_account(account.id, with("a new one")).await.unwrap();
    sync().await.unwrap();
    assert_eq!((phone.inbox(&account).await.total, phone.vault.len()), (3, 1));
    assert_ne!(PASSWORD, "a new one");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_already_does_not_keep_the_rest_from_it() {
    let (phone, account) = Phone::with_mail(2).await;
    let inbox = phone.inbox(&account).await;
    let page = phone.core.page(inbox.id, satchel_ffi::ListOrder::Messages, 2, None).await.unwrap();
    let star = |id| phone.core.flag(vec![id], vec![MessageFlag::Flagged], vec![]);
    let (one, two) = (star(page.rows[0].id).await.unwrap(), star(page.rows[1].id).await.unwrap());
    let operations = one.undo.operations.iter().chain(&two.undo.operations).copied().collect();
    phone.core.undo(one.undo).await.unwrap();
    let both = UndoToken { operations };
    phone.core.undo(both.clone()).await.unwrap();
    assert!(!phone.core.message(page.rows[1].id).await.unwrap().flags.flagged);
    let nothing = phone.core.undo(both).await;
    assert!(matches!(nothing, Err(MailError::InvalidInput { .. })), "{nothing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_close_answers_only_when_the_home_is_free() {
    let (phone, _) = Phone::with_mail(1).await;
    let (one, two) = tokio::join!(phone.core.shutdown(), phone.core.shutdown());
    one.and(two).unwrap();
    crate::phone::open(phone.home.path(), &phone.vault).unwrap();
}
