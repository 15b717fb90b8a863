//! Greeting, STLS and login against servers that lie, refuse, inject or hang up.

use super::*;
use crate::pop::Expire;

const TOKEN: &str = "AGFubgBjYW5hcnktNDcxMQ==";

#[tokio::test]
async fn a_login_by_sasl_plain_waits_for_the_plus_before_it_gives_the_password() {
    let (dialer, heard) = play(
        vec![
            say("+OK\n"),
            hear("CAPA"),
            say("+OK list\nSASL LOGIN PLAIN\nUIDL\nEXPIRE 30 USER\n.\n"),
            hear("AUTH PLAIN"),
            say("+ \n"),
            hear(TOKEN),
            say("+OK in\n"),
            hear("CAPA"),
            say("+OK list\nSASL PLAIN\nUIDL\nTOP\nEXPIRE 7\n.\n"),
            hear("QUIT"),
            say("+OK\n"),
        ],
        Then::Listen,
    );
    let session = open(&dialer, Security::ImplicitTls).await.unwrap();
    assert!(session.capabilities().top && session.capabilities().uidl);
    assert_eq!(session.capabilities().expire, Some(Expire::Days(7)));
    assert_eq!(session.traffic().turns, 4);
    assert!(!format!("{session:?}").contains("canary"));
    session.quit().await.unwrap();
    assert_eq!(heard.await.unwrap(), "");
    assert_eq!(dialer.upgrades.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_server_that_takes_plain_back_before_it_saw_the_password_gets_user_and_pass() {
    for (first, kind_of) in [("-ERR unknown\n", None), ("-ERR maildrop already locked\n", Some("in use"))] {
        let mut script =
            vec![say("+OK\n"), hear("CAPA"), say("+OK\nSASL PLAIN\n.\n"), hear("AUTH PLAIN"), say(first)];
        if kind_of.is_none() {
            script.extend([hear("USER ann"), say("+OK\n"), hear("PASS canary-4711"), say("+OK\n")]);
        }
        let (dialer, heard) = play(script, Then::Listen);
        let outcome = open(&dialer, Security::Insecure).await.map(drop).map_err(|e| kind(&e));
        assert_eq!(outcome.err().as_deref(), kind_of);
        assert_eq!(heard.await.unwrap(), "");
    }
}

#[tokio::test]
async fn with_stls_the_password_goes_out_only_inside_tls_and_capabilities_are_asked_there() {
    let mut script = vec![say("+OK\n"), hear("STLS"), say("+OK go\n")];
    script.extend(logged_in("UIDL\n").into_iter().skip(1));
    let (dialer, _heard) = play(script, Then::Listen);
    let session = open(&dialer, Security::StartTls).await.unwrap();
    assert_eq!(dialer.upgrades.load(Ordering::Relaxed), 1);
    assert!(session.capabilities().uidl);
}

#[tokio::test]
async fn stls_that_is_missing_refused_or_followed_by_more_ends_it_before_anything_is_given_out() {
    let after_stls = |answer: &str| vec![say("+OK hi\n"), hear("STLS"), say(answer)];
    for (script, expected) in [
        (after_stls("-ERR unknown command\n"), "StartTlsMissing"),
        (after_stls("-ERR [IN-USE] ha\n"), "StartTlsMissing"),
        (after_stls("+ \n"), "StartTlsMissing"),
        (after_stls("hello\n"), "StartTlsMissing"),
        (after_stls("+OK\n+OK logged in\n"), "Injected"),
        (after_stls("+OK\n\u{16}\u{3}\u{1}"), "Injected"),
        (vec![say("+OK hi\n+OK go\n")], "Injected"),
        (vec![say("+OK hi\n-ERR")], "Injected"),
    ] {
        let (dialer, heard) = play(script, Then::Listen);
        let error = open(&dialer, Security::StartTls).await.unwrap_err();
        assert_eq!(kind(&error), expected);
        assert_eq!(heard.await.unwrap(), "", "nothing may be sent after {expected}");
        assert_eq!(dialer.upgrades.load(Ordering::Relaxed), 0);
    }
}

#[tokio::test]
async fn words_from_before_tls_are_shown_to_nobody_and_decide_nothing() {
    let (dialer, _heard) = play(vec![say("-ERR [IN-USE] call 555-canary\n")], Then::Listen);
    match open(&dialer, Security::StartTls).await.unwrap_err() {
        PopError::Err { code: None, server_text, .. } => assert!(server_text.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_greeting_that_is_none_says_what_answered_instead() {
    for (greeting, expected) in [
        ("HTTP/1.1 302 Found\n", "a web page"),
        ("<!DOCTYPE html>\n<html>\n", "a web page"),
        ("  <HTML>\n", "a web page"),
        ("* OK IMAP4rev1\n", "an IMAP server"),
        ("220 mx ESMTP\n", "an SMTP server"),
        ("\n", "this is no POP server"),
        ("+ \n", "this is no POP server"),
        ("-ERR [IN-USE] busy\n", "in use"),
        ("-ERR [LOGIN-DELAY] wait\n", "login delay"),
        ("-ERR [SYS/TEMP] later\n", "err the greeting SYS/TEMP"),
        ("-ERR too many connections\n", "err the greeting -"),
        ("+OK", "closed the greeting"),
        ("", "closed the greeting"),
    ] {
        let (dialer, _heard) = play(vec![say(greeting)], Then::HangUp);
        let error = kind(&open(&dialer, Security::ImplicitTls).await.unwrap_err());
        assert!(error.contains(expected), "{greeting:?}: {error}");
    }
}

#[tokio::test]
async fn a_greeting_without_end_is_cut_off() {
    let (dialer, _heard) = play(vec![Say(vec![b'+'; 60_000])], Then::Listen);
    let error = open(&dialer, Security::ImplicitTls).await.unwrap_err();
    assert_eq!(kind(&error), "limit: the length of a line");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_or_drips_single_bytes_is_left_after_a_minute() {
    let (dialer, _heard) = play(vec![], Then::Listen);
    let began = tokio::time::Instant::now();
    assert_eq!(kind(&open(&dialer, Security::ImplicitTls).await.unwrap_err()), "timeout the greeting");
    assert_eq!(began.elapsed().as_secs(), 60);

    let (ours, mut theirs) = tokio::io::duplex(1024);
    let dripping = tokio::spawn(async move {
        while theirs.write_all(b"+").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
    });
    let dialer = ScriptDialer { stream: Mutex::new(Some(ours)), upgrades: AtomicUsize::new(0) };
    let began = tokio::time::Instant::now();
    assert_eq!(kind(&open(&dialer, Security::ImplicitTls).await.unwrap_err()), "timeout the greeting");
    assert_eq!(began.elapsed().as_secs(), 60);
    dripping.await.unwrap();
}

#[tokio::test]
async fn refused_logins_are_told_apart_and_keep_the_servers_words_out_of_debug() {
    for (at_user, at_pass, expected) in [
        ("+OK\n", "-ERR bad password canary-text\n", "authentication"),
        ("+OK\n", "-ERR [AUTH] bad password\n", "authentication"),
        ("-ERR no such user\n", "", "authentication"),
        ("+OK\n", "-ERR [IN-USE] busy\n", "in use"),
        ("+OK\n", "-ERR unable to lock maildrop\n", "in use"),
        ("+OK\n", "-ERR [LOGIN-DELAY] wait\n", "login delay"),
        ("+OK\n", "-ERR [SYS/TEMP] disk\n", "err the login SYS/TEMP"),
        ("+OK\n", "+ more\n", "protocol: it asks for more where there is no more"),
        ("+OK\n", "hello\n", "protocol: an answer that is neither +OK nor -ERR"),
        ("+OK\n", "", "closed the login"),
        ("+OK\n+OK\n", "", "protocol: it talks without being asked"),
    ] {
        let mut script =
            vec![say("+OK\n"), hear("CAPA"), say("-ERR no CAPA here\n"), hear("USER ann"), say(at_user)];
        if at_user == "+OK\n" {
            script.extend([hear("PASS canary-4711"), say(at_pass)]);
        }
        let (dialer, _heard) = play(script, Then::HangUp);
        let error = open(&dialer, Security::ImplicitTls).await.unwrap_err();
        assert_eq!(kind(&error), expected);
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_to_auth_that_is_no_plus_never_gets_the_password() {
    for answer in ["+OK welcome\n", "what\n", "+OK\n+ \n", "+ \n+ \n"] {
        let script =
            vec![say("+OK\n"), hear("CAPA"), say("+OK\nSASL PLAIN\n.\n"), hear("AUTH PLAIN"), say(answer)];
        let (dialer, heard) = play(script, Then::Listen);
        let error = open(&dialer, Security::ImplicitTls).await.unwrap_err();
        assert!(kind(&error).starts_with("protocol"), "{answer:?}: {error:?}");
        assert_eq!(heard.await.unwrap(), "", "{answer:?}");
    }
}

#[tokio::test]
async fn a_line_break_in_name_or_password_never_becomes_a_command() {
    for (name, password) in
        [("ann\r\nDELE 1", "x"), ("ann", "x\nDELE 1"), ("ann", "a\0b"), ("", "x"), ("a\0", "x")]
    {
        let (dialer, heard) = play(vec![], Then::Listen);
        let server = Server { username: name.into(), ..server(Security::Insecure) };
        let secret = SecretString::from(password);
        let opened = Session::open(&dialer, &server, &Trust::Platform, &secret, Limits::default()).await;
        assert_eq!(kind(&opened.unwrap_err()), "input");
        drop(dialer);
        assert_eq!(heard.await.unwrap(), "");
    }
}
