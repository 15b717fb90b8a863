//! BODYSTRUCTURE (RFC 3501 §7.4.2) with an explicit stack, flattened into parts with their section numbers.

use super::envelope::nstring;
use crate::imap::cursor::Cursor;
use crate::imap::limits::Limits;

/// The MIME tree as the server described it, flattened; names and ids still raw. Sections, body and attachments are
/// for `mime` to find, so that they are the same as those of the whole message.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RawStructure {
    /// All parts, containers too, in the order of the message: parents before children.
    pub parts: Vec<RawPart>,
    /// Something was left out because a limit was passed.
    pub truncated: bool,
}

/// One part.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RawPart {
    /// Index of the container: a multipart or a nested message.
    pub parent: Option<usize>,
    /// Lower-case media type: `text/plain`.
    pub media_type: String,
    /// `charset` parameter, lower case.
    pub charset: Option<String>,
    /// `format` parameter as written; empty if none.
    pub format: Vec<u8>,
    /// `delsp` parameter as written; empty if none.
    pub delsp: Vec<u8>,
    /// `smime-type` parameter as written; empty if none.
    pub smime_type: Vec<u8>,
    /// Content-Transfer-Encoding, lower case; `7bit` if none was given.
    pub encoding: String,
    /// Encoded size in bytes, as announced: for progress only.
    pub size: u64,
    /// File name as written, for `mime` to decode.
    pub name_raw: Option<RawName>,
    /// Content-Disposition, lower case.
    pub disposition: Option<String>,
    /// Content-ID without brackets.
    pub content_id: Option<String>,
}

/// A file name as it stood in its parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RawName {
    /// `filename=` or `name=`: plain bytes, maybe with encoded words (RFC 2047).
    Plain(Vec<u8>),
    /// RFC 2231, continuations joined: `charset'language'percent-encoded`.
    Extended(Vec<u8>),
}

type Parameters = Vec<(Vec<u8>, Vec<u8>)>;

#[derive(Debug)]
enum Open {
    /// A multipart whose children or subtype follow.
    Multipart(usize),
    /// A message/rfc822 whose body was just read; its lines and extension data follow.
    Message(usize),
    /// The body of that message, still to be read.
    Nested(usize),
}

struct Reader<'l> {
    limits: &'l Limits,
    out: RawStructure,
    stack: Vec<Open>,
}

/// Reads one body. `None` if it is malformed; what lies beyond a limit is skipped and `truncated` set.
pub(super) fn read(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<RawStructure> {
    let mut reader = Reader { limits, out: RawStructure::default(), stack: Vec::new() };
    reader.body(cursor, None)?;
    while let Some(open) = reader.stack.pop() {
        reader.go_on(cursor, open)?;
    }
    Some(reader.out)
}

impl Reader<'_> {
    /// One step with the innermost open thing.
    fn go_on(&mut self, cursor: &mut Cursor<'_>, open: Open) -> Option<()> {
        match open {
            Open::Multipart(index) => {
                cursor.spaces();
                if cursor.peek() == Some(b'(') {
                    self.stack.push(Open::Multipart(index));
                    return self.body(cursor, Some(index));
                }
                let subtype = lower(cursor.nstring()?.map(std::borrow::Cow::into_owned), "mixed");
                self.out.parts.get_mut(index)?.media_type = format!("multipart/{subtype}");
                rest_of_list(cursor)
            }
            Open::Message(index) => {
                let extension = extension(cursor, true)?;
                self.extend(index, extension);
                Some(())
            }
            Open::Nested(message) => self.body(cursor, Some(message)),
        }
    }

    /// Opens the body at the cursor.
    fn body(&mut self, cursor: &mut Cursor<'_>, parent: Option<usize>) -> Option<()> {
        if self.stack.len() > self.limits.depth || self.out.parts.len() >= self.limits.parts {
            self.out.truncated = true;
            return cursor.skip_value();
        }
        if !cursor.opens() {
            return None;
        }
        cursor.spaces();
        if cursor.peek() == Some(b'(') {
            self.stack.push(Open::Multipart(self.out.parts.len()));
            // The subtype stands behind the children; until then it is what it is if there is none.
            let media_type = "multipart/mixed".to_owned();
            self.out.parts.push(RawPart { parent, media_type, ..RawPart::default() });
            return Some(());
        }
        self.leaf(cursor, parent)
    }

    fn leaf(&mut self, cursor: &mut Cursor<'_>, parent: Option<usize>) -> Option<()> {
        let kind = lower(nstring(cursor)?, "application");
        let subtype = lower(nstring(cursor)?, if kind == "text" { "plain" } else { "octet-stream" });
        let parameters = parameters(cursor)?;
        let content_id = nstring(cursor)?;
        nstring(cursor)?;
        let encoding = lower(nstring(cursor)?, "7bit");
        let size = if cursor.nil() { 0 } else { size(cursor)? };
        let index = self.out.parts.len();
        let is_message = kind == "message" && (subtype == "rfc822" || subtype == "global");
        let text = kind == "text";
        let short = |name: &[u8]| find(&parameters, name).map(|v| v.get(..100).unwrap_or(v).to_vec());
        self.out.parts.push(RawPart {
            parent,
            media_type: format!("{kind}/{subtype}"),
            charset: short(b"charset").map(|c| String::from_utf8_lossy(&c).to_ascii_lowercase()),
            format: short(b"format").unwrap_or_default(),
            delsp: short(b"delsp").unwrap_or_default(),
            smime_type: short(b"smime-type").unwrap_or_default(),
            encoding,
            size,
            name_raw: name(&parameters, b"name"),
            disposition: None,
            content_id: content_id.map(|id| without_brackets(&id)).filter(|id| !id.is_empty()),
        });
        cursor.spaces();
        if is_message && cursor.peek() == Some(b'(') {
            cursor.skip_value()?;
            self.stack.push(Open::Message(index));
            self.stack.push(Open::Nested(index));
            return Some(());
        }
        let extension = extension(cursor, text)?;
        self.extend(index, extension);
        Some(())
    }

    fn extend(&mut self, index: usize, (disposition, parameters): (Option<Vec<u8>>, Parameters)) {
        let Some(part) = self.out.parts.get_mut(index) else { return };
        part.disposition = disposition
            .filter(|d| !d.is_empty())
            .map(|d| String::from_utf8_lossy(d.get(..100).unwrap_or(&d)).to_ascii_lowercase());
        if let Some(name) = name(&parameters, b"filename") {
            part.name_raw = Some(name);
        }
    }
}

