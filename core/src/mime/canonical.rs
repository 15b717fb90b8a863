//! The canonical header key: equal for the same message wherever its header came from.

use sha2::{Digest, Sha256};

use super::header;
use crate::message::CanonicalKey;

/// Fields of version 1, in the order they are hashed. IMAP fetches exactly these.
pub const CANONICAL_FIELDS: [&str; 6] =
    ["Message-ID", "Date", "From", "Subject", "References", "In-Reply-To"];

/// The canonical key, version 1, of a raw header block, which may be a whole message or what IMAP gives for
/// `BODY[HEADER.FIELDS (…)]` of [`CANONICAL_FIELDS`], in any order, with CRLF or LF.
///
/// The first occurrence of each field counts. It is unfolded, trimmed, and runs of white space become one space; a
/// field that is then empty counts as missing (servers differ there). Hashed as `name NUL value NUL` with the name in
/// lower case. NUL counts as 0x80, because Dovecot sends it so.
pub fn canonical_key(header_bytes: &[u8]) -> CanonicalKey {
    let mut values: [Option<Vec<u8>>; CANONICAL_FIELDS.len()] = Default::default();
    for field in header::fields(header_bytes) {
        for (name, slot) in CANONICAL_FIELDS.iter().zip(&mut values) {
            if slot.is_none() && field.is(name) {
                *slot = Some(header::unfold(field.value, usize::MAX));
            }
        }
    }
    let mut hash = Sha256::new();
    for (name, value) in CANONICAL_FIELDS.iter().zip(values) {
        let Some(mut value) = value.filter(|v| !v.is_empty()) else { continue };
        value.iter_mut().filter(|b| **b == 0).for_each(|b| *b = 0x80);
        hash.update(name.to_ascii_lowercase());
        hash.update([0]);
        hash.update(value);
        hash.update([0]);
    }
    CanonicalKey { version: 1, hash: hash.finalize().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "Received: x\r\nMessage-ID: <a@b>\r\nFrom: A\r\n <a@b>\r\nSubject:  Two   words \r\n\
        Date: Tue, 12 Jan 2021 12:03:22 +0000\r\nSubject: other\r\nReferences: <1@b>\r\n\t<2@b>\r\nIn-Reply-To:\r\n\r\n\
        Subject: not a header\r\n";

    #[test]
    fn the_key_is_the_same_wherever_the_header_came_from() {
        let key = canonical_key(WHOLE.as_bytes());
        let block = WHOLE.split("\r\n\r\n").next().unwrap();
        let fetched = "Date: Tue, 12 Jan 2021 12:03:22 +0000\r\nReferences: <1@b>\r\n\t<2@b>\r\nSubject:  Two   words \r\n\
            Subject: other\r\nFrom: A\r\n <a@b>\r\nMessage-ID: <a@b>\r\n\r\n";
        for other in [
            block.to_owned(),
            format!("{block}\r\n\r\n"),
            WHOLE.replace("\r\n", "\n"),
            fetched.to_owned(),
            fetched.replace("\r\n", "\n"),
            fetched.replace("Message-ID", "Message-Id"),
        ] {
            assert_eq!(canonical_key(other.as_bytes()), key, "{other:?}");
        }
        assert_eq!(key.version, 1);
    }

    #[test]
    fn other_messages_have_other_keys() {
        let key = canonical_key(WHOLE.as_bytes());
        for other in [
            WHOLE.replace("<a@b>\r\nFrom", "<c@b>\r\nFrom"),
            WHOLE.replace("Two", "Too"),
            WHOLE.replace("<2@b>", "<3@b>"),
            WHOLE.replace("In-Reply-To:", "In-Reply-To: <2@b>"),
        ] {
            assert_ne!(canonical_key(other.as_bytes()), key, "{other:?}");
        }
        // A value that moves to another field must not give the same hash.
        assert_ne!(canonical_key(b"Subject: x\n\n"), canonical_key(b"From: x\n\n"));
    }

    #[test]
    fn the_recipe_of_version_1_never_changes() {
        let expect = b"\x5f\xe3\xa8\xe4\x2d\x25\x72\xfc\xe2\xcd\x30\x01\x69\xad\xdd\x72\x02\x73\xea\x2f\xe3\xdf\x37\x92\x90\x89\x15\x38\xb2\x1a\x8e\x2c";
        assert_eq!(&canonical_key(WHOLE.as_bytes()).hash, expect);
    }

    #[test]
    fn a_field_behind_a_hundred_thousand_others_still_counts() {
        let mut raw = "X: y\r\n".repeat(100_000);
        raw.push_str("Message-ID: <a@b>\r\n\r\n");
        assert_eq!(canonical_key(raw.as_bytes()), canonical_key(b"Message-ID: <a@b>\r\n\r\n"));
    }
}
