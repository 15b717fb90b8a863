//! Bodies in parts: ranges kept, ignored, cut off, and answered for another message.

use super::*;
use crate::ids::Uid;

const PART: usize = 256 << 10;

fn body(n: usize) -> Vec<u8> {
    (0..n).map(|i| (i * 7 + i / 251) as u8).collect()
}

async fn bring(
    session: &mut Session,
    offset: u64,
    length: Option<u64>,
) -> (Result<SectionEnd, ImapError>, Vec<u8>) {
    let mut got = Vec::new();
    let mut chunk = |bytes: &[u8]| got.extend_from_slice(bytes);
    let end = session.fetch_section(Uid::new(5).unwrap(), "1.2", offset, length, &mut chunk).await;
    (end, got)
}

#[tokio::test]
async fn a_body_comes_in_parts_and_a_short_part_is_the_last() {
    let whole = body(PART + 1_000);
    let serve = whole.clone();
    let (mut session, task) = session(CAPS, |mut peer| async move {
        for (n, from) in [(1, 0), (2, PART)] {
            peer.hears(&format!("S{n} UID FETCH 5 (UID BODY.PEEK[1.2]<{from}.{PART}>)")).await;
            let part = &serve[from..serve.len().min(from + PART)];
            peer.say(&format!(
                "* 9 FETCH (FLAGS (\\Seen))\n* 3 FETCH (UID 5 BODY[1.2]<{from}> {{{}}}\n",
                part.len()
            ))
            .await;
            peer.bytes(part).await;
            peer.say(&format!(")\nS{n} OK\n")).await;
        }
    })
    .await;
    let (end, got) = bring(&mut session, 0, None).await;
    assert_eq!(end.unwrap(), SectionEnd { bytes: whole.len() as u64, found: true });
    assert_eq!(got, whole);
    task.await.unwrap();
}

#[tokio::test]
async fn an_exact_multiple_ends_with_an_empty_part_and_a_length_needs_none() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 UID FETCH 5 (UID BODY.PEEK[1.2]<10.20>)").await;
        peer.say("* 3 FETCH (UID 5 BODY[1.2]<10> \"01234567890123456789\")\nS1 OK\n").await;
        peer.hears(&format!("S2 UID FETCH 5 (UID BODY.PEEK[1.2]<30.{PART}>)")).await;
        peer.say("* 3 FETCH (UID 5 BODY[1.2]<30> \"\")\nS2 OK\n").await;
    })
    .await;
    let (end, got) = bring(&mut session, 10, Some(20)).await;
    assert_eq!((end.unwrap().bytes, got.len()), (20, 20));
    let (end, got) = bring(&mut session, 30, None).await;
    assert_eq!((end.unwrap(), got.len()), (SectionEnd { bytes: 0, found: true }, 0));
    task.await.unwrap();
}

#[tokio::test]
async fn a_server_that_ignores_the_range_is_not_asked_again_and_nothing_is_doubled() {
    let whole = body(3 * PART);
    let serve = whole.clone();
    let (mut session, task) = session(CAPS, |mut peer| async move {
        for n in 1..=2 {
            peer.line().await;
            peer.say(&format!("* 3 FETCH (UID 5 BODY[1.2] {{{}}}\n", serve.len())).await;
            peer.bytes(&serve).await;
            peer.say(&format!(")\nS{n} OK\n")).await;
        }
    })
    .await;
    let (end, got) = bring(&mut session, 0, None).await;
    assert_eq!((end.unwrap().bytes, &got), (whole.len() as u64, &whole));
    let (end, got) = bring(&mut session, 1_000, None).await;
    assert_eq!((end.unwrap().bytes, &got[..]), (whole.len() as u64 - 1_000, &whole[1_000..]));
    task.await.unwrap();
}

#[tokio::test]
async fn a_missing_part_and_a_missing_message_are_not_found() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        for (n, answer) in [
            (1, "* 3 FETCH (UID 5 BODY[1.2]<0> NIL)\n"),
            (2, ""),
            (3, "* 4 FETCH (UID 6 BODY[1.2]<0> \"other\")\n"),
        ] {
            peer.line().await;
            peer.say(&format!("{answer}S{n} OK\n")).await;
        }
    })
    .await;
    for _ in 0..3 {
        let (end, got) = bring(&mut session, 0, None).await;
        assert_eq!((end.unwrap(), got.len()), (SectionEnd { bytes: 0, found: false }, 0));
    }
    task.await.unwrap();
}

