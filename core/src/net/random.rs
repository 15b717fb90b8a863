//! Randomness from the operating system.

use crate::ports::Random;

/// The operating system's generator (getrandom, SecRandom).
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    // Keys of credentials and Message-IDs come from here. Bytes that are not random would be a silent hole, and no
    // system Satchel runs on refuses once it is up, so refusing to go on is the only honest answer.
    #[allow(clippy::panic)]
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            panic!("the operating system gives no randomness: {error}");
        }
    }
}
