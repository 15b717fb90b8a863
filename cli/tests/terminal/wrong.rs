//! Everything that goes wrong: the exit code of its class, one line for people, one document for programs.

use crate::bench::{ANN, Home, Office, PASSWORD, Ran, letter};
use satchel_core::client::{RealParts, open_home};
use satchel_core::credentials::MemoryStore;
use satchel_core::ports::EventSink;
use satchel_postoffice::{Certificate, Extension, Fault, Features, When};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

/// One line that names the reason, nothing on standard output.
#[track_caller]
fn sentence(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    assert_eq!(ran.out, "");
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.starts_with("satchel: "), "{}", ran.err);
    for word in words {
        assert!(ran.err.contains(word), "{word}: {}", ran.err);
    }
}

/// One document with this kind, nothing on standard error.
#[track_caller]
fn document(ran: &Ran, code: i32, kind: &str) -> serde_json::Value {
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    assert_eq!(ran.err, "");
    let mut value = ran.json();
    assert_eq!(value["error"]["kind"], kind, "{value}");
    assert!(value["error"]["message"].as_str().is_some_and(|m| !m.is_empty()), "{value}");
    value["error"].take()
}

/// Adding an account at this URL fails both ways, and nothing is kept.
#[track_caller]
fn refused(
    home: &Home,
    url: &str,
    password: &str,
    code: i32,
    kind: &str,
    words: &[&str],
) -> serde_json::Value {
    let json = Home::add_words(ANN, url);
    let plain: Vec<_> = json.iter().copied().filter(|word| *word != "--json").collect();
    sentence(&home.with_password(&plain, password), code, words);
    let value = document(&home.with_password(&json, password), code, kind);
    assert_eq!(home.json(&["account", "list"]).document(), serde_json::json!([]));
    let kept = std::fs::read_to_string(home.path().join("credentials.json")).unwrap_or_default();
    assert!(!kept.contains(password), "the password of a refused account is kept");
    value
}

#[test]
fn a_wrong_password_is_3_and_the_server_s_words_are_shown() {
    let home = Home::new();
    let office = Office::open(&home);
    let said = refused(
        &home,
        &office.imaps(),
        "wrong",
        3,
        "authentication",
        &["localhost", "password", "the server says"],
    );
    assert_eq!(said["host"], "localhost");
    assert!(said["server_text"].as_str().is_some_and(|words| !words.is_empty()), "{said}");
    refused(&home, &office.pops(), "wrong", 3, "authentication", &["localhost", "password"]);
}

#[test]
fn an_unknown_host_and_a_refused_port_are_4() {
    let home = Home::new();
    let _office = Office::open(&home);
    refused(&home, "imaps://mail.invalid", PASSWORD, 4, "network", &["mail.invalid", "not known"]);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for scheme in ["imaps", "imap", "pop3s", "pop3"] {
        let url = format!("{scheme}://localhost:{free}");
        refused(&home, &url, PASSWORD, 4, "network", &["localhost", &free.to_string(), "try again"]);
    }
}

#[test]
fn a_server_that_closes_in_the_middle_is_4_and_a_later_sync_goes_on() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Hello"), 1);
    home.add(ANN, &office.imaps()).well();
    office.post.inject(When::imap().verb("FETCH"), Fault::CutAnswer(40));
    sentence(&home.run(&["sync", ANN]), 4, &["localhost"]);
    office.post.clear_faults();
    assert_eq!(home.json(&["sync", ANN]).document()["new"], 1);
}

#[test]
fn a_plaintext_only_server_is_5_and_hears_nothing_of_the_password() {
    let home = Home::new();
    let mut features = Features::rich();
    features.starttls = false;
    features.pop.stls = false;
    let office = Office::open_as(&home, features, Certificate::Good);
    let ports = &office.listening;
    for url in [format!("imap://localhost:{}", ports.imap), format!("pop3://localhost:{}", ports.pop)] {
        let said = refused(&home, &url, PASSWORD, 5, "tls", &["not safe", "nothing was sent"]);
        assert_eq!(said["problem"], "start_tls_missing");
    }
    let logins = ["LOGIN", "AUTHENTICATE", "USER", "PASS", "AUTH"];
    assert!(office.post.log().iter().all(|entry| !logins.contains(&entry.verb.as_str())));
    // The person may want it so, for this account.
    home.add(ANN, &format!("imap://localhost:{}?insecure", ports.imap)).well();
}

