//! The boundary as a shell uses it, from Rust: the same promises that the Kotlin and Swift tests hold it to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot go on ends where it stands"
)]

mod closing;
mod events;
mod phone;
mod promises;
mod slices;
