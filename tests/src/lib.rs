//! What scenarios stand on: a phone, a simulated world, real servers, mail to fill them with, a slow link.

pub mod link;
pub mod peers;
pub mod phone;
pub mod servers;
pub mod sim;
pub mod workload;

/// The README's Rust is compiled as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
