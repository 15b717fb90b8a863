//! Measures Satchel beside mbsync and interimap (`cargo xtask bench [NAME]`): tables, JSON, docs/benchmarks.md.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that shows figures to a person")]

mod boundary;
mod fsyncs;
mod local;
mod one_pass;
mod over_wire;
mod report;
mod setup;

use std::process::ExitCode;

use report::Report;

/// What may go wrong: a sentence.
type Done<T = ()> = Result<T, String>;

/// What is asked for on the command line.
struct Arguments {
    only: Option<String>,
    rounds: usize,
    messages: Option<usize>,
    write: bool,
}

type Bench = fn(&Arguments) -> Done<Report>;

/// The benches by name, numbered as the list of measures is.
const BENCHES: [(&str, Bench); 5] = [
    ("first-screen", over_wire::first_screen),
    ("unchanged", over_wire::unchanged),
    ("bulk", over_wire::bulk),
    ("local", local::local),
    ("boundary", boundary::boundary),
];

const USAGE: &str =
    "usage: bench [first-screen|unchanged|bulk|local|boundary] [--rounds N] [--messages N] [--no-write]";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() == Some(one_pass::WORD) {
        return end(one_pass::run(&words.next().unwrap_or_default()));
    }
    end(read(std::env::args().skip(1)).and_then(|arguments| run(&arguments)))
}

fn end(done: Done) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut words: impl Iterator<Item = String>) -> Done<Arguments> {
    let mut arguments = Arguments { only: None, rounds: 5, messages: None, write: true };
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse().ok()).ok_or(USAGE);
        match word.as_str() {
            "--rounds" => arguments.rounds = number()?,
            "--messages" => arguments.messages = Some(number()?),
            "--no-write" => arguments.write = false,
            name if BENCHES.iter().any(|(known, _)| *known == name) => arguments.only = Some(word),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> Done {
    if cfg!(debug_assertions) {
        eprintln!("!! this is a debug build: its figures mean nothing");
    }
    if arguments.only.as_deref() != Some("boundary") {
        fsyncs::counts()?;
    }
    let mut failed = Vec::new();
    for (name, bench) in BENCHES {
        if arguments.only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        println!("\n== {name} ==");
        match bench(arguments) {
            Ok(report) => {
                println!("{}", report.table());
                println!("{}", report.json().map_err(|why| why.to_string())?);
                if arguments.write {
                    report.write_into_docs(name).map_err(|why| why.to_string())?;
                }
                failed.extend(report.failures());
            }
            Err(why) => failed.push(format!("{name}: {why}")),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}
