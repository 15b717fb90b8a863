//! Submission, command by command.

use satchel_postoffice::{Features, PostOffice, Protocol};

use crate::client::{Client, office};

async fn ready(office: &PostOffice) -> Client {
    let mut client = Client::greeted(office, Protocol::Smtp).await;
    client.send("EHLO phone\r\n").await;
    client.until("250 ").await;
    assert!(client.ask("AUTH PLAIN AGJvYgBzZWNyZXQ=").await.starts_with("235 2.7.0"));
    client
}

#[tokio::test(start_paused = true)]
async fn a_message_is_taken_with_its_dots() {
    let office = office(Features::rich());
    let mut client = ready(&office).await;
    client
        .send("MAIL FROM:<bob@x> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<ann@y>\r\nRCPT TO:<bob@x>\r\nDATA\r\n")
        .await;
    for expected in ["250 2.1.0", "250 2.1.5", "250 2.1.5", "354"] {
        assert!(client.line().await.unwrap().starts_with(expected));
    }
    let before = office.snapshot("bob").unwrap();
    client.send("Subject: x\r\n\r\n..one\r\na\n.\nb\r\n").await;
    client.send(".").await;
    tokio::task::yield_now().await;
    assert_eq!(office.snapshot("bob").unwrap(), before);
    client.send("\r\n").await;
    assert_eq!(client.line().await.unwrap(), "250 2.0.0 OK queued as 1");
    let submitted = office.submitted();
    assert_eq!(submitted[0].bytes, b"Subject: x\r\n\r\n.one\r\na\n.\nb\r\n");
    assert_eq!(
        (submitted[0].from.as_str(), submitted[0].to.as_slice()),
        ("bob@x", &["ann@y".to_owned(), "bob@x".to_owned()][..])
    );
    assert_eq!(submitted[0].user.as_deref(), Some("bob"));
    assert_eq!(office.snapshot("bob").unwrap().copies_of(&submitted[0].bytes), 1);
    assert!(!format!("{:?}", office.log()).contains("AGJvYg"));
}

#[tokio::test(start_paused = true)]
async fn chunks_make_one_message() {
    let office = office(Features::rich());
    let mut client = ready(&office).await;
    client.send("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nBDAT 3\r\na\r\nBDAT 4 LAST\r\n.\r\nb").await;
    for expected in ["250 2.1.0", "250 2.1.5", "250 2.0.0 3 octets", "250 2.0.0 OK"] {
        let line = client.line().await.unwrap();
        assert!(line.starts_with(expected), "{line}");
    }
    assert_eq!(office.submitted()[0].bytes, b"a\r\n.\r\nb");
}

#[tokio::test(start_paused = true)]
async fn what_is_out_of_order_or_too_big_is_refused() {
    let mut features = Features::rich();
    features.smtp.size = Some(100);
    let office = office(features);
    let mut client = Client::greeted(&office, Protocol::Smtp).await;
    assert!(client.ask("MAIL FROM:<a@b>").await.starts_with("503"));
    client.ask("HELO x").await;
    assert!(client.ask("MAIL FROM:<a@b>").await.starts_with("530"));
    assert!(client.ask("AUTH PLAIN AGJvYgB4").await.starts_with("535"));
    let mut client = ready(&office).await;
    for (command, expected) in [
        ("RCPT TO:<a@b>", "503"),
        ("DATA", "503"),
        ("MAIL FROM:a@b", "501"),
        ("MAIL FROM:<a@b> SIZE=101", "552"),
        ("MAIL FROM:<a@b> NONSENSE", "555"),
        ("MAIL FROM:<\u{fc}@b>", "553"),
        ("MAIL FROM:<\u{fc}@b> SMTPUTF8", "250"),
        ("MAIL FROM:<a@b>", "503"),
        ("DATA", "554"),
        ("RCPT TO:<>", "501"),
        ("RSET", "250"),
        ("AUTH PLAIN x", "503"),
        ("NONSENSE", "500"),
        ("MAIL FROM:<a@b>", "250"),
        ("RCPT TO:<a@b>", "250"),
        ("DATA", "354"),
    ] {
        let answer = client.ask(command).await;
        assert!(answer.starts_with(expected), "{command}: {answer}");
    }
    client.send(format!("{}\r\n.\r\n", "x".repeat(200))).await;
    assert!(client.line().await.unwrap().starts_with("552"));
    assert!(office.submitted().is_empty());
    assert!(client.ask("QUIT").await.starts_with("221"));
    assert_eq!(client.rest().await, "");
}

#[tokio::test(start_paused = true)]
async fn a_provider_may_save_the_sent_copy_itself() {
    let mut features = Features::rich();
    features.smtp.save_sent = Some("Sent".to_owned());
    let office = office(features);
    office.create_mailbox("bob", "Sent", None).unwrap();
    let mut client = ready(&office).await;
    client.send("MAIL FROM:<bob@x>\r\nRCPT TO:<a@b>\r\nDATA\r\nhello\r\n.\r\n").await;
    client.until("250 2.0.0").await;
    let snapshot = office.snapshot("bob").unwrap();
    assert_eq!(snapshot.mailbox("Sent").unwrap().messages[0].bytes, b"hello\r\n");
}

#[tokio::test(start_paused = true)]
async fn switches_take_words_out_of_ehlo() {
    let mut features = Features::rich();
    features.smtp.size = None;
    features.smtp.chunking = false;
    features.smtp.smtputf8 = false;
    features.smtp.eight_bit = false;
    features.smtp.pipelining = false;
    features.smtp.enhanced = false;
    features.smtp.mechanisms.clear();
    let office = office(features);
    let mut client = Client::greeted(&office, Protocol::Smtp).await;
    assert_eq!(client.ask("EHLO x").await, "250 post.office.example");
    assert_eq!(client.ask("NOOP").await, "250 OK");
    assert!(client.ask("BDAT 1").await.starts_with("500"));
}
