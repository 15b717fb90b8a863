//! What scenarios stand on: real servers, mail to fill them with, a slow link.
pub mod link;
pub mod peers;
pub mod servers;
pub mod workload;

/// README's Rust snippets, compiled as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
