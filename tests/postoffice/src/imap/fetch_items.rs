//! What a FETCH asks for, read from its arguments (RFC 3501 §6.4.5, RFC 3516, RFC 7162, RFC 8474, RFC 8970).

use super::session::ImapSession;
use super::{Grammar, Refuse};
use crate::features::Extension;

/// Which text of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// The part's content, or the whole message for an empty path.
    All,
    Header,
    Fields(Vec<String>),
    FieldsNot(Vec<String>),
    Body,
    Mime,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) path: Vec<u32>,
    pub(crate) text: Text,
    /// The item's name as the client wrote it, without PEEK: how the answer is labelled.
    pub(crate) label: Vec<u8>,
    /// First octet and how many.
    pub(crate) partial: Option<(u64, u64)>,
    pub(crate) peek: bool,
    pub(crate) binary: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Flags,
    Uid,
    InternalDate,
    Size,
    Envelope,
    /// BODYSTRUCTURE when true, else BODY.
    Structure(bool),
    Modseq,
    EmailId,
    ThreadId,
    Preview,
    Section(Section),
    BinarySize(Vec<u32>, Vec<u8>),
}

impl ImapSession {
    /// The items of a FETCH, macros resolved.
    pub(crate) fn fetch_items(&self, grammar: &mut Grammar<'_>) -> Result<Vec<Item>, Refuse> {
        use Item::{Envelope, Flags, InternalDate, Size, Structure};
        for (word, items) in [
            ("ALL", vec![Flags, InternalDate, Size, Envelope]),
            ("FAST", vec![Flags, InternalDate, Size]),
            ("FULL", vec![Flags, InternalDate, Size, Envelope, Structure(false)]),
        ] {
            if grammar.eat_word(word) {
                return Ok(items);
            }
        }
        if grammar.peek() == Some(b'(') {
            let items = grammar.list(|grammar| self.fetch_item(grammar))?;
            return if items.is_empty() { Err(Refuse::bad("Empty FETCH list")) } else { Ok(items) };
        }
        Ok(vec![self.fetch_item(grammar)?])
    }

    fn fetch_item(&self, grammar: &mut Grammar<'_>) -> Result<Item, Refuse> {
        let word = grammar.word()?;
        let bracket = grammar.peek() == Some(b'[');
        Ok(match word.as_str() {
            "FLAGS" => Item::Flags,
            "UID" => Item::Uid,
            "INTERNALDATE" => Item::InternalDate,
            "RFC822.SIZE" => Item::Size,
            "ENVELOPE" => Item::Envelope,
            "BODYSTRUCTURE" => Item::Structure(true),
            "BODY" if !bracket => Item::Structure(false),
            "BODY" | "BODY.PEEK" if bracket => section(grammar, "BODY", word == "BODY.PEEK")?,
            "BINARY" | "BINARY.PEEK" if bracket && self.features.has(Extension::Binary) => {
                section(grammar, "BINARY", word == "BINARY.PEEK")?
            }
            "BINARY.SIZE" if bracket && self.features.has(Extension::Binary) => {
                let inner = grammar.brackets()?;
                let (path, text) = read_section(inner)?;
                if text != Text::All {
                    return Err(Refuse::bad("Invalid BINARY section"));
                }
                let label = [b"BINARY.SIZE[", inner, b"]"].concat();
                Item::BinarySize(path, label)
            }
            "RFC822" => legacy("RFC822", Text::All, false),
            "RFC822.HEADER" => legacy("RFC822.HEADER", Text::Header, true),
            "RFC822.TEXT" => legacy("RFC822.TEXT", Text::Body, false),
            "MODSEQ" if self.features.has(Extension::Condstore) => Item::Modseq,
            "EMAILID" if self.features.has(Extension::ObjectId) => Item::EmailId,
            "THREADID" if self.features.has(Extension::ObjectId) => Item::ThreadId,
            "PREVIEW" if self.features.has(Extension::Preview) => {
                if grammar.follows(b" (") {
                    grammar.space()?;
                    // `(LAZY)`: previews are always at hand here.
                    grammar.list(|grammar| match grammar.word()?.as_str() {
                        "LAZY" => Ok(()),
                        _ => Err(Refuse::bad("Invalid PREVIEW modifier")),
                    })?;
                }
                Item::Preview
            }
            _ => return Err(Refuse::Bad(format!("Unknown parameter {word}"))),
        })
    }
}

fn legacy(label: &str, text: Text, peek: bool) -> Item {
    Item::Section(Section {
        path: Vec::new(),
        text,
        label: label.as_bytes().to_vec(),
        partial: None,
        peek,
        binary: false,
    })
}

fn section(grammar: &mut Grammar<'_>, name: &str, peek: bool) -> Result<Item, Refuse> {
    let inner = grammar.brackets()?;
    let (path, text) = read_section(inner)?;
    let binary = name == "BINARY";
    if binary && text != Text::All {
        return Err(Refuse::bad("Invalid BINARY section"));
    }
    let mut partial = None;
    if grammar.eat(b'<') {
        let start = grammar.number()?;
        grammar.expect(b'.')?;
        let count = grammar.number()?;
        grammar.expect(b'>')?;
        if count == 0 {
            return Err(Refuse::bad("Invalid partial"));
        }
        partial = Some((start, count));
    }
    let label = [name.as_bytes(), b"[", inner, b"]"].concat();
    Ok(Item::Section(Section { path, text, label, partial, peek, binary }))
}

fn read_section(inner: &[u8]) -> Result<(Vec<u32>, Text), Refuse> {
    let bad = || Refuse::bad("Invalid section");
    let end = inner.iter().position(|byte| *byte == b' ').unwrap_or(inner.len());
    let (spec, names) = inner.split_at_checked(end).unwrap_or((inner, b""));
    let spec = String::from_utf8_lossy(spec).to_ascii_uppercase();
    let mut path = Vec::new();
    let mut rest = spec.as_str();
    while rest.starts_with(|first: char| first.is_ascii_digit()) {
        let (number, after) = rest.split_once('.').unwrap_or((rest, ""));
        path.push(number.parse().ok().filter(|number| *number > 0).ok_or_else(bad)?);
        rest = after;
    }
    let text = match rest {
        "" => Text::All,
        "HEADER" => Text::Header,
        "TEXT" => Text::Body,
        "MIME" if !path.is_empty() => Text::Mime,
        "HEADER.FIELDS" | "HEADER.FIELDS.NOT" => {
            let mut grammar = Grammar::new(names.get(1..).unwrap_or_default());
            let fields = grammar.list(Grammar::text)?;
            grammar.end()?;
            if fields.is_empty() {
                return Err(bad());
            }
            if rest == "HEADER.FIELDS" { Text::Fields(fields) } else { Text::FieldsNot(fields) }
        }
        _ => return Err(bad()),
    };
    Ok((path, text))
}