#[tokio::test]
async fn other_bytes_than_asked_for_are_never_handed_out() {
    let big = 2 << 20;
    for head in [
        format!("* 3 FETCH (UID 6 BODY[1.2]<0> {{{big}}}\n"),
        format!("* 3 FETCH (UID 5 BODY[1.3]<0> {{{big}}}\n"),
        format!("* 3 FETCH (UID 5 BODY[1.2]<0> {{{big}}}\n"),
        format!("* 3 FETCH (UID 55 BODY[1.2]<0> {{{big}}}\n"),
        format!("* 3 FETCH (UID 6 BODY[1.2] {{{big}}}\n"),
        format!("* 3 FETCH (UID 55 BODY[1.2] {{{big}}}\n"),
    ] {
        let (mut session, task) = session(CAPS, move |mut peer| async move {
            peer.line().await;
            peer.say(&head).await;
            peer.bytes(&vec![b'x'; big]).await;
            peer.say(")\nS1 OK\n").await;
            peer.hears("S2 NOOP").await;
            peer.say("S2 OK\n").await;
        })
        .await;
        let (end, got) = bring(&mut session, 0, None).await;
        assert!(matches!(end, Err(ImapError::Protocol { .. })), "{end:?}");
        assert!(got.is_empty());
        session.noop().await.unwrap();
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_section_given_twice_is_taken_once() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.line().await;
        peer.say("* 3 FETCH (UID 5 BODY[1.2]<0> {3}\nabc BODY[1.2]<0> {3}\nxyz)\n").await;
        peer.say("* 3 FETCH (UID 5 BODY[1.2]<0> {3}\nxyz)\nS1 OK\n").await;
    })
    .await;
    let (end, got) = bring(&mut session, 0, None).await;
    assert_eq!((end.unwrap().bytes, got), (3, b"abc".to_vec()));
    task.await.unwrap();
}

#[tokio::test]
async fn a_link_lost_inside_a_part_is_an_error_and_what_came_can_be_gone_on_from() {
    let (mut session, _task) = session(CAPS, |mut peer| async move {
        peer.line().await;
        peer.say("* 3 FETCH (UID 5 BODY[1.2]<0> {1000}\nabc").await;
    })
    .await;
    let (end, got) = bring(&mut session, 0, None).await;
    assert!(matches!(end, Err(ImapError::Closed { .. })), "{end:?}");
    assert_eq!(got, b"abc");
}

#[tokio::test]
async fn a_section_that_is_none_is_not_sent() {
    let (mut session, _task) = session(CAPS, |_peer| async move {}).await;
    let mut chunk = |_: &[u8]| {};
    let uid = Uid::new(5).unwrap();
    for section in ["1]<0.9> BODY[2", "HEADER.FIELDS (A)", "1 2", "\r\n"] {
        let end = session.fetch_section(uid, section, 0, None, &mut chunk).await;
        assert!(matches!(end, Err(ImapError::Input { .. })), "{end:?}");
    }
    let end = session.fetch_section(uid, "1", 1 << 33, None, &mut chunk).await;
    assert!(matches!(end, Err(ImapError::Input { .. })), "{end:?}");
}

#[tokio::test]
async fn a_whole_section_that_is_too_large_is_not_kept_and_the_session_lives() {
    let limits = Limits { section: 300_000, ..Limits::default() };
    let options = OpenOptions { limits, ..OpenOptions::default() };
    // Larger than a refused literal may be, too.
    let serve = body(4_000_000);
    let (mut session, task) = session_with(options, CAPS, |mut peer| async move {
        peer.line().await;
        peer.say(&format!("* 3 FETCH (UID 5 BODY[1.2] {{{}}}\n", serve.len())).await;
        peer.bytes(&serve).await;
        peer.say(")\nS1 OK\n").await;
        peer.hears("S2 NOOP").await;
        peer.say("S2 OK\n").await;
    })
    .await;
    let (end, got) = bring(&mut session, 0, Some(PART as u64)).await;
    assert!(matches!(end, Err(ImapError::TooLarge { most: 300_000 })), "{end:?}");
    assert_eq!(got.len(), 300_000);
    session.noop().await.unwrap();
    task.await.unwrap();
}
