//! A whole message made readable: envelope, structure, text, HTML, and one part of it at a time.

use std::ops::Range;

use super::structure::{Body, find_body, node_of, number_sections};
use super::{assemble, calendar, decode_body, decode_text, envelope, preview, scan};
use crate::html;
use crate::message::{Envelope, Part, Structure};

/// Characters of text that are kept.
const TEXT_LIMIT: usize = 2_000_000;
/// Bytes of HTML that are kept; what is shown is cut again by `html::sanitize`.
const HTML_LIMIT: usize = 16 * 1024 * 1024;
/// Bytes shown of a message whose structure could not be taken apart.
const RAW_LIMIT: usize = 64 * 1024;

/// How a message is closed to us.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encryption {
    /// multipart/encrypted (RFC 3156), or OpenPGP armour in the text.
    OpenPgp,
    /// application/pkcs7-mime, enveloped (RFC 8551).
    Smime,
    /// application/pkcs7-mime, only signed; the text is inside the signature.
    SmimeSigned,
}

/// A message as a screen needs it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Readable {
    /// From the header.
    pub envelope: Envelope,
    /// The parts.
    pub structure: Structure,
    /// Plain text: the plain parts, or made from the HTML, or the summary of an invitation. LF line ends.
    pub text: String,
    /// The HTML as it was sent: **never show it without `html::sanitize`**.
    pub html: Option<String>,
    /// What an invitation (text/calendar) says, in a few lines.
    pub calendar: Option<String>,
    /// Set if the content is closed: a screen says so instead of showing nothing.
    pub encrypted: Option<Encryption>,
    /// The first words, at most 200 characters.
    pub preview: String,
}

/// One part with its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartBytes {
    /// What the part says of itself.
    pub part: Part,
    /// Its bytes with the transfer encoding undone. For a nested message: the message.
    pub decoded: Vec<u8>,
}

/// Reads a whole message (RFC 5322, MIME). Never fails: a hostile or broken one still opens with its header and what
/// text can be shown; `structure.truncated` then says that something was left out.
pub fn read(raw: &[u8]) -> Readable {
    let scan = scan::scan(raw);
    let mut nodes: Vec<_> = scan.parts.iter().map(node_of).collect();
    let body = find_body(&nodes);
    number_sections(&mut nodes);
    let source = Source { raw, scan: &scan };
    let mut structure = assemble(nodes, scan.truncated);
    let calendar = source.first_of("text/calendar").and_then(|text| calendar::summary(&text));
    let html = source.html(&body);
    let mut text = source.text(&body);
    if text.trim().is_empty()
        && let Some(html) = &html
    {
        // Some senders add an empty plain part.
        text = html::to_text(html);
    }
    let encrypted = source.encryption(&text);
    if text.trim().is_empty() {
        text = calendar.clone().unwrap_or_default();
    }
    if text.is_empty() && html.is_none() && encrypted.is_none() && structure.truncated {
        text = source.whatever_there_is();
    }
    if let Some(html) = &html {
        hide_referenced_pictures(&mut structure, html);
    }
    let preview = if encrypted.is_some() { String::new() } else { preview(&text) };
    Readable { envelope: envelope(raw), structure, text, html, calendar, encrypted, preview }
}

/// One part by its section number; `None` if there is no such part. Section `TEXT`, `HEADER` and the like are not
/// answered.
pub fn part(raw: &[u8], section: &str) -> Option<PartBytes> {
    let scan = scan::scan(raw);
    let nodes = scan.parts.iter().map(node_of).collect();
    let part = assemble(nodes, scan.truncated).parts.into_iter().find(|p| p.section == section)?;
    let mut nodes: Vec<_> = scan.parts.iter().map(node_of).collect();
    number_sections(&mut nodes);
    let leaf = |m: &str| !m.starts_with("multipart/");
    let at = nodes.iter().position(|n| n.part.section == section && leaf(&n.part.media_type))?;
    let bytes = raw.get(scan.parts.get(at)?.body.clone())?;
    Some(PartBytes { decoded: decode_body(bytes, &part.encoding), part })
}

