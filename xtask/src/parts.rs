//! The parts of `cargo xtask test`: what each runs, what it needs, and how its result is counted.
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::counts::Sum;
use crate::prepare::{self, Need};
use crate::table::{self, Outcome, Row};
use crate::{Done, bindings, cargo, kotlin, layout, mobile, swift};

/// A named case of the harness proves little alone: the test command runs this many; long sweeps are `cargo xtask crash`.
const CRASH_POINTS: u64 = 100_000;
/// A part that hangs must not hang everybody.
const LIMIT_MINUTES: u32 = 30;

/// A part of the test command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Formatting.
    Fmt,
    /// Lints, warnings denied.
    Clippy,
    /// Licences, bans, sources and, with a network, advisories of dependencies.
    Deny,
    /// Arrows between modules, file length, first lines.
    Layering,
    /// Unit tests, scenarios, contract suites, simulation.
    Rust,
    /// Everything against Dovecot, Cyrus, Courier and GreenMail.
    Servers,
    /// The crash harness, a short sweep.
    Crash,
    /// README's snippets and commands.
    Readme,
    /// The library as the shells get it: what crosses is what bindings/api.txt says, and both sides can be generated.
    Bindings,
    /// The Kotlin modules: tests, layout, habits, documentation.
    Kotlin,
    /// The pictures of the screens, and the screens against the phone's own classes.
    Screens,
    /// The Swift package: tests, layout, syntax of what only Apple's compilers build.
    Swift,
    /// The library type-checked for Android and iOS.
    Mobile,
    /// Doc tests, and the documentation without a warning.
    Docs,
    /// `cargo demo` from begin to end.
    Demo,
}

/// Runs the parts and prints the table.
pub(crate) fn run(only: &[Part], install: bool) -> ExitCode {
    let parts = if only.is_empty() { Part::value_variants() } else { only };
    let lacking = if install { prepare::bring_for(parts) } else { prepare::lacking_for(parts) };
    let mut rows = Vec::new();
    for &part in parts {
        println!("\n=== {} ===", part.name());
        let begun = Instant::now();
        let mut row = part.run(&lacking);
        row.took = begun.elapsed();
        // With CI=true a missing piece is a failure, not a note.
        if let (Outcome::Skipped(why), true) = (&row.outcome, layout::is_ci()) {
            row.notes.push(format!("nothing may be skipped with CI=true: {why}"));
            row.outcome = Outcome::Failed;
            row.failed = 1;
        }
        rows.push(row);
    }
    print!("{}", table::render(&rows));
    if table::all_good(&rows) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A need that could not be met, and why.
pub(crate) type Lacking = [(Need, String)];

impl Part {
    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// What must be on the machine for this part.
    pub(crate) fn needs(self) -> &'static [Need] {
        match self {
            Self::Deny => &[Need::Deny],
            Self::Servers => {
                &[Need::Dovecot, Need::Cyrus, Need::Courier, Need::Greenmail, Need::Mails, Need::Peers]
            }
            Self::Rust => &[Need::Mails],
            Self::Kotlin => &[Need::Java, Need::Lint],
            Self::Screens => &[Need::Java],
            Self::Swift => &[Need::Swift],
            Self::Mobile => &[Need::Phones],
            Self::Readme
            | Self::Demo
            | Self::Fmt
            | Self::Clippy
            | Self::Layering
            | Self::Crash
            | Self::Bindings
            | Self::Docs => &[],
        }
    }

    fn run(self, lacking: &Lacking) -> Row {
        let lacks: Vec<_> = lacking.iter().filter(|(need, _)| self.needs().contains(need)).collect();
        let mut row = match self {
            Self::Fmt => once(self, &cargo::command(&["fmt", "--all", "--check"])),
            Self::Clippy => once(
                self,
                &cargo::command(&[
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--all-features",
                    "--",
                    "-D",
                    "warnings",
                ]),
            ),
            Self::Deny | Self::Kotlin | Self::Screens | Self::Swift | Self::Mobile if !lacks.is_empty() => {
                skipped(self, &lacks[0].1)
            }
            Self::Deny => deny(self),
            Self::Bindings => {
                summed(self, bindings::make(false).map(|_| Sum { passed: 1, ..Sum::default() }))
            }
            Self::Kotlin => summed(self, kotlin::prove()),
            Self::Screens => summed(self, kotlin::screens(false)),
            Self::Swift => summed(self, swift::prove()),
            Self::Mobile => summed(self, mobile::prove()),
            Self::Layering | Self::Readme => tests(self, &[self.name()]),
            Self::Rust => tests(self, &test_files(|path, text| !is_own_part(path) && !wants_servers(text))),
            Self::Servers => tests(self, &test_files(|path, text| !is_own_part(path) && wants_servers(text))),
            Self::Crash => crash(self),
            Self::Docs => docs(self),
            Self::Demo => once(self, &cargo::command(&["demo"])),
        };
        if row.outcome == Outcome::Passed {
            for (need, why) in lacks {
                row.notes.push(format!("!! without {}: {why}", need.name()));
                if layout::is_ci() {
                    row.outcome = Outcome::Failed;
                    row.failed += 1;
                }
            }
        }
        row
    }
}

