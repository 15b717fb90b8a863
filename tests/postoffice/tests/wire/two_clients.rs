//! Two clients on one mailbox: who is told what, and when.

use std::time::Duration;

use satchel_postoffice::Features;

use crate::client::{Client, mail, office};

#[tokio::test(start_paused = true)]
async fn changes_reach_the_other_client_at_its_next_command() {
    let office = office(Features::rich());
    let mut one = Client::inbox(&office).await;
    let mut two = Client::inbox(&office).await;
    one.ok("STORE 2 +FLAGS (\\Flagged)").await;
    one.ok("STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    one.ok("EXPUNGE").await;
    office.deliver_now("bob", mail("four", "x")).unwrap();
    // During FETCH no expunge may be told: numbers stay as they are.
    assert_eq!(
        two.say("FETCH 2 UID").await,
        [
            "* 2 FETCH (UID 2)",
            "* 4 EXISTS",
            "* 0 RECENT",
            "* 2 FETCH (FLAGS (\\Flagged))",
            "OK [EXPUNGEISSUED] Some messages are gone already.",
        ]
        .map(str::to_owned)
        .into_iter()
        .map(|line| line.replace("* 0 RECENT", "* 1 RECENT"))
        .collect::<Vec<_>>()
    );
    assert!(two.say("FETCH 1 FLAGS").await[0].starts_with("OK [EXPUNGEISSUED]"));
    assert_eq!(two.ok("NOOP").await, ["* 1 EXPUNGE"]);
    assert_eq!(
        two.ok("FETCH 1:* UID").await,
        ["* 1 FETCH (UID 2)", "* 2 FETCH (UID 3)", "* 3 FETCH (UID 4)"]
    );
    assert_eq!(one.ok("NOOP").await, ["* 3 EXISTS", "* 0 RECENT"].map(|line| line.replace("0 R", "2 R")));
}

#[tokio::test(start_paused = true)]
async fn a_silent_store_still_tells_what_another_client_changed() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    office.set_flags("bob", "INBOX", 2, ["\\Flagged"]).unwrap();
    assert_eq!(
        client.ok("STORE 1:2 +FLAGS.SILENT (\\Seen)").await,
        ["* 2 FETCH (FLAGS (\\Flagged \\Seen \\Recent))"]
    );
}

#[tokio::test(start_paused = true)]
async fn idle_pushes_at_once_and_ends_with_done() {
    let office = office(Features { still_here: Some(Duration::from_mins(2)), ..Features::rich() });
    let mut idle = Client::inbox(&office).await;
    idle.send("i IDLE\r\n").await;
    assert_eq!(idle.line().await.unwrap(), "+ idling");
    office.deliver_now("bob", mail("four", "x")).unwrap();
    assert_eq!(idle.line().await.unwrap(), "* 4 EXISTS");
    assert_eq!(idle.line().await.unwrap(), "* 4 RECENT");
    office.set_flags("bob", "INBOX", 2, ["\\Seen"]).unwrap();
    assert_eq!(idle.line().await.unwrap(), "* 2 FETCH (FLAGS (\\Seen \\Recent))");
    office.move_message("bob", "INBOX", 1, "INBOX").unwrap();
    assert_eq!(idle.line().await.unwrap(), "* 1 EXPUNGE");
    idle.until("* 4 RECENT").await;
    let start = tokio::time::Instant::now();
    assert_eq!(idle.line().await.unwrap(), "* OK Still here");
    assert_eq!(start.elapsed(), Duration::from_mins(2));
    idle.send("DONE\r\n").await;
    assert_eq!(idle.line().await.unwrap(), "i OK Idle completed.");
    idle.send("j IDLE\r\nNONSENSE\r\n").await;
    idle.line().await;
    assert!(idle.line().await.unwrap().starts_with("j BAD"));
}

#[tokio::test(start_paused = true)]
async fn a_new_uidvalidity_ends_the_sessions_that_relied_on_the_old_one() {
    for renumber in [false, true] {
        let office = office(Features::rich());
        office.expunge("bob", "INBOX", 1).unwrap();
        let mut client = Client::inbox(&office).await;
        let validity = office.change_uidvalidity("bob", "INBOX", renumber).unwrap();
        client.send("a NOOP\r\n").await;
        assert!(client.rest().await.contains("* BYE"));
        let mut client = Client::imap(&office).await;
        let lines = client.ok("SELECT INBOX").await;
        assert!(lines.contains(&format!("* OK [UIDVALIDITY {validity}] UIDs valid")));
        let uids = office.snapshot("bob").unwrap().mailbox("INBOX").unwrap().uids();
        assert_eq!(uids, if renumber { vec![1, 2] } else { vec![2, 3] });
    }
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_deleted_or_renamed_under_a_session() {
    let office = office(Features::rich());
    office.create_mailbox("bob", "x", None).unwrap();
    let mut client = Client::imap(&office).await;
    client.ok("SELECT x").await;
    office.rename("bob", "x", "y").unwrap();
    office.deliver("bob", "y", "mail", [""; 0], 0).unwrap();
    assert_eq!(client.ok("NOOP").await[0], "* 1 EXISTS");
    office.delete_mailbox("bob", "y").unwrap();
    client.send("a FETCH 1 FLAGS\r\n").await;
    let rest = client.rest().await;
    assert!(rest.starts_with("a NO") && rest.contains("* BYE"), "{rest}");
}

#[tokio::test(start_paused = true)]
async fn pop_and_imap_share_the_inbox() {
    let office = office(Features::rich());
    let mut imap = Client::inbox(&office).await;
    let mut pop = Client::greeted(&office, satchel_postoffice::Protocol::Pop).await;
    pop.ask("USER bob").await;
    pop.ask("PASS secret").await;
    imap.ok("STORE 3 +FLAGS.SILENT (\\Deleted)").await;
    imap.ok("EXPUNGE").await;
    // The session still counts what it saw at login.
    assert!(pop.ask("STAT").await.starts_with("+OK 3 "));
    pop.ask("DELE 1").await;
    pop.ask("DELE 3").await;
    pop.ask("QUIT").await;
    assert_eq!(imap.ok("NOOP").await, ["* 1 EXPUNGE"]);
}
