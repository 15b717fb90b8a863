//! The structure of a message: its parts in one flat list, found without recursion.

mod address;
mod decode;
mod envelope;
mod fields;
mod outline;
mod preview;
mod quote;

use std::ops::Range;

pub(crate) use decode::{decode_transfer, decode_words, transfer_known};
pub(crate) use envelope::write_envelope;
pub(crate) use fields::{Fields, split_header};
pub(crate) use outline::{nested_outline, write_outline};
pub(crate) use preview::{decoded_text, preview};
pub(crate) use quote::string;

use fields::{Parameters, parse_parameters};

/// Levels followed; deeper parts are shown as one blob. Dovecot stops at the same depth.
const MAX_DEPTH: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Leaf,
    Text,
    Multipart,
    Message,
}

#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) header: Range<usize>,
    pub(crate) body: Range<usize>,
    pub(crate) shape: Shape,
    pub(crate) kind: String,
    pub(crate) subtype: String,
    pub(crate) parameters: Parameters,
    /// Multipart: its parts. Message: the one part that is the message inside.
    pub(crate) children: Vec<usize>,
    depth: usize,
}

/// All parts; the first is the message itself.
#[derive(Debug)]
pub(crate) struct Structure {
    pub(crate) parts: Vec<Part>,
}

impl Structure {
    pub(crate) fn parse(raw: &[u8]) -> Self {
        let mut parts = vec![read_part(raw, 0..raw.len(), false, 0)];
        let mut at = 0;
        while at < parts.len() {
            let children = parts.get(at).map_or_else(Vec::new, |part| inner_parts(raw, part));
            let first = parts.len();
            let count = children.len();
            parts.extend(children);
            if let Some(part) = parts.get_mut(at) {
                part.children = (first..first + count).collect();
            }
            at += 1;
        }
        Self { parts }
    }

    pub(crate) fn part(&self, at: usize) -> Option<&Part> {
        self.parts.get(at)
    }

    /// The part numbered as in BODY[1.2.3]; an empty path is the message itself.
    pub(crate) fn find(&self, path: &[u32]) -> Option<usize> {
        let mut at = 0;
        let mut top = true;
        for &number in path {
            let part = self.parts.get(at)?;
            let holder_at = match part.shape {
                _ if top => at,
                Shape::Message => *part.children.first()?,
                Shape::Multipart => at,
                Shape::Leaf | Shape::Text => return None,
            };
            let holder = self.parts.get(holder_at)?;
            at = if holder.shape == Shape::Multipart {
                *holder.children.get((number as usize).checked_sub(1)?)?
            } else if number == 1 {
                // Part 1 of a message that is no multipart is its own body.
                holder_at
            } else {
                return None;
            };
            top = false;
        }
        Some(at)
    }
}

/// Message-IDs named by a message, oldest reference first, its own last.
pub(crate) fn message_ids(raw: &[u8]) -> Vec<String> {
    let (header, _) = split_header(raw);
    let fields = Fields::new(raw.get(header).unwrap_or_default());
    let mut ids = Vec::new();
    for name in ["References", "In-Reply-To", "Message-ID"] {
        let Some(value) = fields.first(name) else { continue };
        for piece in value.split(|byte| *byte == b'<').skip(1).take(1000) {
            if let Some(end) = piece.iter().position(|byte| *byte == b'>') {
                ids.push(String::from_utf8_lossy(piece.get(..end).unwrap_or_default()).into_owned());
            }
        }
    }
    ids
}

fn read_part(raw: &[u8], range: Range<usize>, in_digest: bool, depth: usize) -> Part {
    let slice = raw.get(range.clone()).unwrap_or_default();
    let (header, body) = split_header(slice);
    let shift = |inner: Range<usize>| range.start + inner.start..range.start + inner.end;
    let (header, body) = (shift(header), shift(body));
    let fields = Fields::new(raw.get(header.clone()).unwrap_or_default());
    let declared = fields.first("Content-Type").and_then(|value| parse_content_type(&value));
    let (kind, subtype, mut parameters) = match declared {
        Some(declared) => declared,
        None if in_digest => ("message".to_owned(), "rfc822".to_owned(), Vec::new()),
        None => ("text".to_owned(), "plain".to_owned(), Vec::new()),
    };
    let has = |parameters: &Parameters, wanted: &str| {
        parameters.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()))
    };
    if kind.eq_ignore_ascii_case("text") && !has(&parameters, "charset") {
        // What RFC 2045 says of a text without one is said aloud, as other servers do.
        parameters.push((b"charset".to_vec(), b"us-ascii".to_vec()));
    }
    let shape = if kind.eq_ignore_ascii_case("multipart") && has(&parameters, "boundary") && depth < MAX_DEPTH
    {
        Shape::Multipart
    } else if kind.eq_ignore_ascii_case("message")
        && (subtype.eq_ignore_ascii_case("rfc822") || subtype.eq_ignore_ascii_case("global"))
        && depth < MAX_DEPTH
    {
        Shape::Message
    } else if kind.eq_ignore_ascii_case("text") {
        Shape::Text
    } else {
        Shape::Leaf
    };
    Part { header, body, shape, kind, subtype, parameters, children: Vec::new(), depth }
}

fn inner_parts(raw: &[u8], part: &Part) -> Vec<Part> {
    match part.shape {
        Shape::Leaf | Shape::Text => Vec::new(),
        Shape::Message => vec![read_part(raw, part.body.clone(), false, part.depth + 1)],
        Shape::Multipart => {
            let boundary = part.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"boundary"));
            let boundary = boundary.map_or(&b""[..], |(_, value)| value.as_slice());
            let digest = part.subtype.eq_ignore_ascii_case("digest");
            split_multipart(raw, part.body.clone(), boundary)
                .into_iter()
                .map(|range| read_part(raw, range, digest, part.depth + 1))
                .collect()
        }
    }
}

/// Type, subtype and parameters of a Content-Type value; `None` when it names no type.
fn parse_content_type(value: &[u8]) -> Option<(String, String, Parameters)> {
    let (main, parameters) = parse_parameters(value);
    let main = String::from_utf8_lossy(&main).into_owned();
    let (kind, subtype) = main.split_once('/')?;
    let (kind, subtype) = (kind.trim(), subtype.trim());
    (!kind.is_empty() && !subtype.is_empty()).then(|| (kind.to_owned(), subtype.to_owned(), parameters))
}

/// The ranges between boundary lines; the line end before a boundary belongs to the boundary.
fn split_multipart(raw: &[u8], body: Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = body.start;
    while at < body.end {
        let rest = raw.get(at..body.end).unwrap_or_default();
        let line_length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..line_length).unwrap_or_default();
        let marker = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary));
        if let Some(after) = marker {
            let closing = after.starts_with(b"--");
            let after = if closing { after.get(2..).unwrap_or_default() } else { after };
            if after.trim_ascii().is_empty() {
                if let Some(start) = open.take() {
                    ranges.push(start..before_line_end(raw, start, at));
                }
                if closing {
                    return ranges;
                }
                open = Some(at + line_length);
            }
        }
        at += line_length;
    }
    if let Some(start) = open {
        ranges.push(start..body.end);
    }
    ranges
}

fn before_line_end(raw: &[u8], start: usize, boundary: usize) -> usize {
    let slice = raw.get(start..boundary).unwrap_or_default();
    let slice = slice.strip_suffix(b"\n").unwrap_or(slice);
    start + slice.strip_suffix(b"\r").unwrap_or(slice).len()
}

#[cfg(test)]
mod tests;
