//! A whole message made readable: envelope, structure, text, HTML, and one part of it at a time.

use super::body::{BodyText, HTML_LIMIT, compose, hide_referenced_pictures, lines};
use super::scan::Found;
use super::structure::{node_of, number_sections};
use super::{assemble, decode_body, decode_text, envelope, preview, scan};
use crate::message::{Encryption, Envelope, Part, Structure};

/// Bytes shown of a message whose structure could not be taken apart.
const RAW_LIMIT: usize = 64 * 1024;

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
    let mut structure = assemble(scan.parts.iter().map(node_of).collect(), scan.truncated);
    // Parts of a structure are those of the scan without the containers.
    let leaves: Vec<&Found> =
        scan.parts.iter().filter(|f| !scan::is_multipart(&f.content_type.value)).collect();
    let text_of = |at: usize, part: &Part| leaves.get(at).map(|found| decoded(raw, found, part));
    let BodyText { mut text, html, calendar, encrypted } = compose(&structure, &text_of);
    if text.is_empty() && html.is_none() && encrypted.is_none() && structure.truncated {
        text = whatever_there_is(raw, &scan);
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

/// The text of one leaf, whatever its type.
fn decoded(raw: &[u8], found: &Found, part: &Part) -> String {
    let body = raw.get(found.body.clone()).unwrap_or_default();
    // Encoded bytes are at most three times as many as decoded ones.
    let body = body.get(..HTML_LIMIT * 3).unwrap_or(body);
    decode_text(&decode_body(body, &part.encoding), part.charset.as_deref())
}

/// The start of the innermost thing that has any bytes, as text.
fn whatever_there_is(raw: &[u8], scan: &scan::Scan) -> String {
    let bodies = scan.parts.iter().map(|found| raw.get(found.body.clone()).unwrap_or_default());
    let Some(body) = bodies.rev().find(|b| !b.trim_ascii().is_empty()) else { return String::new() };
    lines(&decode_text(body.get(..RAW_LIMIT).unwrap_or(body), None))
}
