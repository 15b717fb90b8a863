//! Rules that hold for every file: its length, its name, its first line, its attributes, what it may not mention.
use std::path::Path;

use crate::Tree;

const LONGEST: usize = 500;
/// Names that say nothing of what is inside; also with an `s`.
const EMPTY_NAMES: [&str; 5] = ["util", "helper", "manager", "common", "misc"];

/// Every broken rule, one line each.
pub(crate) fn violations(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree {
        let mut report = |why: String| found.push(format!("{}: {why}", path.display()));
        if let Some(line) = machine_path(text) {
            report(format!("line {line} names a folder of one machine"));
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let lines = text.lines().count();
        if lines > LONGEST {
            report(format!("{lines} lines, {LONGEST} are the most: it has more than one subject"));
        }
        if let Some(name) = empty_name(path) {
            report(format!("`{name}` names nothing: call it by what it is for"));
        }
        if !text.starts_with("//! ") {
            report("its first line does not say what it is for (`//! …`)".to_owned());
        }
        for line in allows_without_reason(text) {
            report(format!("line {line} allows a lint without a reason"));
        }
        let bindings = ["uni", "ffi"].concat();
        if path.starts_with("core") && text.contains(&bindings) {
            report(format!("core knows nothing of {bindings}"));
        }
    }
    found
}

fn empty_name(path: &Path) -> Option<String> {
    path.iter().map(|name| name.to_string_lossy().to_lowercase()).find_map(|name| {
        let stem = name.strip_suffix(".rs").unwrap_or(&name);
        stem.split('_').any(says_nothing).then(|| stem.to_owned())
    })
}

/// Whether a word names no subject.
pub(crate) fn says_nothing(word: &str) -> bool {
    EMPTY_NAMES.contains(&word) || word.strip_suffix('s').is_some_and(|one| EMPTY_NAMES.contains(&one))
}

/// An `allow` or `expect` attribute carries `reason = …`, or a comment stands on its line or the one before.
fn allows_without_reason(text: &str) -> Vec<usize> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let start = line.trim_start();
        if !["#[allow(", "#![allow(", "#[expect(", "#![expect("].iter().any(|head| start.starts_with(head)) {
            continue;
        }
        let mut whole = String::new();
        for part in &lines[index..] {
            whole.push_str(part);
            if part.contains(']') {
                break;
            }
        }
        let commented = whole.contains("//")
            || index.checked_sub(1).is_some_and(|before| {
                let before = lines[before].trim_start();
                before.starts_with("//") && !before.starts_with("///") && !before.starts_with("//!")
            });
        if !whole.contains("reason =") && !commented {
            found.push(index + 1);
        }
    }
    found
}

/// A path that exists on the machine of whoever typed it. Put together from pieces, as this file is read too.
fn machine_path(text: &str) -> Option<usize> {
    let folders = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/Us", "ers/"].concat()];
    text.lines()
        .position(|line| {
            folders.iter().any(|folder| {
                line.match_indices(folder.as_str()).any(|(at, _)| {
                    // Inside a longer path or a URL it is somebody's relative folder.
                    let before = line[..at].chars().next_back();
                    before.is_none_or(|c| {
                        !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '}' | '$' | '%')
                    })
                })
            })
        })
        .map(|index| index + 1)
}
