//! The `Clock` port on tokio's paused clock: wall and boot time pass only when the simulation lets them.

use satchel_core::ports::Clock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::Instant;

/// Both clocks of one simulated device while one process runs.
#[derive(Debug)]
pub struct SimClock {
    /// Outside the runtime `Instant::now` is real time, so it is always asked inside.
    runtime: Handle,
    start: Instant,
    wall_ms: AtomicI64,
    boot_ms: AtomicU64,
}

impl SimClock {
    /// Starts with the current runtime's clock.
    pub fn start(wall_ms: i64, boot: Duration) -> Self {
        let (wall_ms, boot_ms) = (AtomicI64::new(wall_ms), AtomicU64::new(boot.as_millis() as u64));
        Self { runtime: Handle::current(), start: Instant::now(), wall_ms, boot_ms }
    }
    /// Simulated milliseconds since the process began.
    pub fn tick(&self) -> u64 {
        let _inside = self.runtime.enter();
        Instant::now().saturating_duration_since(self.start).as_millis() as u64
    }
    /// The person, or the network, sets the wall clock.
    pub fn set_wall_by(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::Relaxed);
    }
    /// The device sleeps: both clocks run on, timers of the process do not.
    pub fn device_sleeps(&self, how_long: Duration) {
        let ms = how_long.as_millis() as u64;
        self.wall_ms.fetch_add(ms as i64, Ordering::Relaxed);
        self.boot_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn wall_ms(&self) -> i64 {
        self.wall_ms.load(Ordering::Relaxed) + self.tick() as i64
    }
    fn boot(&self) -> Duration {
        Duration::from_millis(self.boot_ms.load(Ordering::Relaxed) + self.tick())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_hour_passes_at_once_and_a_jump_of_the_wall_clock_leaves_the_boot_clock_alone() {
        let clock = SimClock::start(1_000, Duration::from_secs(5));
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(clock.wall_ms(), 1_000 + 3_600_000);
        clock.set_wall_by(-2_000_000);
        assert_eq!((clock.wall_ms(), clock.boot()), (1_601_000, Duration::from_secs(3605)));
        clock.device_sleeps(Duration::from_secs(1));
        assert_eq!((clock.wall_ms(), clock.boot()), (1_602_000, Duration::from_secs(3606)));
    }
}
