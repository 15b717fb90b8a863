//! All scenarios by name, sweeps over many seeds, replays, and the committed list of regressions.

use crate::sim::case::Case;
use crate::sim::fault::{Kind, Point};
use crate::sim::harness::Scenario;
use crate::sim::mini::Mini;
use crate::sim::real;
use crate::sim::report::Report;
use crate::sim::sweep::{Options, Sweep, sweep};
use satchel_core::store::Planted;

/// A scenario, whatever its server.
pub trait AnyScenario: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Sweeps one seed.
    fn sweep(&self, seed: u64, options: &Options) -> Report;
    /// Runs one case, and only that.
    fn replay(&self, case: &Case, planted: Planted) -> Report;
    /// The points of the uninterrupted run, and the hash of its trace.
    fn trace(&self, seed: u64) -> Result<(Vec<Point>, u64), String>;
}

impl<C: Scenario> AnyScenario for C {
    fn name(&self) -> &'static str {
        Scenario::name(self)
    }
    fn sweep(&self, seed: u64, options: &Options) -> Report {
        sweep(self, seed, options)
    }
    fn replay(&self, case: &Case, planted: Planted) -> Report {
        let options = Options { planted, ..Options::default() };
        let prepared = Sweep::prepare(self, case.seed, options).and_then(|mut sweep| {
            // The bug may show without a fault: then that is the answer, unless a fault was asked for.
            let whole = sweep.with_planted();
            if case.first.is_none() { whole.map(|()| sweep) } else { Ok(sweep) }
        });
        match prepared {
            Ok(mut sweep) => {
                sweep.replay(case);
                sweep.report
            }
            Err(broken) => {
                let mut report = Report { cases: 1, seeds: 1, ..Report::default() };
                report.add_broken(*broken);
                report
            }
        }
    }
    fn trace(&self, seed: u64) -> Result<(Vec<Point>, u64), String> {
        let sweep = Sweep::prepare(self, seed, Options::default()).map_err(|broken| broken.to_string())?;
        let trace = sweep.trace;
        Ok((sweep.points, trace))
    }
}

/// All scenarios that a sweep without a name runs.
pub fn scenarios() -> Vec<Box<dyn AnyScenario>> {
    let mut all: Vec<Box<dyn AnyScenario>> = vec![Box::new(Mini)];
    all.extend(real_scenarios());
    all
}

/// Those that run the product itself.
pub fn real_scenarios() -> Vec<Box<dyn AnyScenario>> {
    vec![
        Box::new(real::FirstImapSync),
        Box::new(real::Delta),
        Box::new(real::UidvalidityChange),
        Box::new(real::FlagAndMoveOffline),
        Box::new(real::ClicksDuringAPass),
        Box::new(real::PopLeave),
        Box::new(real::Salvage),
        Box::new(real::BodiesByPolicy),
    ]
}

/// The scenario of that name.
pub fn by_name(name: &str) -> Result<Box<dyn AnyScenario>, String> {
    scenarios().into_iter().find(|s| s.name() == name).ok_or_else(|| {
        let names: Vec<&str> = scenarios().iter().map(|s| s.name()).collect();
        format!("no scenario {name}; there are: {}", names.join(", "))
    })
}

/// Which part of the seeds is swept here, so that several workers share a sweep.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// Number of this worker, from 0.
    pub worker: u64,
    /// How many there are.
    pub of: u64,
}

/// Sweeps seed after seed, all scenarios with each, until `cases` were named (by all workers together).
pub fn sweep_many(
    scenarios: &[Box<dyn AnyScenario>],
    first_seed: u64,
    cases: u64,
    share: Share,
    options: &Options,
) -> Report {
    let own = cases.div_ceil(share.of.max(1));
    let mut sum = Report::default();
    let seconds = std::time::Instant::now();
    let pairs = (first_seed..).flat_map(|seed| scenarios.iter().map(move |s| (seed, s)));
    for (index, (seed, scenario)) in pairs.enumerate() {
        if sum.cases >= own || (options.first_only && sum.broken_count > 0) {
            break;
        }
        if index as u64 % share.of.max(1) == share.worker {
            let before = sum.cases;
            let mut report = scenario.sweep(seed, &Options { limit: own - before, ..*options });
            report.broken.iter_mut().for_each(|b| b.nth += before);
            sum.add(report);
        }
    }
    sum.seconds = seconds.elapsed().as_secs_f64();
    sum
}

/// Names of cases that failed once; each is run again. Behind a name stand kind and n-th of its kind, because
/// numbers of points shift when the engine changes.
const REGRESSIONS: &str = include_str!("regressions.txt");

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Regression {
    /// The case as it was named.
    pub case: Case,
    /// Kind of the first fault's point, and which of this kind it was, from 1.
    pub place: Option<(Kind, usize)>,
}

impl std::str::FromStr for Regression {
    type Err = String;
    fn from_str(line: &str) -> Result<Self, String> {
        let mut words = line.split_whitespace();
        let case = words.next().ok_or("an empty line")?.parse()?;
        let place = match words.next().map(|w| w.split_once('#')) {
            None => None,
            Some(Some((kind, nth))) => {
                Some((kind.parse()?, nth.parse().map_err(|_| format!("no number: {nth}"))?))
            }
            Some(None) => return Err(format!("write KIND#N behind the name: {line}")),
        };
        Ok(Self { case, place })
    }
}

impl Regression {
    /// The case with the point's number as it is today.
    pub fn relocated(&self, points: &[Point]) -> Result<Case, String> {
        let (Some((kind, nth)), Some(first)) = (self.place, self.case.first) else {
            return Ok(self.case.clone());
        };
        let found = points.iter().filter(|p| p.kind == kind).nth(nth.saturating_sub(1));
        let found = found.ok_or_else(|| {
            format!(
                "{}: the run has no {}#{nth} any more: sweep the seed again and mend the list",
                self.case,
                kind.as_str()
            )
        })?;
        let first = crate::sim::meter::Plan { point: found.number, fault: first.fault };
        Ok(Case { first: Some(first), ..self.case.clone() })
    }
}

/// The committed list.
pub fn regressions() -> Result<Vec<Regression>, String> {
    let lines = REGRESSIONS.lines().map(|l| l.split("//").next().unwrap_or_default().trim());
    lines.filter(|l| !l.is_empty()).map(str::parse).collect()
}

/// Runs the committed list.
pub fn run_regressions() -> Result<Report, String> {
    let mut sum = Report::default();
    for regression in regressions()? {
        let scenario = by_name(&regression.case.scenario)?;
        let (points, _) = scenario.trace(regression.case.seed)?;
        sum.add(scenario.replay(&regression.relocated(&points)?, Planted::default()));
    }
    Ok(sum)
}
