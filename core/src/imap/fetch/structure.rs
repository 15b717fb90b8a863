//! BODYSTRUCTURE (RFC 3501 §7.4.2) with an explicit stack, flattened into parts with their section numbers.

use super::envelope::nstring;
use crate::imap::cursor::Cursor;
use crate::imap::limits::Limits;

/// The MIME tree as the server described it, flattened; names and ids still raw.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RawStructure {
    /// Leaves and nested messages, in the order of the message.
    pub parts: Vec<RawPart>,
    /// Section of the text shown first, if any.
    pub text_section: Option<String>,
    /// Section of the HTML alternative, or of the HTML when there is no text.
    pub html_section: Option<String>,
    /// Something was left out because a limit was passed.
    pub truncated: bool,
}

/// One leaf or nested message.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RawPart {
    /// Section number to fetch it by (RFC 3501 §6.4.5): `1`, `2.1` …
    pub section: String,
    /// Lower-case media type: `text/plain`.
    pub media_type: String,
    /// `charset` parameter, lower case.
    pub charset: Option<String>,
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
    /// Whether a screen lists it as an attachment.
    pub is_attachment: bool,
    /// The section of the nested message it belongs to, if any.
    pub within: Option<String>,
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

/// What a leaf hangs in.
#[derive(Debug)]
struct Container {
    parent: Option<usize>,
    subtype: Vec<u8>,
    message: Option<String>,
}

#[derive(Debug)]
enum Open {
    Multipart {
        prefix: String,
        children: u32,
        container: usize,
    },
    /// A message/rfc822 whose body was just read; its lines and extension data follow.
    Message {
        part: usize,
    },
    /// The body of that message, still to be read.
    Nested {
        message: String,
    },
}

struct Reader<'l> {
    limits: &'l Limits,
    out: RawStructure,
    inside: Vec<Option<usize>>,
    containers: Vec<Container>,
    stack: Vec<Open>,
}

