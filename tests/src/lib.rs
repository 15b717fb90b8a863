//! What scenarios stand on: contracts of the ports, a phone, a simulated world, real servers, mail, a slow link.

pub mod contract;
pub mod counter;
pub mod internet;
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
