//! What every Clock promises: a wall that tells the date, and a time since boot that never goes back.

use satchel_core::net::SystemClock;
use satchel_core::ports::Clock;
use std::time::Duration;

/// The contract; `wait` lets that much time pass in the world of this clock.
fn keeps_the_contract(clock: &dyn Clock, wait: &dyn Fn(Duration)) {
    let mut last = clock.boot();
    for _ in 0..10_000 {
        let now = clock.boot();
        assert!(now >= last);
        last = now;
    }
    let (boot, wall) = (clock.boot(), clock.wall_ms());
    wait(Duration::from_millis(30));
    let (passed, on_the_wall) = (clock.boot().saturating_sub(boot), clock.wall_ms() - wall);
    assert!((Duration::from_millis(30)..Duration::from_secs(20)).contains(&passed), "{passed:?}");
    assert!((29..20_000).contains(&on_the_wall), "{on_the_wall}");
}

#[test]
fn the_systems_clock_keeps_the_contract() {
    keeps_the_contract(&SystemClock, &std::thread::sleep);
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
