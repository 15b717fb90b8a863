//! The envelope of a message from its header block, and the ids that make threads.

use super::{address, date, header, words};
use crate::message::{Address, Envelope};

/// Header fields that are looked at; a block with more is cut there.
const FIELDS: usize = 10_000;
/// Longest subject that is kept, in characters.
const SUBJECT_LIMIT: usize = 10_000;
/// Longest message identifier that is kept, in bytes; RFC 5322 allows a line of 998.
const ID_LIMIT: usize = 998;
/// References that are kept: the first one and the last ones.
const REFERENCES: usize = 100;

/// Reads the envelope from a raw header block (RFC 5322), which may be a whole message. Never fails: what is not
/// there or cannot be read stays empty. Of fields that may occur once the first counts; the address fields of one
/// name are joined.
pub fn envelope(header_bytes: &[u8]) -> Envelope {
    let mut envelope = Envelope::default();
    let mut subject_seen = false;
    let mut date_seen = false;
    for field in header::fields(header_bytes).take(FIELDS) {
        if let Some(list) = address_list(&mut envelope, field) {
            address::parse_into(field.value, list);
        } else if field.is("subject") && !subject_seen {
            subject_seen = true;
            envelope.subject = words::shorten(words::decode_header(field.value), SUBJECT_LIMIT);
        } else if field.is("date") && !date_seen {
            date_seen = true;
            if let Some((date, offset)) = date::parse(field.value) {
                envelope.date = Some(date);
                envelope.date_offset = offset;
            }
        } else if field.is("message-id") && envelope.message_id.is_none() {
            envelope.message_id = message_ids(field.value).into_iter().next();
        } else if field.is("in-reply-to") && envelope.in_reply_to.is_empty() {
            envelope.in_reply_to = message_ids(field.value);
        } else if field.is("references") && envelope.references.is_empty() {
            envelope.references = message_ids(field.value);
        } else if field.is("list-id") && envelope.list_id.is_none() {
            envelope.list_id = list_id(field.value);
        }
    }
    envelope
}

fn address_list<'e>(envelope: &'e mut Envelope, field: header::Field<'_>) -> Option<&'e mut Vec<Address>> {
    let lists = [
        ("from", &mut envelope.from),
        ("sender", &mut envelope.sender),
        ("reply-to", &mut envelope.reply_to),
        ("to", &mut envelope.to),
        ("cc", &mut envelope.cc),
        ("bcc", &mut envelope.bcc),
    ];
    lists.into_iter().find(|(name, _)| field.is(name)).map(|(_, list)| list)
}

/// Message identifiers of a field (RFC 5322 §3.6.4) without brackets, in order: at most 100, the first one and the
/// last 99. White space inside is dropped. A field without brackets gives the words that have an `@`.
pub fn message_ids(raw: &[u8]) -> Vec<String> {
    let mut first = None;
    let mut last = std::collections::VecDeque::with_capacity(REFERENCES);
    let mut keep = |bytes: &[u8]| {
        let id = id_text(bytes);
        if id.is_empty() || id.len() > ID_LIMIT {
            return;
        }
        if first.is_none() {
            first = Some(id);
            return;
        }
        if last.len() == REFERENCES - 1 {
            last.pop_front();
        }
        last.push_back(id);
    };
    if raw.contains(&b'<') {
        for piece in raw.split(|b| *b == b'<').skip(1) {
            if let Some(end) = piece.iter().position(|b| *b == b'>') {
                keep(piece.get(..end).unwrap_or_default());
            }
        }
    } else {
        raw.split(u8::is_ascii_whitespace).filter(|w| w.contains(&b'@')).for_each(&mut keep);
    }
    first.into_iter().chain(last).collect()
}

fn id_text(bytes: &[u8]) -> String {
    let visible = |c: &char| !c.is_whitespace() && !c.is_control() && *c != '\0';
    String::from_utf8_lossy(bytes).chars().filter(visible).collect()
}

/// RFC 2919: the identifier stands in brackets after a description.
fn list_id(raw: &[u8]) -> Option<String> {
    let value = header::unfold(raw, 4 * 1024);
    let start = value.iter().rposition(|b| *b == b'<').map_or(0, |at| at + 1);
    let inside = value.get(start..).unwrap_or_default();
    let id = id_text(inside.split(|b| *b == b'>').next().unwrap_or_default());
    (!id.is_empty() && id.len() <= 255).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_read_from_a_whole_message() {
        let raw = b"Received: by x; Tue, 1 Jan 2019 00:00:00 +0000\r\nFrom: =?utf-8?q?J=C3=BCrgen?= <j@x.example>,\r\n \
            k@x.example\r\nTo: Team: t@x.example;\r\nCc: c@x.example\r\nCC: d@x.example\r\nSender: s@x.example\r\n\
            Subject: =?utf-8?b?SGVsbMO2?=\r\nSubject: second\r\nDate: Tue, 12 Jan 2021 13:33:22 +0130\r\n\
            Message-ID: <m1@x.example>\r\nIn-Reply-To: Your mail of Monday <p1@x.example>\r\n\
            References: <r1@x.example>\r\n\t<r2@x.example><p1@\r\n x.example>\r\nList-Id: A list <list.x.example>\r\n\
            \r\nFrom: body@x.example\r\n";
        let e = envelope(raw);
        let addresses = |list: &[Address]| list.iter().map(|a| a.address.clone()).collect::<Vec<_>>();
        assert_eq!(addresses(&e.from), ["j@x.example", "k@x.example"]);
        assert_eq!(e.from.first().map(|a| a.name.as_str()), Some("Jürgen"));
        assert_eq!(addresses(&e.to), ["t@x.example"]);
        assert_eq!(addresses(&e.cc), ["c@x.example", "d@x.example"]);
        assert_eq!(addresses(&e.sender), ["s@x.example"]);
        assert_eq!(e.subject, "Hellö");
        assert_eq!((e.date, e.date_offset), (Some(1_610_453_002), 90));
        assert_eq!(e.message_id.as_deref(), Some("m1@x.example"));
        assert_eq!(e.in_reply_to, ["p1@x.example"]);
        assert_eq!(e.references, ["r1@x.example", "r2@x.example", "p1@x.example"]);
        assert_eq!(e.list_id.as_deref(), Some("list.x.example"));
    }

    #[test]
    fn several_from_fields_are_all_kept() {
        let e = envelope(b"From: a@x.example\r\nFrom: b@x.example\r\n\r\n");
        assert_eq!(e.from.len(), 2);
    }

    #[test]
    fn references_keep_the_first_and_the_last() {
        let raw: String =
            (0..100_000).flat_map(|i| ["<".to_owned(), i.to_string(), "@x>\r\n ".to_owned()]).collect();
        let ids = message_ids(raw.as_bytes());
        assert_eq!(ids.len(), REFERENCES);
        assert_eq!(ids.first().map(String::as_str), Some("0@x"));
        assert_eq!(ids.get(1).map(String::as_str), Some("99901@x"));
        assert_eq!(ids.last().map(String::as_str), Some("99999@x"));
        assert_eq!(message_ids(b"a@b c d@e"), ["a@b", "d@e"]);
        assert!(message_ids(b"<> <unclosed").is_empty());
        assert!(message_ids(&b"<".repeat(100_000)).is_empty());
    }
}
