//! The program `satchel` as scripts and people use it: real processes against a post office on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows functions with #[test] as tests, not those they call"
)]

mod bench;
#[cfg(feature = "demo")]
mod demo;
mod documents;
mod mail;
mod people;
mod secrets;
mod together;
mod wrong;
