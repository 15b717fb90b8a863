//! A message is fetched when it is opened, an attachment when it is asked for.

use satchel_core::client::BodyState;
use satchel_core::error::MailError;
use satchel_postoffice::{Extension, Features};
use satchel_tests::phone::{Phone, USER, mail, mail_with, office, office_with};

fn with_attachment(size: usize) -> Vec<u8> {
    let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
    let attached = line.repeat(size / line.len() + 1);
    mail_with(
        "pictures",
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
        &format!(
            "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee the picture.\r\n--b\r\nContent-Type: image/png; name=\"a.png\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"../../a.png\"\r\n\r\n{attached}--b--\r\n"
        ),
    )
}

#[tokio::test]
async fn opening_brings_the_text_and_the_search_finds_it() {
    let office = office();
    office.deliver_now(USER, mail("hello")).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let row = phone.row("INBOX", "hello").await;
    assert_eq!(row.body, BodyState::Absent);
    let opened = phone.satchel.open_message(row.placement).await.unwrap();
    assert_eq!(opened.text.trim(), "The text of hello.");
    assert_eq!(phone.row("INBOX", "hello").await.body, BodyState::Present);
    assert!(
        !office.snapshot(USER).unwrap().mailbox("INBOX").unwrap().messages[0]
            .flags
            .names()
            .contains(&"\\Seen")
    );
    phone.sync().await;
    let found = phone.satchel.search("text from:bob", None, 10, None).await.unwrap();
    assert_eq!(found.rows.len(), 1);
    phone.satchel.set_offline(true);
    phone.satchel.open_message(row.placement).await.unwrap();
    let raw = phone.satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap();
    assert_eq!(raw, mail("hello"));
}

#[tokio::test]
async fn a_large_message_brings_its_text_alone_and_the_attachment_on_request() {
    let office = office();
    let raw = with_attachment(900_000);
    office.deliver_now(USER, raw.clone()).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let row = phone.row("INBOX", "pictures").await;
    assert!(row.has_attachments);
    let before = office.counters();
    let opened = phone.satchel.open_message(row.placement).await.unwrap();
    assert_eq!(opened.text.trim(), "See the picture.");
    assert_eq!(phone.row("INBOX", "pictures").await.body, BodyState::Partial);
    let after = office.counters();
    assert!(format!("{before:?}") != format!("{after:?}"));
    let attachment = opened.parts.iter().find(|a| a.part.is_attachment).unwrap();
    assert!(!attachment.present);
    assert_eq!(attachment.safe_name, "a.png");
    let mut steps = Vec::new();
    let bytes = phone
        .satchel
        .attachment(row.placement, &attachment.part.section, &mut |so_far, _| steps.push(so_far))
        .await
        .unwrap();
    assert!(bytes.starts_with(b"ABCDEFGHIJ") && bytes.len() > 650_000);
    assert!(steps.len() >= 4, "progress is told: {steps:?}");
    phone.satchel.set_offline(true);
    assert_eq!(
        phone.satchel.attachment(row.placement, &attachment.part.section, &mut |_, _| {}).await.unwrap(),
        bytes
    );
}

#[tokio::test]
async fn offline_a_body_that_is_not_here_says_so() {
    let office = office();
    office.deliver_now(USER, mail("hello")).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    phone.satchel.set_offline(true);
    let id = phone.row("INBOX", "hello").await.placement;
    assert!(matches!(phone.satchel.open_message(id).await, Err(MailError::Offline { .. })));
}

#[tokio::test]
async fn answers_join_their_conversation() {
    let office = office();
    office.deliver_now(USER, mail("plan")).unwrap();
    office
        .deliver_now(
            USER,
            mail_with(
                "Re: plan",
                "In-Reply-To: <plan@example.org>\r\nReferences: <plan@example.org>\r\n",
                "yes\r\n",
            ),
        )
        .unwrap();
    office.deliver_now(USER, mail("other")).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let inbox = phone.mailbox("INBOX").await.id;
    let threads = phone.satchel.threads(inbox, 50, None).await.unwrap();
    assert_eq!(threads.rows.len(), 2);
    let plan = threads.rows.iter().find(|r| r.subject == "Re: plan").unwrap();
    assert_eq!((plan.thread_count, plan.thread_unread), (2, 2));
    assert_eq!(phone.satchel.thread(plan.thread).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_opened_message_is_found_at_once_and_stays_found() {
    // The first words a server tells are indexed with the row: here it tells none.
    let office = office_with(Features::rich().without(Extension::Preview));
    office.deliver_now(USER, mail_with("small", "", "A marmalade sandwich.\r\n")).unwrap();
    office.deliver_now(USER, with_attachment(900_000)).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let found = async |phone: &Phone, words: &str| {
        let page = phone.satchel.search(words, None, 10, None).await.unwrap();
        page.rows.into_iter().map(|r| r.subject).collect::<Vec<_>>()
    };
    assert!(found(&phone, "see").await.is_empty());
    let wanted = [("marmalade sandwich", "small"), ("see picture", "pictures")];
    for (words, subject) in wanted {
        let row = phone.row("INBOX", subject).await;
        phone.satchel.open_message(row.placement).await.unwrap();
        assert_eq!(found(&phone, words).await, [subject], "at once");
    }
    phone.sync().await;
    for (words, subject) in wanted {
        assert_eq!(found(&phone, words).await, [subject], "after the next pass");
    }
    let phone = phone.restart();
    phone.satchel.set_offline(true);
    for (words, subject) in wanted {
        assert_eq!(found(&phone, words).await, [subject], "after the home was opened again");
    }
    phone.satchel.set_offline(false);
    phone.sync().await;
    for (words, subject) in wanted {
        assert_eq!(found(&phone, words).await, [subject], "after a pass of the home opened again");
    }
}
