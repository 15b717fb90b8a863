//! Content-Transfer-Encodings (RFC 2045 §6): base64 and quoted-printable, tolerant, linear, never growing.

/// Decodes a body by its Content-Transfer-Encoding. Broken encodings give what can be read; unknown ones the bytes
/// as they are. The result is never longer than the input.
pub fn decode_body(encoded: &[u8], transfer_encoding: &str) -> Vec<u8> {
    match transfer_encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64(encoded),
        "quoted-printable" => quoted_printable(encoded),
        "x-uuencode" | "uuencode" | "x-uue" => uuencode(encoded),
        _ => encoded.to_vec(),
    }
}

/// The value of one base64 digit.
pub(super) fn base64_value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Base64 with everything that is no digit passed over. Padding flushes, so that two encoded pieces pasted together
/// both come out.
pub(super) fn base64(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len() / 4 * 3 + 3);
    let (mut held, mut digits) = (0_u32, 0_u8);
    for &byte in encoded {
        if let Some(value) = base64_value(byte) {
            held = held << 6 | u32::from(value);
            digits += 1;
            if digits == 4 {
                out.extend([(held >> 16) as u8, (held >> 8) as u8, held as u8]);
                (held, digits) = (0, 0);
            }
        } else if byte == b'=' {
            flush_base64(held, digits, &mut out);
            (held, digits) = (0, 0);
        }
    }
    flush_base64(held, digits, &mut out);
    out
}

fn flush_base64(held: u32, digits: u8, out: &mut Vec<u8>) {
    match digits {
        2 => out.push((held >> 4) as u8),
        3 => out.extend([(held >> 10) as u8, (held >> 2) as u8]),
        _ => {}
    }
}

fn hex(byte: Option<&u8>) -> Option<u8> {
    byte.and_then(|b| char::from(*b).to_digit(16)).map(|d| d as u8)
}

/// Two hexadecimal digits at `at`.
pub(super) fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    Some(hex(bytes.get(at))? << 4 | hex(bytes.get(at + 1))?)
}

fn quoted_printable(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len());
    // White space at the end of a line was added on the way (RFC 2045 §6.7 rule 3): held back until it is not last.
    let mut solid = 0;
    let mut at = 0;
    while let Some(&byte) = encoded.get(at) {
        at += 1;
        match byte {
            b'=' => {
                if let Some(value) = hex_pair(encoded, at) {
                    out.push(value);
                    solid = out.len();
                    at += 2;
                } else if let Some(skip) = soft_break(encoded.get(at..).unwrap_or_default()) {
                    solid = out.len();
                    at += skip;
                } else {
                    out.push(b'=');
                    solid = out.len();
                }
            }
            b' ' | b'\t' => out.push(byte),
            b'\r' if encoded.get(at) == Some(&b'\n') => {
                out.truncate(solid);
                out.extend(b"\r\n");
                at += 1;
                solid = out.len();
            }
            b'\n' => {
                out.truncate(solid);
                out.push(b'\n');
                solid = out.len();
            }
            _ => {
                out.push(byte);
                solid = out.len();
            }
        }
    }
    out.truncate(solid);
    out
}

/// Length of what follows `=` if it is a soft line break; white space before the line end is allowed for.
fn soft_break(rest: &[u8]) -> Option<usize> {
    let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    match rest.get(blanks..)? {
        [b'\r', b'\n', ..] => Some(blanks + 2),
        [b'\n', ..] => Some(blanks + 1),
        [] => Some(blanks),
        _ => None,
    }
}

fn uuencode(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len() / 4 * 3);
    let mut inside = false;
    for line in encoded.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !inside {
            inside = line.starts_with(b"begin ");
            continue;
        }
        if line == b"end" {
            break;
        }
        let Some((&count, digits)) = line.split_first() else { continue };
        let wanted = usize::from(count.wrapping_sub(b' ') & 63);
        let before = out.len();
        for four in digits.chunks(4) {
            let mut held = 0_u32;
            for i in 0..4 {
                let digit = four.get(i).copied().unwrap_or(b' ');
                held = held << 6 | u32::from(digit.wrapping_sub(b' ') & 63);
            }
            out.extend([(held >> 16) as u8, (held >> 8) as u8, held as u8]);
        }
        out.truncate(before + wanted);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_encodings_give_what_can_be_read() {
        let table: &[(&str, &[u8], &[u8])] = &[
            ("base64", b"aGVsbG8=", b"hello"),
            ("BASE64 ", b"aGVs\r\nbG8=\r\n", b"hello"),
            ("base64", b"aGVsbG8", b"hello"),
            ("base64", b"aGVs*!bG8=", b"hello"),
            ("base64", b"aGVsbG8=aGVsbG8=", b"hellohello"),
            ("base64", b"a", b""),
            ("base64", b"====", b""),
            ("quoted-printable", b"caf=C3=A9", b"caf\xc3\xa9"),
            ("quoted-printable", b"caf=c3=a9", b"caf\xc3\xa9"),
            ("quoted-printable", b"one=\r\n two=\n three", b"one two three"),
            ("quoted-printable", b"soft=  \r\nend", b"softend"),
            ("quoted-printable", b"trail  \r\nnext \n", b"trail\r\nnext\n"),
            ("quoted-printable", b"kept=20\r\n", b"kept \r\n"),
            ("quoted-printable", b"bad =ZZ =", b"bad =ZZ "),
            ("7bit", b"a=3D", b"a=3D"),
            ("x-unknown", b"a\0b", b"a\0b"),
            ("x-uuencode", b"begin 644 a\n#0V%T\n`\nend\n", b"Cat"),
        ];
        for (encoding, bytes, expect) in table {
            let got = decode_body(bytes, encoding);
            let (got, expect) = (String::from_utf8_lossy(&got), String::from_utf8_lossy(expect));
            assert_eq!(got, expect, "{encoding} {:?}", String::from_utf8_lossy(bytes));
        }
    }
}
