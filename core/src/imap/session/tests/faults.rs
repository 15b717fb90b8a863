//! Answers that are wrong, missing, too many, or for somebody else.

use super::*;
use std::time::Duration;

fn small() -> OpenOptions {
    let limits = Limits { noise: 500, unsolicited: 20, drain: 100_000, line: 2_000, ..Limits::default() };
    OpenOptions { limits, ..OpenOptions::default() }
}

#[tokio::test]
async fn replies_out_of_order_and_refusals_find_their_requests() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 UID SEARCH RETURN (ALL) ALL").await;
        peer.hears("S2 STATUS a (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)").await;
        peer.hears("S3 NOOP").await;
        peer.say("S3 BAD [CLIENTBUG] no\nS99 OK stale\nA0001 OK stale\n* STATUS a (MESSAGES 1)\n").await;
        peer.say("S2 OK\n* ESEARCH (TAG \"S1\") UID ALL 4\nS1 OK\n").await;
    })
    .await;
    let replies = session.fly(Flight::new().uid_search("ALL").status("a").noop()).await.unwrap();
    assert!(matches!(&replies[0], Ok(Reply::Found(u)) if u.to_string() == "4"));
    assert!(matches!(&replies[1], Ok(Reply::Status(s)) if s.messages == Some(1)));
    assert!(
        matches!(&replies[2], Err(ImapError::Bad { what: "NOOP", code: Some(c), .. }) if c == "CLIENTBUG")
    );
    task.await.unwrap();
}

#[tokio::test]
async fn rows_of_the_mailbox_before_are_not_rows_of_the_one_being_selected() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 SELECT b").await;
        peer.hears("S2 FETCH 1:9 (UID FLAGS)").await;
        peer.say("* 9 EXPUNGE\n* 3 FETCH (UID 7 FLAGS (\\Deleted))\n* 1 EXISTS\n* OK [UIDVALIDITY 2] x\n")
            .await;
        peer.say("S1 OK\n* 1 FETCH (UID 50 FLAGS ())\nS2 OK\n").await;
    })
    .await;
    let items = FetchItems { flags: true, ..FetchItems::default() };
    let flight = Flight::new().select("b", false).fetch(FetchSet::Sequence(9, 1), items, None);
    let replies = session.fly(flight).await.unwrap();
    let Ok(Reply::Fetched { rows, .. }) = &replies[1] else { panic!("{replies:?}") };
    assert_eq!(rows.iter().map(|r| r.uid.unwrap().get()).collect::<Vec<_>>(), [50]);
    assert!(session.take_unsolicited().is_empty(), "news of the mailbox before");
    task.await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_missing_is_never_an_empty_one() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        for (n, answer) in [
            (1, "S1 OK\n"),
            (2, "* 0 EXISTS\nS2 OK\n"),
            (3, "* 0 EXISTS\n* OK [UIDVALIDITY 0] x\nS3 OK\n"),
            (4, "* OK [UIDVALIDITY 1] x\n* 4294967296 EXISTS\nS4 OK\n"),
            (5, "S5 OK\n"),
            (6, "* ESEARCH (TAG \"S6\") UID ALL 1:*\nS6 OK\n"),
            (7, "* SEARCH 1 2 x\n* SEARCH 3\nS7 OK\n"),
            (8, "S8 OK\n"),
            (9, "S9 OK\n"),
        ] {
            let line = peer.line().await;
            assert!(line.starts_with(&format!("S{n} ")), "{line}");
            peer.say(answer).await;
        }
    })
    .await;
    let broken = |r: Result<(), ImapError>| assert!(matches!(r, Err(ImapError::Protocol { .. })), "{r:?}");
    for _ in 1..=4 {
        broken(session.select("x", false).await.map(|_| ()));
        assert!(session.is_alive());
    }
    for _ in 5..=7 {
        broken(session.uid_search("ALL").await.map(|_| ()));
    }
    broken(session.status("x").await.map(|_| ()));
    broken(session.namespaces().await.map(|_| ()));
    task.await.unwrap();
}

#[tokio::test]
async fn a_listing_with_an_unreadable_line_says_that_it_is_incomplete() {
    let options = small();
    let (mut session, task) = session_with(options, CAPS, |mut peer| async move {
        for n in 1..=3 {
            peer.line().await;
            let bad = match n {
                1 => "* LIST () \"/\"".to_owned(),
                2 => format!("* LIST () \"/\" {}", "x".repeat(3_000)),
                _ => "* LIST () \"/\" fine".to_owned(),
            };
            let status = "* STATUS INBOX (MESSAGES 1)";
            peer.say(&format!("* LIST () \"/\" INBOX\n{bad}\n{status}\nS{n} OK\n")).await;
        }
    })
    .await;
    for complete in [false, false, true] {
        assert_eq!(session.list().await.unwrap().complete, complete);
    }
    task.await.unwrap();
}

