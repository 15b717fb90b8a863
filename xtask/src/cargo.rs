//! Running cargo and other commands: shown as they run, their output read on the way.
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Done;
use crate::counts::Counts;
use crate::layout;

/// A cargo command at the repository's root; the same cargo that runs this.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(layout::root());
    command
}

/// Runs cargo with the terminal as its own.
pub(crate) fn run(arguments: &[&str]) -> Done {
    println!("$ cargo {}", arguments.join(" "));
    let status = command(arguments).status().map_err(|why| format!("cargo cannot be started: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("`cargo {}` failed ({status})", arguments.join(" "))) }
}

/// The crash harness over that many named cases.
pub(crate) fn crash(points: u64, rest: &[String]) -> Done {
    let program = build_crash(points)?;
    println!("$ {} --points {points} {}", program.display(), rest.join(" "));
    let mut sweep = Command::new(program);
    sweep.current_dir(layout::root()).arg("--points").arg(points.to_string()).args(rest);
    let status = sweep.status().map_err(|why| format!("the harness cannot be started: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("the sweep failed ({status})")) }
}

/// From here on an optimised harness saves more than the minutes it takes to build.
const WORTH_OPTIMISING: u64 = 500_000;

/// Builds the harness, and says where it is. What the tests built already is taken for sweeps that are not long.
pub(crate) fn build_crash(points: u64) -> Done<PathBuf> {
    let mut arguments = vec!["build", "--workspace", "--features", "satchel/demo", "--bin", "crash"];
    let optimised = points >= WORTH_OPTIMISING;
    if optimised {
        arguments.extend(["--profile", "crash"]);
    }
    run(&arguments)?;
    Ok(layout::target().join(if optimised { "crash" } else { "debug" }).join("crash"))
}

/// Says which command it is.
pub(crate) fn show(command: &Command) {
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    println!("$ {} {}", command.get_program().display(), words.join(" "));
}

/// Shows a command, runs it, and tells whether it succeeded.
pub(crate) fn succeeds(command: &Command, limit_minutes: u32) -> Done<bool> {
    show(command);
    Ok(watched(command, limit_minutes)?.success)
}

/// What came of a command whose output was read.
pub(crate) struct Outcome {
    pub(crate) success: bool,
    pub(crate) counts: Counts,
}

/// Runs a command, shows each line as it comes and counts test results. Ended after `limit_minutes`.
pub(crate) fn watched(command: &Command, limit_minutes: u32) -> Done<Outcome> {
    let mut shell = Command::new("sh");
    // stderr joins stdout, so that the lines stay in order; `timeout` is not everywhere.
    let script = if layout::has_command("timeout") {
        format!("exec 2>&1; exec timeout --kill-after=10 {limit_minutes}m \"$@\"")
    } else {
        "exec 2>&1; exec \"$@\"".to_owned()
    };
    shell.args(["-c", &script, "sh"]).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut child = shell
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|why| format!("{} cannot be started: {why}", command.get_program().display()))?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            counts.read_line(line.trim_end());
        }
    }
    let status = child.wait().map_err(|why| format!("no end of the command: {why}"))?;
    if status.code() == Some(124) {
        println!("xtask: ended after {limit_minutes} minutes");
    }
    Ok(Outcome { success: status.success(), counts })
}