fn lower(value: Option<Vec<u8>>, default: &str) -> String {
    value.filter(|v| !v.is_empty()).map_or_else(
        || default.to_owned(),
        |v| String::from_utf8_lossy(v.get(..200).unwrap_or(&v)).to_ascii_lowercase(),
    )
}

/// Octets; Exchange is known for negative numbers, which count as 0.
fn size(cursor: &mut Cursor<'_>) -> Option<u64> {
    if cursor.then(b'-') {
        cursor.number()?;
        return Some(0);
    }
    cursor.number()
}

fn parameters(cursor: &mut Cursor<'_>) -> Option<Parameters> {
    let mut out = Vec::new();
    if cursor.nil() {
        return Some(out);
    }
    if !cursor.opens() {
        nstring(cursor)?;
        return Some(out);
    }
    while !cursor.closes() {
        let name = nstring(cursor)?.unwrap_or_default().to_ascii_lowercase();
        let value = nstring(cursor)?.unwrap_or_default();
        if out.len() < 200 {
            out.push((name, value));
        }
    }
    Some(out)
}

/// What follows the size: lines (text, message), MD5, disposition, then anything.
fn extension(cursor: &mut Cursor<'_>, lines: bool) -> Option<(Option<Vec<u8>>, Parameters)> {
    let nothing = (None, Vec::new());
    for _ in 0..=usize::from(lines) {
        if cursor.closes() {
            return Some(nothing);
        }
        cursor.skip_value()?;
    }
    if cursor.closes() {
        return Some(nothing);
    }
    let mut found = nothing;
    if cursor.opens() {
        found.0 = nstring(cursor)?;
        if !cursor.closes() {
            found.1 = parameters(cursor)?;
            rest_of_list(cursor)?;
        }
    } else {
        cursor.skip_value()?;
    }
    rest_of_list(cursor)?;
    Some(found)
}

fn rest_of_list(cursor: &mut Cursor<'_>) -> Option<()> {
    while !cursor.closes() {
        cursor.skip_value()?;
    }
    Some(())
}

fn find<'p>(parameters: &'p Parameters, name: &[u8]) -> Option<&'p Vec<u8>> {
    parameters.iter().find(|(n, _)| n == name).map(|(_, v)| v).filter(|v| !v.is_empty())
}

/// A name by its parameter: plain, `name*`, or continuations `name*0`, `name*1*` … (RFC 2231 §3, §4.1).
fn name(parameters: &Parameters, base: &[u8]) -> Option<RawName> {
    let starred = [base, b"*"].concat();
    if let Some(value) = find(parameters, &starred) {
        return Some(RawName::Extended(value.clone()));
    }
    let mut joined = Vec::new();
    let mut extended = false;
    for i in 0..200 {
        let plain = format!("*{i}").into_bytes();
        let plain = [base, plain.as_slice()].concat();
        let encoded = [plain.as_slice(), b"*"].concat();
        let piece = parameters.iter().find(|(n, _)| *n == plain || *n == encoded);
        let Some((piece, value)) = piece else { break };
        let is_encoded = *piece == encoded;
        extended |= is_encoded && i == 0;
        if extended && !is_encoded {
            // Joined with percent-encoded pieces, a bare % would read as one.
            joined.extend(
                value.iter().flat_map(|b| if *b == b'%' { &b"%25"[..] } else { std::slice::from_ref(b) }),
            );
        } else {
            joined.extend_from_slice(value);
        }
    }
    if !joined.is_empty() {
        return Some(if extended { RawName::Extended(joined) } else { RawName::Plain(joined) });
    }
    find(parameters, base).map(|v| RawName::Plain(v.clone()))
}

fn without_brackets(id: &[u8]) -> String {
    let text = String::from_utf8_lossy(id.get(..1_000).unwrap_or(id));
    text.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}