fn row(part: Part, outcome: Outcome, passed: u64, failed: u64) -> Row {
    Row { part: part.name(), outcome, passed, failed, took: Duration::ZERO, notes: Vec::new() }
}

fn skipped(part: Part, why: &str) -> Row {
    println!("!! SKIPPED {}: {why}", part.name());
    row(part, Outcome::Skipped(why.to_owned()), 0, 0)
}

fn failed(part: Part, why: String) -> Row {
    let mut row = row(part, Outcome::Failed, 0, 1);
    row.notes.push(why);
    row
}

/// A part of the shells, which counts for itself.
fn summed(part: Part, sum: Done<Sum>) -> Row {
    match sum {
        Ok(sum) => {
            let outcome = if sum.failed == 0 { Outcome::Passed } else { Outcome::Failed };
            let mut row = row(part, outcome, sum.passed, sum.failed);
            row.notes = sum.notes;
            row
        }
        Err(why) => failed(part, why),
    }
}

/// A part that is one command: one passed or one failed.
fn once(part: Part, command: &Command) -> Row {
    cargo::show(command);
    match cargo::watched(command, LIMIT_MINUTES) {
        Ok(outcome) if outcome.success => row(part, Outcome::Passed, 1, 0),
        Ok(_) => row(part, Outcome::Failed, 0, 1),
        Err(why) => failed(part, why),
    }
}

/// A part of cargo tests: each test counts. With no test file to run, the part says so by failing.
fn tests(part: Part, files: &[String]) -> Row {
    let mut command =
        cargo::command(&["test", "--workspace", "--features", "satchel/demo", "--no-fail-fast"]);
    if part == Part::Rust {
        command.args(["--lib", "--bins"]);
    } else if files.is_empty() {
        return failed(part, "no test file belongs to this part".to_owned());
    }
    for file in files {
        command.args(["--test", file]);
    }
    counted(part, command)
}

fn counted(part: Part, mut command: Command) -> Row {
    let skips = std::env::temp_dir().join(format!("satchel-skips-{}-{}", std::process::id(), part.name()));
    command.env("SATCHEL_SKIPS", &skips).env("SATCHEL_CACHE", layout::cache());
    let mails = layout::cache().join("spam-assassin/data");
    if mails.is_dir() {
        command.env("SATCHEL_MAIL_CORPUS", mails);
    }
    cargo::show(&command);
    let outcome = match cargo::watched(&command, LIMIT_MINUTES) {
        Ok(outcome) => outcome,
        Err(why) => return failed(part, why),
    };
    let counts = outcome.counts;
    // No failed test and yet no success: it did not compile, or a test program died.
    let broken = !outcome.success && counts.failed == 0;
    let good = outcome.success && counts.failed == 0 && counts.passed > 0;
    let result = if good { Outcome::Passed } else { Outcome::Failed };
    let failures = if good { 0 } else { counts.failed.max(1) };
    let mut row = row(part, result, counts.passed, failures);
    row.notes.extend(counts.failures.iter().map(|name| format!("failed: {name}")));
    if broken {
        row.notes.push("a test program did not build, or died".to_owned());
    }
    if counts.ignored > 0 {
        row.notes.push(format!("{} tests are marked ignored", counts.ignored));
    }
    let mut lines: Vec<_> =
        std::fs::read_to_string(&skips).unwrap_or_default().lines().map(str::to_owned).collect();
    let _ = std::fs::remove_file(&skips);
    lines.sort();
    lines.dedup();
    row.notes.extend(lines.into_iter().map(|line| format!("!! {line}")));
    row
}

