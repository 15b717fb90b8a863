//! Address lists (RFC 5322 §3.4). Addresses are split on the raw text; only then are names decoded, so that no
//! encoded word can bring an address in.

use super::{ADDRESSES, charset, header, words};
use crate::message::Address;

/// Longest name that is kept, in characters.
const NAME_LIMIT: usize = 1_000;
/// Longest address that is kept, in characters; RFC 5321 allows 254.
const ADDRESS_LIMIT: usize = 1_000;
/// Bytes of one field that are read: 1,000 addresses of 256 bytes.
const FIELD_LIMIT: usize = 256 * 1024;

/// Reads the addresses of one field's value and appends them to `list`, up to 1,000 in all.
pub(super) fn parse_into(raw: &[u8], list: &mut Vec<Address>) {
    let text = charset::guess(&header::unfold(raw, FIELD_LIMIT));
    let last_quote = text.rfind('"');
    let mut one = Mailbox::default();
    let mut place = Place::Phrase;
    let mut escaped = false;
    let mut in_group = false;
    for (at, c) in text.char_indices() {
        if list.len() >= ADDRESSES {
            return;
        }
        if escaped {
            escaped = false;
            one.push(place, c, true);
            continue;
        }
        match (place, c) {
            (Place::Quoted | Place::Comment(_), '\\') => escaped = true,
            (Place::Quoted, '"') => {
                one.written.push('"');
                place = Place::Phrase;
            }
            (Place::Comment(depth), '(') => place = Place::Comment(depth + 1),
            (Place::Comment(depth), ')') if depth > 1 => place = Place::Comment(depth - 1),
            // A quotation mark that nothing closes is a character.
            (Place::Phrase, '"') if last_quote.is_some_and(|last| last > at) => {
                one.written.push('"');
                one.quoted = true;
                place = Place::Quoted;
            }
            (Place::Phrase, '(') => place = Place::Comment(1),
            (Place::Phrase, '<') => {
                one.angle_seen = true;
                place = Place::Angle;
            }
            (Place::Angle, '>') | (Place::Comment(1), ')') => place = Place::Phrase,
            (Place::Phrase, ',') => one.finish(list),
            // `<@relay,@relay:user@host>` is a route; any other comma says that the bracket was never closed.
            (Place::Angle, ',') if !one.angle.starts_with('@') => {
                one.finish(list);
                place = Place::Phrase;
            }
            (Place::Phrase, ':') if !one.angle_seen && !in_group && !one.written.contains('@') => {
                in_group = true;
                one = Mailbox::default();
            }
            (Place::Phrase, ';') => {
                one.finish(list);
                in_group = false;
            }
            _ => one.push(place, c, false),
        }
    }
    if list.len() < ADDRESSES {
        one.finish(list);
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Place {
    Phrase,
    Quoted,
    Comment(usize),
    Angle,
}

/// One mailbox while it is read.
#[derive(Default)]
struct Mailbox {
    /// The phrase with quotation marks taken off.
    phrase: String,
    /// The phrase as it stands.
    written: String,
    comment: String,
    angle: String,
    angle_seen: bool,
    quoted: bool,
}

impl Mailbox {
    fn push(&mut self, place: Place, c: char, escaped: bool) {
        match place {
            Place::Phrase | Place::Quoted => {
                self.phrase.push(c);
                if escaped {
                    self.written.push('\\');
                }
                self.written.push(c);
            }
            Place::Comment(_) => self.comment.push(c),
            Place::Angle => self.angle.push(c),
        }
    }

    fn finish(&mut self, list: &mut Vec<Address>) {
        let one = std::mem::take(self);
        let address = if one.angle_seen {
            let spec = one.angle.trim();
            // The route before the colon is of no use to anybody (RFC 5322 §4.4).
            match spec.split_once(':') {
                Some((route, rest)) if route.starts_with('@') => bare(rest),
                _ => bare(spec),
            }
        } else if one.written.contains('@') && !outside_quotes_has_no_at(&one.written) {
            bare(&one.written)
        } else if !one.quoted && is_local_name(one.phrase.trim()) {
            bare(&one.phrase)
        } else {
            String::new()
        };
        let name = if one.angle_seen || address.is_empty() {
            let phrase = decoded(&one.phrase);
            if phrase.is_empty() { decoded(&one.comment) } else { phrase }
        } else {
            decoded(&one.comment)
        };
        if !(name.is_empty() && address.is_empty()) {
            list.push(Address { name, address });
        }
    }
}

fn decoded(text: &str) -> String {
    let name = words::clean(&words::decode_words(text.trim().as_bytes()));
    words::shorten(name, NAME_LIMIT)
}

/// An address as written, without white space outside quotes and without anything invisible.
fn bare(spec: &str) -> String {
    let mut out = String::with_capacity(spec.len());
    let mut quoted = false;
    let mut kept = 0;
    for c in spec.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        let blank = c.is_whitespace() && !(quoted && c == ' ');
        if !blank && !c.is_control() && !crate::message::is_invisible(c) && kept < ADDRESS_LIMIT {
            out.push(c);
            kept += 1;
        }
    }
    out
}

/// `"a@b"` alone is a name, `"a b"@c` an address.
fn outside_quotes_has_no_at(written: &str) -> bool {
    let mut quoted = false;
    !written.chars().any(|c| {
        quoted ^= c == '"';
        c == '@' && !quoted
    })
}

/// A mailbox of the same host, such as `root`: one atom and no encoded word.
fn is_local_name(phrase: &str) -> bool {
    !phrase.is_empty()
        && phrase.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Vec<(String, String)> {
        let mut list = Vec::new();
        parse_into(raw.as_bytes(), &mut list);
        list.into_iter().map(|a| (a.name, a.address)).collect()
    }

    #[test]
    fn addresses_as_people_and_programs_write_them() {
        let table: &[(&str, &[(&str, &str)])] = &[
            ("a@b.c", &[("", "a@b.c")]),
            ("<a@b.c>", &[("", "a@b.c")]),
            ("Ann Lee <a@b.c>", &[("Ann Lee", "a@b.c")]),
            ("\"Lee, Ann\" <a@b.c>, x@y.z", &[("Lee, Ann", "a@b.c"), ("", "x@y.z")]),
            ("a@b.c (Ann Lee)", &[("Ann Lee", "a@b.c")]),
            ("a@b.c (Ann (the) \\) Lee)", &[("Ann the ) Lee", "a@b.c")]),
            ("Ann (work) <a@b.c>", &[("Ann", "a@b.c")]),
            ("\"Ann \\\"A\\\" Lee\" <a@b.c>", &[("Ann \"A\" Lee", "a@b.c")]),
            ("=?utf-8?q?Andr=C3=A9?= <a@b.c>", &[("André", "a@b.c")]),
            ("\"=?utf-8?q?Andr=C3=A9?=\" <a@b.c>", &[("André", "a@b.c")]),
            ("André <a@b.c>", &[("André", "a@b.c")]),
            ("Team: a@b.c, Bo <b@b.c>;, x@y.z", &[("", "a@b.c"), ("Bo", "b@b.c"), ("", "x@y.z")]),
            ("undisclosed-recipients:;", &[]),
            ("<@r1,@r2:a@b.c>", &[("", "a@b.c")]),
            ("\"ann lee\"@b.c", &[("", "\"ann lee\"@b.c")]),
            ("\"x@evil.example\"", &[("x@evil.example", "")]),
            ("Ann <a@b.c, Bo <b@b.c>", &[("Ann", "a@b.c"), ("Bo", "b@b.c")]),
            ("5\" disk <a@b.c>", &[("5\" disk", "a@b.c")]),
            ("a @ b . c", &[("", "a@b.c")]),
            ("root", &[("", "root")]),
            ("Mail Delivery System", &[("Mail Delivery System", "")]),
            ("MAILER-DAEMON <>", &[("MAILER-DAEMON", "")]),
            (",,,", &[]),
            ("", &[]),
        ];
        for (raw, expect) in table {
            let expect: Vec<_> = expect.iter().map(|(n, a)| ((*n).to_owned(), (*a).to_owned())).collect();
            assert_eq!(read(raw), expect, "{raw}");
        }
    }

    #[test]
    fn an_encoded_word_never_brings_an_address() {
        for raw in [
            "=?utf-8?q?boss=40bank.example?=",
            "=?utf-8?q?boss=40bank.example?= (hi)",
            "=?utf-8?q?Boss_=3Cboss=40bank.example=3E=2C?= <evil@evil.example>",
            "=?utf-8?q?a=40b=2C_c=40d?= <evil@evil.example>",
            "\"=?utf-8?b?Ym9zc0BiYW5rLmV4YW1wbGU+LCA8?=\" <evil@evil.example>",
            "=?utf-8?q?=22=3Cboss=40bank.example=3E=22?= <evil@evil.example>",
        ] {
            let list = read(raw);
            assert_eq!(list.len(), 1, "{raw}: {list:?}");
            assert!(list.iter().all(|(_, a)| a.is_empty() || a == "evil@evil.example"), "{raw}: {list:?}");
        }
    }

    #[test]
    fn names_and_addresses_carry_no_tricks() {
        let list = read("\"a\u{202e}b\u{0}c\u{200b}\" <x\u{202e}\u{0}@y\u{200b}.z>");
        assert_eq!(list, [("abc".to_owned(), "x@y.z".to_owned())]);
    }

    #[test]
    fn a_hundred_thousand_addresses_give_a_thousand() {
        let raw = "Somebody <someone@example.org>, ".repeat(100_000);
        assert_eq!(read(&raw).len(), ADDRESSES);
        read(&"(".repeat(1_000_000));
        read(&"\"".repeat(1_000_000));
        read(&"<".repeat(1_000_000));
    }
}
