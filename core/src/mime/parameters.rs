//! Content-Type and Content-Disposition: the value and its parameters, continued and encoded ones included (RFC 2231).

use super::{charset, header, transfer, words};

/// More parameters than this are not looked at.
const PARAMETERS: usize = 200;
/// Bytes of one field that are read.
const FIELD_LIMIT: usize = 16 * 1024;

/// A structured field such as `text/plain; charset=utf-8`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Parameterised {
    /// What stands before the first semicolon, lower case, no white space.
    pub value: String,
    raw: Vec<(String, Vec<u8>)>,
}

impl Parameterised {
    /// text/plain without parameters.
    pub(super) fn plain_text() -> Self {
        Self { value: "text/plain".to_owned(), raw: Vec::new() }
    }

    /// Reads one. Comments are passed over; what is malformed is left out.
    pub(super) fn parse(raw: &[u8]) -> Self {
        let mut reader = Reader { bytes: &header::unfold(raw, FIELD_LIMIT), at: 0 };
        let value = text_of(&reader.until(b";"));
        let mut parameters = Vec::new();
        // `text/plain charset=x`: the semicolon is forgotten often enough.
        let value = match value.split_once(' ') {
            Some((kind, rest)) if kind.split_once('/').is_some_and(|(_, subtype)| !subtype.is_empty()) => {
                if let Some((name, value)) = rest.split_once('=') {
                    parameters
                        .push((name.trim().to_owned(), value.trim().trim_matches('"').as_bytes().to_vec()));
                }
                kind.to_owned()
            }
            _ => value.replace(' ', ""),
        };
        while parameters.len() < PARAMETERS && reader.at < reader.bytes.len() {
            reader.at += 1;
            let name = reader.until(b"=;");
            if reader.bytes.get(reader.at) != Some(&b'=') {
                continue;
            }
            reader.at += 1;
            let value = reader.until(b";");
            parameters.push((text_of(&name), value));
        }
        Self { value, raw: parameters }
    }

    /// A parameter's bytes as they stand, first occurrence: for `boundary` and `charset`.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.raw.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_slice())
    }

    /// A parameter as text: RFC 2231 first, then encoded words, then raw.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.extended(name).or_else(|| self.get(name).map(decode_parameter)).filter(|v| !v.is_empty())
    }

    /// `name*=charset'lang'…` and `name*0*=… name*1=…`, joined before decoding.
    fn extended(&self, name: &str) -> Option<String> {
        let mut pieces: Vec<(u32, bool, &[u8])> = Vec::new();
        for (full, value) in &self.raw {
            let Some(rest) = full.strip_prefix(name).and_then(|r| r.strip_prefix('*')) else { continue };
            let (number, encoded) = match rest.strip_suffix('*') {
                Some(number) => (number, true),
                None if rest.is_empty() => ("0", true),
                None => (rest, false),
            };
            if let Ok(number) = number.parse() {
                pieces.push((number, encoded, value));
            }
        }
        pieces.sort_by_key(|(number, _, _)| *number);
        pieces.dedup_by_key(|(number, _, _)| *number);
        let (first, first_encoded, first_value) = *pieces.first()?;
        if first != 0 {
            return None;
        }
        let mut label = None;
        let mut bytes = Vec::new();
        for (i, (_, encoded, value)) in pieces.iter().enumerate() {
            let mut value = *value;
            if i == 0 && first_encoded {
                (label, value) = split_charset(first_value);
            }
            if *encoded { bytes.extend(percent_decode(value)) } else { bytes.extend_from_slice(value) }
        }
        if label.is_none() {
            // Some senders number the pieces and use encoded words in them.
            return Some(words::clean(&words::decode_words(&bytes)));
        }
        Some(words::clean(&charset::decode_text(&bytes, label.as_deref())))
    }
}

/// A parameter's value as text, for names in an IMAP BODYSTRUCTURE: `charset'lang'%41…` (RFC 2231), encoded words and
/// raw 8-bit are all understood. One line; control and invisible characters are removed.
pub fn decode_parameter(raw: &[u8]) -> String {
    let raw = raw.get(..FIELD_LIMIT).unwrap_or(raw);
    if let (Some(label), rest) = split_charset(raw)
        && encoding_rs::Encoding::for_label(label.as_bytes()).is_some()
    {
        return words::clean(&charset::decode_text(&percent_decode(rest), Some(&label)));
    }
    words::decode_header(raw)
}

/// Takes `charset'language'` off the front.
fn split_charset(value: &[u8]) -> (Option<String>, &[u8]) {
    let mut parts = value.splitn(3, |b| *b == b'\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(rest)) => (Some(String::from_utf8_lossy(charset).into_owned()), rest),
        _ => (None, value),
    }
}

