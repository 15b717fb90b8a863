//! What a sweep found, for people and for programs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One broken invariant, with all that is needed to see it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Broken {
    /// Name of the case: replay it by this.
    pub case: String,
    /// When it showed: `uninterrupted`, `during the fault`, `after recovery`, `at the end`, `final state` …
    pub stage: String,
    /// What was wrong.
    pub what: String,
    /// The last four points before the fault.
    pub points: Vec<String>,
    /// Hash of the trace up to the fault, in hexadecimal.
    pub trace: String,
    /// How many cases of the sweep had been named up to this one.
    pub nth: u64,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "BROKEN {} ({})", self.case, self.stage)?;
        writeln!(f, "  {}", self.what.replace('\n', "\n  "))?;
        for point in &self.points {
            writeln!(f, "  point {point}")?;
        }
        write!(f, "  trace {}", self.trace)
    }
}

/// Sums of a sweep.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Named cases: each has a name by which it can be replayed.
    pub cases: u64,
    /// Of these, with a second fault in the recovery.
    pub doubles: u64,
    /// Distinct (disk, server) that were recovered and checked; other cases led to an identical one.
    pub recoveries: u64,
    /// Of these, run to the end: the others meant the same to SQLite, page by page, once it had read them.
    pub ends: u64,
    /// Processes run.
    pub processes: u64,
    /// Points of the uninterrupted runs.
    pub points: u64,
    /// Seeds swept, over all scenarios.
    pub seeds: u64,
    /// Broken invariants, at most a hundred.
    pub broken: Vec<Broken>,
    /// All broken ones.
    pub broken_count: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// More are counted and not kept.
const KEPT: usize = 100;

impl Report {
    /// Adds a broken case.
    pub fn add_broken(&mut self, broken: Broken) {
        self.broken_count += 1;
        if self.broken.len() < KEPT {
            self.broken.push(broken);
        }
    }
    /// Adds another report's sums; the longer time counts, as they ran side by side.
    pub fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.doubles += other.doubles;
        self.recoveries += other.recoveries;
        self.ends += other.ends;
        self.processes += other.processes;
        self.points += other.points;
        self.seeds += other.seeds;
        self.broken_count += other.broken_count;
        self.broken.extend(other.broken);
        self.broken.truncate(KEPT);
        self.seconds = self.seconds.max(other.seconds);
    }
    /// Named cases a second.
    pub fn rate(&self) -> f64 {
        self.cases as f64 / self.seconds.max(1e-9)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for broken in self.broken.iter().take(10) {
            writeln!(f, "{broken}\n")?;
        }
        write!(
            f,
            "{} named cases ({} with a second fault), {} distinct recoveries ({} run to the end), {} processes, \
             {} points, {} seeds: \
             {} broken invariants; {:.1} s, {:.0} cases/s",
            self.cases,
            self.doubles,
            self.recoveries,
            self.ends,
            self.processes,
            self.points,
            self.seeds,
            self.broken_count,
            self.seconds,
            self.rate()
        )
    }
}
