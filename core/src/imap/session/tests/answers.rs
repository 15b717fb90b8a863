//! What typed commands send and make of honest answers.

use super::*;
use crate::ids::{ModSeq, Uid};

fn uid(n: u32) -> Uid {
    Uid::new(n).unwrap()
}

#[tokio::test]
async fn a_mailbox_is_selected_and_its_news_are_collected() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 SELECT \"a b\" (CONDSTORE)").await;
        peer.say("* FLAGS (\\Seen)\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\n* 172 EXISTS\n* 1 RECENT\n").await;
        peer.say(
            "* OK [UIDVALIDITY 3857529045] x\n* OK [UIDNEXT 4392] x\n* OK [HIGHESTMODSEQ 715194045007] x\n",
        )
        .await;
        peer.say("* OK [MAILBOXID (F1)] x\nS1 OK [READ-ONLY] done\n").await;
        peer.hears("S2 NOOP").await;
        peer.say("* 173 EXISTS\n* 174 EXISTS\n* 3 EXPUNGE\n* 7 FETCH (FLAGS (\\Seen))\n* VANISHED 9\n").await;
        peer.say("* OK [ALERT] quota nearly full\n* OK Still here\nS2 OK\n").await;
    })
    .await;
    let selected = session.select("a b", true).await.unwrap();
    assert_eq!((selected.exists, selected.uidvalidity.0), (172, 3_857_529_045));
    assert_eq!((selected.uidnext, selected.highestmodseq), (Some(uid(4_392)), Some(ModSeq(715_194_045_007))));
    assert_eq!((selected.read_only, selected.mailbox_id.as_deref()), (true, Some("F1")));
    assert_eq!(selected.permanent_flags, ["\\Seen", "\\*"]);
    session.noop().await.unwrap();
    let news = session.take_unsolicited();
    assert_eq!(news.alerts[0].for_person(), "quota nearly full");
    let [News::Exists(174), News::Expunge(3), News::Flags(row), News::Vanished(gone)] = &news.news[..] else {
        panic!("{news:?}")
    };
    assert_eq!((row.seq, gone.to_string().as_str()), (7, "9"));
    assert!(session.take_unsolicited().is_empty());
    task.await.unwrap();
}

#[tokio::test]
async fn rows_come_one_by_one_and_only_those_asked_for() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 UID FETCH 100:* (UID FLAGS MODSEQ) (CHANGEDSINCE 50)").await;
        peer.say("* 1 FETCH (UID 99 FLAGS ())\n* 2 FETCH (UID 100 FLAGS (\\Seen) MODSEQ (60))\n").await;
        peer.say("* 5 FETCH (FLAGS (\\Deleted))\n* 3 FETCH (UID 101 FLAGS (\\Seen) MODSEQ (0))\n").await;
        peer.say("* 4 FETCH (RFC822.SIZE 5)\nS1 OK [HIGHESTMODSEQ 61] done\n").await;
    })
    .await;
    let mut rows = Vec::new();
    let set = FetchSet::UidsFrom(uid(100));
    let mut each = |row: FetchRow| rows.push(row.uid.unwrap().get());
    let end = session.fetch(&set, &FetchItems::flags_only(), Some(ModSeq(50)), &mut each).await.unwrap();
    assert_eq!(rows, [100, 101]);
    assert_eq!((end.rows, end.degraded, end.lost), (2, 1, 1));
    assert_eq!((end.highestmodseq, end.vanished), (Some(ModSeq(61)), None));
    assert_eq!(session.take_unsolicited().news.len(), 2);
    task.await.unwrap();
}

#[tokio::test]
async fn with_qresync_a_fetch_tells_what_vanished() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 ENABLE QRESYNC").await;
        peer.say("* ENABLED QRESYNC\nS1 OK\n").await;
        peer.hears("S2 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 7 VANISHED)").await;
        peer.say("* VANISHED (EARLIER) 3:5\n* VANISHED 9\n* VANISHED (EARLIER) 1:4294967295\nS2 OK\n").await;
    })
    .await;
    assert!(session.enable(&["QRESYNC"]).await.unwrap().has("QRESYNC"));
    let set = FetchSet::UidsFrom(uid(1));
    let end = session.fetch(&set, &FetchItems::flags_only(), Some(ModSeq(7)), &mut |_| {}).await.unwrap();
    assert_eq!(end.vanished.unwrap().to_string(), "1:4294967295");
    assert_eq!(session.take_unsolicited().news, [News::Vanished(uids("9"))]);
    task.await.unwrap();
}

