//! Unstructured header text: encoded words (RFC 2047), raw 8-bit, and the invisible characters used for tricks.

use super::{charset, header, transfer};

/// Longest text of one field that is kept, in bytes of the raw value and in characters of the result.
pub(super) const TEXT_LIMIT: usize = 64 * 1024;

/// A header field's value as text: unfolded, encoded words decoded (broken ones too, where it is clear what was
/// meant), raw UTF-8 or 8-bit understood, control and invisible characters removed. One line, at most 64 kB of the
/// value are read. For strings of an IMAP ENVELOPE as well.
pub fn decode_header(raw: &[u8]) -> String {
    let value = header::unfold(raw, TEXT_LIMIT);
    clean(&decode_words(&value))
}

/// One encoded word, taken apart but not yet decoded.
struct EncodedWord<'a> {
    charset: &'a [u8],
    base64: bool,
    data: &'a [u8],
    /// Index after the closing `?=`.
    end: usize,
}

/// Decodes encoded words in an unfolded value. Neighbours of one charset are joined before decoding, because senders
/// cut characters in two.
pub(super) fn decode_words(value: &[u8]) -> String {
    let mut out = String::with_capacity(value.len());
    let mut plain_from = 0;
    let mut at = 0;
    let mut next_end = 0;
    let mut pending: Option<(Vec<u8>, Vec<u8>)> = None;
    while at < value.len() {
        let word = match value.get(at..at + 2) {
            Some(b"=?") => encoded_word(value, at, &mut next_end),
            _ => None,
        };
        let Some(word) = word else {
            at += 1;
            continue;
        };
        let between = value.get(plain_from..at).unwrap_or_default();
        let neighbours = pending.is_some() && between.iter().all(|b| matches!(b, b' ' | b'\t'));
        let bytes = if word.base64 { transfer::base64(word.data) } else { q_decode(word.data) };
        match &mut pending {
            Some((charset, held)) if neighbours && can_be_joined(charset, word.charset) => {
                held.extend(bytes);
            }
            _ => {
                flush_word(&mut pending, &mut out);
                if !neighbours {
                    out.push_str(&charset::guess(between));
                }
                pending = Some((word.charset.to_vec(), bytes));
            }
        }
        at = word.end;
        plain_from = at;
    }
    flush_word(&mut pending, &mut out);
    out.push_str(&charset::guess(value.get(plain_from..).unwrap_or_default()));
    out
}

/// Charsets with a state begin anew in every word; joined, their shifts in between would be errors.
fn can_be_joined(one: &[u8], other: &[u8]) -> bool {
    let has_state =
        |prefix: &[u8]| other.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    one.eq_ignore_ascii_case(other) && !has_state(b"iso-2022") && !has_state(b"utf-7")
}

fn flush_word(pending: &mut Option<(Vec<u8>, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&charset::decode_text(&bytes, Some(&String::from_utf8_lossy(&charset))));
    }
}

/// Reads the encoded word that starts at `at`. `next_end` remembers where the next `?=` is, so that a thousand
/// openings without an end are searched once.
fn encoded_word<'a>(value: &'a [u8], at: usize, next_end: &mut usize) -> Option<EncodedWord<'a>> {
    let charset_from = at + 2;
    let charset_len = value.get(charset_from..)?.iter().take(64).position(|b| *b == b'?')?;
    let charset = value.get(charset_from..charset_from + charset_len)?;
    // RFC 2231 §5 puts a language after an asterisk.
    let charset = charset.split(|b| *b == b'*').next().unwrap_or(charset);
    let is_name =
        |b: &u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'(' | b')' | b',' | b'=');
    if charset.is_empty() || !charset.iter().all(is_name) {
        return None;
    }
    let encoding_at = charset_from + charset_len + 1;
    let base64 = match value.get(encoding_at)? {
        b'b' | b'B' => true,
        b'q' | b'Q' => false,
        _ => return None,
    };
    if value.get(encoding_at + 1) != Some(&b'?') {
        return None;
    }
    let data_from = encoding_at + 2;
    if *next_end < data_from {
        let found = value.get(data_from..)?.windows(2).position(|pair| pair == b"?=");
        *next_end = found.map_or(usize::MAX, |i| data_from + i);
    }
    let data = value.get(data_from..*next_end)?;
    Some(EncodedWord { charset, base64, data, end: *next_end + 2 })
}

