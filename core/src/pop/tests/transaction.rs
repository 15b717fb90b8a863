//! Commands after the login against servers that lie, cut, stuff, repeat and talk too much.

use super::*;
use crate::pop::{Piece, Uidl};

fn id(text: &str) -> Uidl {
    Uidl::new(text.as_bytes()).unwrap()
}

async fn whole(session: &mut Session, number: u32) -> Result<String, PopError> {
    let mut bytes = Vec::new();
    let size = session.retrieve(number, &mut |part| bytes.extend_from_slice(part)).await?;
    assert_eq!(size, bytes.len() as u64);
    Ok(String::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn a_message_comes_byte_for_byte_without_its_stuffing_and_the_session_goes_on() {
    let (mut session, heard) = session(
        "",
        vec![
            hear("RETR 1"),
            say("+OK 9999999 octets\nSubject: x\n\n..dot\n...\na.\n.\n"),
            hear("RETR 2"),
            say("+OK\n.\n"),
            hear("TOP 1 0"),
            say("+OK\nSubject: x\n\n.\n"),
            hear("RETR 3"),
            say("-ERR no such message\n"),
            hear("NOOP"),
            say("+OK\n"),
            hear("QUIT"),
            say("+OK bye\n"),
        ],
        Then::Listen,
    )
    .await;
    assert_eq!(whole(&mut session, 1).await.unwrap(), "Subject: x\r\n\r\n.dot\r\n..\r\na.\r\n");
    assert_eq!(whole(&mut session, 2).await.unwrap(), "");
    assert_eq!(session.top(1, 0).await.unwrap(), b"Subject: x\r\n\r\n");
    assert_eq!(kind(&whole(&mut session, 3).await.unwrap_err()), "err RETR -");
    session.noop().await.unwrap();
    session.quit().await.unwrap();
    assert_eq!(heard.await.unwrap(), "");
}

#[tokio::test]
async fn a_message_that_is_cut_anywhere_is_an_error_and_never_a_shorter_message() {
    let full = "+OK\r\nSubject: x\r\n\r\nbody\r\n.\r\n";
    for cut in 0..full.len() {
        let steps = vec![hear("RETR 1"), Say(full.as_bytes()[..cut].to_vec())];
        let (mut session, _heard) = session("", steps, Then::HangUp).await;
        let error = whole(&mut session, 1).await.unwrap_err();
        assert_eq!(kind(&error), "closed RETR", "cut at {cut}");
        assert!(!session.is_usable());
        assert_eq!(kind(&session.dele(1).await.unwrap_err()), "closed an earlier command");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_without_end_is_left_after_a_minute_of_silence_and_a_slow_one_is_not() {
    let (mut session, heard) = session("", vec![hear("RETR 1"), say("+OK\nhalf\n")], Then::Listen).await;
    assert_eq!(kind(&whole(&mut session, 1).await.unwrap_err()), "timeout RETR");
    drop(session);
    assert_eq!(heard.await.unwrap(), "");

    let (ours, mut theirs) = tokio::io::duplex(1024);
    let mut slow = Session::over(Box::new(ours), Limits::default(), crate::pop::Traffic::default());
    tokio::spawn(async move {
        for part in ["+OK\r\n", "a\r\n", "b\r\n", ".\r", "\n"] {
            tokio::time::sleep(Duration::from_secs(50)).await;
            theirs.write_all(part.as_bytes()).await.unwrap();
        }
        std::future::pending::<()>().await;
    });
    assert_eq!(whole(&mut slow, 1).await.unwrap(), "a\r\nb\r\n");
}

#[tokio::test]
async fn a_message_over_the_limit_is_not_read_to_its_end_whatever_size_was_announced() {
    let limits = Limits { message: 1_000, ..Limits::default() };
    for (size, fits) in [(998, true), (999, false), (50_000, false)] {
        let mut answer = b"+OK 12 octets\r\n".to_vec();
        answer.extend(vec![b'x'; size]);
        answer.extend_from_slice(b"\r\n.\r\n");
        let steps = vec![hear("RETR 1"), Say(answer)];
        let (mut session, _heard) = session_with("", steps, Then::Listen, limits).await;
        let mut got = 0;
        let outcome = session.retrieve(1, &mut |part| got += part.len()).await;
        assert_eq!(outcome.map_err(|e| kind(&e)).is_ok(), fits, "{size}");
        assert!(got <= 1_000, "{got}");
        assert_eq!(session.is_usable(), fits);
    }
}

#[tokio::test]
async fn a_command_that_was_given_up_half_way_ends_the_session() {
    let steps = vec![hear("RETR 1"), say("+OK\nhalf"), hear("STAT")];
    let (mut session, _heard) = session("", steps, Then::Listen).await;
    {
        let mut got = 0;
        let mut sink = |part: &[u8]| got += part.len();
        let retrieve = session.retrieve(1, &mut sink);
        assert!(tokio::time::timeout(Duration::from_millis(50), retrieve).await.is_err());
    }
    assert_eq!(kind(&session.stat().await.unwrap_err()), "closed an earlier command");
}

#[tokio::test]
async fn words_nobody_asked_for_are_not_taken_for_the_answer_to_the_next_command() {
    let steps = vec![hear("NOOP"), say("+OK\n+OK 0 0\n")];
    let (mut session, heard) = session("", steps, Then::Listen).await;
    session.noop().await.unwrap();
    assert_eq!(kind(&session.stat().await.unwrap_err()), "protocol: it talks without being asked");
    drop(session);
    assert_eq!(heard.await.unwrap(), "", "no command may go out any more");
}

#[tokio::test]
async fn quit_is_done_only_when_it_was_answered() {
    for (answer, expected) in [
        ("+OK\n", ""),
        ("-ERR some deleted messages not removed\n", "err QUIT -"),
        ("-ERR [SYS/TEMP] disk\n", "err QUIT SYS/TEMP"),
        ("", "closed QUIT"),
        ("+O", "closed QUIT"),
        ("bye\n", "protocol: an answer that is neither +OK nor -ERR"),
    ] {
        let steps = vec![hear("DELE 1"), say("+OK\n"), hear("QUIT"), say(answer)];
        let (mut session, _heard) = session("", steps, Then::HangUp).await;
        session.dele(1).await.unwrap();
        let outcome = session.quit().await.map_err(|e| kind(&e)).err().unwrap_or_default();
        assert_eq!(outcome, expected, "{answer:?}");
    }
}

#[tokio::test]
async fn a_link_lost_after_dele_is_an_error_and_no_quit_goes_out_by_itself() {
    let (mut session, heard) = session("", vec![hear("DELE 1"), say("+OK\n")], Then::Listen).await;
    session.dele(1).await.unwrap();
    drop(session);
    assert_eq!(heard.await.unwrap(), "");
}

#[tokio::test]
async fn unique_ids_may_repeat_be_long_or_missing_but_numbers_may_not_be_doubtful() {
    let long = "z".repeat(10 * 1024);
    let too_long = "z".repeat(Uidl::MAX + 1);
    let found = |pairs: &[(u32, &str)]| Ok(pairs.iter().map(|(n, u)| (*n, id(u))).collect::<Vec<_>>());
    let bad = |error: &str| Err(error.to_owned());
    for (listing, expected) in [
        ("", found(&[])),
        ("1 a\n2 a\n3 b\n", found(&[(1, "a"), (2, "a"), (3, "b")])),
        ("3 c\n1 a\n2 b\n", found(&[(3, "c"), (1, "a"), (2, "b")])),
        ("1 \n2\n3 c\n", found(&[(3, "c")])),
        ("1 with space \n", found(&[(1, "with space")])),
        ("1 A\n2 a\n", found(&[(1, "A"), (2, "a")])),
        (&format!("1 {long}\n"), found(&[(1, &long)])),
        (&format!("1 {too_long}\n"), bad("limit: the length of a unique id")),
        ("1 a\n1 b\n", bad("protocol: the same message number twice in a listing")),
        ("2 a\n1 b\n2 c\n", bad("protocol: the same message number twice in a listing")),
        ("0 a\n", bad("protocol: a listing without message numbers")),
        ("-1 a\n", bad("protocol: a listing without message numbers")),
        ("4294967296 a\n", bad("protocol: a listing without message numbers")),
        ("a b\n", bad("protocol: a listing without message numbers")),
        ("\n", bad("protocol: a listing without message numbers")),
    ] {
        let steps = vec![hear("UIDL"), say(&format!("+OK\n{listing}.\n"))];
        let (mut session, _heard) = session("", steps, Then::Listen).await;
        assert_eq!(session.uidl().await.map_err(|e| kind(&e)), expected, "{listing:.40}");
    }
}

#[tokio::test]
async fn sizes_that_lie_or_are_none_do_not_stop_a_listing() {
    let steps = vec![hear("LIST"), say("+OK\n1 120\n2 -5\n3\n4 99999999999999999999\n5 7 more words\n.\n")];
    let (mut session, _heard) = session("", steps, Then::Listen).await;
    let expected = vec![(1, Some(120)), (2, None), (3, None), (4, None), (5, Some(7))];
    assert_eq!(session.list().await.unwrap(), expected);
}

#[tokio::test]
async fn counts_that_make_no_sense_are_errors_and_end_the_session() {
    for (answer, expected) in [
        ("+OK 2 320\n", Ok((2, 320))),
        ("+OK 0 0 trailing\n", Ok((0, 0))),
        ("+OK\n", Err("protocol: STAT without two numbers")),
        ("+OK 2\n", Err("protocol: STAT without two numbers")),
        ("+OK -1 0\n", Err("protocol: STAT without two numbers")),
        ("+OK 4294967296 0\n", Err("protocol: STAT without two numbers")),
        ("-ERR [SYS/TEMP] x\n", Err("err STAT SYS/TEMP")),
    ] {
        let (mut session, _heard) = session("", vec![hear("STAT"), say(answer)], Then::Listen).await;
        let outcome = session.stat().await.map_err(|e| kind(&e));
        assert_eq!(outcome, expected.map_err(str::to_owned), "{answer:?}");
        assert_eq!(session.is_usable(), !outcome.is_err_and(|e| e.starts_with("protocol")));
    }
}

#[tokio::test]
async fn a_listing_without_end_is_cut_off() {
    use std::fmt::Write;
    let mut listing = String::from("+OK\n");
    (1..=5_000).for_each(|n| writeln!(listing, "{n} u{n}").unwrap());
    for (limits, ends) in [
        (Limits { lines: 4_999, ..Limits::default() }, false),
        (Limits { listing: 40_000, ..Limits::default() }, false),
        (Limits::default(), true),
    ] {
        let mut answer = listing.clone();
        if ends {
            answer.push_str(".\n");
        }
        let steps = vec![hear("UIDL"), say(&answer)];
        let (mut session, _heard) = session_with("", steps, Then::Listen, limits).await;
        match session.uidl().await {
            Ok(found) => assert!(ends && found.len() == 5_000),
            Err(error) => assert!(!ends && kind(&error) == "limit: the length of a listing", "{error:?}"),
        }
    }
}

#[tokio::test]
async fn the_cheap_look_for_news_is_one_turn_and_survives_a_number_that_is_gone() {
    for (answer, expected) in [
        ("+OK 7 700\n+OK 7 abc\n", Ok(((7, 700), Some(id("abc"))))),
        ("+OK 6 600\n-ERR no such message\n", Ok(((6, 600), None))),
        ("+OK 7 700\n+OK 6 abc\n", Err("protocol: UIDL of another message than asked")),
        ("-ERR later\n+OK 7 abc\n", Err("err STAT -")),
    ] {
        let both = vec![Hear("STAT\r\nUIDL 7\r\n".into()), say(answer), hear("NOOP"), say("+OK\n")];
        let (mut fast, _heard) = session("PIPELINING\n", both, Then::Listen).await;
        let turns = fast.traffic().turns;
        let outcome = fast.stat_and_uidl(7).await.map_err(|e| kind(&e));
        assert_eq!(outcome, expected.map_err(str::to_owned), "{answer:?}");
        assert_eq!(fast.traffic().turns, turns + 1);
        assert_eq!(fast.noop().await.is_ok(), !answer.contains("+OK 6 abc"));
    }
    let turns = vec![hear("STAT"), say("+OK 7 700\n"), hear("UIDL 7"), say("+OK 7 abc\n")];
    let (mut slow, _heard) = session("", turns, Then::Listen).await;
    assert_eq!(slow.stat_and_uidl(7).await.unwrap(), ((7, 700), Some(id("abc"))));
}

fn collect(into: &mut Vec<(u32, String)>) -> impl FnMut(u32, Piece<'_>) + Send {
    let mut bytes = Vec::new();
    move |number, piece| match piece {
        Piece::Bytes(part) => bytes.extend_from_slice(part),
        Piece::Whole(size) => {
            assert_eq!(size, bytes.len() as u64);
            into.push((number, String::from_utf8(std::mem::take(&mut bytes)).unwrap()));
        }
        Piece::Refused(error) => into.push((number, kind(&error))),
    }
}

#[tokio::test]
async fn many_messages_go_ahead_of_each_other_and_one_that_is_refused_holds_up_none() {
    let retr = |range: std::ops::RangeInclusive<u32>| {
        Hear(range.map(|n| format!("RETR {n}\r\n")).collect::<Vec<_>>().concat())
    };
    let answers = |range: std::ops::RangeInclusive<u32>| {
        let one = |n: u32| if n == 3 { "-ERR gone\n".into() } else { format!("+OK\nm{n}\n.\n") };
        say(&range.map(one).collect::<String>())
    };
    // Nothing beyond sixteen is sent before the first answers have come, then half a window at a time.
    let steps = vec![retr(1..=16), Quiet, answers(1..=8), retr(17..=20), answers(9..=20)];
    let (mut session, heard) = session("PIPELINING\n", steps, Then::Listen).await;
    let numbers: Vec<u32> = (1..=20).collect();
    let mut got = Vec::new();
    session.retrieve_many(&numbers, &mut collect(&mut got)).await.unwrap();
    let expected: Vec<_> = numbers
        .iter()
        .map(|n| (*n, if *n == 3 { "err RETR -".into() } else { format!("m{n}\r\n") }))
        .collect();
    assert_eq!(got, expected);
    assert!(session.is_usable());
    drop(session);
    assert_eq!(heard.await.unwrap(), "");
}

#[tokio::test]
async fn without_pipelining_each_message_waits_for_the_one_before() {
    let steps = vec![
        hear("TOP 1 0"),
        Quiet,
        say("+OK\na\n.\n"),
        hear("TOP 2 0"),
        say("-ERR gone\n"),
        hear("DELE 1"),
        Quiet,
        say("+OK\n"),
        hear("DELE 2"),
        say("-ERR gone\n"),
    ];
    let (mut session, _heard) = session("", steps, Then::Listen).await;
    let mut got = Vec::new();
    session.top_many(&[1, 2], 0, &mut collect(&mut got)).await.unwrap();
    assert_eq!(got, [(1, "a\r\n".to_owned()), (2, "err TOP -".to_owned())]);
    let refused = session.dele_many(&[1, 2]).await.unwrap();
    assert_eq!(
        refused.iter().map(|(n, e)| (*n, kind(e))).collect::<Vec<_>>(),
        [(2, "err DELE -".to_owned())]
    );
}

#[tokio::test]
async fn of_many_messages_the_one_that_was_cut_is_neither_whole_nor_refused() {
    let steps = vec![Hear("RETR 1\r\nRETR 2\r\nRETR 3\r\n".into()), say("+OK\na\n.\n+OK\nhalf\n")];
    let (mut session, _heard) = session("PIPELINING\n", steps, Then::HangUp).await;
    let mut got = Vec::new();
    let error = session.retrieve_many(&[1, 2, 3], &mut collect(&mut got)).await.unwrap_err();
    assert_eq!(kind(&error), "closed RETR");
    assert_eq!(got, [(1, "a\r\n".to_owned())]);
    assert!(!session.is_usable());
}

#[tokio::test]
async fn a_session_can_be_worked_on_by_any_thread() {
    let steps =
        vec![hear("STAT"), say("+OK 0 0\n"), hear("UIDL"), say("+OK\n.\n"), hear("QUIT"), say("+OK\n")];
    let mut script = logged_in("");
    script.extend(steps);
    let (dialer, _heard) = play(script, Then::Listen);
    let work = tokio::spawn(async move {
        let mut session = open(&dialer, Security::ImplicitTls).await?;
        session.stat().await?;
        session.uidl().await?;
        session.retrieve_many(&[], &mut |_, _| {}).await?;
        session.quit().await
    });
    work.await.unwrap().unwrap();
}
