//! The office's clock: a fixed start plus tokio's time, so that a paused clock stops this one too.

use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;
use tokio::time::Instant;

/// 2026-01-05 10:00:00 UTC, a Monday: where the default clock starts.
pub(crate) const START: i64 = 1_767_607_200;

#[derive(Clone)]
pub(crate) struct Clock {
    now: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl Clock {
    pub(crate) fn from_fn(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now) }
    }

    /// Seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        (self.now)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        let start: OnceLock<Instant> = OnceLock::new();
        Self::from_fn(move || {
            // Outside a runtime tokio's clock is the real one, which must not leak into a replay.
            if Handle::try_current().is_err() {
                return START;
            }
            let now = Instant::now();
            START + now.saturating_duration_since(*start.get_or_init(|| now)).as_secs() as i64
        })
    }
}