fn q_decode(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&byte) = data.get(at) {
        at += 1;
        match byte {
            b'_' => out.push(b' '),
            b'=' => match transfer::hex_pair(data, at) {
                Some(value) => {
                    out.push(value);
                    at += 2;
                }
                None => out.push(b'='),
            },
            _ => out.push(byte),
        }
    }
    out
}

/// Removes what cannot be seen but changes what is seen: controls, bidirectional overrides and marks, zero-width
/// characters, tags. Line ends and runs of white space become one space.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut last = ' ';
    for c in text.chars() {
        if c.is_whitespace() || (c.is_control() && c != '\0') {
            gap = true;
            continue;
        }
        // Joiners shape Persian, Indic scripts and emoji; next to ASCII they only hide.
        let joiner = matches!(c, '\u{200c}' | '\u{200d}') && !last.is_ascii() && !gap;
        if crate::message::is_invisible(c) && !joiner {
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        out.push(c);
        last = c;
    }
    out
}

/// The first `limit` characters.
pub(super) fn shorten(text: String, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => text.get(..at).unwrap_or_default().to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_good_and_broken() {
        let table: &[(&[u8], &str)] = &[
            (b"=?utf-8?q?caf=C3=A9?=", "café"),
            (b"=?UTF-8?Q?a_b?= =?utf-8?q?c?=", "a bc"),
            (b"=?utf-8?b?w6k=?= and =?iso-8859-1?q?=E9?=", "é and é"),
            (b"=?utf-8?b?w6k?==?utf-8?b?w6k?=", "éé"),
            (b"=?utf-8?q?=C3?=\r\n =?utf-8?q?=A9?=", "é"),
            (b"=?ISO-2022-JP?B?GyRCOEA4bBsoQg==?=", "言語"),
            (b"=?ISO-2022-JP?B?GyRCOEAbKEI=?= =?ISO-2022-JP?B?GyRCOGwbKEI=?=", "言語"),
            (b"=?utf-8*en?q?hi?=", "hi"),
            (b"pre=?utf-8?q?x?=post", "prexpost"),
            (b"=?utf-8?q?with space?=", "with space"),
            (b"=?utf-8?q?no end", "=?utf-8?q?no end"),
            (b"=?utf-8?x?what?=", "=?utf-8?x?what?="),
            (b"=??q?what?=", "=??q?what?="),
            (b"=?x-unknown?q?caf=E9?=", "café"),
            (b"=?utf-7?q?+ADw-b+AD4-?=", "<b>"),
            (b"caf\xe9 raw", "café raw"),
            (b"caf\xc3\xa9 raw", "café raw"),
            (b"=?utf-8?q?a=00b=0D=0Ac?=", "ab c"),
            (b"=?utf-8?q?=E2=80=AEgnp.exe?=", "gnp.exe"),
            (b"a\r\n  folded\t line ", "a folded line"),
            (b"", ""),
        ];
        for (raw, expect) in table {
            assert_eq!(&decode_header(raw), expect, "{:?}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn joiners_stay_in_emoji_and_go_beside_ascii() {
        let family = "👩\u{200d}👧";
        assert_eq!(decode_header(family.as_bytes()), family);
        assert_eq!(decode_header("pay\u{200d}pal".as_bytes()), "paypal");
        assert_eq!(decode_header("a\u{e0041}\u{2066}b".as_bytes()), "ab");
    }

    #[test]
    fn many_openings_without_an_end_are_linear() {
        // Past the limit of `decode_header`, so that a search per opening would show.
        let mut raw = b"=?a?q?x ".repeat(50_000);
        let start = std::time::Instant::now();
        decode_words(&raw);
        raw.extend(b"?=");
        decode_words(&raw);
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}
