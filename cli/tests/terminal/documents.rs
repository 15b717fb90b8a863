//! The JSON that scripts rely on: names and shapes of every document, held by snapshots.

use crate::bench::{ANN, BEN, Home, Office, letter, rich_letter};
use serde_json::Value;

/// Values that differ from run to run, or that the core may better.
const UNSTEADY: &[&str] = &[
    "port",
    "turns",
    "bytes_up",
    "bytes_down",
    "duration_ms",
    "last_success",
    "last_attempt",
    "first_seen",
    "last_seen",
    "uidl",
    "path",
    "used",
    "database",
    "thread_id",
    "body_rows",
    "evictable",
];

fn steady(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if UNSTEADY.contains(&name.as_str()) && !value.is_null() {
                    *value = Value::from(format!("[{name}]"));
                } else {
                    steady(value);
                }
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(steady),
        _ => {}
    }
}

#[track_caller]
fn hold(name: &str, mut document: Value) {
    steady(&mut document);
    insta::assert_snapshot!(name, serde_json::to_string_pretty(&document).unwrap());
}

#[test]
fn the_documents_of_an_imap_account_keep_their_shape() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Hello"), 1);
    office.deliver(ANN, &rich_letter(), 2);
    hold("account_add", home.add(ANN, &office.imaps()).document());
    hold("sync", home.json(&["sync", "1"]).document());
    hold("account_list", home.json(&["account", "list"]).document());
    hold("account_set", home.json(&["account", "set", ANN, "window=30d", "bodies=unread"]).document());
    hold("account_show", home.json(&["account", "show", ANN]).document());
    hold("mailboxes", home.json(&["mailboxes", "1"]).document());
    let inbox = home.mailbox(ANN, "INBOX");
    hold("list", home.json(&["list", &inbox]).document());
    hold("list_threads", home.json(&["list", &inbox, "--threads"]).document());
    let plan = home.message(&inbox, "The plan");
    hold("attachment_list", home.json(&["attachment", "list", &plan]).document());
    hold("show", home.json(&["show", &plan]).document());
    hold("show_headers", home.json(&["show", &plan, "--headers"]).document());
    hold("attachment_get", home.json(&["attachment", "get", &plan, "2", "-o", "plan.txt"]).document());
    hold("flag", home.json(&["--offline", "flag", &plan, "+seen", "-flagged"]).document());
    hold("undo", home.json(&["--offline", "undo", "1"]).document());
    hold("mailbox_create", home.json(&["--offline", "mailbox", "create", "1", "Boat"]).document());
    hold("operations", home.json(&["operations"]).document());
    hold("search", home.json(&["search", "from:carla", "see"]).document());
    hold("status", home.json(&["status"]).document());
    hold("storage", home.json(&["storage"]).document());
    hold("sync_all", home.json(&["sync"]).document());
    hold("account_remove", home.json(&["account", "remove", "1"]).document());
}

#[test]
fn the_documents_of_a_pop_account_keep_their_shape() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(BEN, &letter("Hello"), 1);
    hold("pop_account_add", home.add(BEN, &office.pops()).document());
    hold("pop_sync", home.json(&["sync", BEN]).document());
    hold("pop_state", home.json(&["pop", "state", BEN]).document());
    hold("pop_mailboxes", home.json(&["mailboxes", BEN]).document());
}

#[test]
fn a_page_says_where_the_next_one_begins() {
    let home = Home::new();
    let office = Office::open(&home);
    for n in 0..5 {
        office.deliver(ANN, &letter(&format!("Letter {}", "x".repeat(n))), n as i64);
    }
    home.add(ANN, &office.imaps()).well();
    home.json(&["sync", "1"]).well();
    let inbox = home.mailbox(ANN, "INBOX");
    let mut seen = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let mut words = vec!["list", inbox.as_str(), "--limit", "2"];
        words.extend(before.iter().flat_map(|cursor| ["--before", cursor.as_str()]));
        let page = home.json(&words).document();
        seen.extend(page["messages"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => before = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
    assert_eq!(home.json(&["list", &inbox, "--before", "yesterday"]).code, 2);
}