fn percent_decode(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        at += 1;
        match transfer::hex_pair(value, at).filter(|_| byte == b'%') {
            Some(decoded) => {
                out.push(decoded);
                at += 2;
            }
            None => out.push(byte),
        }
    }
    out
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_ascii_lowercase()
}

/// Walks an unfolded field: quoted strings are unquoted, comments dropped.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// Reads up to one of `stops` outside quotes and comments; stands on it afterwards.
    fn until(&mut self, stops: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut quoted = false;
        let mut solid = 0;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' if quoted => {
                    // `C:\dir\x` is not escaped by those who write it: only quotes and backslashes are.
                    match self.bytes.get(self.at + 1) {
                        Some(b'"' | b'\\') => {
                            self.at += 1;
                            out.extend(self.bytes.get(self.at));
                        }
                        _ => out.push(byte),
                    }
                    solid = out.len();
                }
                b'"' => {
                    quoted = !quoted;
                    solid = out.len();
                }
                _ if quoted => {
                    out.push(byte);
                    solid = out.len();
                }
                b'(' if out.is_empty() || out.last() == Some(&b' ') => self.skip_comment(),
                _ if stops.contains(&byte) => break,
                b' ' if out.is_empty() => {}
                b' ' => out.push(byte),
                _ => {
                    out.push(byte);
                    solid = out.len();
                }
            }
            self.at += 1;
        }
        out.truncate(solid);
        out
    }

    /// Stands on the comment's last byte afterwards.
    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_names_in_every_way_they_are_written() {
        let table: &[(&[u8], &str, &str, Option<&str>)] = &[
            (b"Text/Plain; Charset=UTF-8", "text/plain", "charset", Some("UTF-8")),
            (b"text/plain ; charset = \"utf-8\" (comment)", "text/plain", "charset", Some("utf-8")),
            (b"text/plain (a (nested) one); charset=x", "text/plain", "charset", Some("x")),
            (b"a/b; name=\"a \\\"b\\\"; c\"", "a/b", "name", Some("a \"b\"; c")),
            (b"a/b; name=two words.txt", "a/b", "name", Some("two words.txt")),
            (b"a/b; name=\"C:\\dir\\x.txt\"", "a/b", "name", Some("C:\\dir\\x.txt")),
            (b"a/b; name=\"=?utf-8?q?caf=C3=A9?=\"", "a/b", "name", Some("café")),
            (b"a/b; name=caf\xe9", "a/b", "name", Some("café")),
            (b"a/b; name*=utf-8'en'caf%C3%A9", "a/b", "name", Some("café")),
            (
                b"a/b; name*0*=iso-8859-1''f%FC; name*1*=r%FC; name*2=\"%.txt\"",
                "a/b",
                "name",
                Some("fürü%.txt"),
            ),
            (b"a/b; name*1*=%A9; name*0*=utf-8''caf%C3", "a/b", "name", Some("café")),
            (b"a/b; name*0=one; name*1=two", "a/b", "name", Some("onetwo")),
            (b"a/b; name=plain; name*=utf-8''ext", "a/b", "name", Some("ext")),
            (b"a/b; name*5=late", "a/b", "name", None),
            (b"a/b; name=", "a/b", "name", None),
            (b"a/b;;; name=x;", "a/b", "name", Some("x")),
            (b"a/b; name=\"open", "a/b", "name", Some("open")),
            (b"a/b; name", "a/b", "name", None),
            (b"attachment; filename=\"a\r\n b.txt\"", "attachment", "filename", Some("a b.txt")),
            (b"text/plain charset=us-ascii", "text/plain", "charset", Some("us-ascii")),
            (b"text / plain; charset=x", "text/plain", "charset", Some("x")),
            (b"", "", "name", None),
        ];
        for (raw, value, name, expect) in table {
            let parsed = Parameterised::parse(raw);
            let shown = String::from_utf8_lossy(raw);
            assert_eq!(parsed.value, *value, "{shown}");
            assert_eq!(parsed.text(name).as_deref(), *expect, "{shown}");
        }
    }

    #[test]
    fn names_from_a_bodystructure() {
        for (raw, expect) in [
            (&b"utf-8''caf%C3%A9.txt"[..], "café.txt"),
            (b"=?utf-8?b?w6k=?=.txt", "é.txt"),
            (b"it's Tom's file", "it's Tom's file"),
            (b"100%41", "100%41"),
            ("\u{202e}gpj.exe".as_bytes(), "gpj.exe"),
        ] {
            assert_eq!(decode_parameter(raw), expect);
        }
    }
}