#[test]
fn an_expired_a_foreign_and_another_host_s_certificate_are_5() {
    let table = [
        (Certificate::Expired, "expired", "out of date"),
        (Certificate::NotYetValid, "expired", "not valid yet"),
        (Certificate::ForeignCa, "unknown_issuer", "--pin"),
        (Certificate::SelfSigned, "unknown_issuer", "--pin"),
        (Certificate::WrongHost, "wrong_host", "another host"),
        (Certificate::WrongUsage, "unusable", "not meant for servers"),
    ];
    for (certificate, problem, words) in table {
        let home = Home::new();
        let office = Office::open_as(&home, Features::rich(), certificate);
        let said = refused(&home, &office.imaps(), PASSWORD, 5, "tls", &["not safe", words]);
        assert_eq!(said["problem"], problem, "{certificate:?}");
        assert_eq!(said["sha256"].as_str().map(str::len), Some(64), "{said}");
    }
}

#[test]
fn the_sha256_of_an_error_makes_a_pin() {
    let home = Home::new();
    let office = Office::open_as(&home, Features::rich(), Certificate::SelfSigned);
    let url = office.imaps();
    let said = refused(&home, &url, PASSWORD, 5, "tls", &[]);
    let pin = said["sha256"].as_str().unwrap();
    let words = ["account", "add", ANN, "--incoming", &url, "--password-stdin", "--pin", pin];
    home.with_password(&words, PASSWORD).well();
    home.json(&["sync", ANN]).well();
}

#[test]
fn a_server_that_says_no_is_6() {
    let home = Home::new();
    let office = Office::open_as(&home, Features::rich().without(Extension::ListStatus), Certificate::Good);
    home.add(ANN, &office.imaps()).well();
    office
        .post
        .inject(When::imap().verb("LIST"), Fault::No("NOPERM".into(), "closed \u{1b}[31mtoday".into()));
    sentence(&home.run(&["sync", ANN]), 6, &["refused", "closed [31mtoday"]);
    let said = document(&home.json(&["sync", ANN]), 6, "server_rejected");
    assert_eq!(said["code"], "NOPERM");
}

#[test]
fn what_is_not_there_is_7() {
    let home = Home::new();
    sentence(&home.run(&["list", "1"]), 7, &["no mail store", "satchel account add"]);
    sentence(&home.run(&["sync"]), 7, &["no mail store"]);
    assert!(!home.path().exists(), "looking makes no home");
    let office = Office::open(&home);
    home.add(ANN, &office.imaps()).well();
    let table: [&[&str]; 10] = [
        &["sync", "nobody@example.org"],
        &["mailboxes", "99"],
        &["list", "99"],
        &["show", "99"],
        &["flag", "99", "+seen"],
        &["move", "99", "1"],
        &["undo", "99"],
        &["attachment", "list", "99"],
        &["network", "up"],
        &["sync", ANN, "--mailbox", "Nowhere"],
    ];
    for words in table {
        sentence(&home.run(words), 7, &[]);
        document(&home.json(words), 7, "not_found");
    }
}

#[test]
fn usage_that_cannot_be_is_2() {
    let home = Home::new();
    let office = Office::open(&home);
    home.add(ANN, &office.imaps()).well();
    let table: [(&[&str], &str); 16] = [
        (&["discover", ANN], "later version"),
        (&["compose"], "later version"),
        (&["account", "login", ANN], "later version"),
        (&["storage", "budget", "1GB"], "later version"),
        (&["search", "hello", "--server"], "later version"),
        (&["account", "set", ANN, "budget=1GB"], "later version"),
        (&["account", "add", "x@example.org"], "--incoming"),
        (&["account", "add", "x@example.org", "--incoming", "imaps://localhost"], "--password-env"),
        (&["flag", "1"], "+seen"),
        (&["flag", "x", "+seen"], "x is neither"),
        (&["search", "before:yesterday"], "before"),
        (&["account", "set", ANN, "window=0"], "window"),
        (&["list", "inbox"], "inbox"),
        (&["lst"], "lst"),
        (&["attachment", "get", "1", "2", "-o", "."], "folder"),
        (&["sync", "--mailbox", "INBOX"], "name the account"),
    ];
    for (words, word) in table {
        sentence(&home.run(words), 2, &[word]);
        document(&home.json(words), 2, "invalid_input");
    }
    let twice = document(&home.add(ANN, &office.imaps()), 2, "invalid_input");
    assert_eq!(twice["field"], "address");
    for (url, field) in
        [("ftp://localhost", "url"), ("smtps://localhost", "incoming"), ("imaps://localhost?insecure", "url")]
    {
        assert_eq!(document(&home.add("y@example.org", url), 2, "invalid_input")["field"], field, "{url}");
    }
}

