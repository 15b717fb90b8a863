//! File names from strangers made safe for every file system a phone or a desktop has.

use super::words;

/// Longest name, in bytes of UTF-8.
const LIMIT: usize = 120;
/// Longest extension that is kept when a name is cut, its dot counted.
const EXTENSION: usize = 17;

/// Names Windows takes for devices, whatever the extension.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Extensions for names that have to be made up.
const EXTENSIONS: [(&str, &str); 24] = [
    ("text/plain", "txt"),
    ("text/html", "html"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/vcard", "vcf"),
    ("text/x-vcard", "vcf"),
    ("message/rfc822", "eml"),
    ("message/global", "eml"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/heic", "heic"),
    ("image/svg+xml", "svg"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("video/mp4", "mp4"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/ics", "ics"),
    ("application/pkcs7-mime", "p7m"),
    ("application/pgp-encrypted", "asc"),
    ("application/ms-tnef", "dat"),
    ("application/json", "json"),
];

/// A file name to save a part under: the last piece of what the sender says, without path, control, bidirectional or
/// invisible characters, without what Windows refuses, no leading dot, no trailing dot or space, at most 120 bytes of
/// UTF-8 with the extension kept, never empty. Without a name one is made from the media type.
pub fn safe_name(name: Option<&str>, media_type: &str) -> String {
    let given = name.unwrap_or_default();
    let last = given
        .rsplit(['/', '\\', ':', '\u{2215}', '\u{2044}', '\u{29f8}'])
        .find(|piece| !trim(piece).is_empty());
    let cleaned: String = words::clean(last.unwrap_or_default())
        .chars()
        .map(|c| if matches!(c, '<' | '>' | '"' | '|' | '?' | '*' | '\u{fffd}') { '_' } else { c })
        .collect();
    let cleaned = trim(&cleaned);
    if cleaned.is_empty() {
        return made_up(media_type);
    }
    let cut = shorten(cleaned);
    if is_reserved(&cut) { shorten(&format!("_{cut}")) } else { cut }
}

fn trim(name: &str) -> &str {
    name.trim_matches(|c: char| {
        c.is_whitespace() || c == '.' || c.is_control() || crate::message::is_invisible(c)
    })
}

fn made_up(media_type: &str) -> String {
    let extension = EXTENSIONS.iter().find(|(m, _)| media_type.eq_ignore_ascii_case(m)).map(|(_, e)| *e);
    format!("attachment.{}", extension.unwrap_or("bin"))
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = |prefix| {
        stem.strip_prefix(prefix).is_some_and(|n| {
            matches!(n, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    RESERVED.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

fn shorten(name: &str) -> String {
    if name.len() <= LIMIT {
        return name.to_owned();
    }
    let extension =
        name.rfind('.').and_then(|at| name.get(at..)).filter(|e| e.len() <= EXTENSION).unwrap_or_default();
    let stem = name.get(..name.len() - extension.len()).unwrap_or(name);
    let mut end = LIMIT - extension.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let stem = stem.get(..end).unwrap_or_default().trim_end_matches(|c: char| c.is_whitespace() || c == '.');
    format!("{stem}{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_hell() {
        let long = format!("{}.tar.gz", "ä".repeat(4_096));
        let endless = "x".repeat(4_096);
        let table: &[(Option<&str>, &str, &str)] = &[
            (Some("report.pdf"), "application/pdf", "report.pdf"),
            (Some("../../etc/passwd"), "a/b", "passwd"),
            (Some("C:\\Windows\\x.exe"), "a/b", "x.exe"),
            (Some("C:x.exe"), "a/b", "x.exe"),
            (Some("/"), "text/plain", "attachment.txt"),
            (Some(".."), "a/b", "attachment.bin"),
            (Some("dir/.."), "a/b", "dir"),
            (Some(".bashrc"), "a/b", "bashrc"),
            (Some("a\0b.txt"), "a/b", "ab.txt"),
            (Some("a\r\nb.txt"), "a/b", "a b.txt"),
            (Some("invoice\u{202e}fdp.exe"), "a/b", "invoicefdp.exe"),
            (Some("\u{202e}"), "image/png", "attachment.png"),
            (Some("CON"), "a/b", "_CON"),
            (Some("con.txt"), "a/b", "_con.txt"),
            (Some("Lpt1 .txt"), "a/b", "_Lpt1 .txt"),
            (Some("console.txt"), "a/b", "console.txt"),
            (Some("trail. . "), "a/b", "trail"),
            (Some("a<b>|c?.txt"), "a/b", "a_b__c_.txt"),
            (Some("  "), "message/rfc822", "attachment.eml"),
            (Some(""), "a/b", "attachment.bin"),
            (None, "IMAGE/JPEG", "attachment.jpg"),
            (Some("год.doc"), "a/b", "год.doc"),
        ];
        for (name, media_type, expect) in table {
            assert_eq!(&safe_name(*name, media_type), expect, "{name:?}");
        }
        let cut = safe_name(Some(&long), "a/b");
        assert!(cut.len() <= LIMIT && cut.rsplit('.').next() == Some("gz"), "{cut}");
        assert_eq!(safe_name(Some(&endless), "a/b").len(), LIMIT);
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_safe(name in "\\PC*|[./\\\\: \u{202e}\0-\u{1f}cCoOnN1]{0,200}") {
            let safe = safe_name(Some(&name), "text/plain");
            proptest::prop_assert!(!safe.is_empty() && safe.len() <= LIMIT);
            proptest::prop_assert!(!safe.contains(['/', '\\', ':']) && safe != "." && safe != "..");
            proptest::prop_assert!(!safe.starts_with('.') && !safe.ends_with(['.', ' ']));
            proptest::prop_assert!(!safe.chars().any(|c| c.is_control() || crate::message::is_invisible(c)));
            proptest::prop_assert!(!is_reserved(&safe));
        }
    }
}
