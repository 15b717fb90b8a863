//! Strings as an IMAP server sends them: quoted where that is allowed, else as a literal.

/// A quoted string, or a literal when it holds what quotes cannot.
pub(crate) fn string(out: &mut Vec<u8>, text: &[u8]) {
    let plain = |byte: &u8| !matches!(byte, 0 | b'\r' | b'\n' | 0x80..);
    if text.len() <= 4096 && text.iter().all(plain) {
        out.push(b'"');
        for &byte in text {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
        return;
    }
    out.extend_from_slice(format!("{{{}}}\r\n", text.len()).as_bytes());
    // NUL is allowed nowhere in IMAP4rev1; Dovecot sends 0x80 in its place.
    out.extend(text.iter().map(|byte| if *byte == 0 { 0x80 } else { *byte }));
}

/// NIL or a string.
pub(crate) fn nstring(out: &mut Vec<u8>, text: Option<&[u8]>) {
    match text {
        Some(text) => string(out, text),
        None => out.extend_from_slice(b"NIL"),
    }
}
