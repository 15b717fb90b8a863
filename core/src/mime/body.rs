//! Text and HTML of a body from its parts, whether they came with the whole message or one by one.

use super::{calendar, decode_text, flowed, words};
use crate::html;
use crate::message::{Encryption, LineFormat, Part, Structure};

/// Characters of text that are kept.
const TEXT_LIMIT: usize = 2_000_000;
/// Bytes of HTML that are kept; what is shown is cut again by `html::sanitize`.
pub(super) const HTML_LIMIT: usize = 16 * 1024 * 1024;

/// What of a message a person reads.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BodyText {
    /// Plain text: the plain parts, or made from the HTML, or the summary of an invitation. LF line ends.
    pub text: String,
    /// The HTML as it was sent: **never show it without `html::sanitize`**.
    pub html: Option<String>,
    /// What an invitation (text/calendar) says, in a few lines.
    pub calendar: Option<String>,
    /// Set if the content is closed: a screen says so instead of showing nothing.
    pub encrypted: Option<Encryption>,
}

/// The parts a body is read from, in the order of the message: those of text and HTML, and an invitation.
pub fn body_parts(structure: &Structure) -> impl Iterator<Item = &Part> {
    let invitation = invitation(structure);
    let of_body = move |(at, part): &(usize, &Part)| part.in_text || part.in_html || Some(*at) == invitation;
    structure.parts.iter().enumerate().filter(of_body).map(|(_, part)| part)
}

fn invitation(structure: &Structure) -> Option<usize> {
    structure.parts.iter().position(|p| p.media_type == "text/calendar")
}

/// Reads a body from the bytes of its parts ([`body_parts`]), their transfer encoding undone; `bytes` has them by
/// section. What is not here is left out.
pub fn read_parts<'b>(structure: &Structure, bytes: &dyn Fn(&str) -> Option<&'b [u8]>) -> BodyText {
    compose(structure, &|_, part| bytes(&part.section).map(|b| decode_text(b, part.charset.as_deref())))
}

/// A picture the HTML shows is not listed, whatever its disposition says.
pub fn hide_referenced_pictures(structure: &mut Structure, html: &str) {
    let shown = html::referenced_ids(html);
    for part in &mut structure.parts {
        let referenced = part.content_id.as_ref().is_some_and(|id| shown.contains(id));
        if referenced && part.media_type.starts_with("image/") {
            part.is_attachment = false;
        }
    }
}

/// Gives the text of the part at an index of the structure.
type TextOf<'t> = dyn Fn(usize, &Part) -> Option<String> + 't;

pub(super) fn compose(structure: &Structure, text_of: &TextOf<'_>) -> BodyText {
    let parts = || structure.parts.iter().enumerate();
    let invitation = invitation(structure).and_then(|at| structure.parts.get(at).map(|part| (at, part)));
    let calendar = invitation.and_then(|(at, part)| calendar::summary(&text_of(at, part)?));
    let html = html_of(parts().filter(|(_, p)| p.in_html), text_of);
    let mut text = plain_of(parts().filter(|(_, p)| p.in_text), text_of);
    if text.trim().is_empty()
        && let Some(html) = &html
    {
        // Some senders add an empty plain part.
        text = html::to_text(html);
    }
    let armoured = text.trim_start().starts_with("-----BEGIN PGP MESSAGE-----");
    let encrypted = structure.encryption.or(armoured.then_some(Encryption::OpenPgp));
    if text.trim().is_empty() {
        text = calendar.clone().unwrap_or_default();
    }
    BodyText { text, html, calendar, encrypted }
}

fn is_html(part: &Part) -> bool {
    part.media_type == "text/html"
}

fn plain_of<'p>(parts: impl Iterator<Item = (usize, &'p Part)>, text_of: &TextOf<'_>) -> String {
    let mut out = String::new();
    for (at, part) in parts {
        let text = text_of(at, part).unwrap_or_default();
        let text = if is_html(part) { html::to_text(&text) } else { plain(part, &text) };
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
    words::shorten(out, TEXT_LIMIT)
}

fn plain(part: &Part, text: &str) -> String {
    let text = lines(text);
    match part.format {
        LineFormat::Fixed => text,
        LineFormat::Flowed => flowed::unflow(&text, false),
        LineFormat::FlowedDelSp => flowed::unflow(&text, true),
    }
}

/// The HTML of the body; plain parts between HTML parts are put in as preformatted text.
fn html_of<'p>(parts: impl Iterator<Item = (usize, &'p Part)>, text_of: &TextOf<'_>) -> Option<String> {
    let mut out = None;
    for (at, part) in parts {
        let out: &mut String = out.get_or_insert_default();
        let text = text_of(at, part).unwrap_or_default();
        if is_html(part) {
            out.push_str(&text);
        } else if !text.trim().is_empty() {
            out.extend(["<pre>", &html::escape(&text), "</pre>"]);
        }
        if out.len() >= HTML_LIMIT {
            break;
        }
    }
    out.map(|out| words::shorten(out, HTML_LIMIT))
}

/// LF line ends and no control characters but tabs.
pub(super) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}
