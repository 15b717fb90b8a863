//! What people see: tables that strangers' words cannot break, sentences that say what to do next.

use crate::bench::{ANN, Home, Office, PASSWORD, letter};

#[test]
fn subjects_of_strangers_do_not_break_the_table() {
    let home = Home::new();
    let office = Office::open(&home);
    // ESC, BEL, an override of the writing direction, a line end and a bell, hidden in encoded words.
    let encode = |text: &str| {
        let hex: Vec<_> = text.bytes().map(|byte| format!("={byte:02X}")).collect();
        format!("=?utf-8?Q?{}?=", hex.concat())
    };
    for (hour, subject) in
        ["\u{1b}[2Jgone", "\u{202e}txt.exe", "two\r\nlines\u{7}", "写真", "שלום"].iter().enumerate()
    {
        office.deliver(ANN, &letter(&encode(subject)), hour as i64);
    }
    home.add(ANN, &office.imaps()).well();
    home.run(&["sync"]).well();
    let shown = home.run(&["list", &home.mailbox(ANN, "INBOX")]).well().out;
    assert_eq!(shown.lines().count(), 6, "{shown}");
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
    for word in ["gone", "txt.exe", "two", "写真", "שלום"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

#[test]
fn every_command_answers_a_person_in_sentences() {
    let home = Home::new();
    let office = Office::open(&home);
    office.deliver(ANN, &letter("Hello"), 1);
    let url = office.imaps();
    let words = ["account", "add", ANN, "--incoming", &url, "--ca", "ca.pem", "--password-stdin"];
    let added = home.with_password(&words, PASSWORD).well().out;
    assert!(added.contains("the login works") && added.contains("satchel sync 1"), "{added}");
    assert!(home.run(&["mailboxes", ANN]).well().out.contains("satchel sync 1"));
    assert!(home.run(&["sync"]).well().out.contains("1 new"));
    assert!(home.run(&["sync"]).well().out.contains("nothing new"));
    let inbox = home.mailbox(ANN, "INBOX");
    let hello = home.message(&inbox, "Hello");
    let shown = home.run(&["show", &hello]).well().out;
    assert!(
        shown.starts_with("From      Carla <carla@example.org>\nTo        Ann <ann@example.org>\n"),
        "{shown}"
    );
    assert!(
        shown.contains("Date      Thu, 1 Jan 2026 10:00 +0100\n")
            && shown.ends_with("\n\nHello Ann,\n\nsee you there.\n"),
        "{shown}"
    );
    // A text that was opened is found once a pass has indexed it.
    home.run(&["sync"]).well();
    assert!(home.run(&["flag", &hello, "+seen"]).well().out.contains("satchel undo 1"));
    let table: [(&[&str], &str); 9] = [
        (&["account", "list"], "ann@example.org"),
        (&["account", "show", ANN], "in the credential store"),
        (&["mailboxes", ANN], "inbox"),
        (&["operations"], "waiting"),
        (&["search", "see", "there"], "Hello"),
        (&["search", "nothing-like-it"], "No messages."),
        (&["status"], "ok"),
        (&["storage"], "Can be fetched again"),
        (&["attachment", "list", &hello], "Nothing is attached"),
    ];
    for (words, word) in table {
        let shown = home.run(words).well().out;
        assert!(shown.contains(word), "{words:?}: {shown}");
        assert!(!shown.contains('\u{1b}'), "colours without a terminal: {shown:?}");
    }
}

#[cfg(target_os = "linux")]
mod at_a_terminal {
    use super::*;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::fs::File;
    use std::io::{Read, Write};
    use std::process::Command;

    /// Runs the program at a terminal of its own; types, and gives its exit code and all that was seen.
    fn at_a_terminal(home: &Home, words: &[&str], variables: &[(&str, &str)], typed: &str) -> (i32, String) {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = || File::options().read(true).write(true).open(&name).unwrap();
        let mut child = Command::new("setsid")
            .args([
                "--ctty",
                "--wait",
                env!("CARGO_BIN_EXE_satchel"),
                "--home",
                "home",
                "--credential-store",
                "file",
            ])
            .args(words)
            .current_dir(home.folder.path())
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied())
            .stdin(theirs())
            .stdout(theirs())
            .stderr(theirs())
            .spawn()
            .unwrap();
        let mut ours = File::from(ours);
        let mut seen = Vec::new();
        let mut piece = [0; 4096];
        let mut typed = Some(typed).filter(|typed| !typed.is_empty());
        // The read ends with an error once the program has closed its end.
        while let Ok(n) = ours.read(&mut piece) {
            seen.extend_from_slice(&piece[..n]);
            if String::from_utf8_lossy(&seen).contains("Password of")
                && let Some(typed) = typed.take()
            {
                ours.write_all(typed.as_bytes()).unwrap();
            }
        }
        (child.wait().unwrap().code().unwrap_or(-1), String::from_utf8_lossy(&seen).into_owned())
    }

    #[test]
    fn a_password_is_asked_for_without_echo() {
        let home = Home::new();
        let office = Office::open(&home);
        let url = office.imaps();
        let words = ["account", "add", ANN, "--incoming", &url, "--ca", "ca.pem"];
        // A typing error, taken back.
        let (code, seen) = at_a_terminal(&home, &words, &[], &format!("{PASSWORD}x\u{7f}\r"));
        assert_eq!(code, 0, "{seen}");
        assert!(seen.contains("Password of ann@example.org: ") && seen.contains("the login works"), "{seen}");
        assert!(!seen.contains("canary"), "{seen}");
        let (code, seen) = at_a_terminal(&home, &words, &[], "\u{3}");
        assert_eq!(code, 9, "{seen}");
    }

    #[test]
    fn unread_mail_stands_out_at_a_terminal_unless_colours_are_unwelcome() {
        let home = Home::new();
        let office = Office::open(&home);
        office.deliver(ANN, &letter("Hello"), 1);
        home.add(ANN, &office.imaps()).well();
        home.run(&["sync"]).well();
        let inbox = home.mailbox(ANN, "INBOX");
        let (code, seen) = at_a_terminal(&home, &["list", &inbox], &[], "");
        assert!(code == 0 && seen.contains("\u{1b}[1m"), "{seen:?}");
        let (code, seen) = at_a_terminal(&home, &["list", &inbox], &[("NO_COLOR", "1")], "");
        assert!(code == 0 && !seen.contains('\u{1b}'), "{seen:?}");
    }
}
