//! Transfer encodings and encoded words, decoded leniently for SEARCH, PREVIEW and BINARY.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether BINARY can decode this encoding.
pub(crate) fn transfer_known(encoding: &str) -> bool {
    ["", "7bit", "8bit", "binary", "base64", "quoted-printable"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(encoding))
}

/// The body with its Content-Transfer-Encoding taken off; an unknown encoding leaves it as it is.
pub(crate) fn decode_transfer(encoding: &str, body: &[u8]) -> Vec<u8> {
    if encoding.eq_ignore_ascii_case("base64") {
        base64_lenient(body)
    } else if encoding.eq_ignore_ascii_case("quoted-printable") {
        quoted_printable(body)
    } else {
        body.to_vec()
    }
}

fn base64_lenient(body: &[u8]) -> Vec<u8> {
    let alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut digits: Vec<u8> =
        body.iter().take_while(|byte| **byte != b'=').copied().filter(alphabet).collect();
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    LENIENT.decode(digits).unwrap_or_default()
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&first, after)) = rest.split_first() {
        if first != b'=' {
            out.push(first);
            rest = after;
            continue;
        }
        if let Some(next) = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")) {
            rest = next;
        } else if let Some(byte) = after.get(..2).and_then(hex) {
            out.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            out.push(first);
            rest = after;
        }
    }
    out
}

fn hex(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// A header value with its encoded words (RFC 2047) decoded; UTF-8 and Latin-1 are known.
pub(crate) fn decode_words(value: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = value;
    let mut after_word = false;
    while !rest.is_empty() {
        let start = rest.windows(2).position(|pair| pair == b"=?").unwrap_or(rest.len());
        let (before, from) = rest.split_at_checked(start).unwrap_or((rest, b""));
        // Blanks between two encoded words are not shown.
        if !(after_word && before.trim_ascii().is_empty() && !from.is_empty()) {
            out.push_str(&String::from_utf8_lossy(before));
        }
        after_word = false;
        if let Some((text, length)) = encoded_word(from) {
            out.push_str(&text);
            rest = from.get(length..).unwrap_or_default();
            after_word = true;
        } else {
            out.push_str(&String::from_utf8_lossy(from.get(..2).unwrap_or(from)));
            rest = from.get(2..).unwrap_or_default();
        }
    }
    out
}

fn encoded_word(from: &[u8]) -> Option<(String, usize)> {
    let inner = from.strip_prefix(b"=?")?;
    let mut pieces = inner.splitn(3, |byte| *byte == b'?');
    let (charset, encoding, rest) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let end = rest.windows(2).position(|pair| pair == b"?=")?;
    let text = rest.get(..end)?;
    let bytes = match encoding {
        b"B" | b"b" => base64_lenient(text),
        b"Q" | b"q" => {
            let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
            quoted_printable(&spaced)
        }
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + end + 2;
    Some((decode_charset(&String::from_utf8_lossy(charset), &bytes), length))
}

/// UTF-8 and ASCII as they are, everything else as Latin-1.
pub(crate) fn decode_charset(charset: &str, bytes: &[u8]) -> String {
    let charset = charset.to_ascii_lowercase();
    if charset.is_empty() || charset.starts_with("utf-8") || charset.starts_with("us-ascii") {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
