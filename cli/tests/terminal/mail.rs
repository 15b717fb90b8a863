//! What a person does to mail: done here at once, on the server with the next sync, also without a network between.

use crate::bench::{ANN, BEN, Home, Office, letter, rich_letter};
use serde_json::json;

fn synced(home: &Home, office: &Office) -> String {
    home.add(ANN, &office.imaps()).well();
    home.json(&["sync", ANN]).well();
    home.mailbox(ANN, "INBOX")
}

#[test]
fn flag_and_move_without_a_network_reach_the_server_with_the_next_sync() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Keep"), 1);
    office.deliver(ANN, &letter("Move me"), 2);
    let inbox = synced(&home, &office);
    let (keep, moved) = (home.message(&inbox, "Keep"), home.message(&inbox, "Move me"));
    let projects = home.mailbox(ANN, "Projects");
    home.run(&["--offline", "flag", &keep, "+seen", "+work", "-flagged"]).well();
    home.run(&["--offline", "move", &moved, &projects]).well();
    assert_eq!(home.message(&projects, "Move me"), moved, "the id stays");
    assert!(!office.has_flag("INBOX", "Keep", "\\Seen"));
    assert_eq!(office.count("Projects"), 0);
    let report = home.json(&["sync", ANN]).document();
    assert_eq!(report["operations_done"], 2);
    assert!(office.has_flag("INBOX", "Keep", "\\Seen") && office.has_flag("INBOX", "Keep", "work"));
    assert_eq!((office.count("INBOX"), office.count("Projects")), (1, 1));
    assert_eq!(home.json(&["sync", ANN]).document()["operations_done"], 0);
}

#[test]
fn archive_copy_delete_and_undo_do_what_they_say() {
    let home = Home::new();
    let office = Office::open(&home);
    for subject in ["One", "Three", "Twelve"] {
        office.deliver(ANN, &letter(subject), subject.len() as i64);
    }
    let inbox = synced(&home, &office);
    let id = |subject| home.message(&inbox, subject);
    let (one, three, twelve) = (id("One"), id("Three"), id("Twelve"));
    let projects = home.mailbox(ANN, "Projects");
    home.run(&["archive", &one]).well();
    home.run(&["copy", &three, &projects]).well();
    let deleted = home.json(&["delete", &twelve]).document();
    home.run(&["undo", &deleted["operations"][0]["id"].to_string()]).well();
    home.json(&["sync"]).well();
    assert_eq!(office.count("INBOX"), 2);
    assert_eq!((office.count("Archive"), office.count("Projects"), office.count("Trash")), (1, 1, 0));
    home.run(&["delete", &twelve]).well();
    home.json(&["sync"]).well();
    assert_eq!((office.count("INBOX"), office.count("Trash")), (1, 1));
}

#[test]
fn mailboxes_are_made_renamed_and_deleted() {
    let home = Home::new();
    let office = Office::open(&home);
    synced(&home, &office);
    let made = home.json(&["mailbox", "create", ANN, "Boat"]).document()["mailbox"]["id"].to_string();
    home.json(&["sync"]).well();
    home.run(&["mailbox", "rename", &made, "Ship"]).well();
    home.json(&["sync"]).well();
    let names =
        || office.post.snapshot(ANN).unwrap().mailboxes.into_iter().map(|m| m.name).collect::<Vec<_>>();
    assert!(names().contains(&"Ship".to_owned()) && !names().contains(&"Boat".to_owned()), "{:?}", names());
    home.run(&["mailbox", "delete", &made]).well();
    home.json(&["sync"]).well();
    assert!(!names().contains(&"Ship".to_owned()));
    let local = home.json(&["mailbox", "create", ANN, "Here", "--local"]).document();
    assert_eq!(local["mailbox"]["kind"], "local");
    home.json(&["sync"]).well();
    assert!(!names().contains(&"Here".to_owned()));
}

#[test]
fn raw_gives_the_exact_bytes_and_an_attachment_a_whole_file() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &rich_letter(), 1);
    let inbox = synced(&home, &office);
    let plan = home.message(&inbox, "The plan");
    let parts = home.json(&["attachment", "list", &plan]).document();
    assert_eq!(parts[0]["present"], false);
    assert_eq!(parts[0]["safe_name"], "plan.txt");
    let section = parts[0]["section"].as_str().unwrap();
    home.run(&["attachment", "get", &plan, section, "-o", "saved.txt"]).well();
    let saved = std::fs::read_to_string(home.folder.path().join("saved.txt")).unwrap();
    assert!(
        saved.starts_with("row 0\r\n") && saved.trim_end().ends_with("row 19999"),
        "{} bytes",
        saved.len()
    );
    assert_eq!(
        home.run(&["show", &plan, "--raw"]).well().bytes,
        rich_letter().replace('\n', "\r\n").into_bytes()
    );
    // All of it is here now: it opens without a network.
    let shown = home.run(&["--offline", "show", &plan]).well().out;
    assert!(shown.contains("The plan is attached.") && shown.contains("held back"), "{shown}");
    let html = home.run(&["--offline", "show", &plan, "--html"]).well().out;
    assert!(
        html.contains("<b>plan</b>") && !html.contains("script") && !html.contains("track.example.com"),
        "{html}"
    );
}

#[test]
fn a_body_that_is_not_here_is_said_to_be_missing_when_offline() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Hello"), 1);
    let inbox = synced(&home, &office);
    let id = home.message(&inbox, "Hello");
    for words in
        [vec!["--offline", "show", &id], vec!["--offline", "show", &id, "--raw"], vec!["--offline", "sync"]]
    {
        assert_eq!(home.run(&words).code, 9, "{words:?}");
    }
    assert!(home.run(&["show", &id, "--text"]).well().out.contains("see you there"));
    assert_eq!(home.json(&["list", &inbox]).document()["messages"][0]["body"], json!("present"));
    home.run(&["--offline", "show", &id]).well();
}

#[test]
fn pop_mail_is_whole_here_and_stays_on_the_server() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(BEN, &letter("Hello"), 1);
    home.add(BEN, &office.pops()).well();
    home.json(&["sync", BEN]).well();
    let inbox = home.mailbox(BEN, "Inbox");
    let id = home.message(&inbox, "Hello");
    home.run(&["--offline", "show", &id]).well();
    assert_eq!(home.json(&["pop", "state", BEN]).document()[0]["state"], "stored");
    assert_eq!(office.post.snapshot(BEN).unwrap().mailbox("INBOX").unwrap().messages.len(), 1);
    assert_eq!(home.json(&["sync", BEN]).document()["new"], 0);
}

#[test]
fn an_account_whose_mail_is_only_here_is_not_removed_by_accident() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(BEN, &letter("Hello"), 1);
    home.add(BEN, &office.pops()).well();
    home.json(&["sync", BEN]).well();
    // Another client empties the maildrop: what is here is the only copy.
    office.post.expunge(BEN, "INBOX", 1).unwrap();
    home.json(&["sync", BEN]).well();
    let refused = home.run(&["account", "remove", BEN]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--discard-sole-copies"), "{}", refused.err);
    home.run(&["account", "remove", BEN, "--discard-sole-copies"]).well();
    assert_eq!(home.json(&["account", "list"]).document(), json!([]));
}
