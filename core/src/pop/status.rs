//! One status line: +OK, -ERR with its response code, or a continuation.

use super::error::PopError;
use crate::error::ServerText;

/// What a status line says.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Status<'a> {
    /// `+OK`, and the rest of the line.
    Ok(&'a [u8]),
    /// `-ERR`, the response code in capitals, and the rest of the line.
    Err { code: Option<String>, text: &'a [u8] },
    /// `+ …` (RFC 5034).
    Continue,
}

/// `None`: no status line of POP.
pub(super) fn status(line: &[u8]) -> Option<Status<'_>> {
    let after = |word: &str| {
        let (head, rest) = line.split_at_checked(word.len())?;
        let ends = rest.first().is_none_or(|b| !b.is_ascii_alphanumeric());
        (head.eq_ignore_ascii_case(word.as_bytes()) && ends).then(|| rest.trim_ascii())
    };
    if let Some(text) = after("+OK") {
        Some(Status::Ok(text))
    } else if let Some(text) = after("-ERR") {
        Some(Status::Err { code: code(text), text })
    } else if line == b"+" || line.starts_with(b"+ ") {
        Some(Status::Continue)
    } else {
        None
    }
}

fn code(text: &[u8]) -> Option<String> {
    let rest = text.strip_prefix(b"[")?;
    let end = rest.iter().take(64).position(|b| *b == b']')?;
    let code = rest.get(..end)?;
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'_' | b'.');
    if code.is_empty() || !code.iter().all(plain) {
        return None;
    }
    Some(String::from_utf8_lossy(code).to_ascii_uppercase())
}

/// An -ERR to an ordinary command.
pub(super) fn refusal(what: &'static str, code: Option<String>, text: &[u8]) -> PopError {
    PopError::Err { what, code, server_text: ServerText::from_bytes(text) }
}

/// An -ERR to a greeting or a login. `[IN-USE]` and `[LOGIN-DELAY]` are no fault of the password.
pub(super) fn login_refusal(what: &'static str, code: Option<String>, text: &[u8]) -> PopError {
    let server_text = ServerText::from_bytes(text);
    match code.as_deref() {
        Some("IN-USE") => PopError::InUse { server_text },
        Some("LOGIN-DELAY") => PopError::LoginDelay { server_text },
        Some("AUTH") => PopError::Authentication { server_text },
        Some(_) => PopError::Err { what, code, server_text },
        None if says_locked(text) => PopError::InUse { server_text },
        None if what == "the greeting" => PopError::Err { what, code, server_text },
        None => PopError::Authentication { server_text },
    }
}

// Servers without response codes: RFC 1939's own example is "unable to lock maildrop". To ask the person for another
// password then would be wrong.
fn says_locked(text: &[u8]) -> bool {
    let text =
        String::from_utf8_lossy(text.get(..text.len().min(500)).unwrap_or_default()).to_ascii_lowercase();
    [
        "unable to lock",
        "can't lock",
        "cannot lock",
        "maildrop already locked",
        "maildrop is locked",
        "mailbox in use",
    ]
    .iter()
    .any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_are_told_apart_and_nothing_else_passes() {
        let err = |code: Option<&str>, text| Some(Status::Err { code: code.map(str::to_owned), text });
        let cases: [(&[u8], Option<Status<'_>>); 16] = [
            (b"+OK", Some(Status::Ok(b""))),
            (b"+OK 3 120", Some(Status::Ok(b"3 120"))),
            (b"+ok hello ", Some(Status::Ok(b"hello"))),
            (b"-ERR", err(None, b"")),
            (b"-ERR [IN-USE] busy", err(Some("IN-USE"), b"[IN-USE] busy")),
            (b"-ERR [sys/temp] later", err(Some("SYS/TEMP"), b"[sys/temp] later")),
            (b"-ERR [not a code] x", err(None, b"[not a code] x")),
            (b"-ERR [] x", err(None, b"[] x")),
            (b"-ERR [UNENDING", err(None, b"[UNENDING")),
            (b"+ ", Some(Status::Continue)),
            (b"+", Some(Status::Continue)),
            (b"+OKAY", None),
            (b"* OK IMAP4rev1 ready", None),
            (b"220 mail ESMTP", None),
            (b"<!DOCTYPE html>", None),
            (b"", None),
        ];
        for (line, expected) in cases {
            assert_eq!(status(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn a_mailbox_in_use_is_not_taken_for_a_wrong_password() {
        let kind = |line: &[u8]| match status(line) {
            Some(Status::Err { code, text }) => match login_refusal("the login", code, text) {
                PopError::Authentication { .. } => "auth",
                PopError::InUse { .. } => "in use",
                PopError::LoginDelay { .. } => "delay",
                _ => "err",
            },
            _ => "none",
        };
        for (line, expected) in [
            ("-ERR [IN-USE] Mailbox busy", "in use"),
            ("-ERR unable to lock maildrop", "in use"),
            ("-ERR [LOGIN-DELAY] wait", "delay"),
            ("-ERR [SYS/TEMP] disk", "err"),
            ("-ERR [SYS/PERM] call us", "err"),
            ("-ERR [AUTH] no", "auth"),
            ("-ERR invalid password", "auth"),
            ("-ERR this account is locked", "auth"),
        ] {
            assert_eq!(kind(line.as_bytes()), expected, "{line}");
        }
    }
}
