//! The rules of the house: arrows point down, no circle, short files, a first line that says what a file is for.
//!
//! Levels are those of ARCHITECTURE.md. A new module of core is entered in `arrows::LEVELS` and drawn there.
#![allow(clippy::expect_used, reason = "a test, also outside its functions marked as such")]
mod arrows;
mod boundary;
mod exceptions;
mod house;
mod rust_text;
mod shell_text;
mod shells;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Paths relative to the repository's root, with the text of each file.
type Tree = BTreeMap<PathBuf, String>;

fn repository() -> Tree {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let listed = std::process::Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(&root)
        .output()
        .expect("git lists the repository's files");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).expect("file names are UTF-8");
    let mut tree = Tree::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        // Pictures and the like have no text to hold to a rule; a file may be deleted and not yet committed.
        if let Ok(text) = std::fs::read_to_string(root.join(name)) {
            tree.insert(PathBuf::from(name), text);
        }
    }
    tree
}

fn planted(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()
}

#[test]
fn arrows_between_modules_of_core_point_down_and_never_in_a_circle() {
    let tree = repository();
    let modules = arrows::modules(&tree);
    assert!(modules.len() >= 10, "the walk found only {modules:?}");
    let found = arrows::violations(&tree);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_file_keeps_the_rules_of_the_house() {
    let tree = repository();
    assert!(tree.len() > 40, "the walk found only {} files", tree.len());
    let found = house::violations(&tree);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_shells_and_the_boundary_keep_theirs() {
    let tree = repository();
    let count = |start: &str| tree.keys().filter(|path| path.starts_with(start)).count();
    assert!(
        count("android") > 20 && count("ios") > 20 && count("bindings/src") > 10,
        "the walk found too little"
    );
    let mut found = shells::violations(&tree);
    found.extend(shells::unused_exceptions(&tree));
    found.extend(boundary::violations(&tree));
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_planted_arrow_up_is_found_in_each_way_to_write_it() {
    let ways = [
        ("core/src/mime/mod.rs", "//! x\nuse crate::store::Store;\n", "mime uses store"),
        (
            "core/src/mime/parts.rs",
            "//! x\nuse crate::{ids::MessageId, imap::{self, Session}};\n",
            "mime uses imap",
        ),
        ("core/src/ids.rs", "//! x\nfn f() { let _ = crate::client::open(); }\n", "ids uses client"),
        ("core/src/plan/imap.rs", "//! x\nuse super::super::sync::pass;\n", "plan uses sync"),
        ("core/src/query.rs", "//! x\nuse super::operations;\n", "query uses operations"),
        ("core/src/store/rows.rs", "//! x\nuse crate::imap::fetch;\n", "store uses imap"),
        ("core/src/pop/mod.rs", "//! x\nuse crate::store;\n", "pop uses store"),
        ("core/src/imap/mod.rs", "//! x\nuse crate::credentials::Secret;\n", "imap uses credentials"),
    ];
    for (path, text, says) in ways {
        let found = arrows::violations(&planted(&[(path, text)]));
        assert!(found.iter().any(|line| line.contains(says)), "{path}: {found:?}");
    }
}

#[test]
fn a_planted_circle_an_unknown_room_and_a_hidden_arrow_are_found() {
    let circle = planted(&[
        ("core/src/sync/mod.rs", "//! x\nuse crate::operations::apply;\n"),
        ("core/src/operations/mod.rs", "//! x\nuse crate::outbox::Outbox;\n"),
        ("core/src/outbox/mod.rs", "//! x\nuse crate::sync::pass;\n"),
    ]);
    let found = arrows::violations(&circle);
    assert!(
        found.iter().any(|line| line.contains("circle: operations → outbox → sync → operations")),
        "{found:?}"
    );
    let unknown = arrows::violations(&planted(&[("core/src/telepathy.rs", "//! x\n")]));
    assert!(unknown.iter().any(|line| line.contains("telepathy")), "{unknown:?}");
    let hidden = arrows::violations(&planted(&[("core/src/mime/mod.rs", "//! x\nuse crate::Satchel;\n")]));
    assert!(hidden.iter().any(|line| line.contains("Satchel")), "{hidden:?}");
}

#[test]
fn what_is_allowed_is_not_reported() {
    let tree = planted(&[
        ("core/src/lib.rs", "//! x\npub use client::Satchel;\n"),
        (
            "core/src/imap/session.rs",
            "//! See [`crate::store`].\nuse crate::net::Stream;\nuse super::frame;\n",
        ),
        (
            "core/src/query.rs",
            "//! x\n// crate::client\nconst S: &str = \"crate::store::x\";\nmod tests { use super::client; }\n",
        ),
        ("core/src/sync/mod.rs", "//! x\nuse crate::{imap, plan, pop, store};\n"),
        (
            "core/src/store/mod.rs",
            "//! x\nuse crate::ids::{self, MessageId};\nfn f(c: char) -> bool { c == '\"' }\n",
        ),
    ]);
    assert_eq!(arrows::violations(&tree), Vec::<String>::new());
    assert_eq!(house::violations(&tree), Vec::<String>::new());
}

#[test]
fn each_planted_break_of_the_house_rules_is_found() {
    let long = format!("//! x\n{}", "fn f() {}\n".repeat(500));
    // Put together here, so that this file does not break the rules it tests.
    let machine_path = format!("//! x\nconst P: &str = \"/{}/x\";\n", "work");
    let attribute = format!("//! x\n#[{}(dead_code)]\nfn f() {{}}\n", "allow");
    let binding = format!("//! x\n// for {}\n", ["uni", "ffi"].concat());
    let breaks = [
        ("core/src/mime/long.rs", long.as_str(), "501 lines"),
        ("cli/src/helpers.rs", "//! x\n", "names nothing"),
        ("core/src/sync/common/mod.rs", "//! x\n", "names nothing"),
        ("cli/src/show.rs", "fn main() {}\n", "first line"),
        ("cli/src/list.rs", attribute.as_str(), "without a reason"),
        ("tests/src/x.rs", machine_path.as_str(), "machine"),
        ("core/src/ids.rs", binding.as_str(), "knows nothing of"),
    ];
    for (path, text, says) in breaks {
        let found = house::violations(&planted(&[(path, text)]));
        assert!(found.len() == 1 && found[0].contains(says), "{path}: {found:?}");
    }
}

#[test]
fn each_planted_break_of_the_shells_rules_is_found() {
    const UI: &str = "android/ui/src/main/kotlin/org/satchel/ui/messages";
    const MAIL: &str = "android/mail/src/main/kotlin/org/satchel/mail";
    const SWIFT: &str = "ios/Sources/SatchelUI/messages";
    let long = format!("// x\n{}", "val a = 1\n".repeat(300));
    let breaks = [
        (format!("{UI}/Long.kt"), long.as_str(), "301 lines"),
        (format!("{UI}/Bare.kt"), "package x\n", "first line"),
        (format!("{UI}/RowHelper.kt"), "// x\n", "names nothing"),
        (format!("{UI}/A.kt"), "// x\nimport org.satchel.ffi.MailCore\n", "facade only"),
        (format!("{UI}/B.kt"), "// x\nval a = org.satchel.ffi.open()\n", "facade only"),
        (format!("{UI}/C.kt"), "// x\nimport android.content.Context\n", "any machine"),
        (
            format!("{UI}/MessagesViewModel.kt"),
            "// x\nimport androidx.compose.runtime.State\n",
            "plain Kotlin",
        ),
        (format!("{MAIL}/D.kt"), "// x\nimport android.os.Build\n", "plain JVM"),
        (format!("{MAIL}/E.kt"), "// x\nsuspend fun f() { delay(5) }\n", "`delay(`"),
        (format!("{MAIL}/F.kt"), "// x\nfun retryLater() = 1\n", "`retry`"),
        (format!("{MAIL}/G.kt"), "// x\nval q = \"SELECT id FROM message\"\n", "`SELECT`"),
        (format!("{MAIL}/H.kt"), "// x\nval r = Regex(\"a\")\n", "`Regex`"),
        (format!("{UI}/I.kt"), "// x\nval kind = AccountProtocol.POP\n", "`POP`"),
        (format!("{SWIFT}/A.swift"), "// x\nimport SatchelCore\n", "facade only"),
        (format!("{SWIFT}/B.swift"), "// x\nimport SwiftUI\n", "outside"),
        (
            format!("{SWIFT}/C.swift"),
            "// x\n#if canImport(SwiftUI)\n#else\nimport SwiftUI\n#endif\n",
            "outside",
        ),
        (format!("{SWIFT}/RowView.swift"), "// x\nfunc f() { if state.unread { g() } }\n", "no `if`"),
        (
            format!("{SWIFT}/MessagesViewModel.swift"),
            "// x\n#if canImport(SwiftUI)\n    import SwiftUI\n#endif\n",
            "plain Swift",
        ),
        (
            format!("{SWIFT}/D.swift"),
            "// x\nfunc f() async { try? await Task.sleep(for: .seconds(1)) }\n",
            "`sleep(`",
        ),
        ("ios/Sources/Satchel/E.swift".to_owned(), "// x\nimport SatchelFFI\n", "leaves C"),
        ("ios/App/F.swift".to_owned(), "// x\nlet t = Timer()\n", "`Timer`"),
    ];
    for (path, text, says) in &breaks {
        let found = shells::violations(&planted(&[(path, text)]));
        assert!(found.len() == 1 && found[0].contains(says), "{path}: {found:?}");
    }
    let unused = shells::unused_exceptions(&planted(&[]));
    assert_eq!(unused.len(), exceptions::ALLOWED.len(), "{unused:?}");
}

#[test]
fn what_a_shell_may_say_is_not_reported() {
    let tree = planted(&[
        ("ios/Package.swift", "// swift-tools-version:6.0\n// The package.\nimport PackageDescription\n"),
        ("ios/Sources/SatchelUI/RowView.swift", "// x\n#if canImport(SwiftUI)\n    import SwiftUI\n#endif\n"),
        ("ios/Tests/SatchelTests/A.swift", "// x\nlet s = \"SELECT\"\n"),
        (
            "android/mail/src/main/kotlin/A.kt",
            "// x\n/** Of IMAP: retry with SELECT. */\nval a = 1 // delay(5)\n",
        ),
        ("android/ui/src/main/kotlin/setup/B.kt", "// x\nval kind = AccountProtocol.POP\n"),
        ("android/ui/src/main/kotlin/C.kt", "// x\nval selected = SELECTED\nfun popRoute() = 1\n"),
        ("android/app/src/main/kotlin/D.kt", "// x\nimport android.content.Context\n"),
    ]);
    assert_eq!(shells::violations(&tree), Vec::<String>::new());
}

#[test]
fn a_boundary_that_begins_to_decide_is_found() {
    let long = format!("//! x\n{}", "const A: u8 = 1;\n".repeat(400));
    let found = boundary::violations(&planted(&[("bindings/src/long.rs", &long)]));
    assert!(found.len() == 1 && found[0].contains("401 lines"), "{found:?}");
    let mut fat = "fn f(a: u8) -> u8 {\n".to_owned();
    fat.push_str(&"    // {\n    let _ = '}';\n".repeat(5));
    fat.push_str("}\n");
    let thin = "fn g() {\n    h();\n}\ntrait T {\n    fn none(&self);\n}\n";
    assert_eq!(boundary::function_lengths(&format!("{fat}{thin}")), [12, 3]);
    let source = format!("//! x\n{fat}{fat}{thin}");
    let found = boundary::violations(&planted(&[("bindings/src/fat.rs", &source)]));
    assert!(found.len() == 1 && found[0].contains("12 lines"), "{found:?}");
}
