//! What every Random promises: the whole buffer is filled, and no two fills are the same.

use satchel_core::net::SystemRandom;
use satchel_core::ports::Random;
use std::collections::BTreeSet;

fn keeps_the_contract(random: &dyn Random) {
    random.fill(&mut []);
    let mut seen = BTreeSet::new();
    for _ in 0..1_000 {
        let mut key = [0_u8; 16];
        random.fill(&mut key);
        assert!(seen.insert(key));
    }
    // Every byte of a long buffer gets every value: a part left as it was would show.
    let mut long = vec![0_u8; 70_000];
    random.fill(&mut long);
    for part in long.chunks(10_000) {
        assert_eq!(part.iter().collect::<BTreeSet<_>>().len(), 256);
    }
}

#[test]
fn the_systems_randomness_keeps_the_contract() {
    keeps_the_contract(&SystemRandom);
}
