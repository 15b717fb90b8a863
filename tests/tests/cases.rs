//! `docs/cases.md` promises a test or an issue for each fault: held to it, line by line.
#![allow(clippy::expect_used, reason = "a test, also outside its functions marked as such")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One line of a table of faults.
#[derive(Debug, PartialEq, Eq)]
struct Item {
    name: String,
    /// File and function.
    tests: Vec<(String, String)>,
    later: Vec<String>,
    /// What is neither.
    odd: Vec<String>,
}

/// What the file says: its issues by name, and its items.
#[derive(Debug, Default)]
struct Cases {
    issues: BTreeSet<String>,
    items: Vec<Item>,
}

fn cells(line: &str) -> Option<(&str, &str)> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let (first, second) = inner.rsplit_once(" | ")?;
    Some((first.trim(), second.trim()))
}

fn item(name: &str, shown: &str) -> Item {
    let mut item = Item { name: name.to_owned(), tests: Vec::new(), later: Vec::new(), odd: Vec::new() };
    for one in shown.split(';').map(str::trim).filter(|one| !one.is_empty()) {
        let test =
            one.strip_prefix('`').and_then(|one| one.strip_suffix('`')).and_then(|t| t.split_once("::"));
        match (test, one.strip_prefix("later: ")) {
            (Some((path, function)), _) => item.tests.push((path.to_owned(), function.to_owned())),
            (None, Some(issue)) => item.later.push(issue.to_owned()),
            (None, None) => item.odd.push(one.to_owned()),
        }
    }
    item
}

/// Reads the tables: the one headed `name | issue`, and those headed `item | shown by`.
fn read(text: &str) -> Cases {
    let mut cases = Cases::default();
    let mut table = "";
    for line in text.lines() {
        match line.trim() {
            "| name | issue |" => table = "issues",
            "| item | shown by |" => table = "items",
            "|---|---|" => {}
            row if row.starts_with('|') && !table.is_empty() => {
                let (first, second) = cells(row).unwrap_or((row, ""));
                if table == "issues" {
                    cases.issues.insert(first.to_owned());
                } else {
                    cases.items.push(item(first, second));
                }
            }
            _ => table = "",
        }
    }
    cases
}

/// Functions of a source that are run as tests: those with a `test` attribute, also within `proptest!`. One that is
/// ignored shows nothing.
fn tests_in(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut marked, mut ignored) = (false, false);
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[ignore") {
            ignored = true;
        } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
        } else if let Some(rest) = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ") {
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            let runs = !std::mem::take(&mut ignored);
            if std::mem::take(&mut marked) && runs {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

/// What is wrong with the file, a sentence each.
fn complaints(cases: &Cases, source_of: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut read: BTreeMap<&str, Option<BTreeSet<String>>> = BTreeMap::new();
    for item in &cases.items {
        let name = &item.name;
        if item.tests.is_empty() && item.later.is_empty() {
            wrong.push(format!("`{name}` has neither a test nor an issue"));
        }
        wrong.extend(item.odd.iter().map(|odd| format!("`{name}`: what is `{odd}`?")));
        for issue in item.later.iter().filter(|issue| !cases.issues.contains(*issue)) {
            wrong.push(format!("`{name}`: there is no issue `{issue}`"));
        }
        for (path, function) in &item.tests {
            let there = read.entry(path).or_insert_with(|| source_of(path).map(|text| tests_in(&text)));
            match there {
                None => wrong.push(format!("`{name}`: there is no file {path}")),
                Some(tests) if !tests.contains(function) => {
                    wrong.push(format!("`{name}`: {path} has no test {function}"));
                }
                Some(_) => {}
            }
        }
    }
    wrong
}

#[test]
fn each_fault_has_a_test_that_is_there_or_an_issue() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("docs/cases.md")).expect("docs/cases.md is there");
    let cases = read(&text);
    assert!(cases.items.len() > 150 && cases.issues.len() >= 4, "the tables were not understood");
    let wrong = complaints(&cases, |path| std::fs::read_to_string(root.join(path)).ok());
    assert!(wrong.is_empty(), "docs/cases.md:\n{}", wrong.join("\n"));
}

#[test]
fn a_line_without_proof_a_lost_test_and_an_unknown_issue_are_found() {
    let text = "| name | issue |\n|---|---|\n| IMAP | all of it |\n\ntext\n\n| item | shown by |\n|---|---|\n\
        | good | `a.rs::works`; later: IMAP |\n| bare |  |\n| lost | `a.rs::gone` |\n| helper | `a.rs::help` |\n\
        | asleep | `a.rs::sleeps` |\n\
        | no file | `b.rs::works` |\n| unknown | later: Moon |\n| words | surely |\n";
    let source = "fn help() {}\n#[tokio::test(start_paused = true)]\nasync fn works() {}\nfn gone() {}\n\
        #[ignore = \"later\"]\n#[test]\nfn sleeps() {}\n";
    let wrong = complaints(&read(text), |path| (path == "a.rs").then(|| source.to_owned()));
    let names = ["bare", "lost", "helper", "asleep", "no file", "unknown", "words", "words"];
    assert_eq!(wrong.len(), names.len(), "{wrong:#?}");
    for (complaint, name) in wrong.iter().zip(names) {
        assert!(complaint.starts_with(&format!("`{name}`")), "{complaint}");
    }
}
