//! BODY and BODYSTRUCTURE (RFC 3501 §7.4.2), written without recursion.

use super::envelope::write_envelope;
use super::fields::{Fields, Parameters, parse_parameters};
use super::quote::{nstring, string};
use super::{Part, Shape, Structure};

enum Step {
    Open(usize),
    AfterChildren(usize),
    AfterMessage(usize),
}

/// Writes the structure; `extended` is BODYSTRUCTURE, else BODY.
pub(crate) fn write_outline(out: &mut Vec<u8>, raw: &[u8], structure: &Structure, extended: bool) {
    let mut steps = vec![Step::Open(0)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Open(at) => {
                let Some(part) = structure.part(at) else { continue };
                out.push(b'(');
                match part.shape {
                    Shape::Multipart => {
                        steps.push(Step::AfterChildren(at));
                        steps.extend(part.children.iter().rev().map(|child| Step::Open(*child)));
                        if part.children.is_empty() {
                            // The grammar wants at least one part.
                            out.extend_from_slice(EMPTY_PART);
                        }
                    }
                    Shape::Message => {
                        write_basic(out, raw, part);
                        let inner = part.children.first().copied().unwrap_or_default();
                        let header = structure.part(inner).map(|inner| inner.header.clone());
                        out.push(b' ');
                        write_envelope(out, header.and_then(|range| raw.get(range)).unwrap_or_default());
                        out.push(b' ');
                        steps.push(Step::AfterMessage(at));
                        steps.push(Step::Open(inner));
                    }
                    Shape::Leaf | Shape::Text => write_leaf(out, raw, part, extended),
                }
            }
            Step::AfterChildren(at) => {
                let Some(part) = structure.part(at) else { continue };
                out.push(b' ');
                string(out, part.subtype.as_bytes());
                if extended {
                    out.push(b' ');
                    write_parameters(out, &part.parameters);
                    write_extension(out, raw, part);
                }
                out.push(b')');
            }
            Step::AfterMessage(at) => {
                let Some(part) = structure.part(at) else { continue };
                write_lines(out, raw, part);
                if extended {
                    write_md5(out, raw, part);
                    write_extension(out, raw, part);
                }
                out.push(b')');
            }
        }
    }
}

fn write_leaf(out: &mut Vec<u8>, raw: &[u8], part: &Part, extended: bool) {
    write_basic(out, raw, part);
    if part.shape == Shape::Text {
        write_lines(out, raw, part);
    }
    if extended {
        write_md5(out, raw, part);
        write_extension(out, raw, part);
    }
    out.push(b')');
}

const EMPTY_PART: &[u8] = b"(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0)";

/// A structure nested `depth` multiparts deep, as a lie or an attack.
pub(crate) fn nested_outline(depth: usize) -> Vec<u8> {
    let mut out = vec![b'('; depth];
    out.extend_from_slice(EMPTY_PART);
    for _ in 0..depth {
        out.extend_from_slice(b" \"mixed\")");
    }
    out
}

fn fields_of<'a>(raw: &'a [u8], part: &Part) -> Fields<'a> {
    Fields::new(raw.get(part.header.clone()).unwrap_or_default())
}

fn write_basic(out: &mut Vec<u8>, raw: &[u8], part: &Part) {
    let fields = fields_of(raw, part);
    string(out, part.kind.as_bytes());
    out.push(b' ');
    string(out, part.subtype.as_bytes());
    out.push(b' ');
    write_parameters(out, &part.parameters);
    for name in ["Content-ID", "Content-Description"] {
        out.push(b' ');
        nstring(out, fields.first(name).as_deref());
    }
    out.push(b' ');
    let encoding = fields.first("Content-Transfer-Encoding").filter(|value| !value.is_empty());
    string(out, encoding.as_deref().map_or(&b"7bit"[..], first_word));
    out.extend_from_slice(format!(" {}", part.body.len()).as_bytes());
}

fn first_word(value: &[u8]) -> &[u8] {
    value.split(|byte| matches!(byte, b' ' | b'\t' | b';' | b'(')).next().unwrap_or_default()
}

fn write_lines(out: &mut Vec<u8>, raw: &[u8], part: &Part) {
    let body = raw.get(part.body.clone()).unwrap_or_default();
    let lines = body.split(|byte| *byte == b'\n').count() - 1;
    out.extend_from_slice(format!(" {lines}").as_bytes());
}

fn write_md5(out: &mut Vec<u8>, raw: &[u8], part: &Part) {
    out.push(b' ');
    nstring(out, fields_of(raw, part).first("Content-MD5").as_deref());
}

fn write_parameters(out: &mut Vec<u8>, parameters: &Parameters) {
    if parameters.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for (at, (name, value)) in parameters.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        string(out, name);
        out.push(b' ');
        string(out, value);
    }
    out.push(b')');
}

/// Disposition, language and location.
fn write_extension(out: &mut Vec<u8>, raw: &[u8], part: &Part) {
    let fields = fields_of(raw, part);
    out.push(b' ');
    match fields.first("Content-Disposition").filter(|value| !value.is_empty()) {
        Some(value) => {
            let (main, parameters) = parse_parameters(&value);
            out.push(b'(');
            string(out, &main);
            out.push(b' ');
            write_parameters(out, &parameters);
            out.push(b')');
        }
        None => out.extend_from_slice(b"NIL"),
    }
    out.push(b' ');
    match fields.first("Content-Language").filter(|value| !value.is_empty()) {
        Some(value) => {
            out.push(b'(');
            for (at, language) in value.split(|byte| *byte == b',').enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                string(out, language.trim_ascii());
            }
            out.push(b')');
        }
        None => out.extend_from_slice(b"NIL"),
    }
    out.push(b' ');
    nstring(out, fields.first("Content-Location").as_deref());
}
