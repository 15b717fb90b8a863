//! Things on their way: each comes out when its time has come, in the order of those times.
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::LinkOptions;
use crate::workload::synthetic::Numbers;

/// One direction of a link.
pub(super) struct DelayQueue {
    state: Mutex<State>,
    changed: Condvar,
    options: LinkOptions,
}

struct State {
    waiting: BinaryHeap<Reverse<(Instant, u64, Vec<u8>)>>,
    bytes: usize,
    next: u64,
    /// When the last byte of what was sent so far has left the sender.
    line_free_at: Instant,
    numbers: Numbers,
    closed: bool,
}

impl DelayQueue {
    /// An empty queue; `salt` makes the two directions lose different packets.
    pub(super) fn new(options: LinkOptions, salt: u64) -> Self {
        let state = State {
            waiting: BinaryHeap::new(),
            bytes: 0,
            next: 0,
            line_free_at: Instant::now(),
            numbers: Numbers::new(options.seed.wrapping_mul(2).wrapping_add(salt)),
            closed: false,
        };
        Self { state: Mutex::new(state), changed: Condvar::new(), options }
    }

    /// Sends a packet; false when it was lost or the line's buffer was full. A stream must not lose: `reliable`.
    pub(super) fn push(&self, packet: Vec<u8>, reliable: bool) -> bool {
        let mut state = self.lock();
        let now = Instant::now();
        if !reliable && chance(&mut state.numbers, self.options.loss) {
            return false;
        }
        let mut due = now + self.options.one_way;
        if let Some(rate) = self.options.bits_per_second {
            // A router's buffer: a fifth of a second, and never less than a burst.
            let buffer = (rate / 8 / 5) as usize + 65_536;
            if !reliable && state.bytes + packet.len() > buffer {
                return false;
            }
            let nanoseconds = packet.len() as u64 * 8 * 1_000_000_000 / rate.max(1);
            state.line_free_at = state.line_free_at.max(now) + Duration::from_nanos(nanoseconds);
            due = state.line_free_at + self.options.one_way;
        }
        if !reliable && chance(&mut state.numbers, self.options.reorder) {
            due += self.options.one_way / 2;
        }
        state.bytes += packet.len();
        state.next += 1;
        let number = state.next;
        state.waiting.push(Reverse((due, number, packet)));
        drop(state);
        self.changed.notify_one();
        true
    }

    /// Waits for the next packet; `None` once closed and empty.
    pub(super) fn pop(&self) -> Option<Vec<u8>> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let due = state.waiting.peek().map(|Reverse((due, ..))| *due);
            state = match due {
                Some(due) if due <= now => {
                    let Reverse((_, _, packet)) = state.waiting.pop()?;
                    state.bytes -= packet.len();
                    return Some(packet);
                }
                Some(due) => {
                    let waited = self.changed.wait_timeout(state, due - now);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None if state.closed => return None,
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// No more will come; what is on its way still arrives.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn chance(numbers: &mut Numbers, part: f64) -> bool {
    part > 0.0 && (numbers.draw() >> 11) as f64 / ((1_u64 << 53) as f64) < part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_arrives_early_and_the_order_is_kept() {
        let queue =
            DelayQueue::new(LinkOptions { one_way: Duration::from_millis(20), ..LinkOptions::default() }, 0);
        let sent = Instant::now();
        for number in 0..10_u8 {
            assert!(queue.push(vec![number], false));
        }
        queue.close();
        let came: Vec<u8> = std::iter::from_fn(|| queue.pop()).flatten().collect();
        assert_eq!(came, (0..10).collect::<Vec<_>>());
        assert!(sent.elapsed() >= Duration::from_millis(20));
    }

    #[test]
    fn a_narrow_line_takes_its_time_and_drops_what_its_buffer_cannot_hold() {
        let options = LinkOptions {
            one_way: Duration::ZERO,
            bits_per_second: Some(8_000_000),
            ..LinkOptions::default()
        };
        let queue = DelayQueue::new(options, 0);
        let sent = Instant::now();
        let taken = (0..400).filter(|_| queue.push(vec![0; 1_000], false)).count();
        // 200 ms of 1 MB/s, and 64 kB.
        assert!((264..=268).contains(&taken), "{taken}");
        queue.close();
        while queue.pop().is_some() {}
        assert!(sent.elapsed() >= Duration::from_millis(260));
    }

    #[test]
    fn the_same_seed_loses_the_same_packets_and_a_stream_loses_none() {
        let options = LinkOptions { loss: 0.3, ..LinkOptions::default() };
        let lost = |reliable| {
            let queue = DelayQueue::new(options, 7);
            (0..1_000).map(|_| queue.push(vec![1], reliable)).collect::<Vec<_>>()
        };
        assert_eq!(lost(false), lost(false));
        let count = lost(false).iter().filter(|&&arrived| !arrived).count();
        assert!((230..370).contains(&count), "{count}");
        assert!(lost(true).iter().all(|&arrived| arrived));
    }
}
