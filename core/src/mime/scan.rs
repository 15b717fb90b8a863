//! The depth and part scan: one pass over the lines of a message that finds every part under limits, without recursion.
//!
//! Boundaries are matched as Dovecot does, so that section numbers agree with its BODYSTRUCTURE: a line is a boundary
//! if it *begins* with `--` and the boundary of any open multipart; the longest one wins, the innermost of equals.

use std::ops::Range;

use super::header;
use super::parameters::Parameterised;

/// Multiparts and nested messages inside each other; what is deeper stays one leaf.
pub(super) const DEPTH: usize = 100;
/// Parts of a message, containers counted.
pub(super) const PARTS: usize = 1_000;
/// Bytes of one part's header that are read.
const HEADER_BLOCK: usize = 1024 * 1024;
/// Fields of one part's header that are looked at.
const FIELDS: usize = 10_000;
/// Longest boundary; RFC 2046 allows 70 characters.
const BOUNDARY: usize = 200;

/// One part as it was found, in the order of the message; a parent stands before its children.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub parent: Option<usize>,
    pub header: Range<usize>,
    pub body: Range<usize>,
    pub content_type: Parameterised,
    pub disposition: Parameterised,
    pub encoding: String,
    pub content_id: Option<String>,
}

/// All parts of a message; the first is the message itself.
#[derive(Debug)]
pub(super) struct Scan {
    pub parts: Vec<Found>,
    /// A limit was passed.
    pub truncated: bool,
}

/// Scans a message.
pub(super) fn scan(raw: &[u8]) -> Scan {
    let mut scanner = Scanner { raw, at: 0, open: Vec::new(), parts: Vec::new(), truncated: false };
    scanner.run();
    Scan { parts: with_text_for_the_empty(scanner.parts), truncated: scanner.truncated }
}

/// A multipart without parts (no boundary, a boundary that never comes, or too deep) gets one text with all its bytes,
/// so that nobody sees nothing. Its section is that of a first child, as in Dovecot's BODYSTRUCTURE.
fn with_text_for_the_empty(found: Vec<Found>) -> Vec<Found> {
    let mut has_children = vec![false; found.len()];
    for parent in found.iter().filter_map(|p| p.parent) {
        has_children.get_mut(parent).into_iter().for_each(|has| *has = true);
    }
    let mut parts: Vec<Found> = Vec::with_capacity(found.len() + 1);
    let mut moved_to = Vec::with_capacity(found.len());
    for (mut part, has_children) in found.into_iter().zip(has_children) {
        part.parent = part.parent.and_then(|p| moved_to.get(p).copied());
        moved_to.push(parts.len());
        let text = (is_multipart(&part.content_type.value) && !has_children).then(|| Found {
            parent: Some(parts.len()),
            content_type: Parameterised::plain_text(),
            ..part.clone()
        });
        parts.push(part);
        parts.extend(text);
    }
    parts
}

/// A container that is not finished.
struct Open {
    part: usize,
    /// `--` and the boundary; empty for a nested message.
    delimiter: Vec<u8>,
}

struct Scanner<'a> {
    raw: &'a [u8],
    at: usize,
    open: Vec<Open>,
    parts: Vec<Found>,
    truncated: bool,
}

