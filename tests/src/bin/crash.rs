//! Sweeps scenarios through the crash harness, or replays a case by its name. `cargo xtask crash` runs this.
#![allow(clippy::print_stderr, reason = "a program for a terminal")]

use satchel_core::store::Planted;
use satchel_tests::sim::case::Case;
use satchel_tests::sim::process;
use satchel_tests::sim::registry::{self, AnyScenario, Share};
use satchel_tests::sim::report::Report;
use satchel_tests::sim::sweep::Options;
use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const HELP: &str = "\
crash: interrupt every scenario at every point, in every way, and check what is left

  --points N        name at least N cases (100000)
  --seed S          first seed (1)
  --scenario NAME   only this scenario
  --threads N       worker processes (2)
  --numbered N      prefixes, subsets and torn subsets at each point (6)
  --doubles N       first faults of a seed that get four second ones each (24)
  --every-recovery  run every distinct image to the end, also where SQLite reads the same from another
  --replay CASE     run one case: SCENARIO/SEED:POINT:FAULT
  --points-of CASE  print the points of that seed's uninterrupted run
  --regressions     run the committed list of cases
  --list            print the scenarios
  --json            print the report as JSON

Exit code: 0 nothing broken, 1 a broken invariant, 2 wrong arguments.";

#[derive(Clone)]
struct Arguments {
    cases: u64,
    seed: u64,
    scenario: Option<String>,
    threads: u64,
    options: Options,
    replay: Option<String>,
    points_of: Option<String>,
    regressions: bool,
    json: bool,
    worker: Option<u64>,
}

/// A reader that has seen enough and closed the pipe is no fault.
fn say(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn parse() -> Result<Arguments, String> {
    let mut arguments = Arguments {
        cases: 100_000,
        seed: 1,
        scenario: None,
        threads: 2,
        options: Options::default(),
        replay: None,
        points_of: None,
        regressions: false,
        json: false,
        worker: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut text = || words.next().ok_or_else(|| format!("{word} needs a value"));
        let number = |s: String| s.replace('_', "").parse::<u64>().map_err(|_| format!("{s} is no number"));
        match word.as_str() {
            "--points" => arguments.cases = number(text()?)?,
            "--seed" => arguments.seed = number(text()?)?,
            "--scenario" => arguments.scenario = Some(text()?),
            "--threads" => arguments.threads = number(text()?)?.clamp(1, 64),
            "--numbered" => arguments.options.numbered = number(text()?)? as u32,
            "--doubles" => arguments.options.doubles = number(text()?)? as u32,
            "--replay" => arguments.replay = Some(text()?),
            "--points-of" => arguments.points_of = Some(text()?),
            "--worker" => arguments.worker = Some(number(text()?)?),
            "--every-recovery" => arguments.options.every_recovery = true,
            "--regressions" => arguments.regressions = true,
            "--json" => arguments.json = true,
            "--list" => {
                let names: Vec<&str> = registry::scenarios().iter().map(|s| s.name()).collect();
                say(names.join("\n"));
                std::process::exit(0);
            }
            "--help" | "-h" => {
                say(HELP);
                std::process::exit(0);
            }
            _ => return Err(format!("unknown argument {word}\n\n{HELP}")),
        }
    }
    Ok(arguments)
}

fn sweep_here(arguments: &Arguments, share: Share) -> Result<Report, String> {
    process::one_thread_only();
    let scenarios: Vec<Box<dyn AnyScenario>> = match &arguments.scenario {
        Some(name) => vec![registry::by_name(name)?],
        None => registry::scenarios(),
    };
    Ok(registry::sweep_many(&scenarios, arguments.seed, arguments.cases, share, &arguments.options))
}

/// Workers are processes: SQLite's generator is one for a process, and only where one thread uses it do bytes replay,
/// so that equal disks of different runs are recognised.
fn sweep_by_workers(arguments: &Arguments) -> Result<Report, String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut workers = Vec::new();
    for worker in 0..arguments.threads {
        let mut command = Command::new(&program);
        command.args(std::env::args().skip(1)).arg("--json").arg("--worker").arg(worker.to_string());
        workers.push(command.stdout(Stdio::piped()).spawn().map_err(|e| e.to_string())?);
    }
    let mut sum = Report::default();
    for worker in workers {
        let output = worker.wait_with_output().map_err(|e| e.to_string())?;
        sum.add(serde_json::from_slice(&output.stdout).map_err(|e| format!("a worker gave no report: {e}"))?);
    }
    Ok(sum)
}

fn run(arguments: &Arguments) -> Result<Report, String> {
    let started = Instant::now();
    if let Some(name) = &arguments.points_of {
        let case: Case = name.parse()?;
        let (points, trace) = registry::by_name(&case.scenario)?.trace(case.seed)?;
        let lines: Vec<String> = points.iter().map(ToString::to_string).collect();
        say(lines.join("\n"));
        say(format!("trace {trace:016x}"));
        return Ok(Report::default());
    }
    let mut report = if let Some(name) = &arguments.replay {
        process::one_thread_only();
        let case: Case = name.parse()?;
        registry::by_name(&case.scenario)?.replay(&case, Planted::default())
    } else if arguments.regressions {
        process::one_thread_only();
        registry::run_regressions()?
    } else {
        match arguments.worker {
            Some(worker) => sweep_here(arguments, Share { worker, of: arguments.threads })?,
            None if arguments.threads == 1 => sweep_here(arguments, Share { worker: 0, of: 1 })?,
            None => sweep_by_workers(arguments)?,
        }
    };
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

fn main() -> ExitCode {
    let (arguments, report) = match parse().and_then(|a| run(&a).map(|report| (a, report))) {
        Ok(done) => done,
        Err(e) => {
            eprintln!("crash: {e}");
            return ExitCode::from(2);
        }
    };
    if arguments.json {
        match serde_json::to_string(&report) {
            Ok(json) => say(json),
            Err(e) => eprintln!("crash: {e}"),
        }
    } else if arguments.points_of.is_none() {
        say(&report);
    }
    // A worker's broken cases are in its report.
    if report.broken_count == 0 || arguments.worker.is_some() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
