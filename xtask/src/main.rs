//! Chores: `test`, `prepare`, `bindings`, `kotlin`, `swift`, `screens`, `servers` and more. Each says what it does and what it lacks.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to a person")]

mod bench;
mod bindings;
mod cargo;
mod counts;
mod kotlin;
mod layout;
mod maven;
mod mobile;
mod parts;
mod prepare;
mod swift;
mod table;
mod window;

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
    /// Build the library and its Kotlin and Swift sides; hold what crosses to bindings/api.txt.
    Bindings {
        /// Write bindings/api.txt anew where the library exports other things.
        #[arg(long)]
        bless: bool,
    },
    /// Test the Kotlin modules; then their layout, habits and documentation.
    Kotlin {
        /// Only lay the sources out anew.
        #[arg(long)]
        fix: bool,
    },
    /// Test the Swift package, by the machine's Swift or by one in a chroot.
    Swift,
    /// Compare the pictures of the screens with those in docs/screens; compile the screens against the phone's classes.
    Screens {
        /// Draw docs/screens anew; look at what changed before it is committed.
        #[arg(long)]
        bless: bool,
    },
    /// Type-check the library for Android and iOS. Links nothing.
    MobileCheck,
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
    Demo {
        /// The screens in a window instead, over a post office with sample mail. Needs a display.
        #[arg(long)]
        ui: bool,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().chore {
        Chore::Test { only, no_install } => return parts::run(&only, !no_install),
        Chore::Prepare { what } => prepare::run(&what),
        Chore::Bindings { bless } => bindings::make(bless).map(drop),
        Chore::Kotlin { fix: true } => kotlin::fix(),
        Chore::Kotlin { fix: false } => return parts::run(&[parts::Part::Kotlin], true),
        Chore::Swift => return parts::run(&[parts::Part::Swift], true),
        Chore::Screens { bless: false } => return parts::run(&[parts::Part::Screens], true),
        Chore::Screens { bless: true } => {
            kotlin::screens(true).map(|sum| println!("{}", sum.notes.join("\n")))
        }
        Chore::MobileCheck => return parts::run(&[parts::Part::Mobile], true),
        Chore::Servers => cargo::run(&["run", "--quiet", "-p", "satchel-tests", "--bin", "servers"]),
        Chore::Crash { points, rest } => cargo::crash(points, &rest),
        Chore::Bench { name, rounds } => bench::run(name.as_deref(), rounds),
        Chore::Demo { ui: true } => kotlin::window(),
        Chore::Demo { ui: false } => cargo::run(&["demo"]),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
