//! Greeting, STARTTLS, mechanisms, the first flight; and what may never be sent.

use super::*;
use crate::error::TlsProblem;
use std::time::Duration;

fn first_screen() -> OpenOptions {
    let flight = Flight::new().list().select("INBOX", true).fetch(
        FetchSet::Sequence(9, 20),
        FetchItems { envelope: true, ..FetchItems::default() },
        None,
    );
    OpenOptions { first_flight: Some(flight), ..OpenOptions::default() }
}

const LIST_TRIED: &str =
    r#"S1 LIST "" "*" RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN))"#;

#[tokio::test]
async fn the_first_flight_goes_out_with_the_login() {
    let (wires, mut peers) = wires(1);
    let mut peer = peers.remove(0);
    let task = tokio::spawn(async move {
        peer.say("* OK [CAPABILITY IMAP4rev1 LITERAL+] hi\n").await;
        // Everything is read before anything is answered: it was sent in one go.
        peer.hears(r#"A0001 LOGIN "alice" "pa ss\"\\x""#).await;
        peer.hears(LIST_TRIED).await;
        peer.hears("S2 SELECT INBOX").await;
        peer.hears("S3 FETCH 9:20 (UID ENVELOPE)").await;
        peer.say("A0001 OK [CAPABILITY IMAP4rev1 LIST-STATUS CONDSTORE] in\n").await;
        peer.say("* LIST () \"/\" INBOX\n* 20 EXISTS\n* OK [UIDVALIDITY 5] x\nS2 OK [READ-WRITE] selected\n")
            .await;
        // Dovecot finishes LIST with STATUS after what was sent behind it.
        peer.say("* 9 FETCH (UID 90 ENVELOPE (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL))\nS3 OK done\n")
            .await;
        peer.say("* STATUS INBOX (MESSAGES 20 UIDNEXT 101)\nS1 OK listed\n").await;
        peer
    });
    let (session, mut replies) =
        open_with(&wires, Security::ImplicitTls, "pa ss\"\\x", first_screen()).await.unwrap();
    task.await.unwrap();
    assert!(session.capabilities().condstore() && session.is_alive());
    let Ok(Reply::Fetched { rows, end }) = replies.pop().unwrap() else { panic!() };
    assert_eq!((rows.len(), rows[0].uid.unwrap().get(), end.rows), (1, 90, 1));
    let Ok(Reply::Selected(selected)) = replies.pop().unwrap() else { panic!() };
    assert_eq!((selected.exists, selected.uidvalidity.0), (20, 5));
    let Ok(Reply::Listing(listing)) = replies.pop().unwrap() else { panic!() };
    assert_eq!(listing.mailboxes[0].status.as_ref().unwrap().messages, Some(20));
    assert_eq!(session.selected().unwrap().0, b"INBOX");
}

#[tokio::test]
async fn a_server_that_refuses_list_status_is_asked_again_plainly() {
    let (wires, mut peers) = wires(1);
    let mut peer = peers.remove(0);
    let task = tokio::spawn(async move {
        peer.say("* OK [CAPABILITY IMAP4rev1] hi\n").await;
        peer.hears(r#"A0001 LOGIN "alice" "pass""#).await;
        peer.hears(LIST_TRIED).await;
        peer.say("A0001 OK in\nS1 BAD what\n").await;
        peer.hears("S2 CAPABILITY").await;
        peer.say("* CAPABILITY IMAP4rev1 IDLE\nS2 OK\n").await;
        peer.hears(r#"S3 LIST "" "*""#).await;
        peer.say("* LIST (\\Noselect) \"/\" a\n* LIST () \"/\" \"b c\"\n* LIST () \"/\" d\nS3 OK\n").await;
        peer.hears("S4 STATUS \"b c\" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)").await;
        peer.hears("S5 STATUS d (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)").await;
        peer.say("S5 NO [NOPERM] not yours\n* STATUS \"b c\" (MESSAGES 3)\nS4 OK\n").await;
        peer
    });
    let options = OpenOptions { first_flight: Some(Flight::new().list()), ..OpenOptions::default() };
    let (session, replies) = open_with(&wires, Security::ImplicitTls, "pass", options).await.unwrap();
    task.await.unwrap();
    let Ok(Reply::Listing(listing)) = &replies[0] else { panic!("{replies:?}") };
    let counts: Vec<_> =
        listing.mailboxes.iter().map(|m| m.status.as_ref().and_then(|s| s.messages)).collect();
    assert_eq!(counts, [None, Some(3), None]);
    assert!(listing.complete && session.capabilities().has("IDLE"));
}

#[tokio::test]
async fn logindisabled_or_a_password_no_quotes_can_hold_uses_plain() {
    // "\0alice\0pässwörd" and "\0alice\0pass"
    for (greeting, password, line) in [
        ("LOGINDISABLED SASL-IR AUTH=PLAIN", "pass", "A0001 AUTHENTICATE PLAIN AGFsaWNlAHBhc3M="),
        ("SASL-IR AUTH=PLAIN", "pä\r\nss", "A0001 AUTHENTICATE PLAIN AGFsaWNlAHDDpA0Kc3M="),
    ] {
        let (wires, mut peers) = wires(1);
        let mut peer = peers.remove(0);
        let task = tokio::spawn(async move {
            peer.say(&format!("* OK [CAPABILITY IMAP4rev1 {greeting}] hi\n")).await;
            peer.hears(line).await;
            peer.hears("S1 NOOP").await;
            peer.say("A0001 OK [CAPABILITY IMAP4rev1] in\nS1 OK\n").await;
            peer
        });
        let options = OpenOptions { first_flight: Some(Flight::new().noop()), ..OpenOptions::default() };
        open_with(&wires, Security::ImplicitTls, password, options).await.unwrap();
        task.await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_pipelined_behind_a_mechanism_of_two_turns() {
    let (wires, mut peers) = wires(1);
    let mut peer = peers.remove(0);
    let task = tokio::spawn(async move {
        peer.say("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN] hi\n").await;
        peer.hears("A0001 AUTHENTICATE PLAIN").await;
        peer.say("+ \n").await;
        peer.hears("AGFsaWNlAHBhc3M=").await;
        let early = tokio::time::timeout(Duration::from_millis(50), peer.line()).await;
        assert!(early.is_err(), "{early:?}");
        peer.say("A0001 OK [CAPABILITY IMAP4rev1] in\n").await;
        peer.hears("S1 NOOP").await;
        peer.say("S1 OK\n").await;
        peer
    });
    let options = OpenOptions { first_flight: Some(Flight::new().noop()), ..OpenOptions::default() };
    let (_, replies) = open_with(&wires, Security::ImplicitTls, "pass", options).await.unwrap();
    assert!(matches!(replies[..], [Ok(Reply::Done)]));
    task.await.unwrap();
}

#[tokio::test]
async fn a_server_that_lies_about_sasl_ir_is_tried_once_more_without() {
    let (wires, mut peers) = wires(2);
    let (mut second, mut first) = (peers.remove(1), peers.remove(0));
    let task = tokio::spawn(async move {
        let hello = "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGINDISABLED AUTH=PLAIN] hi\n";
        first.say(hello).await;
        first.hears("A0001 AUTHENTICATE PLAIN AGFsaWNlAHBhc3M=").await;
        first.say("A0001 BAD too many arguments\n").await;
        second.say(hello).await;
        second.hears("A0001 AUTHENTICATE PLAIN").await;
        second.say("+\n").await;
        second.hears("AGFsaWNlAHBhc3M=").await;
        second.say("A0001 OK [CAPABILITY IMAP4rev1] in\n").await;
        (first, second)
    });
    open_with(&wires, Security::ImplicitTls, "pass", OpenOptions::default()).await.unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn without_any_way_to_log_in_no_credential_is_sent() {
    for (greeting, password) in [("LOGINDISABLED", "pass"), ("AUTH=XOAUTH2", "pä"), ("AUTH=PLAIN", "a\0b")] {
        let (wires, mut peers) = wires(1);
        let mut peer = peers.remove(0);
        peer.say(&format!("* OK [CAPABILITY IMAP4rev1 {greeting}] hi\n")).await;
        let error =
            open_with(&wires, Security::ImplicitTls, password, OpenOptions::default()).await.unwrap_err();
        assert!(matches!(error, ImapError::Missing { .. } | ImapError::Input { .. }), "{error:?}");
        assert_eq!(peer.rest().await, "");
    }
}

#[tokio::test]
async fn starttls_forgets_all_that_came_before() {
    let (wires, mut peers) = wires(2);
    let (mut tls, mut plain) = (peers.remove(1), peers.remove(0));
    let task = tokio::spawn(async move {
        plain.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN MOVE X-FORGED] hi\n").await;
        plain.hears("T1 STARTTLS").await;
        plain.say("* CAPABILITY IMAP4rev1 X-FORGED\n* OK [ALERT] send money\nT1 OK go\n").await;
        tls.hears("T2 CAPABILITY").await;
        tls.say("* CAPABILITY IMAP4rev1 IDLE\nT2 OK\n").await;
        tls.hears(r#"A0001 LOGIN "alice" "pass""#).await;
        tls.say("A0001 OK in\n").await;
        tls.hears("S1 CAPABILITY").await;
        tls.say("* CAPABILITY IMAP4rev1 IDLE UIDPLUS\nS1 OK\n").await;
        (plain, tls)
    });
    let (mut session, _) =
        open_with(&wires, Security::StartTls, "pass", OpenOptions::default()).await.unwrap();
    task.await.unwrap();
    assert!(session.capabilities().has("UIDPLUS") && !session.capabilities().has("X-FORGED"));
    assert!(session.take_unsolicited().is_empty());
}

#[tokio::test]
async fn an_attacked_starttls_stops_before_any_credential() {
    use TlsProblem::{Injected, StartTlsMissing};
    for (greeting, answer, want) in [
        ("* OK hi\n", "T1 NO not here\n", StartTlsMissing),
        ("* OK [CAPABILITY IMAP4rev1] hi\n", "T1 BAD what\n", StartTlsMissing),
        ("* OK hi\n", "T1 OK go\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\n", Injected),
        ("* OK hi\n", "T1 OK go\nx", Injected),
        ("* OK hi\nT1 OK go\n* OK", "", Injected),
        ("* PREAUTH [CAPABILITY IMAP4rev1] alice\n", "", Injected),
    ] {
        let (wires, mut peers) = wires(2);
        let mut peer = peers.remove(0);
        peer.say(greeting).await;
        peer.say(answer).await;
        let error = open_with(&wires, Security::StartTls, "pass", OpenOptions::default()).await.unwrap_err();
        let ImapError::Tls { problem, .. } = error else { panic!("{answer}: {error:?}") };
        assert_eq!(problem, want, "{answer}");
        let heard = peer.rest().await;
        assert!(heard.is_empty() || heard == "T1 STARTTLS\r\n", "{heard}");
        assert_eq!(wires.0.lock().unwrap().len(), 1, "no handshake");
    }
}

#[tokio::test]
async fn greetings_that_are_none() {
    for (greeting, want) in [
        ("* BYE [UNAVAILABLE] come back later\n", "bye"),
        ("* BAD what\n", "protocol"),
        ("* PREAUTH hello\n", "protocol"),
        ("HTTP/1.1 302 Found\nLocation: http://login.example/\n\n", "protocol"),
        ("<html>", "protocol"),
        ("\n", "protocol"),
        ("+OK POP3 ready\n", "protocol"),
        ("", "closed"),
    ] {
        let (wires, mut peers) = wires(1);
        let mut peer = peers.remove(0);
        peer.say(greeting).await;
        peer.0.get_mut().shutdown().await.unwrap();
        let error =
            open_with(&wires, Security::ImplicitTls, "pass", OpenOptions::default()).await.unwrap_err();
        let got = match error {
            ImapError::Bye { ref code, .. } if code.as_deref() == Some("UNAVAILABLE") => "bye",
            ImapError::Protocol { .. } => "protocol",
            ImapError::Closed { .. } => "closed",
            other => panic!("{greeting}: {other:?}"),
        };
        assert_eq!(got, want, "{greeting}");
        assert_eq!(peer.rest().await, "", "{greeting}");
    }
}

#[tokio::test]
async fn a_refused_login_says_why_to_the_person_and_to_nobody_else() {
    for (answer, code) in [
        ("A0001 NO [AUTHENTICATIONFAILED] wrong, alice:pass\n", Some("AUTHENTICATIONFAILED")),
        ("A0001 NO [REFERRAL IMAP://other.example/] go there with pass\n", Some("REFERRAL")),
        ("S1 BAD not logged in\nA0001 BAD wrong, pass\n", None),
    ] {
        let (wires, mut peers) = wires(2);
        let mut peer = peers.remove(0);
        peer.say("* OK [CAPABILITY IMAP4rev1] hi\n").await;
        peer.say(answer).await;
        let options = OpenOptions { first_flight: Some(Flight::new().noop()), ..OpenOptions::default() };
        let error = open_with(&wires, Security::ImplicitTls, "pass", options).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("pass"), "{error:?}");
        assert_eq!(error.code(), code);
        let ImapError::Authentication { server_text, .. } = error else { panic!("{error:?}") };
        assert!(server_text.for_person().contains("pass"));
        assert_eq!(wires.0.lock().unwrap().len(), 1, "nobody else was called");
    }
}

#[tokio::test]
async fn a_link_lost_or_silent_during_the_login_is_told() {
    for (answer, want) in [("", "Closed"), ("* BYE too many\n", "Bye"), ("A0001 O", "Closed")] {
        let (wires, mut peers) = wires(1);
        let mut peer = peers.remove(0);
        peer.say("* OK [CAPABILITY IMAP4rev1] hi\n").await;
        peer.say(answer).await;
        peer.0.get_mut().shutdown().await.unwrap();
        let error =
            open_with(&wires, Security::ImplicitTls, "pass", OpenOptions::default()).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(want), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_ends_in_a_timeout_at_every_stage() {
    for said in ["", "* OK hi\n", "* OK [CAPABILITY IMAP4rev1] hi\n"] {
        let (wires, mut peers) = wires(1);
        let mut peer = peers.remove(0);
        peer.say(said).await;
        let error =
            open_with(&wires, Security::ImplicitTls, "pass", OpenOptions::default()).await.unwrap_err();
        assert!(matches!(error, ImapError::Timeout { after, .. } if after.as_secs() == 60), "{error:?}");
    }
}
