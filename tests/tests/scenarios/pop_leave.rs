//! POP with the rule "leave": everything comes here once, byte for byte, and the server keeps its copy.

use satchel_core::store::LedgerState;
use satchel_tests::phone::{Phone, USER, mail, office};

#[tokio::test]
async fn all_mail_comes_once_and_stays_readable_offline() {
    let office = office();
    for n in 0..40 {
        office.deliver_now(USER, mail(&format!("m{n}"))).unwrap();
    }
    let mut large = mail("large");
    large.extend(std::iter::repeat_n(b"0123456789abcdef\r\n".as_slice(), 20_000).flatten());
    large.extend_from_slice(b".\r\n..dots\r\n");
    office.deliver_now(USER, large.clone()).unwrap();
    let phone = Phone::pop(&office).await;
    assert_eq!(phone.sync().await.new, 41);
    assert_eq!(phone.sync().await.new, 0);
    assert_eq!(
        office.snapshot(USER).unwrap().mailbox("INBOX").unwrap().messages.len(),
        41,
        "the server keeps all"
    );
    let phone = phone.restart();
    phone.satchel.set_offline(true);
    let row = phone.row("inbox", "large").await;
    let raw = phone.satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap();
    assert!(raw == large, "byte for byte");
    let ledger = phone.satchel.pop_state(phone.id()).await.unwrap();
    assert_eq!(ledger.len(), 41);
    assert!(ledger.iter().all(|r| r.state == LedgerState::Stored && r.sha256.is_some()));
}

#[tokio::test]
async fn a_maildrop_that_another_client_emptied_takes_nothing_from_the_phone() {
    let office = office();
    for n in 0..3 {
        office.deliver_now(USER, mail(&format!("m{n}"))).unwrap();
    }
    let phone = Phone::pop(&office).await;
    phone.sync().await;
    for uid in 1..=3 {
        office.expunge(USER, "INBOX", uid).unwrap();
    }
    phone.sync().await;
    assert_eq!(phone.subjects("inbox").await.len(), 3);
    let ledger = phone.satchel.pop_state(phone.id()).await.unwrap();
    assert!(ledger.iter().all(|r| r.state == LedgerState::Gone), "{ledger:?}");
}

#[tokio::test]
async fn local_mailboxes_of_a_pop_account_take_moves_at_once() {
    let office = office();
    office.deliver_now(USER, mail("m")).unwrap();
    let phone = Phone::pop(&office).await;
    phone.sync().await;
    let id = phone.row("inbox", "m").await.placement;
    let done = phone.satchel.delete(&[id]).await.unwrap();
    assert_eq!(done[0].state, satchel_core::store::OperationState::Done);
    assert_eq!(phone.subjects("trash").await, ["m"]);
    phone.satchel.undo(done[0].id).await.unwrap();
    assert_eq!(phone.subjects("inbox").await, ["m"]);
    assert_eq!(phone.sync().await.new, 0, "a message that was read, moved or deleted does not come again");
}
