//! Real mail, where a folder of it is named: `SATCHEL_MAIL_CORPUS=…/folder cargo test -p satchel-core corpus`. The test
//! command names the public set it has (SpamAssassin's, 6,046 messages).

use super::*;
use crate::html::{RemoteContent, sanitize};

/// Files of all folders below the one that is named; raw messages, one a file. Where nothing may be passed over, one
/// has to be named.
fn files() -> Option<Vec<std::path::PathBuf>> {
    let Some(root) = std::env::var_os("SATCHEL_MAIL_CORPUS") else {
        assert!(std::env::var_os("CI").is_none(), "SATCHEL_MAIL_CORPUS names no folder of raw messages");
        eprintln!("SKIPPED: real mail: SATCHEL_MAIL_CORPUS names no folder of raw messages");
        return None;
    };
    let mut folders = vec![std::path::PathBuf::from(root)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|e| e != "json" && e != "js") {
                files.push(path);
            }
        }
    }
    files.sort();
    Some(files)
}

/// The words of a text, for comparing what two readers made of one message.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect()
}

#[test]
fn corpus_messages_open_and_say_what_another_parser_says() {
    let Some(files) = files() else { return };
    assert!(!files.is_empty());
    let (mut blank, mut other_text, mut other_subject, mut other_date) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for path in &files {
        let raw = std::fs::read(path).unwrap();
        let ours = read(&raw);
        for one in &ours.structure.parts {
            assert!(part(&raw, &one.section).is_some(), "{} {}", path.display(), one.section);
        }
        if let Some(html) = &ours.html {
            assert!(!sanitize(html, RemoteContent::Hold).html.contains("<script"));
        }
        let attached = ours.structure.parts.iter().any(|p| p.is_attachment);
        if ours.text.trim().is_empty() && ours.encrypted.is_none() && !attached {
            blank.push(path);
        }
        let Some(theirs) = mail_parser::MessageParser::new().parse(&raw) else { continue };
        if words(theirs.subject().unwrap_or_default()) != words(&ours.envelope.subject) {
            other_subject.push(path);
        }
        // The other parser reads years and zones nobody on earth has; those we refuse on purpose.
        let date = theirs.date().filter(|d| d.year >= 1970 && d.tz_hour < 15);
        if date.is_some_and(|d| ours.envelope.date != Some(d.to_timestamp())) {
            other_date.push(path);
        }
        let plain =
            theirs.text_part(0).filter(|p| p.is_text() && !p.is_text_html()).and_then(|p| p.text_contents());
        if ours.structure.text_section.is_some()
            && plain.is_some_and(|t| !is_prefix(&words(t), &words(&ours.text)))
        {
            other_text.push(path);
        }
    }
    let report =
        [("blank", &blank), ("text", &other_text), ("subject", &other_subject), ("date", &other_date)];
    for (what, list) in report {
        println!("{what}: {} of {}: {:?}", list.len(), files.len(), list.iter().take(20).collect::<Vec<_>>());
        assert!(list.len() <= files.len() / 50, "{what}: too many differ");
    }
}

fn is_prefix(short: &[&str], long: &[&str]) -> bool {
    long.get(..short.len()).is_some_and(|head| head == short)
}
