//! A small, stable 64-bit hash: equal over runs, processes and builds, which the standard library does not promise.

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes one word into a hash.
pub fn mix(hash: u64, word: u64) -> u64 {
    let mut h = (hash ^ word).wrapping_mul(FACTOR);
    h ^= h >> 29;
    h = h.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h ^ (h >> 32)
}

/// Mixes bytes, and their number, into a hash.
pub fn mix_bytes(hash: u64, bytes: &[u8]) -> u64 {
    let mut h = mix(hash, bytes.len() as u64);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        h = (h ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR);
        h ^= h >> 32;
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    mix(h, u64::from_le_bytes(last))
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

/// Hash of some words, for seeding chance from several numbers.
pub fn of(words: &[u64]) -> u64 {
    words.iter().fold(FACTOR, |h, w| mix(h, *w))
}
