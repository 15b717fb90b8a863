//! What every Random promises: the whole buffer is filled, and no two fills are the same.

use satchel_core::ports::Random;
use std::collections::BTreeSet;

/// The contract.
pub fn keeps_the_contract(random: &dyn Random) {
    random.fill(&mut []);
    let mut seen = BTreeSet::new();
    for _ in 0..1_000 {
        let mut key = [0_u8; 16];
        random.fill(&mut key);
        assert!(seen.insert(key), "the same key twice");
    }
    every_byte_is_filled(random);
    threads_get_no_key_twice(random);
}

/// Every byte of a long buffer gets every value: a part left as it was would show, and so would a missing bit.
fn every_byte_is_filled(random: &dyn Random) {
    for length in [70_000, 8_191, 150_001] {
        let mut long = vec![0_u8; length];
        random.fill(&mut long);
        for (part, bytes) in long.chunks_exact(7_000).enumerate() {
            let values = bytes.iter().collect::<BTreeSet<_>>().len();
            assert_eq!(values, 256, "part {part} of {length} bytes holds {values} values");
        }
    }
    // The end of an odd length, too: 64 fills leave no byte of it at zero each time.
    for length in 1..=33 {
        let mut ever = vec![0_u8; length];
        for _ in 0..64 {
            let mut short = vec![0_u8; length];
            random.fill(&mut short);
            ever.iter_mut().zip(short).for_each(|(e, s)| *e |= s);
        }
        assert!(ever.iter().all(|byte| *byte != 0), "of {length} bytes not all are filled: {ever:?}");
    }
}

fn threads_get_no_key_twice(random: &dyn Random) {
    let keys = || {
        (0..500).map(|_| {
            let mut key = [0_u8; 16];
            random.fill(&mut key);
            key
        })
    };
    let all: Vec<[u8; 16]> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| keys().collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "two threads got the same key");
}
