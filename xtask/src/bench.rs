//! Starts the benches that live in the tests crate and says what they lack.
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::{self, Made};
use crate::{Done, cargo, layout, maven, swift};

/// Runs one bench or all; the bench program writes JSON, a table and docs/benchmarks.md.
pub(crate) fn run(name: Option<&str>, rounds: u32) -> Done {
    for (peer, package) in [("mbsync", "isync"), ("interimap", "interimap"), ("dovecot", "dovecot-imapd")] {
        if !layout::has_command(peer) {
            println!("!! {peer} is missing (apt-get install {package}): its column stays empty");
        }
    }
    let rounds = rounds.to_string();
    let mut arguments =
        vec!["run", "-p", "satchel-tests", "--release", "--bin", "bench", "--", "--rounds", &rounds];
    arguments.extend(name);
    let mut bench = cargo::command(&arguments);
    if name.is_none_or(|name| name == "boundary") {
        bench.env("SATCHEL_BENCH_LINES", other_languages()?);
    }
    if cargo::succeeds(&bench, LIMIT_MINUTES)? { Ok(()) } else { Err("a bench failed".to_owned()) }
}

const LIMIT_MINUTES: u32 = 120;

/// What crossing the boundary costs from Kotlin and Swift, with the library as it is shipped: a file of `BENCH` lines.
fn other_languages() -> Done<PathBuf> {
    let made = bindings::make(false)?;
    cargo::run(&["build", "-p", "satchel-ffi", "--release"])?;
    let native = layout::target().join("release");
    let mut lines = String::new();
    for (language, command) in
        [("Kotlin", Ok(kotlin(&made, &native))), ("Swift", swift::bench(&made, &native))]
    {
        match command.and_then(|mut command| command.output().map_err(|why| why.to_string())) {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stdout).into_owned();
                let own = said.lines().filter_map(|line| line.find("BENCH ").map(|at| &line[at..]));
                lines.extend(own.flat_map(|line| [language, " ", line, "\n"]));
            }
            Err(why) => println!("!! {language} is not measured: {why}"),
        }
    }
    print!("{lines}");
    let file = made.folder.join("bench-lines.txt");
    std::fs::write(&file, lines).map_err(|why| why.to_string())?;
    Ok(file)
}

fn kotlin(made: &Made, native: &Path) -> Command {
    let mut command = maven::command();
    command.arg(format!("-Dbindings.dir={}", made.folder.display()));
    command.arg(format!("-Dnative.dir={}", native.display()));
    command.args(["-Dbench=1", "-Dtest=Bench", "-pl", "mail", "test"]);
    command
}
