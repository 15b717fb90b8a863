//! Plants a bug and looks for the first case that catches it.

use crate::sim::registry::{AnyScenario, Share, sweep_many};
use crate::sim::report::Broken;
use crate::sim::sweep::Options;
use satchel_core::store::{Planted, PlantedBug};

/// The bugs that can be planted.
pub const BUGS: [PlantedBug; 8] = [
    PlantedBug::CursorAhead,
    PlantedBug::NoDirectorySync,
    PlantedBug::LedgerClearedOnEmpty,
    PlantedBug::RowBeforeFile,
    PlantedBug::NoFileSync,
    PlantedBug::NormalCommits,
    PlantedBug::UidvalidityDropsLocal,
    PlantedBug::OperationDoneBeforeSent,
];

/// How a planted bug was caught.
#[derive(Clone, Debug)]
pub struct Caught {
    /// The first case that broke.
    pub broken: Broken,
    /// How many cases were tried, with it.
    pub cases: u64,
}

/// Sweeps from seed 1 with the bug planted until a case breaks, or until `cases` were tried.
///
/// Another guard may heal a bug: then the bug has to switch off the whole chain, not one line.
pub fn planted_caught(scenarios: &[Box<dyn AnyScenario>], bug: PlantedBug, cases: u64) -> Option<Caught> {
    planted_caught_from(scenarios, bug, 0, cases)
}

/// The same, but points before this one are passed over.
pub fn planted_caught_from(
    scenarios: &[Box<dyn AnyScenario>],
    bug: PlantedBug,
    from: u64,
    cases: u64,
) -> Option<Caught> {
    let options = Options { planted: Planted::bug(bug), first_only: true, from, ..Options::default() };
    let report = sweep_many(scenarios, 1, cases, Share { worker: 0, of: 1 }, &options);
    let broken = report.broken.into_iter().next()?;
    Some(Caught { broken, cases: report.cases })
}
