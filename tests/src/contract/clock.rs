//! What every Clock promises: a wall that tells the date, and a time since boot that never goes back.

use satchel_core::ports::Clock;
use std::sync::Arc;
use std::time::Duration;

/// How much more than was slept a busy machine may show.
const SLACK: Duration = Duration::from_secs(20);

/// The contract. It sleeps by tokio: under paused time as well, both clocks have to see that time pass.
pub async fn keeps_the_contract(clock: Arc<dyn Clock>) {
    never_goes_back(clock.as_ref());
    both_see_what_was_slept(clock.as_ref()).await;
    sleeps_end_in_their_order(&clock).await;
    tells_other_threads_the_same(&clock).await;
}

fn never_goes_back(clock: &dyn Clock) {
    let mut last = clock.boot();
    for _ in 0..10_000 {
        let now = clock.boot();
        assert!(now >= last, "time since boot goes back: {last:?}, then {now:?}");
        last = now;
    }
}

async fn both_see_what_was_slept(clock: &dyn Clock) {
    for ms in [1_u64, 30, 70] {
        let slept = Duration::from_millis(ms);
        let (boot, wall) = (clock.boot(), clock.wall_ms());
        tokio::time::sleep(slept).await;
        let passed = clock.boot().checked_sub(boot).expect("time since boot goes back over a sleep");
        assert!((slept..slept + SLACK).contains(&passed), "boot: {passed:?} instead of {slept:?}");
        // A wall in whole milliseconds may show one less.
        let on_the_wall = clock.wall_ms() - wall;
        let (least, most) = (ms as i64 - 1, (slept + SLACK).as_millis() as i64);
        assert!((least..most).contains(&on_the_wall), "wall: {on_the_wall} ms instead of {ms}");
        let apart = (i128::from(on_the_wall) - passed.as_millis() as i128).abs();
        assert!(apart < 1_000, "the clocks go apart: {on_the_wall} ms and {passed:?}");
    }
}

async fn sleeps_end_in_their_order(clock: &Arc<dyn Clock>) {
    let begun = clock.boot();
    let sleeper = |ms| {
        let clock = Arc::clone(clock);
        async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            clock.boot()
        }
    };
    // Far enough apart for a busy machine.
    let (last, first, second) = tokio::join!(sleeper(1_200), sleeper(200), sleeper(700));
    assert!(begun < first && first < second && second < last, "{begun:?}: {first:?} {second:?} {last:?}");
    for (ended, ms) in [(first, 200), (second, 700), (last, 1_200)] {
        assert!(
            ended.saturating_sub(begun) >= Duration::from_millis(ms),
            "a sleep of {ms} ms ended too early"
        );
    }
}

/// The store's jobs ask from threads of their own.
async fn tells_other_threads_the_same(clock: &Arc<dyn Clock>) {
    // Paused time stands while this thread waits; real time is far from a minute ahead.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let before = (clock.boot(), clock.wall_ms());
    let there = Arc::clone(clock);
    let there = std::thread::spawn(move || (there.boot(), there.wall_ms())).join().unwrap();
    let after = (clock.boot(), clock.wall_ms());
    assert!((before.0..=after.0).contains(&there.0), "another thread's boot: {before:?} {there:?} {after:?}");
    assert!((before.1..=after.1).contains(&there.1), "another thread's wall: {before:?} {there:?} {after:?}");
}
