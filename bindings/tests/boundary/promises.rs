//! What an app does all day.

use crate::phone::{ANN, Ear, PASSWORD, Phone, SOON};
use satchel_ffi::{
    CancelToken, ListOrder, MailError, MessageFlag, NetworkState, OperationState, ProgressObserver,
    ProgressView, SyncRequest,
};
use std::sync::{Arc, Mutex, mpsc};

#[tokio::test]
async fn pages_through_a_mailbox_and_hears_only_differences() {
    let (phone, account) = Phone::with_mail(250).await;
    let inbox = phone.inbox(&account).await;
    let list = phone.core.message_list(inbox.id, ListOrder::Messages).unwrap();
    let top = list.show(0, 50, None).await.unwrap();
    assert_eq!((top.total, top.ids.len(), top.changed.len()), (250, 50, 50));
    assert_eq!(top.changed[0].subject, "Message 250");
    let same = list.show(0, 50, Some(top.serial)).await.unwrap();
    assert!(same.changed.is_empty() && same.removed.is_empty() && same.ids == top.ids);
    let below = list.show(40, 50, Some(same.serial)).await.unwrap();
    assert_eq!((below.changed.len(), below.removed.len()), (40, 40), "ten rows stayed on the screen");
    let end = list.show(240, 50, Some(below.serial)).await.unwrap();
    assert_eq!(end.ids.len(), 10);
    // An answer that was lost on the way: everything comes again.
    let again = list.show(240, 50, Some(below.serial)).await.unwrap();
    assert_eq!(again.changed.len(), 10);
    phone.core.flag(vec![end.ids[0]], vec![MessageFlag::Flagged], vec![]).await.unwrap();
    let starred = list.show(240, 50, Some(again.serial)).await.unwrap();
    assert_eq!(starred.changed.iter().map(|row| row.id).collect::<Vec<_>>(), [end.ids[0]]);
    let mut cursor = None;
    let mut seen = 0;
    loop {
        let page = phone.core.page(inbox.id, ListOrder::Messages, 100, cursor).await.unwrap();
        seen += page.rows.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, 250);
    let odd = phone.core.page(inbox.id, ListOrder::Messages, 10, Some("yesterday".to_owned())).await;
    assert!(matches!(odd, Err(MailError::InvalidInput { field, .. }) if field == "before"));
}

#[tokio::test]
async fn opens_a_body_and_does_not_mark_it_read() {
    let (phone, account) = Phone::with_mail(3).await;
    let row = phone.newest(&account).await;
    let content = phone.core.open_message(row.id, None).await.unwrap();
    assert_eq!(content.text.trim(), "Text 3");
    assert_eq!(content.row.from[0].label, "Ben");
    assert!(!content.row.flags.seen);
}

#[tokio::test]
async fn works_offline_and_tells_the_server_when_the_network_is_back() {
    let (phone, account) = Phone::with_mail(3).await;
    let row = phone.newest(&account).await;
    let network = |online| NetworkState { online, ..NetworkState::default() };
    phone.core.network_changed(network(false)).unwrap();
    let done = phone.core.archive(vec![row.id]).await.unwrap();
    assert_eq!(done.operations[0].state, OperationState::Waiting);
    assert!(!phone.inbox(&account).await.has_older, "what was moved away is not older mail");
    let refused = phone.core.sync(account.id, SyncRequest::default(), None).await;
    assert!(matches!(refused, Err(MailError::Offline { .. })), "{refused:?}");
    phone.core.network_changed(network(true)).unwrap();
    let report = phone.core.sync(account.id, SyncRequest::default(), None).await.unwrap();
    assert_eq!(report.operations_done, 2, "the archive was made, and the message moved");
    let there = phone.office.snapshot(ANN).unwrap();
    assert_eq!(there.mailbox("Archive").unwrap().messages.len(), 1);
    let undone = phone.core.undo(done.undo).await.unwrap();
    assert_eq!(undone.len(), 1);
    phone.core.sync(account.id, SyncRequest::default(), None).await.unwrap();
    assert_eq!(phone.office.snapshot(ANN).unwrap().mailbox("INBOX").unwrap().messages.len(), 3);
}

#[tokio::test]
async fn a_wrong_password_keeps_nothing_and_its_error_tells_no_secret() {
    let phone = Phone::new().await;
    let refused = phone.core.add_account(phone.request("not this one")).await.unwrap_err();
    assert!(matches!(refused, MailError::Authentication { .. }), "{refused:?}");
    assert!(!format!("{refused} {refused:?}").contains("not this one"));
    assert_eq!((phone.vault.len(), phone.core.accounts().await.unwrap().len()), (0, 0));
    let request = phone.request("not this one");
    assert!(!format!("{request:?}").contains("not this one"));
    phone.core.add_account(phone.request(PASSWORD)).await.unwrap();
    assert_eq!(phone.vault.len(), 1);
}

