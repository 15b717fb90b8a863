//! PREVIEW (RFC 8970): the beginning of the text a person would read.

use super::decode::{decode_charset, decode_transfer};
use super::fields::Fields;
use super::{Part, Shape, Structure};

const LENGTH: usize = 200;

/// At most 200 characters of the first text part, blanks collapsed.
pub(crate) fn preview(raw: &[u8], structure: &Structure) -> String {
    let plain = structure.parts.iter().find(|part| is_text(part, "plain"));
    let Some(part) = plain.or_else(|| structure.parts.iter().find(|part| part.shape == Shape::Text)) else {
        return String::new();
    };
    let text = decoded_text(raw, part);
    let text = if is_text(part, "html") { without_tags(&text) } else { text };
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.chars().count() > LENGTH {
            break;
        }
    }
    out.chars().filter(|character| !character.is_control()).take(LENGTH).collect()
}

/// A text part's words, transfer encoding and charset undone.
pub(crate) fn decoded_text(raw: &[u8], part: &Part) -> String {
    let fields = Fields::new(raw.get(part.header.clone()).unwrap_or_default());
    let encoding = fields.first("Content-Transfer-Encoding").unwrap_or_default();
    let encoding = String::from_utf8_lossy(&encoding).trim().to_owned();
    let charset = part.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"charset"));
    let charset = charset.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default();
    decode_charset(&charset, &decode_transfer(&encoding, raw.get(part.body.clone()).unwrap_or_default()))
}

fn is_text(part: &Part, subtype: &str) -> bool {
    part.shape == Shape::Text && part.subtype.eq_ignore_ascii_case(subtype)
}

fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                out.push(' ');
            }
            _ if !in_tag => out.push(character),
            _ => {}
        }
    }
    out
}
