//! Events, and callbacks that behave badly.

use crate::phone::{Ear, Phone, SOON};
use satchel_ffi::{
    CallbackError, ChangesView, MailCore, MailError, MailObserver, MessageFlag, NetworkState, Subscription,
};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn flags_one_and_sees_the_event_with_a_generation_that_shows_it() {
    let (phone, account) = Phone::with_mail(3).await;
    let row = phone.newest(&account).await;
    let (ear, heard) = Ear::new();
    let subscription = phone.core.subscribe(ear).unwrap();
    phone.core.flag(vec![row.id], vec![MessageFlag::Flagged], vec![]).await.unwrap();
    let of_row = |changes: &ChangesView| {
        changes.messages.iter().any(|m| m.mailbox == row.mailbox && m.ids == [row.id])
    };
    // On a busy machine one commit may be told in two batches.
    let changes = std::iter::from_fn(|| heard.recv_timeout(SOON).ok()).find(of_row).unwrap();
    let page = phone.core.page(row.mailbox, satchel_ffi::ListOrder::Messages, 10, None).await.unwrap();
    assert!(page.generation >= changes.generation && changes.generation > 0);
    subscription.end().unwrap();
    phone.core.flag(vec![row.id], vec![], vec![MessageFlag::Flagged]).await.unwrap();
    assert!(heard.recv_timeout(Duration::from_millis(300)).is_err(), "it was ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_changes_is_at_most_ten_batches_a_second() {
    let (phone, account) = Phone::with_mail(3).await;
    let row = phone.newest(&account).await;
    let (ear, heard) = Ear::new();
    let _subscription = phone.core.subscribe(ear).unwrap();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(1) {
        phone.core.flag(vec![row.id], vec![MessageFlag::Flagged], vec![]).await.unwrap();
        phone.core.flag(vec![row.id], vec![], vec![MessageFlag::Flagged]).await.unwrap();
    }
    let seconds = begun.elapsed().as_secs_f64();
    let batches = heard.try_iter().count();
    assert!(batches >= 2 && batches as f64 <= seconds * 10.0 + 2.0, "{batches} batches in {seconds} s");
}

struct Throws(mpsc::Sender<ChangesView>);

impl MailObserver for Throws {
    fn on_changes(&self, changes: ChangesView) -> Result<(), CallbackError> {
        let _ = self.0.send(changes);
        Err(CallbackError::Failed { reason: "planted".to_owned() })
    }
}

struct Breaks(mpsc::Sender<ChangesView>);

impl MailObserver for Breaks {
    fn on_changes(&self, changes: ChangesView) -> Result<(), CallbackError> {
        let _ = self.0.send(changes);
        panic!("planted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exception_thrown_by_a_callback_ends_nothing() {
    let phone = Phone::new().await;
    let (told, heard) = mpsc::channel();
    let _throws = phone.core.subscribe(Arc::new(Throws(told.clone()))).unwrap();
    let _breaks = phone.core.subscribe(Arc::new(Breaks(told))).unwrap();
    for online in [false, true, false] {
        phone.core.network_changed(NetworkState { online, ..NetworkState::default() }).unwrap();
        for _ in 0..2 {
            assert!(heard.recv_timeout(SOON).unwrap().network);
        }
    }
}

/// Calls back in from within the callback, and ends its own subscription there.
struct CallsBackIn {
    core: Arc<MailCore>,
    own: OnceLock<Arc<Subscription>>,
    told: Mutex<mpsc::Sender<Result<bool, MailError>>>,
}

impl MailObserver for CallsBackIn {
    fn on_changes(&self, _: ChangesView) -> Result<(), CallbackError> {
        let (ear, _) = Ear::new();
        let done = self.core.network().and_then(|state| {
            self.core.subscribe(ear)?.end()?;
            self.own.get().map_or(Ok(()), |own| own.end())?;
            Ok(state.online)
        });
        let _ = self.told.lock().unwrap().send(done);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_may_call_back_in_and_end_themselves() {
    let phone = Phone::new().await;
    let (told, heard) = mpsc::channel();
    let core = Arc::clone(&phone.core);
    let observer = Arc::new(CallsBackIn { core, own: OnceLock::new(), told: Mutex::new(told) });
    let subscription = phone.core.subscribe(Arc::clone(&observer) as Arc<dyn MailObserver>).unwrap();
    observer.own.set(subscription).unwrap();
    phone.core.network_changed(NetworkState::default()).unwrap();
    assert!(!heard.recv_timeout(SOON).unwrap().unwrap());
    phone.core.network_changed(NetworkState::default()).unwrap();
    assert!(heard.recv_timeout(Duration::from_millis(300)).is_err(), "it ended itself");
}
