//! Bytes of any charset to text: declared, missing, unknown or lying; UTF-7 included.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Text of a part's decoded bytes (after the transfer encoding). Unknown charsets are guessed (UTF-8, else
/// windows-1252); nothing fails. U+FFFD stands for what cannot be read, NUL is dropped.
pub fn decode_text(bytes: &[u8], charset: Option<&str>) -> String {
    let label = charset.unwrap_or_default().trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let text = match label.as_str() {
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-2-0-utf-7" => utf7(bytes),
        "" | "us-ascii" | "ascii" | "utf-8" | "utf8" | "unknown-8bit" | "x-unknown" | "8bit" | "binary" => {
            guess(bytes)
        }
        // Labels mail uses and the web does not.
        "cp932" | "windows-932" => encoding_rs::SHIFT_JIS.decode(bytes).0.into_owned(),
        "cp936" | "windows-936" => encoding_rs::GBK.decode(bytes).0.into_owned(),
        "cp949" => encoding_rs::EUC_KR.decode(bytes).0.into_owned(),
        "cp950" => encoding_rs::BIG5.decode(bytes).0.into_owned(),
        "cp1252" | "latin1" | "latin-1" => WINDOWS_1252.decode(bytes).0.into_owned(),
        // The "replacement" encodings of the web would make the whole text one U+FFFD: guess instead.
        other => match Encoding::for_label_no_replacement(other.as_bytes()) {
            Some(encoding) => encoding.decode(bytes).0.into_owned(),
            None => guess(bytes),
        },
    };
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

/// UTF-8 if it is; windows-1252 if no multi-byte sequence of UTF-8 is in it at all; else UTF-8 with U+FFFD.
pub(super) fn guess(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
    }
    let mostly_utf8 = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    let encoding = if mostly_utf8 { UTF_8 } else { WINDOWS_1252 };
    encoding.decode(bytes).0.into_owned()
}

/// UTF-7 (RFC 2152). What is not UTF-7 stays as it stands. The result is text like any other: whoever shows it as
/// HTML sanitises it after this.
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte != b'+' {
            out.push(if byte.is_ascii() { char::from(byte) } else { char::REPLACEMENT_CHARACTER });
            continue;
        }
        if bytes.get(at) == Some(&b'-') {
            out.push('+');
            at += 1;
            continue;
        }
        let start = at;
        let mut units = Vec::new();
        let (mut bits, mut held) = (0_u32, 0_u32);
        while let Some(value) = bytes.get(at).and_then(|b| super::transfer::base64_value(*b)) {
            at += 1;
            held = (held << 6 | u32::from(value)) & 0x003f_ffff;
            bits += 6;
            if bits >= 16 {
                bits -= 16;
                units.push((held >> bits & 0xffff) as u16);
            }
        }
        if at == start {
            out.push('+');
            continue;
        }
        out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        if bytes.get(at) == Some(&b'-') {
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_declared_missing_unknown_and_lying() {
        let table: &[(&[u8], Option<&str>, &str)] = &[
            (b"caf\xc3\xa9", None, "café"),
            (b"caf\xc3\xa9", Some("us-ascii"), "café"),
            (b"caf\xe9", None, "café"),
            (b"caf\xe9", Some("utf-8"), "café"),
            (b"caf\xc3\xa9 \xe9!", Some("utf-8"), "café \u{fffd}!"),
            (b"caf\xe9", Some("ISO-8859-1"), "café"),
            (b"\xa4", Some("iso-8859-15"), "€"),
            (b"\x93hi\x94", Some("windows-1252"), "“hi”"),
            (b"\x1b$B8@8l\x1b(B", Some("iso-2022-jp"), "言語"),
            (b"\xc4\xe3\xba\xc3", Some("gb2312"), "你好"),
            (b"\x93\xfa\x96{", Some("cp932"), "日本"),
            (b"\xcf\xf0\xe8", Some("windows-1251"), "При"),
            (b"\xef\xbb\xbfbom", Some("utf-8"), "bom"),
            (b"plain", Some("x-no-such-charset"), "plain"),
            (b"~{VPND~}", Some("hz-gb-2312"), "~{VPND~}"),
            (b"a\0b", Some("utf-8"), "ab"),
            (b"", Some("utf-8"), ""),
        ];
        for (bytes, charset, expect) in table {
            assert_eq!(&decode_text(bytes, *charset), expect, "{charset:?} {bytes:?}");
        }
    }

    #[test]
    fn utf7_is_read_only_where_it_is_declared() {
        for (bytes, expect) in [
            (&b"Hi Mom -+Jjo--!"[..], "Hi Mom -☺-!"),
            (b"A+ImIDkQ.", "A≢Α."),
            (b"1 +- 1", "1 + 1"),
            (b"+ADw-script+AD4-", "<script>"),
            (b"lone + sign", "lone + sign"),
            (b"+2D", ""),
            (b"+2D3eAA-", "\u{1f600}"),
        ] {
            assert_eq!(decode_text(bytes, Some("UTF-7")), expect, "{bytes:?}");
        }
        assert_eq!(decode_text(b"+ADw-script+AD4-", None), "+ADw-script+AD4-");
        assert_eq!(decode_text(b"+ADw-script+AD4-", Some("utf-8")), "+ADw-script+AD4-");
    }
}
