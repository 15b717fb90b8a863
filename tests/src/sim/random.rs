//! Seeded chance: for the harness's own choices and as the fake of the `Random` port.

use crate::sim::hash;
use satchel_core::ports::Random;
use std::sync::{Mutex, PoisonError};

/// A SplitMix64 generator: one seed, one sequence, for ever.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Begins a sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// Begins a sequence from several numbers.
    pub fn of(words: &[u64]) -> Self {
        Self(hash::of(words))
    }
    /// The next 64 bits.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number below `limit`; 0 if there is none.
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.word() % limit }
    }
    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }
    /// True `n` times of `of`.
    pub fn happens(&mut self, n: u64, of: u64) -> bool {
        self.below(of) < n
    }
    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len() as u64) as usize)
    }
    /// Bytes.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            for (to, from) in chunk.iter_mut().zip(self.word().to_le_bytes()) {
                *to = from;
            }
        }
    }
}

/// The `Random` port, seeded.
#[derive(Debug)]
pub struct SeededRandom(Mutex<Chance>);

impl SeededRandom {
    /// Begins a sequence.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Chance::new(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(buffer);
    }
}