fn docs(part: Part) -> Row {
    let mut command = cargo::command(&["doc", "--workspace", "--no-deps", "--quiet"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    let built = once(part, &command);
    if built.outcome != Outcome::Passed {
        return built;
    }
    let mut row = counted(part, cargo::command(&["test", "--workspace", "--doc", "--no-fail-fast"]));
    row.passed += 1;
    row
}

fn crash(part: Part) -> Row {
    if !layout::root().join("tests/src/bin/crash.rs").is_file() {
        return skipped(part, "the harness (tests/src/bin/crash.rs) is not here yet");
    }
    let mut row = tests(part, &["sim_engine".to_owned()]);
    let sweep = match cargo::build_crash(CRASH_POINTS) {
        Ok(program) => {
            let mut sweep = Command::new(program);
            sweep.current_dir(layout::root()).arg("--points").arg(CRASH_POINTS.to_string());
            once(part, &sweep)
        }
        Err(why) => failed(part, why),
    };
    row.passed += sweep.passed;
    row.failed += sweep.failed;
    row.notes.extend(sweep.notes);
    if sweep.outcome == Outcome::Failed {
        row.outcome = Outcome::Failed;
    }
    row
}

/// The advisory database comes from the network; where it cannot be had, the rest is checked and that is said.
fn deny(part: Part) -> Row {
    let run = |checks: &[&str]| {
        let mut command = Command::new(prepare::cargo_deny());
        command.current_dir(layout::root()).args(["--all-features", "check"]).args(checks);
        command
    };
    let mut row = once(part, &run(&["bans", "licenses", "sources"]));
    let fetched =
        Command::new(prepare::cargo_deny()).current_dir(layout::root()).args(["fetch", "db"]).output();
    if fetched.is_ok_and(|output| output.status.success()) {
        let advisories = once(part, &run(&["advisories"]));
        row.passed += advisories.passed;
        row.failed += advisories.failed;
        if advisories.outcome == Outcome::Failed {
            row.outcome = Outcome::Failed;
        }
    } else {
        row.notes.push("advisories were not checked: their database cannot be reached from here".to_owned());
    }
    row
}

/// Names of the integration tests of all packages that `wanted` picks by path and text.
fn test_files(wanted: impl Fn(&Path, &str) -> bool) -> Vec<String> {
    let mut names = Vec::new();
    for package in ["core", "cli", "bindings", "tests", "tests/postoffice", "xtask"] {
        let Ok(entries) = std::fs::read_dir(layout::root().join(package).join("tests")) else { continue };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            // A test in a folder of its own has a main.rs.
            let main = if path.is_dir() { path.join("main.rs") } else { path.clone() };
            let Ok(text) = read_tree(&main) else { continue };
            if let (Some(stem), true) = (path.file_stem(), wanted(&path, &text)) {
                names.push(stem.to_string_lossy().into_owned());
            }
        }
    }
    names.sort();
    names
}

/// The text of a test, with that of the files beside a `main.rs`.
fn read_tree(main: &Path) -> Done<String> {
    if main.extension().is_none_or(|extension| extension != "rs") {
        return Err("not a test".to_owned());
    }
    let mut text = std::fs::read_to_string(main).map_err(|why| why.to_string())?;
    if let (true, Some(folder)) = (main.ends_with("main.rs"), main.parent()) {
        for entry in std::fs::read_dir(folder).map_err(|why| why.to_string())?.filter_map(Result::ok) {
            text.push_str(&std::fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    Ok(text)
}

fn is_own_part(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "layering" || stem == "readme" || stem == "sim_engine")
}

fn wants_servers(text: &str) -> bool {
    text.contains("servers::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_of_real_servers_belong_to_their_part_and_layering_to_its_own() {
        let servers = test_files(|path, text| !is_own_part(path) && wants_servers(text));
        assert!(servers.contains(&"real_servers".to_owned()), "{servers:?}");
        let rust = test_files(|path, text| !is_own_part(path) && !wants_servers(text));
        assert!(
            !rust.contains(&"layering".to_owned()) && !rust.contains(&"real_servers".to_owned()),
            "{rust:?}"
        );
    }
}