#[tokio::test]
async fn searches_with_and_without_esearch() {
    let (mut one, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 UID SEARCH RETURN (ALL) SINCE 1-Feb-2026").await;
        peer.say("* ESEARCH (TAG \"S1\") UID ALL 5,7:9\nS1 OK\n").await;
        peer.hears("S2 UID SEARCH RETURN (ALL) ALL").await;
        peer.say("* ESEARCH (TAG \"S2\") UID\nS2 OK\n").await;
    })
    .await;
    assert_eq!(one.uid_search("SINCE 1-Feb-2026").await.unwrap(), uids("5,7:9"));
    assert!(one.uid_search("ALL").await.unwrap().is_empty());
    assert!(matches!(one.uid_search("ALL\r\nS9 DELETE INBOX").await, Err(ImapError::Input { .. })));
    task.await.unwrap();
    let (mut two, task) = session("IMAP4rev1", |mut peer| async move {
        peer.hears("S1 UID SEARCH ALL").await;
        let many: Vec<String> = (0..60_000).map(|n| (2 * n + 1).to_string()).collect();
        peer.say(&format!("* SEARCH {}\n* SEARCH 2\nS1 OK\n", many.join(" "))).await;
    })
    .await;
    let found = two.uid_search("ALL").await.unwrap();
    assert_eq!((found.len(), found.contains(uid(2)), found.max()), (60_001, true, Some(uid(119_999))));
    task.await.unwrap();
}

#[tokio::test]
async fn flags_copies_moves_and_expunges() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 UID STORE 3,5 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen $Junk)").await;
        peer.say("* 1 FETCH (UID 3 MODSEQ (14))\nS1 OK [MODIFIED 5] some\n").await;
        peer.hears("S2 UID STORE 3 -FLAGS.SILENT (\\Seen)").await;
        peer.say("S2 NO [MODIFIED 3] none\n").await;
        peer.hears("S3 UID COPY 1:3 {9+}").await;
        peer.hears("Entw\"\u{fc}rf").await;
        peer.say("S3 OK [COPYUID 9 1:3 11:13] done\n").await;
        peer.hears("S4 UID MOVE 4 Trash").await;
        peer.say("* OK [COPYUID 9 4 44] x\n* 4 EXPUNGE\nS4 OK\n").await;
        peer.hears("S5 UID MOVE 5 Trash").await;
        peer.say("S5 NO [TRYCREATE] no such mailbox\n").await;
        peer.hears("S6 UID EXPUNGE 7").await;
        peer.say("* 2 EXPUNGE\nS6 OK\n").await;
    })
    .await;
    let names = ["\\Seen".to_owned(), "$Junk".to_owned()];
    let end = session.store_flags(&uids("3,5"), FlagAction::Add, &names, Some(ModSeq(12))).await.unwrap();
    assert_eq!((end.modified, end.modseqs), (uids("5"), vec![(uid(3), ModSeq(14))]));
    let end = session.store_flags(&uids("3"), FlagAction::Remove, &names[..1], None).await.unwrap();
    assert_eq!(end.modified, uids("3"));
    let copied = session.copy(&uids("1:3"), "Entw\"\u{fc}rf").await.unwrap().unwrap();
    assert_eq!((copied.uidvalidity.0, copied.pairs.last()), (9, Some(&(uid(3), uid(13)))));
    assert_eq!(session.move_(&uids("4"), "Trash").await.unwrap().unwrap().pairs, [(uid(4), uid(44))]);
    let error = session.move_(&uids("5"), "Trash").await.unwrap_err();
    assert!(error.session_lives() && error.code() == Some("TRYCREATE"));
    session.uid_expunge(&uids("7")).await.unwrap();
    let bad = session.store_flags(&uids("1"), FlagAction::Add, &["a) (".to_owned()], None).await;
    assert!(matches!(bad, Err(ImapError::Input { .. })));
    // Nothing to do costs no command.
    assert_eq!(session.copy(&UidSet::new(), "x").await.unwrap(), None);
    task.await.unwrap();
}

#[tokio::test]
async fn what_a_server_lacks_is_said_before_it_is_asked() {
    let (mut session, task) = session("IMAP4rev1", |mut peer| async move {
        peer.hears("S1 SELECT x").await;
        peer.say("* 0 EXISTS\n* OK [UIDVALIDITY 1] x\nS1 OK\n").await;
    })
    .await;
    assert!(matches!(session.move_(&uids("4"), "T").await, Err(ImapError::Missing { capability: "MOVE" })));
    assert!(matches!(
        session.uid_expunge(&uids("4")).await,
        Err(ImapError::Missing { capability: "UIDPLUS" })
    ));
    assert!(matches!(session.enable(&["X"]).await, Err(ImapError::Missing { .. })));
    assert_eq!(session.select("x", true).await.unwrap().highestmodseq, None);
    task.await.unwrap();
}