#[tokio::test]
async fn a_rejected_response_costs_itself_and_the_session_lives() {
    let (mut session, task) = session_with(small(), CAPS, |mut peer| async move {
        peer.line().await;
        peer.say("* 1 FETCH (UID 1 FLAGS ())\n").await;
        peer.say(&format!("* 2 FETCH (UID 2 X \"{}\")\n", "y".repeat(5_000))).await;
        peer.say("* 3 FETCH (UID 3 FLAGS () X {-1}\n").await;
        peer.say("* 4 FETCH (UID 4 BODY[] {0}\n FLAGS ())\nS1 OK\n").await;
        peer.hears("S2 NOOP").await;
        peer.say(&format!("S2 OK {}\n", "z".repeat(5_000))).await;
        peer.hears("S3 UID SEARCH RETURN (ALL) ALL").await;
        peer.say(&format!("* OK [ALERT] {}\n* ESEARCH (TAG \"S3\") UID\nS3 OK\n", "a".repeat(5_000))).await;
    })
    .await;
    let mut rows = Vec::new();
    let set = FetchSet::Uids(uids("1:9"));
    let mut each = |row: FetchRow| rows.push(row.uid.unwrap().get());
    let end = session.fetch(&set, &FetchItems::flags_only(), None, &mut each).await.unwrap();
    assert_eq!((rows, end.lost), (vec![1, 4], 2));
    session.noop().await.unwrap();
    assert!(session.uid_search("ALL").await.unwrap().is_empty());
    task.await.unwrap();
}

#[tokio::test]
async fn the_end_of_the_stream_is_an_error_wherever_it_comes() {
    for answer in ["", "* 1 FETCH (UID 1 FLAGS ())\n", "* 1 FETCH (UID 1 X {500}\nabc", "S1 O", "* 1 FE"] {
        let (mut session, _task) = session(CAPS, move |mut peer| async move {
            peer.line().await;
            peer.say(answer).await;
        })
        .await;
        let set = FetchSet::Sequence(1, 2);
        let error = session.fetch(&set, &FetchItems::flags_only(), None, &mut |_| {}).await.unwrap_err();
        assert!(matches!(error, ImapError::Closed { during: "FETCH" }), "{answer}: {error:?}");
        assert!(!session.is_alive());
        let again = session.noop().await;
        assert!(matches!(again, Err(ImapError::Closed { .. })), "{again:?}");
    }
}

