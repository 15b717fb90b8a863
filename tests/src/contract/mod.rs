//! What every implementation of a port promises: one suite per port, for the real part and for each fake.
//!
//! A suite panics at the first broken promise and says which. That it does so is tested with implementations that
//! are wrong on purpose: `broken` runs a suite that has to fail and gives its words.

// A suite that meets what was not promised ends where it stands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod clock;
pub mod credentials;
pub mod dialer;
pub mod http;
pub mod random;
pub mod resolver;

use std::panic::{AssertUnwindSafe, catch_unwind};

fn words(payload: &(dyn std::any::Any + Send)) -> String {
    let owned = payload.downcast_ref::<String>().cloned();
    owned.or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
}

/// The words with which a suite ends that has to fail.
///
/// # Panics
/// If it does not fail.
pub fn broken(suite: impl FnOnce()) -> String {
    match catch_unwind(AssertUnwindSafe(suite)) {
        Ok(()) => panic!("the suite found nothing wrong"),
        Err(payload) => words(payload.as_ref()),
    }
}

/// As [`broken`], for a suite that waits.
///
/// # Panics
/// If it does not fail.
pub async fn broken_in_time(suite: impl Future<Output = ()> + Send + 'static) -> String {
    match tokio::spawn(suite).await {
        Ok(()) => panic!("the suite found nothing wrong"),
        Err(ended) => words(ended.into_panic().as_ref()),
    }
}
