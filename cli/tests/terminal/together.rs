//! Several processes on one home: a running `watch` does what others ask, and nobody is in anybody's way.

use crate::bench::{ANN, BEN, Home, Office, PASSWORD, letter, rich_letter, wait_for};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

fn with_mail() -> (Home, Office, String) {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Hello"), 1);
    office.deliver(ANN, &rich_letter(), 2);
    home.add(ANN, &office.imaps()).well();
    home.json(&["sync", ANN]).well();
    let inbox = home.mailbox(ANN, "INBOX");
    (home, office, inbox)
}

#[test]
fn a_running_watch_does_the_commands_of_others_and_tells_the_server_at_once() {
    let (home, office, inbox) = with_mail();
    let watch = home.watch(&[]);
    watch.hear("synced");
    let hello = home.message(&inbox, "Hello");
    let done = home.json(&["flag", &hello, "+flagged"]).document();
    assert_eq!(done["operations"][0]["kind"], "flag");
    wait_for("the flag", || office.has_flag("INBOX", "Hello", "\\Flagged"));
    let operation = watch.hear("operation");
    assert_eq!(operation["operation"], done["operations"][0]["id"]);
    assert!(operation["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{operation}");
    // Errors come back with their code and words.
    let ran = home.run(&["flag", "99", "+seen"]);
    assert_eq!((ran.code, ran.err.lines().count()), (7, 1), "{}", ran.err);
    assert_eq!(home.json(&["sync", "nobody"]).code, 7);
    // What has to be fetched is fetched there, byte by byte.
    let plan = home.message(&inbox, "The plan");
    assert_eq!(
        home.run(&["show", &plan, "--raw"]).well().bytes,
        rich_letter().replace('\n', "\r\n").into_bytes()
    );
    home.run(&["attachment", "get", &plan, "2", "-o", "saved.txt"]).well();
    assert!(home.folder.path().join("saved.txt").exists(), "paths are the asker's");
    assert_eq!(home.json(&["sync"]).document()[0]["account"], 1);
    assert_eq!(watch.end(), 0);
    assert!(!home.path().join("engine.sock").exists());
    home.run(&["sync"]).well();
}

#[test]
fn new_mail_comes_by_itself_and_network_down_and_up_are_obeyed() {
    let (home, office, inbox) = with_mail();
    let watch = home.watch(&[]);
    watch.hear("synced");
    home.run(&["network", "down"]).well();
    let hello = home.message(&inbox, "Hello");
    home.run(&["flag", &hello, "+answered"]).well();
    office.deliver(ANN, &letter("While away"), 3);
    assert_eq!(home.json(&["status"]).document()[0]["connection"], "offline");
    assert_eq!(home.run(&["sync"]).code, 9);
    std::thread::sleep(Duration::from_millis(300));
    assert!(!office.has_flag("INBOX", "Hello", "\\Answered"));
    let reports = home.json(&["network", "up"]).document();
    assert_eq!((&reports[0]["new"], &reports[0]["operations_done"]), (&1.into(), &1.into()));
    assert!(office.has_flag("INBOX", "Hello", "\\Answered"));
    home.message(&inbox, "While away");
    assert_eq!(home.json(&["status"]).document()[0]["connection"], "ok");
    home.run(&["network", "metered"]).well();
    assert_eq!(watch.end(), 0);
    assert_eq!(home.run(&["network", "up"]).code, 7);
}

#[test]
fn an_account_is_added_through_a_running_watch_and_its_password_with_it() {
    let (home, office, _) = with_mail();
    office.deliver(BEN, &letter("For Ben"), 1);
    let watch = home.watch(&[]);
    watch.hear("synced");
    let socket = std::fs::metadata(home.path().join("engine.sock")).unwrap();
    assert_eq!(socket.permissions().mode() & 0o777, 0o600);
    assert_eq!(home.with_password(&Home::add_words(BEN, &office.pops()), "wrong").code, 3);
    home.add(BEN, &office.pops()).well();
    wait_for("Ben's mail", || home.json(&["pop", "state", BEN]).document()[0]["state"] == "stored");
    // A password that is put elsewhere would not be found by the watch.
    let url = office.imaps();
    let words = [
        "--credential-store",
        "keyring",
        "account",
        "add",
        BEN,
        "--incoming",
        &url,
        "--ca",
        "ca.pem",
        "--password-stdin",
    ];
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_satchel"));
    command.current_dir(home.folder.path()).args(["--home", "home"]).args(words);
    command.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("--credential-store file"), "{err}");
    // The name of a variable is no password where the watch does not have the variable.
    let mut command = home.command(&[
        "account",
        "add",
        BEN,
        "--incoming",
        &url,
        "--ca",
        "ca.pem",
        "--password-env",
        "BENS",
    ]);
    let output = command.env("BENS", PASSWORD).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("BENS is not set where the running watch"), "{err}");
    watch.end();
}

#[test]
fn a_socket_of_a_watch_that_was_killed_is_in_nobodys_way() {
    let (home, _office, inbox) = with_mail();
    home.watch(&[]).kill();
    assert!(home.path().join("engine.sock").exists(), "the test needs a stale socket");
    let hello = home.message(&inbox, "Hello");
    home.run(&["flag", &hello, "+seen"]).well();
    assert_eq!(home.run(&["network", "up"]).code, 7);
    let watch = home.watch(&[]);
    home.run(&["flag", &hello, "-seen"]).well();
    assert_eq!(watch.end(), 0);
}

#[test]
fn a_second_watch_is_refused_and_the_first_goes_on() {
    let (home, _office, _) = with_mail();
    let watch = home.watch(&[]);
    assert_eq!(home.run(&["watch"]).code, 8);
    home.run(&["network", "metered"]).well();
    assert_eq!(watch.end(), 0);
    assert_eq!(home.run(&["watch", "--seconds", "0.2"]).code, 0);
}

#[test]
fn several_processes_at_once_wait_for_each_other_and_lose_nothing() {
    let (home, _office, inbox) = with_mail();
    let hello = home.message(&inbox, "Hello");
    let keywords = ["one", "two", "three", "four"];
    let children: Vec<_> = keywords
        .iter()
        .map(|word| home.command(&["flag", &hello, &format!("+{word}")]).spawn().unwrap())
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let page = home.json(&["list", &inbox]).document();
    let row = page["messages"].as_array().unwrap().iter().find(|row| row["subject"] == "Hello").unwrap();
    for word in keywords {
        assert!(row["flags"].as_array().unwrap().iter().any(|flag| flag == word), "{row}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_home_with_a_long_path_has_a_socket_too() {
    let home = Home::at(&format!("{}/home", "x".repeat(150)));
    let office = Office::open(&home);
    home.add(ANN, &office.imaps()).well();
    let watch = home.watch(&[]);
    watch.hear("synced");
    home.run(&["network", "metered"]).well();
    assert_eq!(watch.end(), 0);
    assert!(!home.path().join("engine.sock").exists());
}
