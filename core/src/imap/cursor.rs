//! Reads the tokens of one response: atoms, numbers, strings, literals, nested lists; nothing here recurses.

use super::frame::{Literal, Response};
use std::borrow::Cow;

/// A place in a response. Every reader gives `None` for what is not there and may then have moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    literals: &'a [Literal],
    at: usize,
}

/// A string of the wire, or the mark that its bytes went to a sink.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Text<'a> {
    Here(Cow<'a, [u8]>),
    Streamed,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(response: &'a Response) -> Self {
        Self { bytes: &response.bytes, literals: &response.literals, at: 0 }
    }
    /// Over bytes without literals: a response code, a part of a line.
    pub(crate) fn over(bytes: &'a [u8]) -> Self {
        Self { bytes, literals: &[], at: 0 }
    }
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
    pub(crate) fn at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }
    /// Takes one byte if it is this one.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }
    /// Any number of spaces: servers put two, or one too many at the end.
    pub(crate) fn spaces(&mut self) {
        while self.eat(b' ') {}
    }
    /// Spaces, then this byte.
    pub(crate) fn then(&mut self, byte: u8) -> bool {
        self.spaces();
        self.eat(byte)
    }
    /// Bytes up to a space, parenthesis, quote or the end; at least one. Leading spaces are skipped.
    pub(crate) fn atom(&mut self) -> Option<&'a [u8]> {
        self.take_while(|b| !matches!(b, b' ' | b'(' | b')' | b'"' | b'\r' | b'\n'))
    }
    /// The name of a FETCH item: ends also at `[`.
    pub(crate) fn item_name(&mut self) -> Option<&'a [u8]> {
        self.take_while(|b| !matches!(b, b' ' | b'(' | b')' | b'"' | b'[' | b'\r' | b'\n'))
    }
    fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> Option<&'a [u8]> {
        self.spaces();
        let rest = self.rest();
        let end = rest.iter().position(|b| !fits(*b)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).filter(|w| !w.is_empty())
    }
    pub(crate) fn number(&mut self) -> Option<u64> {
        let digits = self.take_while(|b| b.is_ascii_digit())?;
        digits.iter().try_fold(0u64, |n, b| n.checked_mul(10)?.checked_add(u64::from(b - b'0')))
    }
    pub(crate) fn number32(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }
    /// `NIL` as a word of its own.
    pub(crate) fn nil(&mut self) -> bool {
        self.spaces();
        let rest = self.rest();
        let word = rest.get(..3).is_some_and(|w| w.eq_ignore_ascii_case(b"NIL"));
        let ends = rest.get(3).is_none_or(|b| matches!(b, b' ' | b')' | b'(' | b'\r'));
        self.at += if word && ends { 3 } else { 0 };
        word && ends
    }
    /// A quoted string or a literal.
    pub(crate) fn text(&mut self) -> Option<Text<'a>> {
        self.spaces();
        match self.peek()? {
            b'"' => self.quoted().map(Text::Here),
            b'{' | b'~' => self.literal(),
            _ => None,
        }
    }
    /// A string whose bytes are here.
    pub(crate) fn string(&mut self) -> Option<Cow<'a, [u8]>> {
        match self.text()? {
            Text::Here(bytes) => Some(bytes),
            Text::Streamed => Some(Cow::Borrowed(&[])),
        }
    }
    /// A string or NIL; also a bare atom, which some servers write.
    pub(crate) fn nstring(&mut self) -> Option<Option<Cow<'a, [u8]>>> {
        if self.nil() {
            return Some(None);
        }
        self.astring().map(Some)
    }
    /// An atom or a string.
    pub(crate) fn astring(&mut self) -> Option<Cow<'a, [u8]>> {
        self.spaces();
        match self.peek()? {
            b'"' => self.quoted(),
            b'{' | b'~' => self.string().or_else(|| self.atom().map(Cow::Borrowed)),
            _ => self.atom().map(Cow::Borrowed),
        }
    }
    fn quoted(&mut self) -> Option<Cow<'a, [u8]>> {
        let body = self.bytes.get(self.at + 1..)?;
        let mut escapes = false;
        let mut end = None;
        let mut i = 0;
        while let Some(b) = body.get(i) {
            match b {
                b'\\' => {
                    escapes = true;
                    i += 1;
                }
                b'"' => {
                    end = Some(i);
                    break;
                }
                _ => {}
            }
            i += 1;
        }
        let inner = body.get(..end?)?;
        self.at += end? + 2;
        if !escapes {
            return Some(Cow::Borrowed(inner));
        }
        let mut out = Vec::with_capacity(inner.len());
        let mut bytes = inner.iter();
        while let Some(b) = bytes.next() {
            out.extend(if *b == b'\\' { bytes.next() } else { Some(b) });
        }
        Some(Cow::Owned(out))
    }
    fn literal(&mut self) -> Option<Text<'a>> {
        let rest = self.rest();
        let head = rest.get(..rest.len().min(48))?;
        let start = self.at + head.windows(2).position(|w| w == b"\r\n")? + 2;
        let index = self.literals.binary_search_by_key(&start, |l| l.start).ok()?;
        let literal = self.literals.get(index)?;
        self.at = start + literal.len;
        if literal.streamed {
            return Some(Text::Streamed);
        }
        self.bytes.get(start..start + literal.len).map(|b| Text::Here(Cow::Borrowed(b)))
    }
    /// Whether a list opens here; it is taken then.
    pub(crate) fn opens(&mut self) -> bool {
        self.then(b'(')
    }
    /// Whether the list ends here; the parenthesis is taken then.
    pub(crate) fn closes(&mut self) -> bool {
        self.then(b')')
    }
    /// Passes one value of any kind and depth.
    pub(crate) fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0u64;
        loop {
            self.spaces();
            match self.peek()? {
                b'(' => {
                    depth += 1;
                    self.at += 1;
                }
                b')' if depth == 0 => return None,
                b')' => {
                    depth -= 1;
                    self.at += 1;
                }
                b'"' => {
                    self.quoted()?;
                }
                b'{' | b'~' => {
                    let before = self.at;
                    if self.literal().is_none() {
                        self.at = before;
                        self.atom()?;
                    }
                }
                _ => {
                    self.atom()?;
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
    /// The words of a list such as `(\Seen $Junk)`, at most so many; anything that is no word ends it as malformed.
    pub(crate) fn words(&mut self, limit: usize) -> Option<Vec<Cow<'a, [u8]>>> {
        if !self.opens() {
            return None;
        }
        let mut words = Vec::new();
        while !self.closes() {
            let word = self.astring()?;
            if words.len() < limit {
                words.push(word);
            }
        }
        Some(words)
    }
    /// A `[section]` up to its bracket, quotes and literals respected.
    pub(crate) fn section(&mut self) -> Option<Vec<u8>> {
        if !self.eat(b'[') {
            return None;
        }
        let start = self.at;
        loop {
            match self.peek()? {
                b']' => {
                    let inner = self.bytes.get(start..self.at)?.to_vec();
                    self.at += 1;
                    return Some(inner);
                }
                b'"' => {
                    self.quoted()?;
                }
                b'{' => {
                    self.literal()?;
                }
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        let mut c = Cursor::over(br#"12 "a\"b" NIL (x (y "z)") ) nilly [a "]" b]<5>"#);
        assert_eq!(c.number(), Some(12));
        assert_eq!(c.string().unwrap().as_ref(), b"a\"b");
        assert_eq!(c.nstring(), Some(None));
        assert_eq!(c.skip_value(), Some(()));
        assert_eq!(c.nstring().unwrap().unwrap().as_ref(), b"nilly");
        c.spaces();
        assert_eq!(c.section().unwrap(), b"a \"]\" b");
        assert_eq!(c.rest(), b"<5>");
    }

    #[test]
    fn what_is_cut_off_or_too_large_is_nothing() {
        for text in [&b"\"abc"[..], b"\"abc\\\"", b"(a (b)", b"{3}\r\nabc", b"", b")"] {
            assert_eq!(Cursor::over(text).string().or(None), None, "{text:?}");
            assert!(Cursor::over(text).skip_value().is_none() || text.starts_with(b"{"), "{text:?}");
        }
        assert_eq!(Cursor::over(b"99999999999999999999").number(), None);
        assert_eq!(Cursor::over(b"4294967296").number32(), None);
    }
}
