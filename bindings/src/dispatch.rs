//! Hands things to a callback of the shell's, on a thread of its own, one after the other, merged while it is busy.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What waits to be told.
pub(crate) trait Pending: Default + Send + 'static {
    /// Whether there is nothing to tell.
    fn is_empty(&self) -> bool;
}

/// What one commit changed comes piece by piece: so long is waited for the rest of it, or it would wait for the pause.
const LINGER: Duration = Duration::from_millis(2);

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    NotYet,
    /// After what waits was told.
    Drained,
    Now,
}

struct State<P> {
    pending: P,
    end: End,
}

struct Shared<P> {
    state: Mutex<State<P>>,
    wake: Condvar,
}

impl<P> Shared<P> {
    fn lock(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One listener's thread. A slow listener holds up only itself. Dropping the dispatcher ends it without waiting, so that
/// a listener may do it from within its own callback.
pub(crate) struct Dispatcher<P: Pending> {
    shared: Arc<Shared<P>>,
}

impl<P: Pending> Dispatcher<P> {
    /// Tells what comes by `deliver`, at most once in `pause`.
    pub(crate) fn start(
        name: &str,
        pause: Duration,
        deliver: impl FnMut(P) + Send + 'static,
    ) -> std::io::Result<Self> {
        let state = Mutex::new(State { pending: P::default(), end: End::NotYet });
        let shared = Arc::new(Shared { state, wake: Condvar::new() });
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new().name(name.to_owned()).spawn(move || run(&theirs, pause, deliver))?;
        Ok(Self { shared })
    }

    /// Adds to what waits.
    pub(crate) fn add(&self, merge: impl FnOnce(&mut P)) {
        merge(&mut self.shared.lock().pending);
        self.shared.wake.notify_one();
    }

    /// Tells what waits and ends then.
    pub(crate) fn finish(&self) {
        self.end(End::Drained);
    }

    /// Ends. A callback that runs is not waited for.
    pub(crate) fn stop(&self) {
        self.end(End::Now);
    }

    fn end(&self, how: End) {
        let mut state = self.shared.lock();
        if state.end != End::Now {
            state.end = how;
        }
        drop(state);
        self.shared.wake.notify_one();
    }
}

impl<P: Pending> Drop for Dispatcher<P> {
    fn drop(&mut self) {
        let drained = self.shared.lock().end == End::Drained;
        if !drained {
            self.stop();
        }
    }
}

impl<P: Pending> fmt::Debug for Dispatcher<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dispatcher")
    }
}

fn run<P: Pending>(shared: &Shared<P>, pause: Duration, mut deliver: impl FnMut(P)) {
    while let Some(batch) = next(shared) {
        // The lock is not held: the callback may call anything. If the glue itself breaks, the next batch still comes.
        if catch_unwind(AssertUnwindSafe(|| deliver(batch))).is_err() {
            log::error!("telling a listener ended in a fault");
        }
        let state = shared.lock();
        let rested = shared.wake.wait_timeout_while(state, pause, |state| state.end == End::NotYet);
        drop(rested);
    }
}

fn next<P: Pending>(shared: &Shared<P>) -> Option<P> {
    let waits = |state: &mut State<P>| state.pending.is_empty() && state.end == End::NotYet;
    let state = shared.wake.wait_while(shared.lock(), waits).unwrap_or_else(PoisonError::into_inner);
    let lingered = shared.wake.wait_timeout_while(state, LINGER, |state| state.end == End::NotYet);
    let mut state = lingered.unwrap_or_else(PoisonError::into_inner).0;
    let nothing_more = state.end == End::Now || state.pending.is_empty();
    if nothing_more { None } else { Some(std::mem::take(&mut state.pending)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    impl Pending for Vec<u32> {
        fn is_empty(&self) -> bool {
            Vec::is_empty(self)
        }
    }

    const SOON: Duration = Duration::from_secs(10);

    #[test]
    fn what_comes_while_the_listener_is_busy_is_told_in_one_go_and_in_order() {
        let (told, heard) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let dispatcher = Dispatcher::<Vec<u32>>::start("test", Duration::ZERO, move |batch| {
            told.send(batch).unwrap();
            let _ = wait.recv();
        })
        .unwrap();
        dispatcher.add(|p| p.push(1));
        assert_eq!(heard.recv_timeout(SOON).unwrap(), [1]);
        for n in 2..100 {
            dispatcher.add(|p| p.push(n));
        }
        go.send(()).unwrap();
        assert_eq!(heard.recv_timeout(SOON).unwrap(), (2..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_listener_that_breaks_hears_the_next_thing_all_the_same() {
        let (told, heard) = mpsc::channel();
        let dispatcher = Dispatcher::<Vec<u32>>::start("test", Duration::ZERO, move |batch| {
            assert!(batch != [1], "planted");
            told.send(batch).unwrap();
        })
        .unwrap();
        dispatcher.add(|p| p.push(1));
        while !dispatcher.shared.lock().pending.is_empty() {
            std::thread::yield_now();
        }
        dispatcher.add(|p| p.push(2));
        assert_eq!(heard.recv_timeout(SOON).unwrap(), [2]);
    }

    #[test]
    fn finishing_tells_what_waits_and_stopping_does_not() {
        let (told, heard) = mpsc::channel();
        let dispatcher =
            Dispatcher::<Vec<u32>>::start("test", Duration::from_hours(1), move |b| told.send(b).unwrap())
                .unwrap();
        dispatcher.add(|p| p.push(1));
        assert_eq!(heard.recv_timeout(SOON).unwrap(), [1]);
        dispatcher.add(|p| p.push(2));
        dispatcher.finish();
        drop(dispatcher);
        assert_eq!(heard.recv_timeout(SOON).unwrap(), [2], "within the pause, because it is the end");
        assert!(heard.recv_timeout(SOON).is_err(), "the thread is gone");
    }
}