#[tokio::test]
async fn an_append_waits_to_be_invited_where_it_must() {
    let (mut session, task) = session("IMAP4rev1 UIDPLUS", |mut peer| async move {
        peer.hears(r#"S1 APPEND Drafts (\Draft) "17-Jul-1996 09:44:25 +0000" {5}"#).await;
        peer.say("* OK wait\n+ go\n").await;
        assert_eq!(peer.exactly(7).await, b"a\r\nbc\r\n");
        peer.say("S1 OK [APPENDUID 38505 3955] done\n").await;
        peer.hears("S2 APPEND {2}").await;
        peer.say("+\n").await;
        peer.hears("ä {3}").await;
        peer.say("S2 NO [OVERQUOTA] full\n").await;
        peer.hears("S3 NOOP").await;
        peer.say("S3 OK\n").await;
    })
    .await;
    let draft = ["\\Draft".to_owned()];
    let at = session.append("Drafts", &draft, Some(837_596_665), b"a\r\nbc").await.unwrap().unwrap();
    assert_eq!((at.uidvalidity.0, at.uid), (38_505, uid(3_955)));
    let error = session.append("ä", &[], None, b"abc").await.unwrap_err();
    assert!(matches!(error, ImapError::No { what: "APPEND", .. }) && error.code() == Some("OVERQUOTA"));
    session.noop().await.unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn a_large_append_and_a_talkative_server_do_not_block_each_other() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        peer.hears("S1 APPEND x {300000+}").await;
        // Both directions are full now: the pipe holds 16 kB.
        for _ in 0..2_000 {
            peer.say("* OK Still receiving, be patient please\n").await;
        }
        peer.exactly(300_002).await;
        peer.say("S1 OK\n").await;
    })
    .await;
    assert_eq!(session.append("x", &[], None, &vec![b'x'; 300_000]).await.unwrap(), None);
    task.await.unwrap();
}

#[tokio::test]
async fn mailboxes_are_made_renamed_and_deleted_by_their_raw_name() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        for (want, answer) in [
            ("S1 CREATE Entw&APw-rfe", "S1 OK"),
            ("S2 CREATE x", "S2 NO [ALREADYEXISTS] there"),
            ("S3 RENAME a \"b c\"", "S3 OK"),
            ("S4 DELETE \"b c\"", "S4 OK"),
            ("S5 SUBSCRIBE a", "S5 OK"),
            ("S6 UNSUBSCRIBE a", "S6 OK"),
            ("S7 NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL\nS7 OK"),
            (
                "S8 STATUS inbox (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)",
                "* STATUS INBOX (MESSAGES 4)\nS8 OK",
            ),
            ("S9 LOGOUT", "* BYE\nS9 OK"),
        ] {
            peer.hears(want).await;
            peer.say(&format!("{answer}\n")).await;
        }
    })
    .await;
    session.create(encode_mailbox_name("Entwürfe")).await.unwrap();
    assert_eq!(session.create("x").await.unwrap_err().code(), Some("ALREADYEXISTS"));
    session.rename("a", "b c").await.unwrap();
    session.delete("b c").await.unwrap();
    session.subscribe("a", true).await.unwrap();
    session.subscribe("a", false).await.unwrap();
    assert_eq!(session.namespaces().await.unwrap().0[0].delimiter, Some('/'));
    assert_eq!(session.status("inbox").await.unwrap().messages, Some(4));
    session.logout().await.unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn long_uid_sets_are_cut_into_lines_servers_take() {
    let (mut session, task) = session(CAPS, |mut peer| async move {
        let mut pairs = 0;
        for n in 1..=3 {
            let line = peer.line().await;
            let set = line.split(' ').nth(3).unwrap().to_owned();
            assert!(line.len() < 8_000 && line.starts_with(&format!("S{n} UID COPY ")));
            let count = UidSet::parse(set.as_bytes(), 10_000).unwrap().len() as u32;
            peer.say(&format!("S{n} OK [COPYUID 1 {set} {}:{}]\n", pairs + 1, pairs + count)).await;
            pairs += count;
        }
    })
    .await;
    let many: UidSet = (0..2_000).map(|n| uid(1_000_000 + 2 * n)).collect();
    let copied = session.copy(&many, "x").await.unwrap().unwrap();
    assert_eq!((copied.pairs.len(), copied.pairs.last().unwrap().1), (2_000, uid(2_000)));
    task.await.unwrap();
}
