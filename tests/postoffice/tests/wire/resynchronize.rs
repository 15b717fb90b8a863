//! CONDSTORE and QRESYNC (RFC 7162).

use satchel_postoffice::Features;

use crate::client::{Client, office, with};

#[tokio::test(start_paused = true)]
async fn a_client_that_was_away_learns_only_what_changed() {
    let office = office(Features::rich());
    office.set_flags("bob", "INBOX", 1, ["\\Seen"]).unwrap();
    office.expunge("bob", "INBOX", 2).unwrap();
    office.deliver("bob", "INBOX", "new", [""; 0], 0).unwrap();
    let mut client = Client::imap(&office).await;
    assert!(client.say("SELECT INBOX (QRESYNC (1700000001 4))").await[0].starts_with("BAD"));
    assert_eq!(client.ok("ENABLE QRESYNC CONDSTORE").await, ["* ENABLED QRESYNC"]);
    let lines = client.ok("SELECT INBOX (QRESYNC (1700000001 4 1:3))").await;
    let tail: Vec<&str> =
        lines.iter().map(String::as_str).skip_while(|line| !line.contains("VANISHED")).collect();
    assert_eq!(tail, ["* VANISHED (EARLIER) 2", "* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent) MODSEQ (5))",]);
    let all = client.ok("SELECT INBOX (QRESYNC (1700000001 4))").await;
    assert_eq!(with(&all, "* 3 FETCH").len(), 1, "without known UIDs new mail is told too");
    let known = client.ok("SELECT INBOX (QRESYNC (1700000001 6))").await;
    assert!(with(&known, "VANISHED").is_empty(), "the expunge of MODSEQ 6 is known: {known:?}");
    let other = client.ok("SELECT INBOX (QRESYNC (7 1))").await;
    assert!(with(&other, "VANISHED").is_empty() && with(&other, "FETCH").is_empty());
    let matched = client.ok("SELECT INBOX (QRESYNC (1700000001 4 1:3 (1,2 1,2)))").await;
    assert_eq!(with(&matched, "VANISHED").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn changedsince_and_vanished_narrow_a_fetch() {
    let office = office(Features::rich());
    office.expunge("bob", "INBOX", 2).unwrap();
    office.set_flags("bob", "INBOX", 3, ["\\Flagged"]).unwrap();
    let mut client = Client::imap(&office).await;
    client.ok("ENABLE QRESYNC").await;
    client.ok("SELECT INBOX").await;
    assert_eq!(
        client.ok("UID FETCH 1:* (FLAGS) (CHANGEDSINCE 4 VANISHED)").await,
        ["* VANISHED (EARLIER) 2", "* 2 FETCH (UID 3 FLAGS (\\Flagged \\Recent) MODSEQ (6))"]
    );
    assert!(client.say("FETCH 1:* (FLAGS) (CHANGEDSINCE 4 VANISHED)").await[0].starts_with("BAD"));
    assert!(client.ok("FETCH 1:* (FLAGS) (CHANGEDSINCE 6)").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_conditional_store_names_what_was_modified() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    office.set_flags("bob", "INBOX", 2, ["\\Seen"]).unwrap();
    let lines = client.say("UID STORE 1:3 (UNCHANGEDSINCE 4) +FLAGS.SILENT (\\Flagged)").await;
    assert!(lines.last().unwrap().starts_with("OK [MODIFIED 2]"), "{lines:?}");
    // The change of another is told as well, now that the client needs it.
    assert!(lines.contains(&"* 2 FETCH (FLAGS (\\Seen \\Recent) MODSEQ (5))".to_owned()), "{lines:?}");
    assert_eq!(with(&lines, "UID 1 FLAGS (\\Flagged \\Recent) MODSEQ (6)").len(), 1, "{lines:?}");
    let snapshot = office.snapshot("bob").unwrap();
    assert!(!snapshot.mailbox("INBOX").unwrap().message(2).unwrap().flags.has("\\Flagged"));
}

#[tokio::test(start_paused = true)]
async fn expunges_are_vanished_once_qresync_is_on() {
    let office = office(Features::rich());
    let mut client = Client::imap(&office).await;
    client.ok("ENABLE QRESYNC").await;
    client.ok("SELECT INBOX").await;
    client.ok("STORE 1:2 +FLAGS.SILENT (\\Deleted)").await;
    let lines = client.say("EXPUNGE").await;
    assert_eq!(lines, ["* VANISHED 1:2", "OK [HIGHESTMODSEQ 6] Expunge completed."]);
    assert_eq!(client.ok("UID STORE 3 +FLAGS.SILENT (\\Seen)").await, ["* 1 FETCH (UID 3 MODSEQ (7))"]);
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_without_modseqs_says_so() {
    let office = office(Features::rich());
    office.set_nomodseq("bob", "INBOX", true).unwrap();
    let mut client = Client::imap(&office).await;
    client.ok("ENABLE QRESYNC").await;
    let lines = client.ok("SELECT INBOX (QRESYNC (1700000001 1))").await;
    assert_eq!(with(&lines, "MODSEQ"), ["* OK [NOMODSEQ] No permanent mod-sequences"]);
    assert!(client.say("FETCH 1 MODSEQ").await[0].starts_with("BAD"));
    assert!(client.say("SEARCH MODSEQ 1").await[0].starts_with("BAD"));
}

#[tokio::test(start_paused = true)]
async fn modseqs_can_go_backwards_as_after_a_restored_backup() {
    let office = office(Features::rich());
    for _ in 0..10 {
        office.set_flags("bob", "INBOX", 1, ["\\Seen"]).unwrap();
    }
    let mut client = Client::inbox(&office).await;
    office.reset_modseq("bob", "INBOX", 3).unwrap();
    assert_eq!(
        client.ok("STATUS INBOX (HIGHESTMODSEQ)").await.last().unwrap(),
        "* 3 FETCH (FLAGS (\\Recent) MODSEQ (3))"
    );
    assert_eq!(with(&client.ok("SELECT INBOX").await, "HIGHESTMODSEQ"), ["* OK [HIGHESTMODSEQ 3] Highest"]);
}
