//! Header fields: where they start, what they hold, and the parameters behind a semicolon.

use std::ops::Range;

pub(crate) type Parameters = Vec<(Vec<u8>, Vec<u8>)>;

/// The header (its closing empty line included) and the body of a message or part.
pub(crate) fn split_header(raw: &[u8]) -> (Range<usize>, Range<usize>) {
    let mut at = 0;
    while at < raw.len() {
        let rest = raw.get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default();
        at += length;
        if line == b"\r\n" || line == b"\n" {
            break;
        }
    }
    (0..at, at..raw.len())
}

/// The fields of one header block.
pub(crate) struct Fields<'a> {
    block: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(block: &'a [u8]) -> Self {
        Self { block }
    }

    /// Name, and the field as written with its name and line ends.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let mut rest = self.block;
        std::iter::from_fn(move || {
            loop {
                let length = field_length(rest);
                let (field, after) = rest.split_at_checked(length)?;
                if field.is_empty() {
                    return None;
                }
                rest = after;
                if let Some(colon) = field.iter().position(|byte| *byte == b':') {
                    return Some((field.get(..colon).unwrap_or_default().trim_ascii_end(), field));
                }
            }
        })
    }

    /// The unfolded value of the first field of this name.
    pub(crate) fn first(&self, name: &str) -> Option<Vec<u8>> {
        self.all(name).next()
    }

    /// The unfolded values of all fields of this name.
    pub(crate) fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = Vec<u8>> + use<'a, 'n> {
        self.each()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(found, field)| unfold(field.get(found.len()..).unwrap_or_default()))
    }
}

fn field_length(rest: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let tail = rest.get(at..).unwrap_or_default();
        let Some(end) = tail.iter().position(|byte| *byte == b'\n') else { return rest.len() };
        at += end + 1;
        if !matches!(rest.get(at), Some(b' ' | b'\t')) {
            return at;
        }
    }
}

/// The value behind the colon, line breaks and the blanks after them made one space.
pub(crate) fn unfold(after_name: &[u8]) -> Vec<u8> {
    let start = after_name.iter().position(|byte| *byte == b':').map_or(0, |colon| colon + 1);
    let value = after_name.get(start..).unwrap_or_default().trim_ascii();
    let mut out = Vec::with_capacity(value.len());
    let mut folding = false;
    for &byte in value {
        match byte {
            b'\r' | b'\n' => folding = true,
            b' ' | b'\t' if folding => {}
            _ => {
                if std::mem::take(&mut folding) {
                    out.push(b' ');
                }
                out.push(byte);
            }
        }
    }
    out
}

/// Splits `value; name=value; name="value"`, comments left out.
pub(crate) fn parse_parameters(value: &[u8]) -> (Vec<u8>, Parameters) {
    let pieces = split_outside_quotes(value);
    let mut pieces = pieces.into_iter();
    let main = pieces.next().unwrap_or_default().trim_ascii().to_vec();
    let parameters = pieces
        .filter_map(|piece| {
            let equals = piece.iter().position(|byte| *byte == b'=')?;
            let name = piece.get(..equals)?.trim_ascii();
            let value = unquote(piece.get(equals + 1..)?.trim_ascii());
            (!name.is_empty()).then(|| (name.to_vec(), value))
        })
        .collect();
    (main, parameters)
}

fn split_outside_quotes(value: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = vec![Vec::new()];
    let (mut quoted, mut escaped, mut comment) = (false, false, 0_usize);
    for &byte in value {
        let Some(piece) = pieces.last_mut() else { break };
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if comment == 0 => quoted = !quoted,
            b'(' if !quoted => comment += 1,
            b')' if comment > 0 => {
                comment -= 1;
                continue;
            }
            b';' if !quoted && comment == 0 => {
                pieces.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if comment == 0 {
            piece.push(byte);
        }
    }
    pieces
}

fn unquote(value: &[u8]) -> Vec<u8> {
    let Some(inner) = value.strip_prefix(b"\"") else { return value.to_vec() };
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => out.extend(bytes.next()),
            b'"' => break,
            _ => out.push(byte),
        }
    }
    out
}