#[tokio::test]
async fn a_goodbye_is_an_error_of_every_open_request() {
    let (mut session, _task) = session(CAPS, |mut peer| async move {
        peer.line().await;
        for _ in 0..100 {
            peer.say("* BYE [UNAVAILABLE] shutting down\n").await;
        }
    })
    .await;
    let error = session.fly(Flight::new().noop().list()).await.unwrap_err();
    assert!(matches!(&error, ImapError::Bye { code: Some(c), .. } if c == "UNAVAILABLE"), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("shutting"));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_the_session_but_slow_progress_does_not() {
    let (mut session, _task) = session(CAPS, |mut peer| async move {
        peer.line().await;
        for b in b"* OK a slow line\r\nS1 OK\r\n" {
            tokio::time::sleep(Duration::from_secs(50)).await;
            peer.bytes(&[*b]).await;
        }
        peer.line().await;
        std::future::pending::<()>().await;
    })
    .await;
    session.noop().await.unwrap();
    let error = session.noop().await.unwrap_err();
    assert!(matches!(error, ImapError::Timeout { during: "NOOP", .. }), "{error:?}");
    assert!(matches!(session.noop().await, Err(ImapError::Closed { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_ends_the_session() {
    let (mut session, _task) = session(CAPS, |mut peer| async move {
        peer.line().await;
        peer.say("* SEARCH 1 2\n").await;
        std::future::pending::<()>().await;
    })
    .await;
    let dropped = tokio::time::timeout(Duration::from_secs(1), session.uid_search("ALL")).await;
    assert!(dropped.is_err() && !session.is_alive());
    assert!(matches!(session.list().await, Err(ImapError::Closed { during: "UID SEARCH" })));
}

#[tokio::test]
async fn floods_are_bounded() {
    let (mut session, task) = session_with(small(), CAPS, |mut peer| async move {
        peer.line().await;
        for n in 1..=100 {
            peer.say(&format!("* {n} FETCH (FLAGS (\\Seen))\n")).await;
        }
        peer.say("S1 OK\n").await;
        peer.line().await;
        loop {
            if peer.0.get_mut().write_all(b"* OK Still here\r\n").await.is_err() {
                break;
            }
        }
    })
    .await;
    session.noop().await.unwrap();
    let news = session.take_unsolicited();
    assert!(news.overflow && news.news.len() <= 20);
    let error = session.noop().await.unwrap_err();
    assert!(matches!(error, ImapError::Limit { which: "noise" }), "{error:?}");
    drop(session);
    task.await.unwrap();
}

#[tokio::test]
async fn an_impossible_literal_ends_the_session_cleanly() {
    for (literal, want) in [("{4294967295}", "drain"), ("{99999999999999999999}", "size")] {
        let (mut session, _task) = session_with(small(), CAPS, move |mut peer| async move {
            peer.line().await;
            peer.say(&format!("* 1 FETCH (UID 1 BODY[] {literal}\nabc")).await;
            std::future::pending::<()>().await;
        })
        .await;
        let set = FetchSet::Sequence(1, 2);
        let error = session.fetch(&set, &FetchItems::flags_only(), None, &mut |_| {}).await.unwrap_err();
        assert!(error.to_string().contains(want), "{error}");
        assert!(!error.session_lives() && !session.is_alive());
    }
}

#[tokio::test]
async fn a_plus_nobody_asked_for_is_passed_over() {
    let (mut session, task) = session("IMAP4rev1", |mut peer| async move {
        peer.hears("S1 NOOP").await;
        peer.say("+ go ahead\n+\nS1 OK\n").await;
        peer.hears("S2 DELETE {2}").await;
        peer.say("S2 BAD no literals here\n").await;
        peer.hears("S3 NOOP").await;
        peer.say("S3 OK\n").await;
    })
    .await;
    session.noop().await.unwrap();
    assert!(matches!(session.delete("ä").await, Err(ImapError::Bad { .. })));
    session.noop().await.unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn rows_that_a_caller_keeps_are_bounded_in_bytes_and_the_rest_is_told_as_lost() {
    let options =
        OpenOptions { limits: Limits { kept: 40_000, ..Limits::default() }, ..OpenOptions::default() };
    let (mut session, task) = session_with(options, CAPS, |mut peer| async move {
        peer.hears("S1 FETCH 1:9 (UID FLAGS)").await;
        // One message, named again and again.
        let field = "x".repeat(3_000);
        for _ in 0..100 {
            peer.say(&format!("* 3 FETCH (UID 7 FLAGS () BODY[HEADER] \"{field}\")\n")).await;
        }
        peer.say("S1 OK\n").await;
    })
    .await;
    let (mut rows, set) = (Vec::new(), FetchSet::Sequence(1, 9));
    let items = FetchItems { flags: true, ..FetchItems::default() };
    let end = session.fetch_kept(&set, &items, &mut |row| rows.push(row)).await.unwrap();
    assert!((5..=13).contains(&rows.len()), "{}", rows.len());
    assert_eq!((end.rows, end.lost), (rows.len() as u64, 100 - rows.len() as u64));
    task.await.unwrap();
}

#[tokio::test]
async fn what_comes_during_the_login_is_bounded_in_bytes() {
    for (lines, fits) in [(5, true), (50, false)] {
        let (wires, mut peers) = wires(1);
        let mut peer = peers.remove(0);
        let task = tokio::spawn(async move {
            peer.say("* OK [CAPABILITY IMAP4rev1] hi\n").await;
            peer.hears(r#"A0001 LOGIN "alice" "pass""#).await;
            for _ in 0..lines {
                peer.say(&format!("* X {}\n", "y".repeat(10_000))).await;
            }
            peer.say("A0001 OK [CAPABILITY IMAP4rev1] in\n").await;
            peer
        });
        let limits = Limits { kept: 100_000, ..Limits::default() };
        let options = OpenOptions { limits, ..OpenOptions::default() };
        let opened = open_with(&wires, Security::ImplicitTls, "pass", options).await;
        match opened {
            Ok(_) => assert!(fits, "{lines} lines were kept"),
            Err(error) => {
                assert!(!fits && matches!(error, ImapError::Limit { .. }), "{lines}: {error:?}");
            }
        }
        task.await.unwrap();
    }
}
