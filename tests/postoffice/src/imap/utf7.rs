//! Modified UTF-7 of mailbox names (RFC 3501 §5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

const ENGINE: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// The name as it goes over the wire.
pub(crate) fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut wide = Vec::new();
    let flush = |wide: &mut Vec<u8>, out: &mut String| {
        if !wide.is_empty() {
            out.push('&');
            out.push_str(&ENGINE.encode(&wide));
            out.push('-');
            wide.clear();
        }
    };
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            flush(&mut wide, &mut out);
            out.push(character);
            if character == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            wide.extend(character.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut wide, &mut out);
    out
}

/// The name behind the wire's bytes, or `None` when they are no modified UTF-7.
pub(crate) fn decode(wire: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (coded, next) = after.split_once('-')?;
        if coded.is_empty() {
            out.push('&');
        } else {
            let bytes = ENGINE.decode(coded).ok()?;
            let (pairs, odd) = bytes.as_chunks::<2>();
            if !odd.is_empty() {
                return None;
            }
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            out.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = next;
    }
    out.push_str(rest);
    wire.is_ascii().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_wire() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Entw\u{fc}rfe", "Entw&APw-rfe"),
            ("R&D", "R&-D"),
            ("\u{65e5}\u{672c}\u{8a9e}", "&ZeVnLIqe-"),
            ("\u{1f600}", "&2D3eAA-"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire).as_deref(), Some(name));
        }
        for broken in ["&", "&AP", "&!!-", "&2D0-", "\u{fc}"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }
}
