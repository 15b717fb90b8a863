//! Each fault, as a client meets it.

use std::time::Duration;

use satchel_postoffice::{ConnectionOptions, Fault, Features, Protocol, When};

use crate::client::{Client, office, with};

fn uids(office: &satchel_postoffice::PostOffice) -> Vec<u32> {
    office.snapshot("bob").unwrap().mailbox("INBOX").unwrap().uids()
}

#[tokio::test(start_paused = true)]
async fn a_request_or_its_answer_is_lost() {
    for (fault, left, seen) in [
        (Fault::CutBefore, vec![1, 2, 3], ""),
        (Fault::CutAfter, vec![2, 3], ""),
        (Fault::CutAnswer(4), vec![2, 3], "+OK "),
    ] {
        let office = office(Features::rich());
        office.inject(When::pop().verb("QUIT"), fault);
        let mut client = Client::greeted(&office, Protocol::Pop).await;
        client.ask("USER bob").await;
        client.ask("PASS secret").await;
        client.ask("DELE 1").await;
        client.send("QUIT\r\n").await;
        assert_eq!(client.rest().await, seen);
        assert_eq!(uids(&office), left);
        assert_eq!(office.hits().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn replies_before_a_cut_still_go_out() {
    let office = office(Features::rich());
    office.inject(When::imap().verb("SELECT"), Fault::CutBefore);
    let mut client = Client::greeted(&office, Protocol::Imap).await;
    client.send("a LOGIN bob secret\r\nb SELECT INBOX\r\nc NOOP\r\n").await;
    let rest = client.rest().await;
    assert!(rest.starts_with("a OK") && !rest.contains("b "), "{rest}");
}

#[tokio::test(start_paused = true)]
async fn the_link_is_cut_at_every_octet_sent_or_received() {
    let whole = {
        let office = office(Features::rich());
        let mut client = Client::connect(&office, Protocol::Imap, ConnectionOptions::default());
        client.send(SESSION).await;
        client.rest().await
    };
    for cut in 0..whole.len() {
        let office = office(Features::rich());
        office.inject(When::imap(), Fault::CutAfterSent(cut as u64));
        let mut client = Client::connect(&office, Protocol::Imap, ConnectionOptions::default());
        let _ = tokio::io::AsyncWriteExt::write_all(&mut client.stream, SESSION.as_bytes()).await;
        assert_eq!(client.rest().await, whole[..cut], "{cut}");
    }
    // A cut right behind the greeting comes before any command.
    let office = office(Features::rich());
    let greeting = whole.find("\r\n").unwrap() + 2;
    office.inject(When::imap(), Fault::CutAfterSent(greeting as u64));
    let mut client = Client::connect(&office, Protocol::Imap, ConnectionOptions::default());
    assert_eq!(client.rest().await.len(), greeting);
    assert!(office.log().is_empty());
    for cut in 0..SESSION.len() {
        let office = crate::client::office(Features::rich());
        office.inject(When::imap(), Fault::CutAfterReceived(cut as u64));
        let mut client = Client::connect(&office, Protocol::Imap, ConnectionOptions::default());
        let _ = tokio::io::AsyncWriteExt::write_all(&mut client.stream, SESSION.as_bytes()).await;
        client.rest().await;
        let done = SESSION[..cut].matches("\r\n").count();
        assert_eq!(office.log().len(), done, "{cut}");
    }
}

const SESSION: &str = "a LOGIN bob secret\r\nb SELECT INBOX\r\nc FETCH 1 BODY[]\r\nd LOGOUT\r\n";

#[tokio::test(start_paused = true)]
async fn time_passes_or_stands_still() {
    let office = office(Features::rich());
    office.inject(When::imap().verb("NOOP").nth(1), Fault::Delay(Duration::from_secs(7)));
    office.inject(When::imap().verb("NOOP").nth(2), Fault::DelayBefore(Duration::from_secs(5)));
    office.inject(When::imap().verb("NOOP").nth(3), Fault::StallAnswer(3));
    office.inject(When::imap().verb("CHECK"), Fault::StallBefore);
    let mut client = Client::inbox(&office).await;
    let start = tokio::time::Instant::now();
    client.ok("NOOP").await;
    assert_eq!(start.elapsed(), Duration::from_secs(7));
    client.ok("NOOP").await;
    assert_eq!(start.elapsed(), Duration::from_secs(12));
    client.send("x NOOP\r\n").await;
    for byte in b"x O" {
        let mut one = [0];
        tokio::io::AsyncReadExt::read_exact(&mut client.stream, &mut one).await.unwrap();
        assert_eq!(one[0], *byte);
    }
    assert!(client.is_silent().await);
    let mut other = Client::inbox(&office).await;
    other.send("y CHECK\r\n").await;
    assert!(other.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn commands_are_refused_by_script() {
    let office = office(Features::rich());
    office.inject(
        When::imap().verb("SELECT").times(1),
        Fault::No("SERVERBUG".to_owned(), "Out of order".to_owned()),
    );
    office.inject(When::imap().verb("STORE"), Fault::Bad("No".to_owned()));
    office.inject(When::imap().verb("EXPUNGE"), Fault::Bye("Shutting down".to_owned()));
    let mut client = Client::imap(&office).await;
    assert_eq!(client.say("SELECT INBOX").await, ["NO [SERVERBUG] Out of order"]);
    client.ok("SELECT INBOX").await;
    assert_eq!(client.say("UID STORE 1 +FLAGS (\\Deleted)").await, ["BAD No"]);
    client.send("z EXPUNGE\r\n").await;
    assert_eq!(client.rest().await, "* BYE Shutting down\r\n");
    assert!(office.snapshot("bob").unwrap().mailbox("INBOX").unwrap().messages[0].flags.names().is_empty());
}

#[tokio::test(start_paused = true)]
async fn tagged_replies_come_late_twice_or_never() {
    let office = office(Features::rich());
    office.inject(When::imap().verb("NOOP").nth(1), Fault::HoldTagged);
    office.inject(When::imap().verb("NOOP").nth(2), Fault::DuplicateTagged);
    office.inject(When::imap().verb("NOOP").nth(3), Fault::DropTagged);
    let mut client = Client::inbox(&office).await;
    client.send("a NOOP\r\nb CHECK\r\n").await;
    assert_eq!(client.line().await.unwrap(), "b OK Completed.");
    assert_eq!(client.line().await.unwrap(), "a OK Completed.");
    client.send("c NOOP\r\nd NOOP\r\ne CHECK\r\n").await;
    let lines = client.until("e ").await;
    assert_eq!(lines, ["c OK Completed.", "c OK Completed.", "e OK Completed."]);
}

#[tokio::test(start_paused = true)]
async fn greetings_and_events_can_be_anything() {
    let office = office(Features::rich());
    office.inject(When::imap().verb("GREETING").times(1), Fault::Answer(b"<html>Log in</html>\r\n".to_vec()));
    let mut client = Client::connect(&office, Protocol::Imap, ConnectionOptions::default());
    assert_eq!(client.line().await.unwrap(), "<html>Log in</html>");
    office.inject(When::pop().verb("GREETING"), Fault::Bye(String::new()));
    let mut pop = Client::connect(&office, Protocol::Pop, ConnectionOptions::default());
    assert_eq!(pop.rest().await, "-ERR \r\n");
    office.inject(When::imap().verb("EVENT"), Fault::Insert(b"* 4294967295 EXISTS\r\n".to_vec()));
    let mut idle = Client::inbox(&office).await;
    idle.send("i IDLE\r\n").await;
    idle.line().await;
    office.deliver_now("bob", "x").unwrap();
    assert_eq!(idle.line().await.unwrap(), "* 4294967295 EXISTS");
    let options = ConnectionOptions { preauth: Some("bob".to_owned()), ..ConnectionOptions::default() };
    let mut preauth = Client::connect(&office, Protocol::Imap, options);
    assert!(preauth.line().await.unwrap().starts_with("* PREAUTH"));
    preauth.ok("SELECT INBOX").await;
}

#[tokio::test(start_paused = true)]
async fn lies_of_a_select_and_of_a_fetch() {
    let office = office(Features::rich());
    for fault in [
        Fault::Exists(4_294_967_295),
        Fault::FreshUidValidity,
        Fault::HighestModseq(0),
        Fault::UidNext(1),
        Fault::Vanished(true, "1:4294967295".to_owned()),
    ] {
        office.inject(When::imap().verb("SELECT"), fault);
    }
    office.inject(When::imap().verb("FETCH").nth(1), Fault::NestedStructure(1000));
    office.inject(When::imap().verb("FETCH").nth(2), Fault::LiteralSize("500000000".to_owned()));
    let mut client = Client::imap(&office).await;
    let first = client.ok("SELECT INBOX").await;
    for expected in [
        "* 4294967295 EXISTS",
        "* OK [UIDVALIDITY 3000000001] UIDs valid",
        "* OK [HIGHESTMODSEQ 0] Highest",
        "* OK [UIDNEXT 1] Predicted next UID",
        "* VANISHED (EARLIER) 1:4294967295",
    ] {
        assert!(first.iter().any(|line| line == expected), "{expected} {first:#?}");
    }
    let second = client.ok("SELECT INBOX").await;
    assert_eq!(with(&second, "UIDVALIDITY"), ["* OK [UIDVALIDITY 3000000002] UIDs valid"]);
    let deep = client.ok("FETCH 1 BODYSTRUCTURE").await;
    assert_eq!(deep[0].matches("\"mixed\"").count(), 1000);
    client.send("x FETCH 1 BODY[]\r\n").await;
    assert_eq!(client.line().await.unwrap(), "* 1 FETCH (BODY[] {500000000}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_says_nothing_or_the_wrong_thing() {
    let office = office(Features::rich());
    office.inject(When::imap().connection(1), Fault::StallConnection);
    office.inject(When::imap().connection(2), Fault::Raw(b"HTTP/1.1 302 Found\r\n\r\n".to_vec()));
    let mut silent = Client::connect(&office, Protocol::Imap, ConnectionOptions::default());
    assert!(silent.is_silent().await);
    let mut portal = Client::connect(&office, Protocol::Imap, ConnectionOptions::default());
    assert_eq!(portal.line().await.unwrap(), "HTTP/1.1 302 Found");
    portal.line().await;
    assert!(portal.is_silent().await);
    Client::inbox(&office).await;
}

#[tokio::test(start_paused = true)]
async fn idle_without_its_plus_and_a_plus_without_need() {
    let office = office(Features::rich());
    office.inject(When::imap().verb("IDLE").nth(1), Fault::AnswerAfter(Vec::new()));
    office.inject(When::imap().verb("NOOP"), Fault::Insert(b"+ go on\r\n".to_vec()));
    office.inject(When::imap().verb("EVENT"), Fault::DropUntagged(Vec::new()));
    let mut client = Client::inbox(&office).await;
    client.send("a IDLE\r\n").await;
    office.deliver_now("bob", "x").unwrap();
    assert!(client.is_silent().await);
    client.send("DONE\r\n").await;
    client.until("a OK").await;
    assert_eq!(client.ok("NOOP").await[0], "+ go on");
}

#[tokio::test(start_paused = true)]
async fn refusals_speak_each_protocol() {
    let office = office(Features::rich());
    office.inject(When::always().verb("NOOP"), Fault::No("451".to_owned(), "Later".to_owned()));
    office.inject(When::always().verb("RSET"), Fault::Bad("What".to_owned()));
    for (protocol, noop, rset) in
        [(Protocol::Pop, "-ERR [451] Later", "-ERR What"), (Protocol::Smtp, "451 Later", "554 What")]
    {
        let mut client = Client::greeted(&office, protocol).await;
        assert_eq!(client.ask("NOOP").await, noop);
        assert_eq!(client.ask("RSET").await, rset);
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_imap_session_gets_bye() {
    let office = office(Features { imap_timeout: Some(Duration::from_mins(30)), ..Features::rich() });
    let mut client = Client::inbox(&office).await;
    assert_eq!(client.rest().await, "* BYE Disconnected for inactivity.\r\n");
}

#[tokio::test(start_paused = true)]
async fn pop_lies_about_ids_sizes_and_ends() {
    let office = office(Features::rich());
    office.inject(When::pop().verb("UIDL"), Fault::SameUidl("same".to_owned()));
    office.inject(When::pop().verb("LIST"), Fault::ListSize(7));
    office.inject(When::pop().verb("RETR"), Fault::NoDot);
    office.inject(When::pop().verb("PASS").nth(2), Fault::Answer(b"-ERR [IN-USE] Later\r\n".to_vec()));
    let mut client = Client::greeted(&office, Protocol::Pop).await;
    client.ask("USER bob").await;
    client.ask("PASS secret").await;
    assert_eq!(client.ask_lines("UIDL").await[1..], ["1 same", "2 same", "3 same"]);
    assert_eq!(client.ask_lines("LIST").await[1..], ["1 7", "2 7", "3 7"]);
    client.send("RETR 1\r\n").await;
    assert_eq!(client.until("").await.len(), 1);
    client.until("Message-ID").await;
    assert_eq!(client.until("text").await, ["", "text"]);
    assert!(client.is_silent().await, "{}", client.pending());
}

#[tokio::test(start_paused = true)]
async fn hooks_and_rules_of_one_connection() {
    let office = office(Features::rich());
    let shout = Fault::hook(|context, bytes| {
        assert_eq!(context.verb, "NOOP");
        bytes.iter().map(|byte| if *byte == b'C' { b'K' } else { *byte }).collect()
    });
    let options = ConnectionOptions {
        faults: vec![(When::imap().verb("NOOP"), shout)],
        ..ConnectionOptions::default()
    };
    let mut client = Client::connect(&office, Protocol::Imap, options);
    client.line().await;
    assert_eq!(client.say("NOOP").await, ["OK Kompleted."]);
    let mut other = Client::greeted(&office, Protocol::Imap).await;
    assert_eq!(other.say("NOOP").await, ["OK Completed."]);
    let rule = office.inject(When::imap().connection(3), Fault::Bad("x".to_owned()));
    let mut third = Client::greeted(&office, Protocol::Imap).await;
    assert_eq!(third.say("CAPABILITY").await, ["BAD x"]);
    assert!(other.say("CAPABILITY").await[0].starts_with("* CAPABILITY"));
    office.remove_fault(rule);
    assert!(third.say("CAPABILITY").await[0].starts_with("* CAPABILITY"));
}

#[tokio::test(start_paused = true)]
async fn submission_is_refused_at_any_stage() {
    for (verb, reply, reached) in [
        ("EHLO", "421 Too busy", "421"),
        ("MAIL", "451 Later", "451"),
        ("RCPT", "550 No such user", "550"),
        ("DATA", "452 Full", "452"),
        (".", "554 Spam", "554"),
    ] {
        let office = office(Features::rich());
        office.inject(When::smtp().verb(verb), Fault::Answer(format!("{reply}\r\n").into_bytes()));
        let mut client = Client::greeted(&office, Protocol::Smtp).await;
        client
            .send("EHLO x\r\nAUTH PLAIN AGJvYgBzZWNyZXQ=\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")
            .await;
        let rest = client.rest().await;
        assert!(rest.lines().any(|line| line.starts_with(reached)), "{verb}: {rest}");
        assert!(office.submitted().is_empty(), "{verb}");
    }
}