#[test]
fn a_read_only_home_is_8_and_says_so() {
    let home = Home::new();
    let office = Office::open(&home);
    home.add(ANN, &office.imaps()).well();
    let mode = |mode| std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    let program = home.folder.path().join("satchel");
    std::fs::copy(env!("CARGO_BIN_EXE_satchel"), &program).unwrap();
    std::fs::set_permissions(home.folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    mode(0o555);
    let mut command = std::process::Command::new(&program);
    command.current_dir(home.folder.path()).args(["--home", "home", "sync", ANN]);
    if rustix::process::geteuid().is_root() {
        // Root may write everywhere: somebody else has to try.
        std::os::unix::process::CommandExt::uid(&mut command, 65534);
    }
    let output = command.output().unwrap();
    mode(0o700);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(8), "{err}");
    assert!(err.contains("cannot be written"), "{err}");
}

#[derive(Debug)]
struct Deaf;

impl EventSink for Deaf {
    fn event(&self, _: satchel_core::event::Event) {}
}

#[test]
fn a_second_engine_on_one_home_is_8_and_readers_are_welcome() {
    let home = Home::new();
    let office = Office::open(&home);
    home.add(ANN, &office.imaps()).well();
    let parts = RealParts { credentials: Arc::new(MemoryStore::new()), events: Arc::new(Deaf), dialer: None };
    let engine = open_home(&home.path(), parts).unwrap();
    sentence(&home.run(&["sync", ANN]), 8, &["another Satchel is running"]);
    let said = document(&home.json(&["watch"]), 8, "storage");
    assert_eq!(said["problem"], "in_use");
    home.run(&["account", "list"]).well();
    home.run(&["mailboxes", ANN]).well();
    drop(engine);
    home.run(&["sync", ANN]).well();
}

#[test]
fn a_newer_and_a_damaged_store_lose_nothing() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Hello"), 1);
    home.add(ANN, &office.imaps()).well();
    home.run(&["sync", ANN]).well();
    let database = home.path().join("mail.db");
    std::fs::remove_file(home.path().join("mail.db-wal")).unwrap_or_default();
    let mut bytes = std::fs::read(&database).unwrap();
    // The user version of an SQLite file (https://sqlite.org/fileformat2.html §1.3) lies at 60.
    bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
    std::fs::write(&database, &bytes).unwrap();
    for words in [["sync", ANN], ["mailboxes", ANN]] {
        assert_eq!(document(&home.json(&words), 8, "storage")["problem"], "newer_version");
    }
    assert_eq!(std::fs::read(&database).unwrap(), bytes, "a newer store is left untouched");
    std::fs::write(&database, vec![0x55; 40_000]).unwrap();
    let ran = home.run(&["account", "list"]);
    assert_eq!(ran.code, 8, "{}{}", ran.out, ran.err);
    let ran = home.run(&["sync"]);
    assert!(ran.err.contains("set aside"), "{}{}", ran.out, ran.err);
    let aside = std::fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().path());
    assert!(
        aside.into_iter().any(|p| std::fs::read(p).is_ok_and(|b| b == vec![0x55; 40_000])),
        "the damaged file is gone"
    );
}

#[test]
fn offline_and_a_deadline_are_9() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Hello"), 1);
    home.add(ANN, &office.imaps()).well();
    sentence(&home.run(&["--offline", "sync", ANN]), 9, &["offline"]);
    document(&home.json(&["--offline", "sync", ANN]), 9, "offline");
    office.post.inject(When::imap().verb("FETCH"), Fault::DelayBefore(Duration::from_secs(30)));
    let cut = home.json(&["sync", ANN, "--deadline", "1"]);
    assert_eq!(cut.code, 9, "{}{}", cut.out, cut.err);
    assert!(!cut.json()["left_over"].as_array().unwrap().is_empty(), "{}", cut.out);
    office.post.clear_faults();
    assert_eq!(home.json(&["sync", ANN]).document()["new"], 1);
}

#[test]
fn one_account_that_fails_does_not_hide_the_others() {
    let home = Home::new();
    let office = Office::open(&home);
    home.add(ANN, &office.imaps()).well();
    home.add(crate::bench::BEN, &office.pops()).well();
    office.post.set_password(ANN, "another one").unwrap();
    let ran = home.json(&["sync"]);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""));
    let all = ran.json();
    assert_eq!(all[0]["error"]["kind"], "authentication");
    assert_eq!((&all[1]["account"], &all[1]["new"]), (&2.into(), &0.into()));
    let ran = home.run(&["sync"]);
    assert!(
        ran.err.contains(ANN) && ran.out.contains("ben@example.org: nothing new"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new();
    let office = Office::open(&home);
    home.add(ANN, &office.imaps()).well();
    let mut child = home.command(&["--help"]).stdin(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let _ = child.stdin.take().unwrap().write_all(b"");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
