//! The octets behind BODY[…] and BINARY[…].

use std::borrow::Cow;

use super::fetch_items::{Section, Text};
use crate::message::Content;
use crate::mime::{Fields, Part, Shape, decode_transfer, transfer_known};

/// What a section holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    Octets(Cow<'a, [u8]>),
    /// There is no such part.
    Missing,
    /// BINARY: the transfer encoding is not known.
    UnknownEncoding,
}

/// The section's octets, partial not yet applied.
pub(crate) fn octets<'a>(content: &'a Content, section: &Section) -> Found<'a> {
    let raw = content.raw.as_slice();
    if section.binary {
        return binary(content, &section.path);
    }
    // The whole message and its own header need no parsing.
    if section.path.is_empty() && section.text == Text::All {
        return Found::Octets(Cow::Borrowed(raw));
    }
    let structure = content.structure();
    let Some(part) = structure.find(&section.path).and_then(|at| structure.part(at)) else {
        return Found::Missing;
    };
    let slice = |range: &std::ops::Range<usize>| raw.get(range.clone()).unwrap_or_default();
    match &section.text {
        Text::All => return Found::Octets(Cow::Borrowed(slice(&part.body))),
        Text::Mime => return Found::Octets(Cow::Borrowed(slice(&part.header))),
        _ => {}
    }
    // HEADER and TEXT of a numbered part mean the message inside of it.
    let message = if section.path.is_empty() {
        Some(part)
    } else if part.shape == Shape::Message {
        part.children.first().and_then(|child| structure.part(*child))
    } else {
        None
    };
    let Some(message) = message else { return Found::Missing };
    match &section.text {
        Text::Body => Found::Octets(Cow::Borrowed(slice(&message.body))),
        Text::Fields(names) => Found::Octets(Cow::Owned(fields(slice(&message.header), names, true))),
        Text::FieldsNot(names) => Found::Octets(Cow::Owned(fields(slice(&message.header), names, false))),
        _ => Found::Octets(Cow::Borrowed(slice(&message.header))),
    }
}

fn fields(header: &[u8], names: &[String], wanted: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, field) in Fields::new(header).each() {
        if names.iter().any(|each| name.eq_ignore_ascii_case(each.as_bytes())) == wanted {
            out.extend_from_slice(field);
        }
    }
    out.extend_from_slice(b"\r\n");
    out
}

/// The decoded octets of a part; a whole message or a multipart is given as it is.
pub(crate) fn binary<'a>(content: &'a Content, path: &[u32]) -> Found<'a> {
    let raw = content.raw.as_slice();
    if path.is_empty() {
        return Found::Octets(Cow::Borrowed(raw));
    }
    let structure = content.structure();
    let Some(part) = structure.find(path).and_then(|at| structure.part(at)) else { return Found::Missing };
    let body = raw.get(part.body.clone()).unwrap_or_default();
    if matches!(part.shape, Shape::Multipart | Shape::Message) {
        return Found::Octets(Cow::Borrowed(body));
    }
    let encoding = encoding_of(raw, part);
    if !transfer_known(&encoding) {
        return Found::UnknownEncoding;
    }
    Found::Octets(Cow::Owned(decode_transfer(&encoding, body)))
}

fn encoding_of(raw: &[u8], part: &Part) -> String {
    let fields = Fields::new(raw.get(part.header.clone()).unwrap_or_default());
    let value = fields.first("Content-Transfer-Encoding").unwrap_or_default();
    String::from_utf8_lossy(&value).trim().to_owned()
}

/// The part of the octets a `<start.count>` names.
pub(crate) fn partial(octets: &[u8], partial: Option<(u64, u64)>) -> &[u8] {
    let Some((start, count)) = partial else { return octets };
    let start = usize::try_from(start).unwrap_or(usize::MAX).min(octets.len());
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let end = start.saturating_add(count).min(octets.len());
    octets.get(start..end).unwrap_or_default()
}
