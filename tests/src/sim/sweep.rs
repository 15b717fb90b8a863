//! Interrupts one seed of a scenario at every point, in every way, and recovers each distinct result once.
//!
//! One run to a point serves all faults that end the process there: images of the stopped disk are derived, and those
//! that are equal to one that was recovered before (disk and server) have its verdict. Every distinct image is opened
//! and checked; of those that then mean the same to SQLite only one is run to the end, unless all are asked for.

use crate::sim::case::Case;
use crate::sim::fault::{Fault, Point, Survivors};
use crate::sim::harness::Scenario;
use crate::sim::look::{Look, guarded};
use crate::sim::meter::Plan;
use crate::sim::power::after_power_loss;
use crate::sim::process::{Machine, Outcome, Task, run};
use crate::sim::random::Chance;
use crate::sim::report::{Broken, Report};
use crate::sim::world::Passed;
use satchel_core::store::Planted;
use std::collections::BTreeMap;
use std::time::Instant;

/// How much to try.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many prefixes, subsets and torn subsets at each point.
    pub numbered: u32,
    /// How many first faults of a seed get second ones, four each.
    pub doubles: u32,
    /// Bugs to plant.
    pub planted: Planted,
    /// End at the first broken case.
    pub first_only: bool,
    /// Run every distinct image to the end, also where another one meant the same to SQLite.
    pub every_recovery: bool,
    /// Name no more cases than this.
    pub limit: u64,
    /// Interrupt from this point on: a test that knows where a bug shows saves the way there.
    pub from: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            numbered: 6,
            doubles: 24,
            planted: Planted::default(),
            first_only: false,
            every_recovery: false,
            limit: u64::MAX,
            from: 0,
        }
    }
}

/// Second faults for each first one.
const SECONDS: u32 = 4;

/// Faults that are tried one by one, as the process lives on.
const SURVIVED: [Fault; 6] =
    [Fault::Cut, Fault::Io, Fault::IoSticky, Fault::IoDrop, Fault::Full, Fault::FullSticky];

/// Stage and sentence of a broken invariant.
type Verdict = Result<(), (&'static str, String)>;

/// A machine after a process with a fault.
pub(crate) struct Faulted<S> {
    pub(crate) machine: Machine<S>,
    pub(crate) passed: Passed,
    pub(crate) verdict: Verdict,
}

/// One seed of one scenario, ready to be interrupted.
pub(crate) struct Sweep<'a, C: Scenario> {
    scenario: &'a C,
    seed: u64,
    options: Options,
    base: Machine<C::Server>,
    expected: String,
    pub(crate) points: Vec<Point>,
    calls: [(Fault, u64); 2],
    pub(crate) trace: u64,
    known: BTreeMap<(u64, u64), Verdict>,
    ends: BTreeMap<(u64, u64), Verdict>,
    pub(crate) report: Report,
}

