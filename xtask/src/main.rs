//! Chores: `test`, `prepare`, `servers`, `crash`, `bench`, `demo`. Each says what it does and what it lacks.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to a person")]

mod bench;
mod cargo;
mod counts;
mod layout;
mod parts;
mod prepare;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What can go wrong here: a sentence for a person.
type Done<T = ()> = Result<T, String>;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the Satchel repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Prove everything: installs what it needs, runs all parts, ends with `N passed, N failed`.
    ///
    /// A part whose needs cannot be had is skipped with a loud line. With CI=true nothing may be skipped.
    Test {
        /// Only these parts (repeatable).
        #[arg(long, value_enum, value_delimiter = ',')]
        only: Vec<parts::Part>,
        /// Install nothing; use what is there.
        #[arg(long)]
        no_install: bool,
    },
    /// Bring real servers, sample mails and tools: packages by apt (root), the rest into the cache folder.
    Prepare {
        /// What to bring; all without.
        #[arg(value_enum)]
        what: Vec<prepare::Need>,
    },
    /// Start Dovecot, Cyrus, Courier and GreenMail to play with; prints how to reach them; Ctrl-C ends them.
    Servers,
    /// Sweep the crash harness: a fault at each counted point of each scenario.
    Crash {
        /// How many named cases.
        #[arg(long, default_value_t = 1_000_000)]
        points: u64,
        /// Further arguments for the harness, such as the name of a case to replay.
        #[arg(last = true)]
        rest: Vec<String>,
    },
    /// Measure against mbsync and interimap; writes docs/benchmarks.md.
    Bench {
        /// The bench to run; all without.
        name: Option<String>,
        /// Rounds, interleaved; the table shows medians.
        #[arg(long, default_value_t = 5)]
        rounds: u32,
    },
    /// The way of a mail in a minute: an embedded post office and the terminal shell.
    Demo,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().chore {
        Chore::Test { only, no_install } => return parts::run(&only, !no_install),
        Chore::Prepare { what } => prepare::run(&what),
        Chore::Servers => cargo::run(&["run", "--quiet", "-p", "satchel-tests", "--bin", "servers"]),
        Chore::Crash { points, rest } => cargo::crash(points, &rest),
        Chore::Bench { name, rounds } => bench::run(name.as_deref(), rounds),
        Chore::Demo => cargo::run(&["demo"]),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
