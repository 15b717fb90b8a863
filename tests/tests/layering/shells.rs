//! Rules for Kotlin and Swift: short files, who imports whom, and what never belongs into a shell.
use std::path::Path;

use crate::exceptions::{ALLOWED, allowed};
use crate::shell_text::{code_lines, has_word, name_parts};
use crate::{Tree, house};

const LONGEST: usize = 300;

/// Who may not name whom: a folder, what its files are called, and what may not stand in them.
const WALLS: &[(&str, &str, &[&str], &str)] = &[
    ("android/ui/src/", ".kt", &["org.satchel.ffi", "org.satchel.app"], "screens see the facade only"),
    ("android/ui/src/main/", ".kt", &["import android."], "screens are drawn on any machine"),
    (
        "android/mail/src/",
        ".kt",
        &["import android.", "import androidx.", "org.satchel.ui", "org.satchel.app"],
        "the facade runs on a plain JVM",
    ),
    ("android/ui/src/main/", "ViewModel.kt", &["android.", "androidx."], "a view model is plain Kotlin"),
    ("android/ui/src/main/", "State.kt", &["android.", "androidx."], "a state is pure data"),
    ("ios/Sources/SatchelUI/", ".swift", &["SatchelCore", "SatchelFFI"], "screens see the facade only"),
    (
        "ios/Sources/Satchel/",
        ".swift",
        &["import SatchelFFI", "import SatchelUI", "import SwiftUI", "import UIKit"],
        "the facade draws nothing and leaves C to SatchelCore",
    ),
    (
        "ios/Sources/SatchelUI/",
        "ViewModel.swift",
        &["import SwiftUI", "import UIKit"],
        "a view model is plain Swift",
    ),
    ("ios/Sources/SatchelUI/", "State.swift", &["import SwiftUI", "import UIKit"], "a state is pure data"),
    ("ios/Sources/SatchelUI/", "Known.swift", &["import SwiftUI", "import UIKit"], "facts are plain Swift"),
];

/// Words that stand for work the core does.
const NEVER: &[(&str, &str)] = &[
    ("delay(", "waiting and trying again"),
    ("sleep(", "waiting and trying again"),
    ("Timer", "waiting and trying again"),
    ("postDelayed", "waiting and trying again"),
    ("asyncAfter", "waiting and trying again"),
    ("scheduleAtFixedRate", "waiting and trying again"),
    ("runBlocking", "a thread that waits for the core"),
    ("DispatchSemaphore", "a thread that waits for the core"),
    ("Regex", "reading of mail, addresses or answers"),
    ("toRegex", "reading of mail, addresses or answers"),
    ("NSRegularExpression", "reading of mail, addresses or answers"),
    ("Content-Type", "reading of mail, addresses or answers"),
    ("Message-ID", "reading of mail, addresses or answers"),
    ("SELECT", "the store's or a server's language"),
    ("INSERT", "the store's or a server's language"),
    ("SQLite", "the store's or a server's language"),
    ("RETR", "the store's or a server's language"),
    ("UIDL", "the store's or a server's language"),
    ("FETCH", "the store's or a server's language"),
    ("EXPUNGE", "the store's or a server's language"),
    ("UIDVALIDITY", "the store's or a server's language"),
    ("IMAP", "a protocol, outside setup and late"),
    ("POP", "a protocol, outside setup and late"),
    ("POP3", "a protocol, outside setup and late"),
    ("SMTP", "a protocol, outside setup and late"),
];
/// The same as parts of names.
const NEVER_IN_NAMES: &[(&str, &str)] = &[
    ("retry", "waiting and trying again"),
    ("retries", "waiting and trying again"),
    ("backoff", "waiting and trying again"),
    ("polling", "waiting and trying again"),
    ("sql", "the store's or a server's language"),
];

/// Every broken rule, one line each.
pub(crate) fn violations(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree {
        let Some(path) = path.to_str().filter(|path| is_shell(path)) else { continue };
        let mut report = |why: String| found.push(format!("{path}: {why}"));
        shape(path, text, &mut report);
        let code = code_lines(text);
        walls(path, &code, &mut report);
        swift_ui(path, &code, &mut report);
        if !is_test(path) {
            never(path, &code, &mut report);
        }
    }
    found
}

