//! Commands as bytes: atoms, quoted strings and the three kinds of literal (RFC 3501 §4.3, RFC 7888).

use super::capability::Capabilities;
use super::error::ImapError;

/// A command without its tag. Between two segments the client waits for the server's `+`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Command {
    pub(crate) what: &'static str,
    pub(crate) segments: Vec<Vec<u8>>,
}

/// How literals may be announced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LiteralMode {
    /// `{n}` and wait.
    Synchronising,
    /// `{n+}` up to 4,096 bytes (LITERAL-).
    Short,
    /// `{n+}` always (LITERAL+).
    Any,
}

impl LiteralMode {
    pub(crate) fn of(capabilities: &Capabilities) -> Self {
        if capabilities.has("LITERAL+") {
            Self::Any
        } else if capabilities.has("LITERAL-") {
            Self::Short
        } else {
            Self::Synchronising
        }
    }
}

/// Puts a command together.
pub(crate) struct Writer {
    command: Command,
    now: Vec<u8>,
    literals: LiteralMode,
}

impl Writer {
    pub(crate) fn new(what: &'static str, literals: LiteralMode) -> Self {
        Self { command: Command { what, segments: Vec::new() }, now: what.as_bytes().to_vec(), literals }
    }
    /// Our own words, as they are.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.now.extend_from_slice(text.as_bytes());
        self
    }
    /// A space and a mailbox name or another astring. NUL fits nowhere.
    pub(crate) fn astring(mut self, value: &[u8], what: &'static str) -> Result<Self, ImapError> {
        self.now.push(b' ');
        if is_atom(value) {
            self.now.extend_from_slice(value);
        } else if let Some(quoted) = quoted(value) {
            self.now.extend_from_slice(&quoted);
        } else if value.contains(&0) {
            return Err(ImapError::Input { what });
        } else {
            self = self.literal(value);
        }
        Ok(self)
    }
    /// A literal, in the shortest form that the server allows.
    pub(crate) fn literal(mut self, bytes: &[u8]) -> Self {
        let waits = match self.literals {
            LiteralMode::Any => false,
            LiteralMode::Short => bytes.len() > 4_096,
            LiteralMode::Synchronising => true,
        };
        let plus = if waits { "" } else { "+" };
        self.now.extend_from_slice(format!("{{{}{plus}}}\r\n", bytes.len()).as_bytes());
        if waits {
            self.command.segments.push(std::mem::take(&mut self.now));
        }
        self.now.extend_from_slice(bytes);
        self
    }
    pub(crate) fn done(mut self) -> Command {
        self.now.extend_from_slice(b"\r\n");
        self.command.segments.push(self.now);
        self.command
    }
}

/// Whether a value may stand bare. `NIL` may not: it would read as nothing.
fn is_atom(value: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.:/+=#&~$!,;@'|<>?^`".contains(b);
    !value.is_empty() && value.len() <= 200 && value.iter().all(plain) && !value.eq_ignore_ascii_case(b"NIL")
}

/// A quoted string (RFC 3501 §4.3); `None` if it needs a literal: CR, LF, NUL, 8-bit bytes, or too long.
pub(crate) fn quoted(value: &[u8]) -> Option<Vec<u8>> {
    if value.len() > 1_000 || !value.iter().all(|b| (1..128).contains(b) && *b != b'\r' && *b != b'\n') {
        return None;
    }
    let mut out = Vec::with_capacity(value.len() + 2);
    out.push(b'"');
    for b in value {
        if matches!(b, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*b);
    }
    out.push(b'"');
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &[u8], mode: LiteralMode) -> Vec<String> {
        let command = Writer::new("SELECT", mode).astring(value, "name").unwrap().done();
        command.segments.iter().map(|s| String::from_utf8_lossy(s).into_owned()).collect()
    }

    #[test]
    fn a_name_is_written_in_the_shortest_form_that_holds_it() {
        let mode = LiteralMode::Synchronising;
        assert_eq!(shown(b"INBOX", mode), ["SELECT INBOX\r\n"]);
        assert_eq!(shown(b"", mode), ["SELECT \"\"\r\n"]);
        assert_eq!(shown(b"nil", mode), ["SELECT \"nil\"\r\n"]);
        assert_eq!(shown(b"a b\"c\\d", mode), ["SELECT \"a b\\\"c\\\\d\"\r\n"]);
        assert_eq!(shown(b"a(b)*%{3}", mode), ["SELECT \"a(b)*%{3}\"\r\n"]);
    }

    #[test]
    fn a_line_break_in_a_name_cannot_become_a_command() {
        let evil = b"x\r\nS9 DELETE INBOX";
        assert_eq!(shown(evil, LiteralMode::Synchronising), ["SELECT {18}\r\n", "x\r\nS9 DELETE INBOX\r\n"]);
        assert_eq!(shown(evil, LiteralMode::Any), ["SELECT {18+}\r\nx\r\nS9 DELETE INBOX\r\n"]);
        assert!(Writer::new("SELECT", LiteralMode::Any).astring(b"a\0b", "name").is_err());
    }

    #[test]
    fn literal_minus_ends_at_4096_bytes() {
        let segments =
            |n: usize| Writer::new("X", LiteralMode::Short).literal(&vec![b'a'; n]).done().segments.len();
        assert_eq!((segments(4_096), segments(4_097)), (1, 2));
    }
}