/// The message and where its parts are.
struct Source<'a> {
    raw: &'a [u8],
    scan: &'a scan::Scan,
}

impl Source<'_> {
    fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.raw.get(range.clone()).unwrap_or_default()
    }

    /// The text of one leaf, whatever its type.
    fn decoded(&self, index: usize) -> String {
        let Some(found) = self.scan.parts.get(index) else { return String::new() };
        let body = self.bytes(&found.body);
        // Encoded bytes are at most three times as many as decoded ones.
        let body = body.get(..HTML_LIMIT * 3).unwrap_or(body);
        let bytes = decode_body(body, &found.encoding);
        let charset = found.content_type.get("charset").map(String::from_utf8_lossy);
        decode_text(&bytes, charset.as_deref())
    }

    fn is_html(&self, index: usize) -> bool {
        self.scan.parts.get(index).is_some_and(|f| f.content_type.value == "text/html")
    }

    fn first_of(&self, media_type: &str) -> Option<String> {
        let at = self.scan.parts.iter().position(|f| f.content_type.value == media_type)?;
        Some(self.decoded(at))
    }

    fn text(&self, body: &Body) -> String {
        let mut out = String::new();
        for &index in &body.plain {
            let text = self.decoded(index);
            let text = if self.is_html(index) { html::to_text(&text) } else { self.plain(index, &text) };
            if text.trim().is_empty() {
                continue;
            }
            if !out.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(text.trim_end());
            if out.len() >= TEXT_LIMIT {
                break;
            }
        }
        super::words::shorten(out, TEXT_LIMIT)
    }

    fn plain(&self, index: usize, text: &str) -> String {
        let content_type = self.scan.parts.get(index).map(|f| &f.content_type);
        let is = |name: &str, wanted: &str| {
            content_type.and_then(|c| c.get(name)).is_some_and(|v| v.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        let text = lines(text);
        if is("format", "flowed") { super::flowed::unflow(&text, is("delsp", "yes")) } else { text }
    }

    /// The HTML of the body; plain parts between HTML parts are put in as preformatted text.
    fn html(&self, body: &Body) -> Option<String> {
        if !body.html.iter().any(|i| self.is_html(*i)) {
            return None;
        }
        let mut out = String::new();
        for &index in &body.html {
            let text = self.decoded(index);
            if self.is_html(index) {
                out.push_str(&text);
            } else if !text.trim().is_empty() {
                out.extend(["<pre>", &html::escape(&text), "</pre>"]);
            }
            if out.len() >= HTML_LIMIT {
                break;
            }
        }
        Some(super::words::shorten(out, HTML_LIMIT))
    }

    fn encryption(&self, text: &str) -> Option<Encryption> {
        for found in &self.scan.parts {
            match found.content_type.value.as_str() {
                "multipart/encrypted" => return Some(Encryption::OpenPgp),
                "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                    let kind = found.content_type.get("smime-type").unwrap_or_default();
                    let signed = kind.eq_ignore_ascii_case(b"signed-data");
                    return Some(if signed { Encryption::SmimeSigned } else { Encryption::Smime });
                }
                _ => {}
            }
        }
        text.trim_start().starts_with("-----BEGIN PGP MESSAGE-----").then_some(Encryption::OpenPgp)
    }

    /// The start of the innermost thing that has any bytes, as text.
    fn whatever_there_is(&self) -> String {
        let bodies = self.scan.parts.iter().map(|found| self.bytes(&found.body));
        let Some(body) = bodies.rev().find(|b| !b.trim_ascii().is_empty()) else { return String::new() };
        lines(&decode_text(body.get(..RAW_LIMIT).unwrap_or(body), None))
    }
}

/// LF line ends and no control characters but tabs.
fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// A picture the HTML shows is not listed, whatever its disposition says.
fn hide_referenced_pictures(structure: &mut Structure, html: &str) {
    let shown = html::referenced_ids(html);
    for part in &mut structure.parts {
        let referenced = part.content_id.as_ref().is_some_and(|id| shown.contains(id));
        if referenced && part.media_type.starts_with("image/") {
            part.is_attachment = false;
        }
    }
}
