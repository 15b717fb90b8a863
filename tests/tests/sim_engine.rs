//! The crash harness on the product itself: a short sweep stays whole, and bugs that are planted in it are caught.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use satchel_core::store::{Planted, PlantedBug};
use satchel_tests::sim::planted::{BUGS, planted_caught_from};
use satchel_tests::sim::registry::{self, AnyScenario, Share, real_scenarios, sweep_many};
use satchel_tests::sim::sweep::Options;

#[test]
fn one_seed_is_one_run_of_the_engine() {
    for scenario in real_scenarios() {
        for seed in [1, 4] {
            let (points, first) =
                scenario.trace(seed).unwrap_or_else(|e| panic!("{}/{seed}: {e}", scenario.name()));
            println!("{}/{seed}: {} points", scenario.name(), points.len());
            assert!(points.len() > 30, "{}/{seed}: {} points", scenario.name(), points.len());
            assert_eq!(scenario.trace(seed).unwrap().1, first, "{}/{seed} does not replay", scenario.name());
        }
    }
}

#[test]
fn no_fault_breaks_the_engine() {
    let options = Options { numbered: 1, doubles: 2, limit: 250, ..Options::default() };
    let each: Vec<_> = real_scenarios().into_iter().map(|s| s.sweep(1, &options)).collect();
    for report in &each {
        assert_eq!(report.broken_count, 0, "{report}");
        assert!(report.cases > 100, "{report}");
    }
}

/// Which scenarios show which bug, and from which point on it is worth looking. Later ones are swept too, so a point
/// that has shifted costs time only.
fn shows(bug: PlantedBug) -> &'static [(&'static str, u64)] {
    match bug {
        PlantedBug::CursorAhead => &[("first_imap_sync", 20)],
        // A body is written when it is opened, and with many others.
        PlantedBug::NoDirectorySync | PlantedBug::RowBeforeFile | PlantedBug::NoFileSync => {
            &[("first_imap_sync", 120), ("bodies_by_policy", 0)]
        }
        PlantedBug::LedgerClearedOnEmpty => &[("pop_leave", 0)],
        PlantedBug::UidvalidityDropsLocal => &[("uidvalidity_change", 0)],
        PlantedBug::NormalCommits | PlantedBug::OperationDoneBeforeSent => &[("flag_and_move_offline", 0)],
    }
}

#[test]
fn every_planted_bug_is_caught_in_the_engine_and_its_name_replays() {
    for (bug, (name, from)) in BUGS.into_iter().flat_map(|bug| shows(bug).iter().map(move |s| (bug, *s))) {
        let scenario: Vec<Box<dyn AnyScenario>> = vec![registry::by_name(name).unwrap()];
        let caught = planted_caught_from(&scenario, bug, from, 20_000);
        let caught = caught.unwrap_or_else(|| panic!("{bug:?} was not caught in {name}"));
        println!("{bug:?}: case {} of the sweep\n{}\n", caught.cases, caught.broken);
        let case = caught.broken.case.parse().unwrap();
        let again = scenario[0].replay(&case, Planted::bug(bug));
        let broken = again.broken.first().unwrap_or_else(|| panic!("{case} does not replay"));
        assert_eq!((&broken.stage, &broken.what), (&caught.broken.stage, &caught.broken.what), "{case}");
        let healthy = scenario[0].replay(&case, Planted::default());
        assert_eq!(healthy.broken_count, 0, "{case} is broken without the bug: {healthy}");
    }
}

#[test]
fn a_share_of_a_sweep_takes_every_scenario() {
    let options = Options { numbered: 0, doubles: 0, limit: 1, ..Options::default() };
    let all = registry::scenarios();
    let report = sweep_many(&all, 1, 3, Share { worker: 0, of: 1 }, &options);
    assert_eq!((report.cases, report.broken_count), (3, 0), "{report}");
}
