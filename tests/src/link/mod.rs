//! A slow link for measuring: real packets between two network namespaces, or a delaying proxy where those are not
//! allowed. Both count packets, bytes and turns.
mod counts;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(not(target_os = "linux"))]
mod nowhere;
#[cfg(target_os = "linux")]
mod packet;
mod proxy;
mod queue;
#[cfg(target_os = "linux")]
mod relay;
#[cfg(target_os = "linux")]
mod tun;

use std::time::Duration;

pub use counts::{Counts, Direction};
#[cfg(target_os = "linux")]
pub use namespaces::Link;
#[cfg(not(target_os = "linux"))]
pub use nowhere::Link;
pub use proxy::DelayProxy;

/// How bad the link is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkOptions {
    /// Delay in each direction: the round trip takes twice as long.
    pub one_way: Duration,
    /// Bits a second in each direction; `None` is as fast as the machine.
    pub bits_per_second: Option<u64>,
    /// The part of packets that get lost, 0.0 to 1.0.
    pub loss: f64,
    /// The part of packets that arrive half a delay too late, and so behind later ones.
    pub reorder: f64,
    /// Chooses which packets are lost or late.
    pub seed: u64,
}

impl Default for LinkOptions {
    /// 50 ms there and back, nothing lost.
    fn default() -> Self {
        Self { one_way: Duration::from_millis(25), bits_per_second: None, loss: 0.0, reorder: 0.0, seed: 1 }
    }
}
