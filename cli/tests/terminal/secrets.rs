//! Passwords and servers' words stay where they belong.

use crate::bench::{ANN, Home, Office, PASSWORD, files_below, letter};
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_password_is_in_no_output_no_log_and_no_file_but_one() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Hello"), 1);
    let add = Home::add_words(ANN, &office.imaps().leak()[..]);
    let mut said = Vec::new();
    for password in ["canary wrong", PASSWORD] {
        let words = [&["--log", "trace"], add.as_slice()].concat();
        let ran = home.with_password(&words, password);
        said.push(ran.out + &ran.err);
    }
    for words in [["--log", "trace", "sync"], ["--log", "trace", "status"]] {
        let ran = home.run(&words);
        said.push(ran.out + &ran.err);
    }
    assert!(said.iter().all(|text| !text.contains("canary")), "{said:#?}");
    for file in files_below(&home.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let holds = bytes.windows(6).any(|window| window == b"canary");
        let is_the_one = file.file_name().is_some_and(|name| name == "credentials.json");
        assert_eq!(holds, is_the_one, "{}", file.display());
        if is_the_one {
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn the_log_names_no_address_and_no_server() {
    let home = Home::new();
    let office = Office::open(&home);
    home.add(ANN, &office.imaps()).well();
    office.post.set_password(ANN, "another").unwrap();
    let ran = home.run(&["--log", "trace", "--json", "sync"]);
    assert_eq!(ran.code, 3);
    for word in [ANN, "localhost", "127.0.0.1"] {
        assert!(!ran.err.contains(word), "{word}: {}", ran.err);
    }
}

#[test]
fn a_password_may_stay_in_the_environment() {
    let home = Home::new();
    let office = Office::open(&home);
    let url = office.imaps();
    let words =
        ["--json", "account", "add", ANN, "--incoming", &url, "--ca", "ca.pem", "--password-env", "ANNS"];
    let with = |words: &[&str]| home.command(words).env("ANNS", PASSWORD).output().unwrap();
    let added = with(&words);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let account: serde_json::Value = serde_json::from_slice(&added.stdout).unwrap();
    assert_eq!(
        account["account"]["credential"],
        serde_json::json!({"kind": "environment", "variable": "ANNS"})
    );
    assert!(!home.path().join("credentials.json").exists());
    assert!(with(&["sync"]).status.success());
    assert_eq!(home.run(&["sync", ANN]).code, 3, "without the variable there is no password");
}
