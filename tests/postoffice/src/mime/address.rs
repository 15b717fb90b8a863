//! Address lists of a header as ENVELOPE shows them: raw words, groups marked (RFC 3501 §7.4.2).

use super::quote::nstring;

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// A word or quoted string, unquoted.
    Word(Vec<u8>),
    Comment(Vec<u8>),
    Mark(u8),
}

/// What one list entry shows as.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) route: Option<Vec<u8>>,
    pub(crate) mailbox: Option<Vec<u8>>,
    pub(crate) host: Option<Vec<u8>>,
}

/// Writes the list in parentheses, or NIL when it is empty.
pub(crate) fn write_addresses(out: &mut Vec<u8>, addresses: &[Address]) {
    if addresses.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for address in addresses {
        out.push(b'(');
        for (at, part) in
            [&address.name, &address.route, &address.mailbox, &address.host].into_iter().enumerate()
        {
            if at > 0 {
                out.push(b' ');
            }
            nstring(out, part.as_deref());
        }
        out.push(b')');
    }
    out.push(b')');
}

/// Reads an address list.
pub(crate) fn parse_addresses(value: &[u8]) -> Vec<Address> {
    let mut addresses = Vec::new();
    let mut pending = Pending::default();
    let mut in_group = false;
    for token in tokens(value) {
        match token {
            // A comma inside a route belongs to it.
            Token::Mark(b',') if !pending.in_angle => pending.finish(&mut addresses),
            Token::Mark(b':') if !pending.in_angle && !in_group => {
                in_group = true;
                let name = pending.phrase();
                pending = Pending::default();
                addresses.push(Address { mailbox: Some(name), ..Address::default() });
            }
            Token::Mark(b';') if in_group => {
                pending.finish(&mut addresses);
                in_group = false;
                addresses.push(Address::default());
            }
            Token::Mark(b'<') if !pending.in_angle => pending.in_angle = true,
            Token::Mark(b'>') if pending.in_angle => pending.in_angle = false,
            token => pending.push(token),
        }
    }
    pending.finish(&mut addresses);
    if in_group {
        addresses.push(Address::default());
    }
    addresses
}

#[derive(Default)]
struct Pending {
    in_angle: bool,
    had_angle: bool,
    outside: Vec<Token>,
    angle: Vec<Token>,
    comment: Option<Vec<u8>>,
}

impl Pending {
    fn push(&mut self, token: Token) {
        match token {
            Token::Comment(text) => self.comment = Some(text),
            token if self.in_angle => {
                self.had_angle = true;
                self.angle.push(token);
            }
            token => self.outside.push(token),
        }
    }

    /// The words outside of angles, one space between them; dots stay attached.
    fn phrase(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut glue = true;
        for token in &self.outside {
            match token {
                Token::Word(word) => {
                    if !glue {
                        out.push(b' ');
                    }
                    out.extend_from_slice(word);
                    glue = false;
                }
                Token::Mark(mark) => {
                    out.push(*mark);
                    glue = *mark != b'.';
                }
                Token::Comment(_) => {}
            }
        }
        out
    }

    fn finish(&mut self, addresses: &mut Vec<Address>) {
        let pending = std::mem::take(self);
        if pending.had_angle {
            let name = Some(pending.phrase()).filter(|name| !name.is_empty()).or(pending.comment);
            let mut spec = pending.angle.as_slice();
            let mut route = None;
            if spec.first() == Some(&Token::Mark(b'@')) {
                let colon = spec.iter().position(|token| *token == Token::Mark(b':'));
                if let Some((before, after)) = colon.and_then(|colon| spec.split_at_checked(colon)) {
                    route = Some(join(before));
                    spec = after.get(1..).unwrap_or_default();
                }
            }
            let (mailbox, host) = split_spec(spec);
            addresses.push(Address { name, route, mailbox: Some(mailbox), host: Some(host) });
        } else if !pending.outside.is_empty() {
            let (mailbox, host) = split_spec(&pending.outside);
            addresses.push(Address {
                name: pending.comment,
                route: None,
                mailbox: Some(mailbox),
                host: Some(host),
            });
        }
    }
}

fn split_spec(tokens: &[Token]) -> (Vec<u8>, Vec<u8>) {
    match tokens.iter().rposition(|token| *token == Token::Mark(b'@')) {
        Some(at) => {
            (join(tokens.get(..at).unwrap_or_default()), join(tokens.get(at + 1..).unwrap_or_default()))
        }
        // What has no host Dovecot shows with this one.
        None => (join(tokens), b"MISSING_DOMAIN".to_vec()),
    }
}

fn join(tokens: &[Token]) -> Vec<u8> {
    let mut out = Vec::new();
    for token in tokens {
        match token {
            Token::Word(word) => out.extend_from_slice(word),
            Token::Mark(mark) => out.push(*mark),
            Token::Comment(_) => {}
        }
    }
    out
}

fn tokens(value: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = value;
    while let Some((&first, after)) = rest.split_first() {
        match first {
            b' ' | b'\t' => rest = after,
            b'"' => {
                let (text, next) = quoted(after);
                tokens.push(Token::Word(text));
                rest = next;
            }
            b'(' => {
                let (text, next) = comment(after);
                tokens.push(Token::Comment(text));
                rest = next;
            }
            b'<' | b'>' | b'@' | b',' | b':' | b';' | b'.' => {
                tokens.push(Token::Mark(first));
                rest = after;
            }
            _ => {
                let length = rest
                    .iter()
                    .position(|byte| {
                        matches!(
                            byte,
                            b' ' | b'\t' | b'"' | b'(' | b'<' | b'>' | b'@' | b',' | b':' | b';' | b'.'
                        )
                    })
                    .unwrap_or(rest.len());
                let (word, next) = rest.split_at_checked(length.max(1)).unwrap_or((rest, b""));
                tokens.push(Token::Word(word.to_vec()));
                rest = next;
            }
        }
    }
    tokens
}

fn quoted(mut rest: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::new();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'"' => break,
            b'\\' => {
                if let Some((&escaped, after)) = rest.split_first() {
                    text.push(escaped);
                    rest = after;
                }
            }
            _ => text.push(first),
        }
    }
    (text, rest)
}

fn comment(mut rest: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::new();
    let mut depth = 1_usize;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match first {
            b')' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            b'(' => depth += 1,
            b'\\' => {
                if let Some((&escaped, after)) = rest.split_first() {
                    text.push(escaped);
                    rest = after;
                }
                continue;
            }
            _ => {}
        }
        text.push(first);
    }
    (text, rest)
}