#[tokio::test]
async fn a_dead_network_is_a_network_failure() {
    let phone = Phone::new().await;
    let mut request = phone.request(PASSWORD);
    request.incoming = "imaps://localhost:1".to_owned();
    let error = phone.core.add_account(request).await.unwrap_err();
    assert!(matches!(error, MailError::Network { ref host, .. } if host == "localhost"), "{error:?}");
}

struct Far(Mutex<mpsc::Sender<ProgressView>>);

impl ProgressObserver for Far {
    fn on_progress(&self, progress: ProgressView) -> Result<(), satchel_ffi::CallbackError> {
        let _ = self.0.lock().unwrap().send(progress);
        Ok(())
    }
}

fn with_attachment(bytes: usize) -> String {
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let encoded = line.repeat(bytes / 57);
    format!(
        "From: Ben <ben@example.org>\r\nSubject: With attachment\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n\
         --b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=plan.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{encoded}--b--\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_with_progress_and_the_file_appears_whole() {
    let phone = Phone::new().await;
    phone.office.deliver_now(ANN, with_attachment(570_000)).unwrap();
    let account = phone.core.add_account(phone.request(PASSWORD)).await.unwrap();
    phone.core.sync(account.id, SyncRequest::default(), None).await.unwrap();
    let row = phone.newest(&account).await;
    let parts = phone.core.attachments(row.id, None).await.unwrap();
    let part = parts.iter().find(|part| part.listed).unwrap();
    assert_eq!(part.name, "plan.bin");
    assert!((569_900..=570_100).contains(&part.size.0), "{:?}", part.size);
    let file = phone.home.path().join("saved.bin");
    let (told, heard) = mpsc::channel();
    let path = file.to_str().unwrap().to_owned();
    let observer = Arc::new(Far(Mutex::new(told)));
    let download = phone.core.download(row.id, part.section.clone(), path, Some(observer)).unwrap();
    assert_eq!(download.finished().await.unwrap().0, 570_000);
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 570_000);
    let last = heard.iter().last().unwrap();
    assert!(last.done && last.received.0 > 0, "{last:?}");
    let missing = phone.core.download(row.id, "7".to_owned(), "/nowhere/x".to_owned(), None).unwrap();
    assert!(matches!(missing.finished().await, Err(MailError::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_ends_at_once_and_the_next_one_works() {
    use satchel_postoffice::{Fault, When};
    let (phone, account) = Phone::with_mail(3).await;
    let row = phone.newest(&account).await;
    phone.office.inject(When::imap().verb("UID FETCH").times(1), Fault::Stall);
    let token = Arc::new(CancelToken::new());
    let opening = tokio::spawn({
        let (core, token) = (Arc::clone(&phone.core), Arc::clone(&token));
        async move { core.open_message(row.id, Some(token)).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    token.cancel().unwrap();
    let ended = tokio::time::timeout(SOON, opening).await.unwrap().unwrap();
    assert!(matches!(ended, Err(MailError::Cancelled { .. })), "{ended:?}");
    let content = tokio::time::timeout(SOON, phone.core.open_message(row.id, None)).await.unwrap().unwrap();
    assert_eq!(content.text.trim(), "Text 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_nobody_waits_for_is_ended_and_a_write_is_not() {
    use satchel_postoffice::{Fault, When};
    let (phone, account) = Phone::with_mail(1).await;
    let (ear, heard) = Ear::new();
    let _subscription = phone.core.subscribe(ear).unwrap();
    phone.office.inject(When::imap().verb("LIST").times(1), Fault::Stall);
    {
        let pass = phone.core.sync(account.id, SyncRequest::default(), None);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(300), pass).await.is_err());
    }
    // The pass is said to have ended, and another one does not wait for it.
    let running: Vec<bool> = std::iter::from_fn(|| heard.recv_timeout(SOON).ok())
        .flat_map(|changes| changes.syncing)
        .map(|syncing| syncing.running)
        .take_while(|running| *running)
        .collect();
    assert_eq!(running, [true]);
    let again = phone.core.sync(account.id, SyncRequest::default(), None);
    tokio::time::timeout(SOON, again).await.unwrap().unwrap();
    let row = phone.newest(&account).await;
    {
        let write = phone.core.flag(vec![row.id], vec![MessageFlag::Flagged], vec![]);
        // Polled once, then dropped.
        let _ = tokio::time::timeout(std::time::Duration::ZERO, write).await;
    }
    let begun = std::time::Instant::now();
    while !phone.core.message(row.id).await.unwrap().flags.flagged {
        assert!(begun.elapsed() < SOON, "the write was lost with its caller");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
