//! When which account is looked at again: every minute, more rarely the longer it fails.

use satchel_core::ids::AccountId;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Between two passes of an account: at most 60 connects an hour.
const INTERVAL: Duration = Duration::from_mins(1);
/// The longest wait after failures: an account that is locked out is not knocked at for ever.
const LONGEST: Duration = Duration::from_hours(1);

/// The accounts and when each is due.
#[derive(Debug)]
pub(super) struct Schedule {
    accounts: BTreeMap<AccountId, Turn>,
    /// When accounts that nobody told of are looked for.
    look: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Turn {
    due: Instant,
    failures: u32,
    running: bool,
}

impl Schedule {
    /// Everything is due at once.
    pub(super) fn new() -> Self {
        Self { accounts: BTreeMap::new(), look: Instant::now() }
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Instant {
        let waiting = self.accounts.values().filter(|turn| !turn.running).map(|turn| turn.due);
        waiting.fold(self.look, Instant::min)
    }

    /// Of these accounts, those that are due; they count as running until [`Schedule::passed`].
    pub(super) fn take_due(&mut self, accounts: &[AccountId], now: Instant) -> Vec<AccountId> {
        self.look = now + INTERVAL;
        self.accounts.retain(|id, _| accounts.contains(id));
        let mut due = Vec::new();
        for id in accounts {
            let turn = self.accounts.entry(*id).or_insert(Turn { due: now, failures: 0, running: false });
            if !turn.running && turn.due <= now {
                // If nobody reports the pass back (there is no network), the next turn comes by itself.
                turn.due = now + INTERVAL;
                due.push(*id);
            }
        }
        due
    }

    /// A pass began.
    pub(super) fn started(&mut self, id: AccountId) {
        if let Some(turn) = self.accounts.get_mut(&id) {
            turn.running = true;
        }
    }

    /// A pass ended.
    pub(super) fn passed(&mut self, id: AccountId, well: bool, now: Instant) {
        let Some(turn) = self.accounts.get_mut(&id) else { return };
        turn.running = false;
        turn.failures = if well { 0 } else { turn.failures.saturating_add(1) };
        let wait = INTERVAL.saturating_mul(2_u32.saturating_pow(turn.failures.min(10))).min(LONGEST);
        turn.due = now + if well { INTERVAL } else { wait };
    }

    /// A person did something: waiting is over.
    pub(super) fn all_due(&mut self, now: Instant) {
        self.look = now;
        for turn in self.accounts.values_mut() {
            turn.due = now;
        }
    }

    /// All accounts were just looked at by somebody else.
    pub(super) fn all_looked_at(&mut self, now: Instant) {
        for turn in self.accounts.values_mut() {
            *turn = Turn { due: now + INTERVAL, failures: 0, ..*turn };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: AccountId = AccountId(1);

    fn passes_in_an_hour(well: bool) -> usize {
        let begin = Instant::now();
        let mut schedule = Schedule::new();
        let (mut now, mut passes) = (begin, 0);
        while now - begin < Duration::from_hours(1) {
            if !schedule.take_due(&[A], now).is_empty() {
                schedule.started(A);
                passes += 1;
                schedule.passed(A, well, now);
            }
            now += Duration::from_secs(1);
        }
        passes
    }

    #[test]
    fn an_account_is_knocked_at_60_times_an_hour_and_rarely_when_it_fails() {
        assert_eq!(passes_in_an_hour(true), 60);
        assert!(passes_in_an_hour(false) <= 6, "{}", passes_in_an_hour(false));
    }

    #[test]
    fn a_running_pass_is_not_started_twice_and_a_click_ends_the_wait() {
        let now = Instant::now();
        let mut schedule = Schedule::new();
        assert_eq!(schedule.take_due(&[A], now), [A]);
        schedule.started(A);
        schedule.all_due(now);
        assert!(schedule.take_due(&[A], now).is_empty());
        schedule.passed(A, false, now);
        assert!(schedule.take_due(&[A], now).is_empty());
        schedule.all_due(now);
        assert_eq!(schedule.take_due(&[A], now), [A]);
        assert!(schedule.take_due(&[], now).is_empty());
    }
}