/// Reads one body. `None` if it is malformed; what lies beyond a limit is skipped and `truncated` set.
pub(super) fn read(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<RawStructure> {
    let mut reader = Reader {
        limits,
        out: RawStructure::default(),
        inside: Vec::new(),
        containers: Vec::new(),
        stack: Vec::new(),
    };
    reader.body(cursor, String::new(), None, None)?;
    while let Some(open) = reader.stack.pop() {
        reader.go_on(cursor, open)?;
    }
    reader.choose_bodies();
    Some(reader.out)
}

impl Reader<'_> {
    /// One step with the innermost open thing.
    fn go_on(&mut self, cursor: &mut Cursor<'_>, open: Open) -> Option<()> {
        match open {
            Open::Multipart { prefix, children, container } => {
                cursor.spaces();
                if cursor.peek() == Some(b'(') {
                    let number = children.saturating_add(1);
                    let section =
                        if prefix.is_empty() { number.to_string() } else { format!("{prefix}.{number}") };
                    let message = self.containers.get(container)?.message.clone();
                    self.stack.push(Open::Multipart { prefix, children: number, container });
                    return self.body(cursor, section, Some(container), message);
                }
                let subtype = cursor.nstring()?.unwrap_or_default().to_ascii_lowercase();
                self.containers.get_mut(container)?.subtype = subtype;
                rest_of_list(cursor)
            }
            Open::Message { part } => {
                let extension = extension(cursor, true)?;
                self.extend(part, extension);
                Some(())
            }
            Open::Nested { message } => self.body(cursor, String::new(), None, Some(message)),
        }
    }

    /// Opens the body at the cursor. `section` is its own number, or empty at the root and for the body of a message,
    /// whose numbers go on from the message's.
    fn body(
        &mut self,
        cursor: &mut Cursor<'_>,
        section: String,
        container: Option<usize>,
        message: Option<String>,
    ) -> Option<()> {
        if self.stack.len() > self.limits.depth || self.out.parts.len() >= self.limits.parts {
            self.out.truncated = true;
            return cursor.skip_value();
        }
        if !cursor.opens() {
            return None;
        }
        cursor.spaces();
        if cursor.peek() == Some(b'(') {
            let index = self.containers.len();
            self.containers.push(Container {
                parent: container,
                subtype: Vec::new(),
                message: message.clone(),
            });
            let prefix = if section.is_empty() { message.unwrap_or_default() } else { section };
            self.stack.push(Open::Multipart { prefix, children: 0, container: index });
            return Some(());
        }
        let section = match (section.is_empty(), &message) {
            (false, _) => section,
            (true, None) => "1".to_owned(),
            (true, Some(outer)) => format!("{outer}.1"),
        };
        self.leaf(cursor, section, container, message)
    }

    fn leaf(
        &mut self,
        cursor: &mut Cursor<'_>,
        section: String,
        container: Option<usize>,
        message: Option<String>,
    ) -> Option<()> {
        let lower = |value: Option<Vec<u8>>, default: &str| {
            value.filter(|v| !v.is_empty()).map_or_else(
                || default.to_owned(),
                |v| String::from_utf8_lossy(v.get(..200).unwrap_or(&v)).to_ascii_lowercase(),
            )
        };
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
        self.out.parts.push(RawPart {
            section: section.clone(),
            media_type: format!("{kind}/{subtype}"),
            charset: find(&parameters, b"charset")
                .map(|c| String::from_utf8_lossy(c.get(..100).unwrap_or(c)).to_ascii_lowercase()),
            encoding,
            size,
            name_raw: name(&parameters, b"name"),
            disposition: None,
            content_id: content_id.map(|id| without_brackets(&id)).filter(|id| !id.is_empty()),
            is_attachment: false,
            within: message,
        });
        self.inside.push(container);
        cursor.spaces();
        if is_message && cursor.peek() == Some(b'(') {
            cursor.skip_value()?;
            self.stack.push(Open::Message { part: index });
            self.stack.push(Open::Nested { message: section });
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

    fn ancestor(&self, mut at: Option<usize>, subtype: &[u8]) -> Option<usize> {
        while let Some(i) = at {
            let container = self.containers.get(i)?;
            if container.subtype == subtype {
                return at;
            }
            at = container.parent;
        }
        None
    }

    /// The text shown first, its HTML alternative, and what is an attachment.
    fn choose_bodies(&mut self) {
        let candidate = |p: &RawPart| {
            p.within.is_none()
                && p.disposition.as_deref() != Some("attachment")
                && matches!(p.media_type.as_str(), "text/plain" | "text/html")
        };
        if let Some(first) = self.out.parts.iter().position(candidate) {
            let place = |i: usize| self.inside.get(i).copied().flatten();
            let alternative = self.ancestor(place(first), b"alternative");
            let pick = |media_type: &str| {
                self.out.parts.iter().enumerate().find_map(|(i, p)| {
                    let same = i == first
                        || (alternative.is_some() && self.ancestor(place(i), b"alternative") == alternative);
                    (same && candidate(p) && p.media_type == media_type).then(|| p.section.clone())
                })
            };
            let (text, html) = (pick("text/plain"), pick("text/html"));
            self.out.text_section = text;
            self.out.html_section = html;
        }
        for i in 0..self.out.parts.len() {
            let related = self.ancestor(self.inside.get(i).copied().flatten(), b"related").is_some();
            let chosen = [self.out.text_section.clone(), self.out.html_section.clone()];
            let Some(part) = self.out.parts.get_mut(i) else { continue };
            let shown = matches!(part.media_type.as_str(), "text/plain" | "text/html");
            let is_body = chosen.iter().flatten().any(|s| *s == part.section);
            let inline_image = related && part.content_id.is_some() && part.media_type.starts_with("image/");
            part.is_attachment = part.within.is_none()
                && !is_body
                && (part.disposition.as_deref() == Some("attachment")
                    || (shown && part.name_raw.is_some())
                    || (!shown && !inline_image));
        }
    }
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
