//! The rules of the house: arrows point down, no circle, short files, a first line that says what a file is for.
//!
//! Levels are those of ARCHITECTURE.md. A new module of core is entered in `arrows::LEVELS` and drawn there.
#![allow(clippy::expect_used, reason = "a test, also outside its functions marked as such")]
mod arrows;
mod house;
mod rust_text;

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
