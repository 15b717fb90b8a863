//! POP3, command by command.

use satchel_postoffice::{ConnectionOptions, Features, Protocol};

use crate::client::{Client, mail, office};

async fn login(office: &satchel_postoffice::PostOffice) -> Client {
    let mut client = Client::greeted(office, Protocol::Pop).await;
    assert_eq!(client.ask("USER bob").await, "+OK");
    assert_eq!(client.ask("PASS secret").await, "+OK Logged in.");
    client
}

#[tokio::test(start_paused = true)]
async fn a_maildrop_is_listed_read_and_emptied() {
    let office = office(Features::rich());
    office.deliver("bob", "INBOX", "Subject: dots\r\n\r\n.\r\n..\r\nend", [""; 0], 0).unwrap();
    let mut client = login(&office).await;
    let size = mail("one", "text").len();
    let octets = 2 * size + mail("three", "text").len() + 27;
    assert_eq!(client.ask("STAT").await, format!("+OK 4 {octets}"));
    assert_eq!(client.ask("LIST 1").await, format!("+OK 1 {size}"));
    assert_eq!(
        client.ask_lines("UIDL").await[1..],
        ["1 6553f10100000001", "2 6553f10100000002", "3 6553f10100000003", "4 6553f10100000004",]
    );
    assert_eq!(client.ask_lines("RETR 1").await[1..].join("\r\n") + "\r\n", mail("one", "text"));
    client.send("RETR 4\r\n").await;
    for expected in ["+OK 27 octets", "Subject: dots", "", "..", "...", "end", "."] {
        assert_eq!(client.line().await.as_deref(), Some(expected));
    }
    let top = client.ask_lines("TOP 1 0").await;
    assert_eq!(top.last().unwrap(), "");
    assert_eq!(client.ask("DELE 2").await, "+OK Marked to be deleted.");
    assert!(client.ask("RETR 2").await.starts_with("-ERR"));
    assert!(client.ask("DELE 2").await.starts_with("-ERR"));
    assert_eq!(client.ask_lines("LIST").await.len(), 4);
    assert_eq!(office.snapshot("bob").unwrap().mailboxes[0].messages.len(), 4);
    assert_eq!(client.ask("QUIT").await, "+OK Logging out.");
    assert_eq!(client.rest().await, "");
    assert_eq!(office.snapshot("bob").unwrap().mailboxes[0].uids(), [1, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn marks_are_forgotten_when_the_link_is_lost_before_quit() {
    for commits in [false, true] {
        let mut features = Features::rich();
        features.pop.commit_on_disconnect = commits;
        let office = office(features);
        let mut client = login(&office).await;
        client.ask("DELE 1").await;
        client.ask("RSET").await;
        client.ask("DELE 3").await;
        drop(client);
        tokio::task::yield_now().await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let left = office.snapshot("bob").unwrap().mailboxes[0].uids();
        assert_eq!(left, if commits { vec![1, 2] } else { vec![1, 2, 3] });
    }
}

#[tokio::test(start_paused = true)]
async fn one_session_holds_the_maildrop() {
    let office = office(Features::rich());
    let mut first = login(&office).await;
    let mut second = Client::greeted(&office, Protocol::Pop).await;
    second.ask("USER bob").await;
    assert!(second.ask("PASS secret").await.starts_with("-ERR [IN-USE]"));
    first.ask("QUIT").await;
    second.ask("USER bob").await;
    assert_eq!(second.ask("PASS secret").await, "+OK Logged in.");
}

#[tokio::test(start_paused = true)]
async fn capabilities_follow_the_switches() {
    let mut features = Features::rich();
    features.pop.login_delay = Some(60);
    features.pop.expire = Some(satchel_postoffice::Expire::Days(30));
    let office = office(features);
    let mut client = Client::greeted(&office, Protocol::Pop).await;
    let before = client.ask_lines("CAPA").await;
    for word in ["TOP", "UIDL", "PIPELINING", "LOGIN-DELAY 60", "EXPIRE 30", "USER", "SASL LOGIN PLAIN"] {
        assert!(before.iter().any(|line| line == word), "{word}: {before:?}");
    }
    assert!(!before.contains(&"STLS".to_owned()), "no TLS on this stream");
    assert!(client.ask("AUTH PLAIN AGJvYgBzZWNyZXQ=").await.starts_with("+OK"));
    assert!(!client.ask_lines("CAPA").await.contains(&"USER".to_owned()));
    client.ask("QUIT").await;
    let mut early = Client::greeted(&office, Protocol::Pop).await;
    early.ask("USER bob").await;
    assert!(early.ask("PASS secret").await.starts_with("-ERR [LOGIN-DELAY]"));
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    early.ask("USER bob").await;
    assert!(early.ask("PASS secret").await.starts_with("+OK"));
}

#[tokio::test(start_paused = true)]
async fn a_poor_pop_server_knows_neither_capa_nor_uidl() {
    let mut features = Features::bare();
    features.pop.uidl = false;
    features.pop.top = false;
    let office = office(features);
    let mut client = login(&office).await;
    for command in ["CAPA", "UIDL", "TOP 1 0", "AUTH PLAIN", "STLS", "UTF8"] {
        assert!(client.ask(command).await.starts_with("-ERR"), "{command}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_is_cut() {
    let mut features = Features::rich();
    features.pop.idle_timeout = Some(std::time::Duration::from_mins(1));
    let office = office(features);
    let mut client = Client::connect(&office, Protocol::Pop, ConnectionOptions::default());
    client.line().await;
    let start = tokio::time::Instant::now();
    assert_eq!(client.rest().await, "");
    assert_eq!(start.elapsed().as_secs(), 60);
}
