//! Both clocks, the system's and the simulated one, keep the contract; clocks that are wrong on purpose do not.
#![allow(clippy::unwrap_used, reason = "a suite; what its functions meet is a failure")]

use satchel_core::net::SystemClock;
use satchel_core::ports::Clock;
use satchel_tests::contract::broken_in_time;
use satchel_tests::contract::clock::keeps_the_contract;
use satchel_tests::sim::clock::SimClock;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test]
async fn the_systems_clock_keeps_the_contract() {
    keeps_the_contract(Arc::new(SystemClock)).await;
}

#[tokio::test(start_paused = true)]
async fn the_simulated_clock_keeps_the_contract_while_time_is_paused() {
    keeps_the_contract(Arc::new(SimClock::start(1_700_000_000_000, Duration::from_hours(9)))).await;
    keeps_the_contract(Arc::new(SimClock::start(-5_000, Duration::ZERO))).await;
}

#[tokio::test(start_paused = true)]
async fn the_simulated_clock_keeps_the_contract_after_its_wall_was_set_and_the_device_slept() {
    let clock = Arc::new(SimClock::start(0, Duration::ZERO));
    clock.set_wall_by(-315_360_000_000);
    keeps_the_contract(clock.clone()).await;
    clock.device_sleeps(Duration::from_hours(8));
    keeps_the_contract(clock).await;
}

/// What is wrong with a [`WrongClock`].
#[derive(Clone, Copy, Debug)]
enum Flaw {
    GoesBack,
    StandsStill,
    WallInSeconds,
    WallStands,
    HalfSpeed,
    /// Outside the runtime paused time is not known.
    OwnThread,
}

#[derive(Debug)]
struct WrongClock {
    right: SimClock,
    begun: Instant,
    asked: AtomicU64,
    flaw: Flaw,
}

impl Clock for WrongClock {
    fn wall_ms(&self) -> i64 {
        match self.flaw {
            Flaw::WallInSeconds => self.right.wall_ms() / 1000,
            Flaw::WallStands => 1_700_000_000_000,
            _ => self.right.wall_ms(),
        }
    }
    fn boot(&self) -> Duration {
        match self.flaw {
            Flaw::GoesBack if self.asked.fetch_add(1, SeqCst) % 1000 == 999 => Duration::ZERO,
            Flaw::StandsStill => Duration::from_secs(5),
            Flaw::HalfSpeed => self.right.boot() / 2,
            Flaw::OwnThread => self.begun.elapsed(),
            _ => self.right.boot(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock_does_not_keep_it() {
    for (flaw, words) in [
        (Flaw::GoesBack, "goes back"),
        (Flaw::StandsStill, "boot: 0ns instead"),
        (Flaw::WallInSeconds, "wall: 0 ms instead"),
        (Flaw::WallStands, "wall: 0 ms instead"),
        (Flaw::HalfSpeed, "instead of"),
        (Flaw::OwnThread, "another thread"),
    ] {
        let right = SimClock::start(1_700_000_000_000, Duration::from_mins(1));
        let wrong = WrongClock { right, begun: Instant::now(), asked: AtomicU64::new(0), flaw };
        let said = broken_in_time(keeps_the_contract(Arc::new(wrong))).await;
        assert!(said.contains(words), "{flaw:?}: {said}");
    }
}

#[test]
fn the_systems_wall_is_in_milliseconds_since_1970() {
    let now = SystemClock.wall_ms();
    assert!((1_700_000_000_000..4_000_000_000_000).contains(&now), "{now}");
}

#[cfg(target_os = "linux")]
#[test]
fn time_asleep_counts_as_the_kernels_uptime_says() {
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
    let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    let boot = SystemClock.boot().as_secs_f64();
    assert!((boot - uptime).abs() < 5.0, "{boot} {uptime}");
}