impl<'a, C: Scenario> Sweep<'a, C> {
    /// Sets up, and runs uninterrupted. An error is a scenario that is wrong by itself.
    pub(crate) fn prepare(scenario: &'a C, seed: u64, options: Options) -> Result<Self, Box<Broken>> {
        let mut report = Report { seeds: 1, ..Report::default() };
        let broken = |stage: &str, what: String, passed: &Passed| {
            let case = Case { scenario: scenario.name().to_owned(), seed, first: None, second: None };
            Box::new(describe(&case, stage, what, passed, 1))
        };
        let bare = Machine {
            disk: crate::sim::disk::Disk::default(),
            server: scenario.server(seed),
            credentials: crate::sim::credentials::SimCredentials::default(),
        };
        let made = run(scenario, bare, &Task { setup: true, ..Task::new(seed) });
        if made.outcome != Outcome::Ended(Ok(())) {
            return Err(broken("set up", format!("{:?}", made.outcome), &made.passed));
        }
        let mut base = made.machine;
        base.disk.settle();
        let whole = run(scenario, base.copy(), &Task { log: true, ..Task::new(seed) });
        if whole.outcome != Outcome::Ended(Ok(())) {
            return Err(broken("uninterrupted", format!("{:?}", whole.outcome), &whole.passed));
        }
        let end = |machine: &Machine<C::Server>| {
            let look = Look::at(machine, seed)?;
            scenario.check_at_end(&look)?;
            scenario.final_state(&look)
        };
        let expected =
            guarded(|| end(&whole.machine)).map_err(|what| broken("uninterrupted", what, &whole.passed))?;
        report.cases += 1;
        report.processes += 2;
        report.points += whole.passed.points;
        let (points, trace) = (whole.passed.log, whole.passed.trace);
        let calls = [(Fault::Read, whole.passed.reads), (Fault::Handles, whole.passed.opens)];
        let (known, ends) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { scenario, seed, options, base, expected, points, calls, trace, known, ends, report })
    }

    fn case(&self, first: Option<Plan>, second: Option<Plan>) -> Case {
        Case { scenario: self.scenario.name().to_owned(), seed: self.seed, first, second }
    }

    fn task(&self, number: u32, plan: Option<Plan>) -> Task {
        Task { number, plan, planted: self.options.planted, ..Task::new(self.seed) }
    }

    /// The uninterrupted run with the planted bugs in it: some need no fault to show.
    pub(crate) fn with_planted(&mut self) -> Result<(), Box<Broken>> {
        if self.options.planted == Planted::default() {
            return Ok(());
        }
        let whole = run(self.scenario, self.base.copy(), &Task { log: true, ..self.task(0, None) });
        self.report.processes += 1;
        let verdict = match whole.outcome {
            Outcome::Ended(Ok(())) => self.at_end(&whole.machine),
            other => Err(("uninterrupted", format!("{other:?}"))),
        };
        self.points.clone_from(&whole.passed.log);
        verdict.map_err(|(stage, what)| {
            Box::new(describe(&self.case(None, None), stage, what, &whole.passed, self.report.cases))
        })
    }

    fn at_end(&self, machine: &Machine<C::Server>) -> Verdict {
        let look = Look::at(machine, self.seed).map_err(|what| ("at the end", what))?;
        guarded(|| self.scenario.check_at_end(&look)).map_err(|what| ("at the end", what))?;
        let found = guarded(|| self.scenario.final_state(&look)).map_err(|what| ("final state", what))?;
        if found == self.expected {
            Ok(())
        } else {
            let difference = difference(&self.expected, &found);
            Err(("final state", format!("differs from the uninterrupted run:\n{difference}")))
        }
    }

    /// Runs a process with a fault, and gives what the next process will find.
    pub(crate) fn fault(
        &mut self,
        machine: Machine<C::Server>,
        number: u32,
        plan: Plan,
    ) -> Faulted<C::Server> {
        let remains = run(self.scenario, machine, &self.task(number, Some(plan)));
        self.report.processes += 1;
        let verdict = match remains.outcome {
            Outcome::Panicked(words) => Err(("during the fault", format!("panicked: {words}"))),
            Outcome::Stuck => Err(("during the fault", "the process does not end".to_owned())),
            Outcome::Killed | Outcome::Ended(_) if !remains.passed.hit => Err((
                "during the fault",
                format!("point {} was never passed: the run does not replay", plan.point),
            )),
            Outcome::Killed | Outcome::Ended(_) => Ok(()),
        };
        let mut machine = remains.machine;
        match plan.fault {
            Fault::Power(survivors) => machine.disk = after_power_loss(&machine.disk, survivors),
            Fault::IoDrop => machine.disk = after_power_loss(&machine.disk, Survivors::Nothing),
            _ => {}
        }
        Faulted { machine, passed: remains.passed, verdict }
    }

    /// Checks a machine after a fault, lets a new process go on to the end, and checks again.
    pub(crate) fn recover(&mut self, machine: Machine<C::Server>, number: u32) -> Verdict {
        let key = machine.hash();
        if let Some(verdict) = self.known.get(&key) {
            return verdict.clone();
        }
        self.report.recoveries += 1;
        let verdict = self.recover_anew(machine, number);
        self.known.insert(key, verdict.clone());
        verdict
    }

    fn recover_anew(&mut self, machine: Machine<C::Server>, number: u32) -> Verdict {
        let meaning = match Look::at(&machine, self.seed) {
            Err(_) if self.scenario.may_lie_damaged() => None,
            Err(what) => return Err(("after recovery", what)),
            Ok(look) => {
                guarded(|| self.scenario.check_after_recovery(&look))
                    .map_err(|what| ("after recovery", what))?;
                if self.options.every_recovery { None } else { look.meaning() }
            }
        };
        let Some(meaning) = meaning else { return self.run_on(machine, number) };
        let key = (meaning, machine.beside_the_disk());
        if let Some(verdict) = self.ends.get(&key) {
            return verdict.clone();
        }
        let verdict = self.run_on(machine, number);
        self.ends.insert(key, verdict.clone());
        verdict
    }

    fn run_on(&mut self, machine: Machine<C::Server>, number: u32) -> Verdict {
        self.report.ends += 1;
        let remains = run(self.scenario, machine, &self.task(number, None));
        self.report.processes += 1;
        match remains.outcome {
            Outcome::Ended(Ok(())) => self.at_end(&remains.machine),
            Outcome::Ended(Err(what)) => Err(("recovering", what)),
            other => Err(("recovering", format!("{other:?}"))),
        }
    }

    /// Counts a case; true if no more are wanted.
    fn judged(&mut self, case: &Case, verdict: Verdict, passed: &Passed) -> bool {
        self.report.cases += 1;
        self.report.doubles += u64::from(case.second.is_some());
        if let Err((stage, what)) = verdict {
            self.report.add_broken(describe(case, stage, what, passed, self.report.cases));
        }
        self.is_done()
    }

    fn is_done(&self) -> bool {
        self.report.cases >= self.options.limit || (self.options.first_only && self.report.broken_count > 0)
    }

    /// Every point, every fault.
    pub(crate) fn every_point(&mut self) {
        for point in self.points.clone() {
            if point.number < self.options.from {
                continue;
            }
            if self.is_done() || self.killed_at(&point) || self.survived_at(&point) {
                return;
            }
        }
    }

    fn killed_at(&mut self, point: &Point) -> bool {
        let stopped = self.fault(self.base.copy(), 0, Plan { point: point.number, fault: Fault::Stop });
        let beside = stopped.machine.beside_the_disk();
        for fault in killing(self.options.numbered) {
            let plan = Plan { point: point.number, fault };
            let disk = match fault {
                Fault::Power(survivors) => after_power_loss(&stopped.machine.disk, survivors),
                _ => stopped.machine.disk.clone(),
            };
            let verdict = match (&stopped.verdict, self.known.get(&(disk.hash(), beside))) {
                (Err(wrong), _) => Err(wrong.clone()),
                (Ok(()), Some(known)) => known.clone(),
                (Ok(()), None) => self.recover(Machine { disk, ..stopped.machine.copy() }, 1),
            };
            if self.judged(&self.case(Some(plan), None), verdict, &stopped.passed) {
                return true;
            }
        }
        false
    }

    fn survived_at(&mut self, point: &Point) -> bool {
        let mut faults = SURVIVED.into_iter().filter(|f| f.fits(point.kind));
        faults.any(|fault| self.survived(Plan { point: point.number, fault }))
    }

    /// Every read that could fail, every file that could find no handle.
    pub(crate) fn every_call(&mut self) {
        for (fault, count) in self.calls {
            for point in 1..=count {
                if self.is_done() || self.survived(Plan { point, fault }) {
                    return;
                }
            }
        }
    }

    fn survived(&mut self, plan: Plan) -> bool {
        let faulted = self.fault(self.base.copy(), 0, plan);
        let verdict = faulted.verdict.and_then(|()| self.recover(faulted.machine, 1));
        self.judged(&self.case(Some(plan), None), verdict, &faulted.passed)
    }

    /// A second fault in the recovery from the first, both by chance.
    pub(crate) fn doubles(&mut self) {
        let mut chance = Chance::of(&[11, self.seed]);
        for _ in 0..self.options.doubles {
            if self.is_done() {
                return;
            }
            let Some(first) = self.points.get(chance.below(self.points.len() as u64) as usize).cloned()
            else {
                return;
            };
            let first = Plan { point: first.number, fault: any_killing(&mut chance) };
            let faulted = self.fault(self.base.copy(), 0, first);
            // Judged as a single case already.
            if faulted.verdict.is_err() {
                continue;
            }
            let counted =
                run(self.scenario, faulted.machine.copy(), &Task { log: true, ..self.task(1, None) });
            self.report.processes += 1;
            for _ in 0..SECONDS {
                let log = &counted.passed.log;
                let Some(point) = log.get(chance.below(log.len() as u64) as usize) else { break };
                let survived: Vec<Fault> = SURVIVED.into_iter().filter(|f| f.fits(point.kind)).collect();
                let fault = match survived.get(chance.below(4) as usize) {
                    Some(fault) => *fault,
                    None => any_killing(&mut chance),
                };
                let second = Plan { point: point.number, fault };
                let again = self.fault(faulted.machine.copy(), 1, second);
                let verdict = again.verdict.and_then(|()| self.recover(again.machine, 2));
                if self.judged(&self.case(Some(first), Some(second)), verdict, &again.passed) {
                    return;
                }
            }
        }
    }

    /// Exactly one case, one by one, as a failure's name asks for.
    pub(crate) fn replay(&mut self, case: &Case) {
        let Some(first) = case.first else { return };
        let mut faulted = self.fault(self.base.copy(), 0, first);
        let mut number = 1;
        if let (Some(second), Ok(())) = (case.second, &faulted.verdict) {
            faulted = self.fault(faulted.machine, 1, second);
            number = 2;
        }
        let verdict = faulted.verdict.and_then(|()| self.recover(faulted.machine, number));
        self.judged(case, verdict, &faulted.passed);
    }
}

