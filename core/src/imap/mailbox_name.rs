//! Mailbox names on the wire: modified UTF-7 (RFC 3501 §5.1.3), both ways, by hand.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// A name for showing. UTF-8 on the wire is taken as it is; bytes that are neither that nor modified UTF-7 are kept
/// as they came (invalid ones as U+FFFD): such a mailbox is shown oddly and still opened by its raw name.
pub fn decode(raw: &[u8]) -> String {
    if raw.is_ascii()
        && let Some(name) = decode_strictly(raw)
    {
        return name;
    }
    String::from_utf8_lossy(raw).into_owned()
}

fn decode_strictly(raw: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'&' {
            out.push(char::from(*first));
            continue;
        }
        let end = rest.iter().position(|b| *b == b'-')?;
        let (shifted, after) = rest.split_at(end);
        rest = after.get(1..)?;
        if shifted.is_empty() {
            out.push('&');
        } else {
            decode_shifted(shifted, &mut out)?;
        }
    }
    Some(out)
}

fn decode_shifted(shifted: &[u8], out: &mut String) -> Option<()> {
    let (mut bits, mut held) = (0u32, 0u32);
    let mut units = Vec::with_capacity(shifted.len() * 6 / 16);
    for b in shifted {
        let value = ALPHABET.iter().position(|a| a == b)? as u32;
        bits = (bits << 6 | value) & 0x3f_ffff;
        held += 6;
        if held >= 16 {
            held -= 16;
            units.push((bits >> held) as u16);
        }
    }
    // Padding bits are zero and fewer than one character's worth.
    if held >= 6 || bits & ((1 << held) - 1) != 0 {
        return None;
    }
    for unit in char::decode_utf16(units) {
        out.push(unit.ok()?);
    }
    Some(())
}

/// The wire form of a name that a person typed.
pub fn encode(name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut shifted: Vec<u16> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut shifted, &mut out);
            out.push(c as u8);
            if c == '&' {
                out.push(b'-');
            }
        } else {
            shifted.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    flush(&mut shifted, &mut out);
    out
}

fn flush(units: &mut Vec<u16>, out: &mut Vec<u8>) {
    if units.is_empty() {
        return;
    }
    out.push(b'&');
    let (mut bits, mut held) = (0u32, 0u32);
    let mut put = |six: u32| out.extend(ALPHABET.get((six & 63) as usize));
    for unit in units.drain(..) {
        bits = (bits << 16 | u32::from(unit)) & 0x3f_ffff;
        held += 16;
        while held >= 6 {
            held -= 6;
            put(bits >> held);
        }
    }
    if held > 0 {
        put(bits << (6 - held));
    }
    out.push(b'-');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_the_rfc_and_of_servers() {
        let table: &[(&[u8], &str)] = &[
            (b"INBOX", "INBOX"),
            (b"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            (b"Entw&APw-rfe", "Entwürfe"),
            (b"A&-B", "A&B"),
            (b"&2D3cqQ-", "💩"),
            (b"Envoy&AOk-s", "Envoyés"),
            (b"", ""),
        ];
        for (wire, name) in table {
            assert_eq!(decode(wire), *name);
            assert_eq!(encode(name), *wire);
        }
    }

    #[test]
    fn bad_modified_utf7_is_shown_as_it_came() {
        for raw in [&b"&"[..], b"a&b", b"&AB", b"&A-", b"&AAA#-", b"&2D0-", b"&AAAA-x&", b"&APx-"] {
            assert_eq!(decode(raw), String::from_utf8_lossy(raw), "{raw:?}");
        }
        assert_eq!(decode("Entwürfe".as_bytes()), "Entwürfe");
        assert_eq!(decode(b"\xff\xfe"), "\u{fffd}\u{fffd}");
    }

    proptest! {
        #[test]
        fn any_name_survives_the_wire(name in "\\PC{0,40}") {
            let wire = encode(&name);
            prop_assert!(wire.is_ascii());
            prop_assert_eq!(decode(&wire), name);
        }
        #[test]
        fn any_bytes_are_shown(raw in proptest::collection::vec(any::<u8>(), 0..60)) {
            decode(&raw);
        }
    }
}
