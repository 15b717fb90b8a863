//! Cuts an IMAP client's bytes into commands, literals included (RFC 3501 §4.3, RFC 7888).

use crate::features::{Extension, Features};
use crate::serve::{Command, Take};
use crate::wire::Input;

/// Shown in the log at most; a UID set may be megabytes.
const SHOWN: usize = 4096;

#[derive(Debug, Default)]
pub(crate) struct Framer {
    pending: Vec<u8>,
    /// Octets of a literal still to come.
    literal: Option<usize>,
    /// Why this command will be refused, while its octets are still swallowed.
    refusal: Option<&'static str>,
}

#[derive(Debug, PartialEq, Eq)]
struct Literal {
    size: u64,
    waits: bool,
}

impl Framer {
    /// The next command. A refused one comes with the verb `REFUSED` and the tagged reply as its bytes.
    pub(crate) fn take(&mut self, input: &mut Input, features: &Features) -> Take {
        loop {
            if let Some(size) = self.literal {
                if input.unread().len() < size {
                    return Take::More;
                }
                let octets = input.take(size);
                input.seen = 0;
                if self.refusal.is_none() {
                    self.pending.extend_from_slice(&octets);
                }
                self.literal = None;
            }
            let Some(line) = input.take_line() else { return Take::More };
            self.pending.extend_from_slice(&line);
            let Some(literal) = literal_at_end(&line) else {
                let bytes = std::mem::take(&mut self.pending);
                return Take::Command(match self.refusal.take() {
                    None => command(bytes),
                    Some(refusal) => refused(&bytes, refusal),
                });
            };
            let refusal = refuse(&literal, features);
            if let Some(refusal) = refusal
                && literal.waits
            {
                let bytes = std::mem::take(&mut self.pending);
                return Take::Command(refused(&bytes, refusal));
            }
            self.refusal = self.refusal.or(refusal);
            self.pending.extend_from_slice(b"\r\n");
            self.literal = Some(literal.size as usize);
            if literal.waits {
                return Take::Prompt(b"+ OK\r\n");
            }
        }
    }
}

fn refuse(literal: &Literal, features: &Features) -> Option<&'static str> {
    if literal.size > features.append_limit {
        Some("NO [TOOBIG] Literal too large")
    } else if literal.waits || features.has(Extension::LiteralPlus) {
        None
    } else if !features.has(Extension::LiteralMinus) {
        Some("BAD Non-synchronizing literals are not supported")
    } else if literal.size > 4096 {
        Some("BAD [TOOBIG] Non-synchronizing literals are limited to 4096 octets")
    } else {
        None
    }
}

/// `{n}` or `{n+}` at the end of a line.
fn literal_at_end(line: &[u8]) -> Option<Literal> {
    let inner = line.strip_suffix(b"}")?;
    let open = inner.iter().rposition(|byte| *byte == b'{')?;
    let text = std::str::from_utf8(inner.get(open + 1..)?).ok()?;
    let (digits, waits) = text.strip_suffix('+').map_or((text, true), |digits| (digits, false));
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| Literal { size: digits.parse().unwrap_or(u64::MAX), waits })
}

fn split_word(bytes: &[u8]) -> (String, &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b' ').unwrap_or(bytes.len());
    let (word, rest) = bytes.split_at_checked(end).unwrap_or((bytes, b""));
    (String::from_utf8_lossy(word).into_owned(), rest.get(1..).unwrap_or_default())
}

fn command(bytes: Vec<u8>) -> Command {
    let (tag, rest) = split_word(&bytes);
    let (verb, mut rest) = split_word(rest);
    let mut verb = verb.to_ascii_uppercase();
    if verb == "UID" {
        let (second, after) = split_word(rest);
        verb = format!("UID {}", second.to_ascii_uppercase());
        rest = after;
    }
    let shown = match verb.as_str() {
        "LOGIN" => {
            let shown = shown(rest);
            shown.split_once(' ').map_or_else(|| "***".to_owned(), |(name, _)| format!("{name} ***"))
        }
        "AUTHENTICATE" => {
            let (mechanism, initial) = split_word(rest);
            if initial.is_empty() { mechanism } else { format!("{mechanism} ***") }
        }
        _ => shown(rest),
    };
    let arguments = rest.to_vec();
    Command { tag, verb, shown, bytes: arguments }
}

fn refused(bytes: &[u8], refusal: &str) -> Command {
    let (tag, rest) = split_word(bytes);
    let (verb, _) = split_word(rest);
    Command {
        bytes: format!("{tag} {refusal}").into_bytes(),
        tag,
        verb: "REFUSED".to_owned(),
        shown: verb.to_ascii_uppercase(),
    }
}

/// The arguments with the octets of literals left out.
fn shown(mut rest: &[u8]) -> String {
    let mut out = Vec::new();
    while out.len() < SHOWN {
        let end = rest.windows(2).position(|pair| pair == b"\r\n").unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        out.extend_from_slice(line);
        let Some(literal) = literal_at_end(line) else { break };
        rest = rest.get((end + 2).saturating_add(literal.size as usize)..).unwrap_or_default();
    }
    out.truncate(SHOWN);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(bytes: &[u8], features: &Features) -> Vec<String> {
        let mut input = Input::default();
        let mut framer = Framer::default();
        let mut frames = Vec::new();
        // Octet by octet, as a bad link would deliver them.
        for byte in bytes {
            input.push(&[*byte]);
            loop {
                match framer.take(&mut input, features) {
                    Take::More => break,
                    Take::Prompt(_) => frames.push("+".to_owned()),
                    Take::Command(command) => frames.push(format!("{} {}", command.verb, command.shown)),
                }
            }
        }
        frames
    }

    #[test]
    fn literals_are_cut_by_their_size_and_passwords_are_not_shown() {
        let rich = Features::rich();
        for (bytes, expected) in [
            (&b"a NOOP\r\nb uid fetch 1 FLAGS\r\n"[..], vec!["NOOP ", "UID FETCH 1 FLAGS"]),
            (b"a LOGIN {3}\r\nbob {2+}\r\nx\n\r\n", vec!["+", "LOGIN {3} ***"]),
            (b"a LOGIN bob secret\r\n", vec!["LOGIN bob ***"]),
            (b"a AUTHENTICATE PLAIN AGJvYgB4\r\n", vec!["AUTHENTICATE PLAIN ***"]),
            (b"a APPEND x {4+}\r\n\r\n\r\n\r\nb NOOP\r\n", vec!["APPEND x {4+}", "NOOP "]),
            (b"a APPEND x {99999999999999999999}\r\nb NOOP\r\n", vec!["REFUSED APPEND", "NOOP "]),
        ] {
            assert_eq!(frames(bytes, &rich), expected);
        }
    }

    #[test]
    fn a_literal_without_waiting_is_refused_where_it_is_not_offered() {
        let bare = Features::bare();
        assert_eq!(frames(b"a LOGIN {1+}\r\nb c\r\nd NOOP\r\n", &bare), ["REFUSED LOGIN", "NOOP "]);
        let minus = Features::bare().with(Extension::LiteralMinus);
        assert_eq!(frames(b"a LOGIN {1+}\r\nb c\r\n", &minus), ["LOGIN {1+} ***"]);
        let mut long = b"a APPEND x {4097+}\r\n".to_vec();
        long.extend_from_slice(&[b'x'; 4097]);
        long.extend_from_slice(b"\r\nd NOOP\r\n");
        assert_eq!(frames(&long, &minus), ["REFUSED APPEND", "NOOP "]);
    }
}
