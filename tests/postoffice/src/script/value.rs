//! Responses as trees: atoms, strings and lists, read without recursion.

use std::fmt::Write as _;

/// One element of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Nil,
    Atom(String),
    Text(Vec<u8>),
    List(Vec<Value>),
}

impl Value {
    pub(super) fn atom(&self) -> Option<&str> {
        if let Self::Atom(text) = self { Some(text) } else { None }
    }

    pub(super) fn list(&self) -> &[Value] {
        if let Self::List(values) = self { values } else { &[] }
    }

    /// The text of an atom or string.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Atom(text) => text.clone(),
            Self::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::Nil => "NIL".to_owned(),
            Self::List(_) => self.show(&|text| text),
        }
    }

    /// One line for the tree; `change` is applied to each string.
    pub(super) fn show(&self, change: &dyn Fn(String) -> String) -> String {
        enum Step<'v> {
            Show(&'v Value),
            Close,
        }
        let mut out = String::new();
        let mut steps = vec![Step::Show(self)];
        while let Some(step) = steps.pop() {
            let spaced = !out.is_empty() && !out.ends_with('(');
            match step {
                Step::Close => out.push(')'),
                Step::Show(value) => {
                    if spaced {
                        out.push(' ');
                    }
                    match value {
                        Self::Nil => out.push_str("NIL"),
                        Self::Atom(text) => out.push_str(&change(text.clone())),
                        Self::Text(bytes) => {
                            let text = change(String::from_utf8_lossy(bytes).into_owned());
                            _ = write!(out, "{text:?}");
                        }
                        Self::List(values) => {
                            out.push('(');
                            steps.push(Step::Close);
                            steps.extend(values.iter().rev().map(Step::Show));
                        }
                    }
                }
            }
        }
        out
    }
}

/// Reads everything behind `* ` of one response; literals hold their octets behind `{n}\r\n`.
pub(super) fn read(mut rest: &[u8]) -> Vec<Value> {
    let mut stack: Vec<Vec<Value>> = vec![Vec::new()];
    while let Some((&first, after)) = rest.split_first() {
        match first {
            b' ' => rest = after,
            b'(' => {
                stack.push(Vec::new());
                rest = after;
            }
            b')' => {
                rest = after;
                if stack.len() > 1
                    && let Some(done) = stack.pop()
                    && let Some(top) = stack.last_mut()
                {
                    top.push(Value::List(done));
                }
            }
            _ => {
                let (value, next) = leaf(rest);
                rest = next;
                if let Some(top) = stack.last_mut() {
                    top.push(value);
                }
            }
        }
    }
    while stack.len() > 1 {
        let done = stack.pop().unwrap_or_default();
        if let Some(top) = stack.last_mut() {
            top.push(Value::List(done));
        }
    }
    stack.pop().unwrap_or_default()
}

fn leaf(rest: &[u8]) -> (Value, &[u8]) {
    if let Some(after) = rest.strip_prefix(b"\"") {
        let mut text = Vec::new();
        let mut bytes = after.iter();
        while let Some(&byte) = bytes.next() {
            match byte {
                b'"' => break,
                b'\\' => text.extend(bytes.next()),
                _ => text.push(byte),
            }
        }
        return (Value::Text(text), bytes.as_slice());
    }
    let literal = rest.strip_prefix(b"~").unwrap_or(rest);
    if let Some((size, octets)) = literal_size(literal) {
        let (text, next) = octets.split_at_checked(size).unwrap_or((octets, b""));
        return (Value::Text(text.to_vec()), next);
    }
    let mut brackets = 0_usize;
    let end = rest.iter().position(|byte| {
        match byte {
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b' ' | b'(' | b')' if brackets == 0 => return true,
            _ => {}
        }
        false
    });
    let (atom, next) = rest.split_at_checked(end.unwrap_or(rest.len()).max(1)).unwrap_or((rest, b""));
    let text = String::from_utf8_lossy(atom).into_owned();
    let value = if text.eq_ignore_ascii_case("NIL") { Value::Nil } else { Value::Atom(text) };
    (value, next)
}

/// The size of a literal that starts here, and what follows its CRLF.
pub(super) fn literal_size(rest: &[u8]) -> Option<(usize, &[u8])> {
    let inner = rest.strip_prefix(b"{")?;
    let close = inner.iter().position(|byte| *byte == b'}')?;
    let size = std::str::from_utf8(inner.get(..close)?).ok()?.parse().ok()?;
    Some((size, inner.get(close + 1..)?.strip_prefix(b"\r\n")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_becomes_a_tree() {
        let values = read(b"1 FETCH (BODY[HEADER.FIELDS (A B)] {3}\r\na(b FLAGS (\\Seen) X NIL Y \"q\\\"\")");
        let shown = values[2].show(&|text| text);
        assert_eq!(shown, "(BODY[HEADER.FIELDS (A B)] \"a(b\" FLAGS (\\Seen) X NIL Y \"q\\\"\")");
        assert_eq!(read(b"((a").len(), 1);
    }
}