fn any_killing(chance: &mut Chance) -> Fault {
    let n = chance.below(1_000) as u32;
    match chance.below(5) {
        0 => Fault::Stop,
        1 => Fault::Power(Survivors::Nothing),
        2 => Fault::Power(Survivors::Prefix(n)),
        3 => Fault::Power(Survivors::Subset(n)),
        _ => Fault::Power(Survivors::Torn(n)),
    }
}

fn killing(numbered: u32) -> Vec<Fault> {
    let mut faults = vec![Fault::Stop, Fault::Power(Survivors::Nothing)];
    for n in 1..=numbered {
        faults.extend([Survivors::Prefix(n), Survivors::Subset(n), Survivors::Torn(n)].map(Fault::Power));
    }
    faults
}

fn describe(case: &Case, stage: &str, what: String, passed: &Passed, nth: u64) -> Broken {
    Broken {
        case: case.to_string(),
        stage: stage.to_owned(),
        what,
        points: passed.recent.iter().map(ToString::to_string).collect(),
        trace: format!("{:016x}", passed.trace),
        nth,
    }
}

/// The lines that are in one state only.
fn difference(expected: &str, found: &str) -> String {
    let only = |a: &str, b: &str, sign: &str| -> Vec<String> {
        let there: Vec<&str> = b.lines().collect();
        a.lines().filter(|line| !there.contains(line)).map(|line| format!("{sign} {line}")).collect()
    };
    let mut lines = only(expected, found, "-");
    lines.extend(only(found, expected, "+"));
    if lines.is_empty() {
        lines.push("the same lines, another number or order of them".to_owned());
    }
    lines.truncate(20);
    lines.join("\n")
}

/// Sweeps one seed.
pub fn sweep<C: Scenario>(scenario: &C, seed: u64, options: &Options) -> Report {
    let started = Instant::now();
    let mut report = match Sweep::prepare(scenario, seed, *options) {
        Err(broken) => {
            let mut report = Report { cases: 1, seeds: 1, ..Report::default() };
            report.add_broken(*broken);
            report
        }
        Ok(mut sweep) => {
            if let Err(broken) = sweep.with_planted() {
                sweep.report.add_broken(*broken);
            }
            sweep.every_point();
            sweep.every_call();
            sweep.doubles();
            sweep.report
        }
    };
    report.seconds = started.elapsed().as_secs_f64();
    report
}