/// A boundary line: which container it belongs to and whether it is the last one.
struct Hit {
    level: usize,
    closing: bool,
    /// Where the content before it ends: the line end in front belongs to the boundary.
    end: usize,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut parent = None;
        loop {
            let part = self.read_header(parent);
            // A header without an empty line may end in a boundary.
            if self.opens_message(part) {
                parent = Some(part);
                continue;
            }
            match self.next_part() {
                Some(container) => parent = Some(container),
                None => return,
            }
            if self.parts.len() >= PARTS {
                self.truncated = true;
                self.close_all();
                return;
            }
        }
    }

    /// Passes over lines until a part begins; its container. `None` at the end of the message.
    fn next_part(&mut self) -> Option<usize> {
        loop {
            let Some(hit) = self.find_boundary() else {
                self.close_all();
                return None;
            };
            self.end_parts(hit.level, hit.end);
            if hit.closing {
                // After the closing line comes an epilogue: the container is left, its parent's boundary is next.
                if let Some(closed) = self.open.pop()
                    && let Some(part) = self.parts.get_mut(closed.part)
                {
                    part.body.end = hit.end;
                }
                // The body of the container runs to the outer boundary; nobody needs the exact end.
                if self.open.is_empty() {
                    return None;
                }
                continue;
            }
            return self.open.last().map(|o| o.part);
        }
    }

    /// Ends everything that is open inside `level` and the leaf before the boundary.
    fn end_parts(&mut self, level: usize, end: usize) {
        if let Some(last) = self.parts.last_mut() {
            last.body.end = last.body.end.min(end).max(last.body.start);
        }
        for open in self.open.drain(level + 1..) {
            if let Some(part) = self.parts.get_mut(open.part) {
                part.body.end = end.max(part.body.start);
            }
        }
    }

    fn close_all(&mut self) {
        let end = self.raw.len();
        for open in self.open.drain(..) {
            if let Some(part) = self.parts.get_mut(open.part) {
                part.body.end = end;
            }
        }
    }

    /// Goes on line by line to the next boundary of any open container; stands behind it afterwards.
    fn find_boundary(&mut self) -> Option<Hit> {
        while self.at < self.raw.len() {
            let start = self.at;
            let rest = self.raw.get(start..).unwrap_or_default();
            self.at += header::line_length(rest);
            if !rest.starts_with(b"--") {
                continue;
            }
            let line = self.raw.get(start..self.at).unwrap_or_default();
            if let Some((level, closing)) = self.match_boundary(line) {
                return Some(Hit { level, closing, end: before_line_end(self.raw, start) });
            }
        }
        None
    }

    fn match_boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let line = line.trim_ascii_end();
        let mut best: Option<(usize, usize)> = None;
        for (level, open) in self.open.iter().enumerate().rev() {
            let length = open.delimiter.len();
            if length == 0 || !line.starts_with(&open.delimiter) || best.is_some_and(|(_, l)| l >= length) {
                continue;
            }
            best = Some((level, length));
        }
        let (level, length) = best?;
        Some((level, line.get(length..).is_some_and(|rest| rest.starts_with(b"--"))))
    }

    /// Reads one part's header and adds the part, as a leaf that reaches to the end for now.
    fn read_header(&mut self, parent: Option<usize>) -> usize {
        let start = self.at;
        let (mut end, mut body);
        loop {
            let rest = self.raw.get(self.at..).unwrap_or_default();
            let length = header::line_length(rest);
            let line = rest.get(..length).unwrap_or_default();
            (end, body) = (self.at, self.at);
            if line.is_empty() {
                break;
            }
            if header::is_blank(line) {
                self.at += length;
                body = self.at;
                break;
            }
            if line.starts_with(b"--") && self.match_boundary(line).is_some() {
                break;
            }
            self.at += length;
        }
        end = end.max(start);
        let header_range = start..end;
        let block = self.raw.get(header_range.clone()).unwrap_or_default();
        if block.len() > HEADER_BLOCK {
            self.truncated = true;
        }
        let digest = parent
            .and_then(|p| self.parts.get(p))
            .is_some_and(|p| p.content_type.value == "multipart/digest");
        let mut found = describe(block.get(..HEADER_BLOCK).unwrap_or(block), digest, &mut self.truncated);
        found.parent = parent;
        found.header = header_range;
        found.body = body..self.raw.len();
        self.parts.push(found);
        self.parts.len() - 1
    }

    /// Opens the part if it is a container that may be opened; whether it is a message, whose header follows at once.
    fn opens_message(&mut self, index: usize) -> bool {
        let Some(delimiter) = self.parts.get(index).and_then(delimiter_of) else { return false };
        if self.open.len() >= DEPTH {
            self.truncated = true;
            return false;
        }
        let is_message = delimiter.is_empty();
        self.open.push(Open { part: index, delimiter });
        is_message
    }
}

/// What the boundaries of a container begin with; nothing for a message, `None` for a leaf.
fn delimiter_of(part: &Found) -> Option<Vec<u8>> {
    if is_multipart(&part.content_type.value) {
        let boundary = part.content_type.get("boundary").filter(|b| !b.is_empty())?;
        Some([b"--", boundary.get(..BOUNDARY).unwrap_or(boundary)].concat())
    } else {
        (is_message(&part.content_type.value) && is_identity(&part.encoding)).then(Vec::new)
    }
}

/// Whether the media type is a message inside a message.
pub(super) fn is_message(media_type: &str) -> bool {
    matches!(media_type, "message/rfc822" | "message/global")
}

/// Whether the media type is a container.
pub(super) fn is_multipart(media_type: &str) -> bool {
    media_type.starts_with("multipart/")
}

fn is_identity(encoding: &str) -> bool {
    !matches!(encoding, "base64" | "quoted-printable" | "x-uuencode" | "uuencode" | "x-uue")
}

/// End of the content before the line that starts at `start`.
fn before_line_end(raw: &[u8], start: usize) -> usize {
    match raw.get(..start) {
        Some([.., b'\r', b'\n']) => start - 2,
        Some([.., b'\n']) => start - 1,
        _ => start,
    }
}

/// Reads the MIME fields of one header block; the first of each counts.
fn describe(block: &[u8], digest: bool, truncated: &mut bool) -> Found {
    let (mut content_type, mut disposition, mut encoding, mut content_id) = (None, None, None, None);
    for (count, field) in header::fields(block).enumerate() {
        if count >= FIELDS {
            *truncated = true;
            break;
        }
        if field.is("content-type") {
            content_type.get_or_insert_with(|| Parameterised::parse(field.value));
        } else if field.is("content-disposition") {
            disposition.get_or_insert_with(|| Parameterised::parse(field.value));
        } else if field.is("content-transfer-encoding") {
            encoding.get_or_insert_with(|| Parameterised::parse(field.value).value);
        } else if field.is("content-id") {
            content_id = content_id.or_else(|| super::message_ids(field.value).into_iter().next());
        }
    }
    // Only a missing field makes a message of a digest's part (RFC 2046 §5.1.5), a broken one never does.
    let default = if digest && content_type.is_none() { "message/rfc822" } else { "text/plain" };
    let mut content_type = content_type.unwrap_or_default();
    if !content_type.value.contains('/') {
        default.clone_into(&mut content_type.value);
    }
    Found {
        parent: None,
        header: 0..0,
        body: 0..0,
        content_type,
        disposition: disposition.unwrap_or_default(),
        encoding: encoding.filter(|e| !e.is_empty()).unwrap_or_else(|| "7bit".to_owned()),
        content_id,
    }
}