/// Exceptions for words that are not there any more, or for files that are gone.
pub(crate) fn unused_exceptions(tree: &Tree) -> Vec<String> {
    ALLOWED
        .iter()
        .filter(|(path, word, _)| {
            let text = tree.get(Path::new(path)).map(String::as_str).unwrap_or_default();
            !code_lines(text).iter().any(|line| breaks(line).any(|(broken, _)| broken == *word))
        })
        .map(|(path, word, _)| format!("exceptions.rs: {path} has no `{word}` that would need one"))
        .collect()
}

fn is_shell(path: &str) -> bool {
    let is_source = [".kt", ".swift"].iter().any(|end| path.ends_with(end));
    is_source && ["android/", "ios/"].iter().any(|shell| path.starts_with(shell))
}

fn is_test(path: &str) -> bool {
    path.contains("/src/test/") || path.starts_with("ios/Tests/")
}

fn shape(path: &str, text: &str, report: &mut impl FnMut(String)) {
    let lines = text.lines().count();
    if lines > LONGEST {
        report(format!("{lines} lines, {LONGEST} are the most: it has more than one subject"));
    }
    // A package's first line is read by the package manager; the second one says what it is for.
    let told = text.strip_prefix("// swift-tools-version").and_then(|rest| rest.split_once('\n'));
    if !told.map_or(text, |(_, rest)| rest).starts_with("// ") {
        report("its first line does not say what it is for (`// …`)".to_owned());
    }
    let file = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
    for part in name_parts(&file).iter().filter(|part| house::says_nothing(part)) {
        report(format!("`{part}` names nothing: call it by what it is for"));
    }
}

fn walls(path: &str, code: &[String], report: &mut impl FnMut(String)) {
    for (folder, end, behind, why) in WALLS {
        if !path.starts_with(folder) || !path.ends_with(end) {
            continue;
        }
        for (number, line) in code.iter().enumerate() {
            if let Some(named) = behind.iter().find(|named| has_word(line, named.trim_end_matches('.'))) {
                report(format!("line {} names `{named}`: {why}", number + 1));
            }
        }
    }
}

/// SwiftUI stands behind its condition, so that everything else is built and tested on any machine; a view decides nothing.
fn swift_ui(path: &str, code: &[String], report: &mut impl FnMut(String)) {
    if !path.starts_with("ios/Sources/") {
        return;
    }
    let mut conditions: Vec<bool> = Vec::new();
    for (number, line) in code.iter().enumerate() {
        let start = line.trim();
        if start.starts_with("#if ") {
            let drawn = ["SwiftUI", "UIKit"].iter().any(|kit| start == format!("#if canImport({kit})"));
            conditions.push(drawn);
        } else if start.starts_with("#el") {
            conditions.pop();
            conditions.push(false);
        } else if start.starts_with("#endif") {
            conditions.pop();
        }
        let draws = ["SwiftUI", "UIKit", "WebKit"].iter().any(|kit| start == format!("import {kit}"));
        if draws && !conditions.contains(&true) {
            report(format!("line {}: `{start}` stands outside `#if canImport(SwiftUI)`", number + 1));
        }
        if path.ends_with("View.swift") && !start.starts_with('#') && has_word(line, "if") {
            report(format!("line {}: a view has no `if`: its state says what to show", number + 1));
        }
    }
}

fn never(path: &str, code: &[String], report: &mut impl FnMut(String)) {
    let may_name_protocols = ["/setup/", "/late/"].iter().any(|folder| path.contains(folder));
    for (number, line) in code.iter().enumerate() {
        for (word, why) in breaks(line) {
            let is_protocol = why.starts_with("a protocol");
            if !(allowed(path, word) || is_protocol && may_name_protocols) {
                report(format!("line {}: `{word}` is never in a shell ({why})", number + 1));
            }
        }
    }
}

fn breaks(line: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let parts = name_parts(line);
    let words = NEVER.iter().filter(|(word, _)| has_word(line, word));
    let names = NEVER_IN_NAMES.iter().filter(|(name, _)| parts.iter().any(|part| part == name));
    words.chain(names).copied().collect::<Vec<_>>().into_iter()
}
