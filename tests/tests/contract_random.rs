//! The system's randomness and the seeded one keep the contract; generators that are wrong on purpose do not.
#![allow(clippy::unwrap_used, reason = "a suite; what its functions meet is a failure")]

use satchel_core::net::SystemRandom;
use satchel_core::ports::Random;
use satchel_tests::contract::broken;
use satchel_tests::contract::random::keeps_the_contract;
use satchel_tests::sim::random::SeededRandom;

#[test]
fn the_systems_randomness_keeps_the_contract() {
    keeps_the_contract(&SystemRandom);
}

#[test]
fn the_seeded_randomness_keeps_the_contract_and_one_seed_is_one_sequence() {
    for seed in [0, 1, 7, u64::MAX] {
        keeps_the_contract(&SeededRandom::new(seed));
    }
    let take = |seed| {
        let (random, mut bytes) = (SeededRandom::new(seed), [0_u8; 40]);
        random.fill(&mut bytes);
        bytes
    };
    assert_eq!(take(5), take(5));
    assert_ne!(take(5), take(6));
}

/// What is wrong with a [`WrongRandom`].
#[derive(Clone, Copy, Debug)]
enum Flaw {
    /// Each fill begins the sequence anew.
    Anew,
    /// Only so many bytes of a fill.
    First(usize),
    /// Whole words only.
    NoRest,
    SevenBits,
    /// Each thread begins the sequence anew.
    AnewPerThread,
}

#[derive(Debug)]
struct WrongRandom(SeededRandom, Flaw);

impl Random for WrongRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let length = buffer.len();
        match self.1 {
            Flaw::Anew => SeededRandom::new(1).fill(buffer),
            Flaw::First(n) => self.0.fill(&mut buffer[..n.min(length)]),
            Flaw::NoRest => self.0.fill(&mut buffer[..length - length % 8]),
            Flaw::SevenBits => {
                self.0.fill(buffer);
                buffer.iter_mut().for_each(|byte| *byte &= 0x7f);
            }
            Flaw::AnewPerThread => {
                thread_local! { static OWN: SeededRandom = SeededRandom::new(1) }
                OWN.with(|own| own.fill(buffer));
            }
        }
    }
}

#[test]
fn a_wrong_randomness_does_not_keep_it() {
    for (flaw, words) in [
        (Flaw::Anew, "the same key twice"),
        (Flaw::First(16), "holds"),
        (Flaw::First(65_536), "of 150001 bytes holds 1 values"),
        (Flaw::NoRest, "not all are filled"),
        (Flaw::SevenBits, "holds 128 values"),
        (Flaw::AnewPerThread, "two threads"),
    ] {
        let said = broken(|| keeps_the_contract(&WrongRandom(SeededRandom::new(1), flaw)));
        assert!(said.contains(words), "{flaw:?}: {said}");
    }
}
