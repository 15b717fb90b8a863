//! Reads the arguments of one command (RFC 3501 §9).

use super::Refuse;
use super::set::{Set, Window};

pub(crate) struct Grammar<'a> {
    rest: &'a [u8],
}

pub(crate) type Read<T> = Result<T, Refuse>;

fn bad<T>(text: &str) -> Read<T> {
    Err(Refuse::bad(text))
}

fn is_atom(byte: u8) -> bool {
    !matches!(byte, 0..=b' ' | 0x7f | b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']')
}

impl<'a> Grammar<'a> {
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn follows(&self, text: &[u8]) -> bool {
        self.rest.starts_with(text)
    }

    pub(crate) fn is_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Read<()> {
        // Trailing blanks are common in the field.
        if self.rest.iter().all(|byte| *byte == b' ') { Ok(()) } else { bad("Unexpected arguments") }
    }

    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    pub(crate) fn expect(&mut self, byte: u8) -> Read<()> {
        if self.eat(byte) { Ok(()) } else { bad("Invalid syntax") }
    }

    pub(crate) fn space(&mut self) -> Read<()> {
        if self.eat(b' ') { Ok(()) } else { bad("Missing arguments") }
    }

    /// Takes this word, in any case, if it is next and ends there.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let Some((head, tail)) = self.rest.split_at_checked(word.len()) else { return false };
        let ends = tail.first().is_none_or(|byte| !is_atom(*byte) || *byte == b'[');
        if head.eq_ignore_ascii_case(word.as_bytes()) && ends {
            self.rest = tail;
            return true;
        }
        false
    }

    fn take_while(&mut self, accept: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| !accept(*byte)).unwrap_or(self.rest.len());
        let (head, tail) = self.rest.split_at_checked(end).unwrap_or((self.rest, b""));
        self.rest = tail;
        head
    }

    /// An atom in capitals: commands' own words.
    pub(crate) fn word(&mut self) -> Read<String> {
        let atom = self.take_while(|byte| is_atom(byte) && byte != b'[' && byte != b'<');
        if atom.is_empty() {
            return bad("Missing word");
        }
        Ok(String::from_utf8_lossy(atom).to_ascii_uppercase())
    }

    /// A flag or keyword.
    pub(crate) fn flag(&mut self) -> Read<String> {
        let system = self.eat(b'\\');
        let atom = self.take_while(is_atom);
        if atom.is_empty() {
            return bad("Invalid flag");
        }
        let name = String::from_utf8_lossy(atom).into_owned();
        Ok(if system { format!("\\{name}") } else { name })
    }

    /// Flags in parentheses.
    pub(crate) fn flag_list(&mut self) -> Read<Vec<String>> {
        self.list(Self::flag)
    }

    /// `(a b c)`, possibly empty.
    pub(crate) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.expect(b'(')?;
        let mut items = Vec::new();
        while !self.eat(b')') {
            if !items.is_empty() {
                self.space()?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub(crate) fn number(&mut self) -> Read<u64> {
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        let text = std::str::from_utf8(digits).unwrap_or_default();
        text.parse().map_err(|_| Refuse::bad("Invalid number"))
    }

    pub(crate) fn number32(&mut self) -> Read<u32> {
        u32::try_from(self.number()?).map_err(|_| Refuse::bad("Number too large"))
    }

    /// A quoted string or a literal; `~` before a literal is taken as well.
    pub(crate) fn string(&mut self) -> Read<Vec<u8>> {
        if self.eat(b'"') {
            let mut out = Vec::new();
            loop {
                let Some((&first, rest)) = self.rest.split_first() else { return bad("Missing '\"'") };
                self.rest = rest;
                match first {
                    b'"' => return Ok(out),
                    b'\\' => {
                        let Some((&escaped, rest)) = self.rest.split_first() else {
                            return bad("Missing '\"'");
                        };
                        self.rest = rest;
                        out.push(escaped);
                    }
                    _ => out.push(first),
                }
            }
        }
        self.eat(b'~');
        self.expect(b'{')?;
        let size = self.number()? as usize;
        self.eat(b'+');
        let Some(octets) = self.rest.strip_prefix(b"}\r\n").and_then(|rest| rest.get(..size)) else {
            return bad("Invalid literal");
        };
        self.rest = self.rest.get(3 + size..).unwrap_or_default();
        Ok(octets.to_vec())
    }

    /// Whether a literal8 is next.
    pub(crate) fn at_literal8(&self) -> bool {
        self.peek() == Some(b'~')
    }

    pub(crate) fn astring(&mut self) -> Read<Vec<u8>> {
        if matches!(self.peek(), Some(b'"' | b'{' | b'~')) {
            return self.string();
        }
        let atom = self.take_while(|byte| is_atom(byte) || byte == b']');
        if atom.is_empty() { bad("Missing argument") } else { Ok(atom.to_vec()) }
    }

    pub(crate) fn text(&mut self) -> Read<String> {
        Ok(String::from_utf8_lossy(&self.astring()?).into_owned())
    }

    /// A mailbox pattern of LIST.
    pub(crate) fn pattern(&mut self) -> Read<Vec<u8>> {
        if matches!(self.peek(), Some(b'"' | b'{')) {
            return self.string();
        }
        let atom = self.take_while(|byte| is_atom(byte) || matches!(byte, b']' | b'%' | b'*'));
        if atom.is_empty() { bad("Missing pattern") } else { Ok(atom.to_vec()) }
    }

    pub(crate) fn set(&mut self) -> Read<Set> {
        let text = self.take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b':' | b',' | b'$'));
        Set::parse(text).ok_or_else(|| Refuse::bad("Invalid messageset"))
    }

    /// A PARTIAL range, with its text.
    pub(crate) fn window(&mut self) -> Read<(Window, String)> {
        let text = self.take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':'));
        let text = String::from_utf8_lossy(text).into_owned();
        let window = Window::parse(&text).ok_or_else(|| Refuse::bad("Invalid PARTIAL range"))?;
        Ok((window, text))
    }

    /// Whether a message set is next rather than a search key.
    pub(crate) fn at_set(&self) -> bool {
        self.peek().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'$'))
    }

    /// Everything that is left.
    pub(crate) fn remainder(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// What lies between brackets, `[` and `]` taken; strings may hold a `]`.
    pub(crate) fn brackets(&mut self) -> Read<&'a [u8]> {
        self.expect(b'[')?;
        let mut quoted = false;
        let end = self.rest.iter().position(|byte| {
            quoted ^= *byte == b'"';
            *byte == b']' && !quoted
        });
        let Some(end) = end else { return bad("Missing ']'") };
        let inner = self.rest.get(..end).unwrap_or_default();
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        Ok(inner)
    }
}
