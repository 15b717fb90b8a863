//! The crash harness: it replays, it names what it finds, and it catches bugs that are planted.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use satchel_core::store::{Planted, PlantedBug};
use satchel_tests::sim::case::Case;
use satchel_tests::sim::mini::Mini;
use satchel_tests::sim::planted::{BUGS, planted_caught};
use satchel_tests::sim::process::Jobs;
use satchel_tests::sim::registry::{self, AnyScenario, Share, sweep_many};
use satchel_tests::sim::sweep::Options;

fn mini() -> Vec<Box<dyn AnyScenario>> {
    vec![Box::new(Mini)]
}

#[test]
fn one_seed_is_one_run_with_jobs_inline_and_delayed() {
    let mut traces = std::collections::BTreeSet::new();
    for seed in 1..=12 {
        let (points, first) = Mini.trace(seed).unwrap();
        assert!(points.len() > 40, "seed {seed}: {} points", points.len());
        for _ in 0..3 {
            let (_, again) = Mini.trace(seed).unwrap();
            assert_eq!(again, first, "seed {seed} ({:?}) does not replay", Jobs::of(seed));
        }
        // On another thread, beside others, too.
        let elsewhere = std::thread::spawn(move || Mini.trace(seed).unwrap().1).join().unwrap();
        assert_eq!(elsewhere, first, "seed {seed} on another thread");
        traces.insert(first);
    }
    assert_eq!(traces.len(), 12, "seeds do not differ");
}

#[test]
fn no_fault_breaks_the_mini_engine() {
    let options = Options::default();
    let report = sweep_many(&mini(), 1, 8_000, Share { worker: 0, of: 1 }, &options);
    println!("{report}");
    assert_eq!(report.broken_count, 0);
    assert!(report.cases >= 8_000 && report.doubles > 50 && report.recoveries > 1_000);
}

#[test]
fn every_planted_bug_is_caught_and_its_name_replays() {
    for bug in BUGS {
        let caught = planted_caught(&mini(), bug, 60_000).unwrap_or_else(|| panic!("{bug:?} was not caught"));
        println!("{bug:?}: case {} of the sweep\n{}\n", caught.cases, caught.broken);
        let case = caught.broken.case.parse().unwrap();
        let again = Mini.replay(&case, Planted::bug(bug));
        let broken = again.broken.first().unwrap_or_else(|| panic!("{case} does not replay"));
        assert_eq!((&broken.stage, &broken.what), (&caught.broken.stage, &caught.broken.what), "{case}");
        assert_eq!(broken.trace, caught.broken.trace, "{case}: another trace");
        let healthy = Mini.replay(&case, Planted::default());
        assert_eq!(healthy.broken_count, 0, "{case} is broken without the bug");
    }
}

#[test]
fn images_that_mean_the_same_end_the_same() {
    let broken = |bug: Option<PlantedBug>, every_recovery| {
        let planted = bug.map_or_else(Planted::default, Planted::bug);
        let options = Options { planted, every_recovery, ..Options::default() };
        let report = sweep_many(&mini(), 1, 1_500, Share { worker: 0, of: 1 }, &options);
        let ends = (report.recoveries, report.ends);
        let cases: Vec<_> = report.broken.into_iter().map(|b| (b.case, b.stage, b.what)).collect();
        (ends, report.broken_count, cases)
    };
    for bug in [None].into_iter().chain(BUGS.map(Some)) {
        let (shared, each) = (broken(bug, false), broken(bug, true));
        assert_eq!((shared.1, &shared.2), (each.1, &each.2), "{bug:?}");
        assert!(shared.0.1 < each.0.1, "{bug:?}: {:?} {:?}", shared.0, each.0);
    }
}

#[test]
fn a_failed_read_and_a_missing_handle_reach_the_engine() {
    for fault in ["read", "handles"] {
        let case: Case = format!("mini/1:3:{fault}").parse().unwrap();
        let report = Mini.replay(&case, Planted::default());
        assert_eq!((report.broken_count, report.cases), (0, 2), "{report}");
        let beyond: Case = format!("mini/1:1000000:{fault}").parse().unwrap();
        let report = Mini.replay(&beyond, Planted::default());
        assert!(report.broken[0].what.contains("never passed"), "{report}");
    }
}

#[test]
fn cases_that_broke_once_stay_whole() {
    let report = registry::run_regressions().unwrap();
    assert_eq!(report.broken_count, 0, "{report}");
    assert!(report.cases > 0, "the list is empty");
}

#[test]
fn a_regression_follows_its_point_when_numbers_shift() {
    let (points, _) = Mini.trace(2).unwrap();
    let third = points.iter().filter(|p| p.kind.as_str() == "sync").nth(2).unwrap();
    let regression: registry::Regression = "mini/2:1:stop sync#3".parse().unwrap();
    assert_eq!(regression.relocated(&points).unwrap().first.unwrap().point, third.number);
    let gone: registry::Regression = "mini/2:1:stop sync#3000".parse().unwrap();
    assert!(gone.relocated(&points).unwrap_err().contains("sweep the seed again"));
}
