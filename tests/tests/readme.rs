//! README's promises: its Rust snippets are compiled (as doc tests of this crate), its commands exist as written.
#![allow(clippy::expect_used, reason = "a test, also outside its functions marked as such")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block: what stands behind the ticks, and the lines between.
struct Block {
    kind: String,
    lines: Vec<String>,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), inside) {
            (Some(kind), false) => {
                found.push(Block { kind: kind.trim().to_owned(), lines: Vec::new() });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => {
                if let Some(block) = found.last_mut() {
                    block.lines.push(line.to_owned());
                }
            }
            (None, false) => {}
        }
    }
    found
}

/// Commands of terminal blocks: with or without `$ `, continued by `\`, without what a comment says.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in
        blocks(text).iter().filter(|block| matches!(block.kind.as_str(), "sh" | "console" | "shell" | "bash"))
    {
        let mut whole = String::new();
        for line in &block.lines {
            let line = line.trim();
            whole.push_str(line.strip_prefix("$ ").unwrap_or(line));
            if let Some(begun) = whole.strip_suffix('\\') {
                whole.truncate(begun.trim_end().len());
                whole.push(' ');
                continue;
            }
            let command = whole.split(" #").next().unwrap_or_default().trim().to_owned();
            if !command.is_empty() && !command.starts_with('#') {
                found.push(command);
            }
            whole.clear();
        }
    }
    found
}

/// Words as a shell would cut them: quotes hold words together; no expansion is needed in README.
fn words(command: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ') => found.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    found.push(word);
    found.retain(|word| !word.is_empty());
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("README.md is there")
}

fn cargo(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo runs")
}

/// Builds the terminal shell and says where it is.
fn satchel() -> PathBuf {
    let built = cargo(&["build", "--workspace", "--bin", "satchel", "--message-format=json"]);
    let text = String::from_utf8_lossy(&built.stdout).into_owned();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let message = text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find(|message| message["target"]["name"] == "satchel" && message["executable"].is_string());
    PathBuf::from(message.expect("cargo names the program")["executable"].as_str().unwrap_or_default())
}

#[test]
fn each_terminal_command_of_the_readme_is_one_the_shell_knows() {
    let text = readme();
    let all = commands(&text);
    let ours: Vec<_> = all.iter().filter(|command| command.starts_with("satchel ")).collect();
    assert!(ours.len() >= 5, "README shows the shell at work; found {all:?}");
    let satchel = satchel();
    for command in ours {
        // `--help` at the end: each word before it is parsed, nothing is done.
        let arguments: Vec<_> =
            words(command).into_iter().skip(1).take_while(|word| word != "|" && word != ">").collect();
        let output = Command::new(&satchel).args(&arguments).arg("--help").output().expect("the shell runs");
        assert!(output.status.success(), "`{command}`: {}", String::from_utf8_lossy(&output.stderr));
    }
    let unknown = Command::new(&satchel).args(["fly", "--help"]).output().expect("the shell runs");
    assert!(!unknown.status.success(), "a command that does not exist was taken: this test proves nothing");
}

#[test]
fn the_two_commands_of_the_readme_are_there() {
    let all = commands(&readme());
    for wanted in ["cargo demo", "cargo xtask test"] {
        assert!(all.iter().any(|command| command == wanted), "README does not show `{wanted}`: {all:?}");
    }
}

#[test]
fn no_rust_snippet_of_the_readme_escapes_the_compiler() {
    let text = readme();
    let rust: Vec<_> = blocks(&text).into_iter().filter(|block| block.kind.starts_with("rust")).collect();
    assert!(!rust.is_empty(), "README shows how to use the core from Rust");
    for block in rust {
        assert!(!block.kind.contains("ignore") && !block.kind.contains("compile_fail"), "```{}", block.kind);
    }
    let library = include_str!("../src/lib.rs");
    assert!(
        library.contains("include_str!(\"../../README.md\")"),
        "lib.rs no longer hands README to the doc tests"
    );
}

/// The lines between the marks in a file that other tests compile and run, as they stand on the front page.
fn marked(path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(path)).expect("the file with the snippet");
    let (_, rest) = text.split_once("// readme:begin\n").expect("a begin");
    let (inside, _) = rest.split_once("// readme:end").expect("an end");
    let lines: Vec<&str> = inside.trim_end().lines().collect();
    let indents =
        lines.iter().filter(|line| !line.is_empty()).map(|line| line.len() - line.trim_start().len());
    let indent = indents.min().unwrap_or_default();
    lines.iter().map(|line| line.get(indent..).unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_kotlin_and_swift_of_the_readme_are_what_their_tests_compile_and_run() {
    let sources = [
        ("kotlin", "android/mail/src/test/kotlin/org/satchel/mail/ReadmeSnippet.kt"),
        ("swift", "ios/Tests/SatchelTests/ReadmeTests.swift"),
    ];
    let all = blocks(&readme());
    for (kind, path) in sources {
        let shown: Vec<_> = all.iter().filter(|block| block.kind == kind).collect();
        assert_eq!(shown.len(), 1, "{kind}");
        assert_eq!(shown[0].lines, marked(path), "{kind}: README.md and {path} differ");
        assert!(shown[0].lines.len() <= 20, "{kind}: long for a first look");
    }
}

#[test]
fn the_pictures_of_the_readme_are_there() {
    let text = readme();
    let pictures: Vec<_> =
        text.split("<img src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(pictures.len() >= 3, "{pictures:?}");
    for picture in pictures {
        assert!(root().join(picture).is_file(), "{picture}");
    }
}

#[test]
fn blocks_and_commands_are_read_as_a_person_reads_them() {
    let text = "x\n```sh\n$ satchel list 1 \\\n    --limit 5   # newest\n# a comment\nsatchel search 'a b'\n```\n```text\nno\n```\n";
    assert_eq!(commands(text), ["satchel list 1 --limit 5", "satchel search 'a b'"]);
    assert_eq!(words("satchel search 'a b' --json"), ["satchel", "search", "a b", "--json"]);
}
