//! Messages made to hurt: every one opens, on a 256 kB stack, in time that grows with its size.

use std::time::{Duration, Instant};

use super::*;
use crate::html::{RemoteContent, sanitize};

/// Everything the module can be asked about a message, with the properties any answer has.
fn open_every_way(raw: &[u8]) -> Readable {
    let readable = read(raw);
    let structure = &readable.structure;
    assert!(structure.parts.len() <= 1_000);
    assert!(readable.preview.chars().count() <= 200);
    for list in [&readable.envelope.from, &readable.envelope.to, &readable.envelope.cc] {
        assert!(list.len() <= 1_000);
    }
    assert!(readable.envelope.references.len() <= 100);
    let mut sections: Vec<&str> = structure.parts.iter().map(|p| p.section.as_str()).collect();
    let count = sections.len();
    sections.sort_unstable();
    sections.dedup();
    assert_eq!(sections.len(), count, "a section number occurs twice");
    for part in structure.parts.iter().take(3).chain(structure.parts.last()) {
        assert!(super::part(raw, &part.section).is_some(), "section {}", part.section);
        assert!(!safe_name(part.name.as_deref(), &part.media_type).is_empty());
    }
    if let Some(html) = &readable.html {
        sanitize(html, RemoteContent::Hold);
    }
    canonical_key(raw);
    readable
}

/// Runs on the stack a phone's thread may have.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}

fn opens_with_subject(raw: Vec<u8>, check: impl FnOnce(&Readable) + Send + 'static) {
    on_a_small_stack(move || {
        let start = Instant::now();
        let readable = open_every_way(&raw);
        assert_eq!(readable.envelope.subject, "hostile");
        check(&readable);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    });
}

fn nested_multiparts(levels: usize, boundary: impl Fn(usize) -> String) -> Vec<u8> {
    let mut raw = "Subject: hostile\r\n".to_owned();
    for level in 0..levels {
        let boundary = boundary(level);
        raw += &["Content-Type: multipart/mixed; boundary=\"", &boundary, "\"\r\n\r\n--", &boundary, "\r\n"]
            .concat();
    }
    (raw + "\r\nthe innermost words\r\n").into_bytes()
}

#[test]
fn multiparts_nested_a_hundred_thousand_deep() {
    let show = |readable: &Readable| {
        assert!(readable.structure.truncated);
        assert!(!readable.text.is_empty(), "something is shown");
    };
    opens_with_subject(nested_multiparts(100_000, |level| format!("b{level}")), show);
    opens_with_subject(nested_multiparts(100_000, |_| "same".to_owned()), |_| {});
    // Every boundary is the beginning of the next one, so that every line is compared with all that are open.
    opens_with_subject(nested_multiparts(1_000, |level| "b".repeat(level + 1)), show);
}

#[test]
fn as_deep_as_the_limit_is_not_truncated() {
    let readable = read(&nested_multiparts(100, |level| format!("b{level}")));
    assert!(!readable.structure.truncated);
    assert_eq!(readable.text, "the innermost words");
    assert!(read(&nested_multiparts(101, |level| format!("b{level}"))).structure.truncated);
}

#[test]
fn messages_nested_ten_thousand_deep() {
    let mut raw = "Subject: hostile\r\n".to_owned();
    raw += &"Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
    raw += "\r\nthe innermost words\r\n";
    opens_with_subject(raw.into_bytes(), |readable| {
        assert!(readable.structure.truncated);
    });
    // A digest makes messages of parts without any type.
    let mut raw = "Subject: hostile\r\n".to_owned();
    raw += &"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n".repeat(10_000);
    opens_with_subject(raw.into_bytes(), |_| {});
}

#[test]
fn messages_nested_in_base64_stay_one_leaf() {
    use base64::Engine;
    let mut raw = b"Subject: innermost\r\n\r\nhi".to_vec();
    for _ in 0..20 {
        let encoded = base64::engine::general_purpose::STANDARD.encode(&raw);
        let header =
            "Subject: hostile\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        raw = [header.as_bytes(), encoded.as_bytes()].concat();
    }
    opens_with_subject(raw, |readable| assert_eq!(readable.structure.parts.len(), 1));
}

#[test]
fn a_hundred_thousand_parts() {
    let mut raw = "Subject: hostile\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_owned();
    raw += &"--b\r\n\r\nx\r\n".repeat(100_000);
    opens_with_subject(raw.into_bytes(), |readable| {
        assert!(readable.structure.truncated);
        assert!(readable.text.starts_with('x'));
    });
    let mut raw = "Subject: hostile\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n".to_owned();
    raw += &"--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n".repeat(100_000);
    opens_with_subject(raw.into_bytes(), |_| {});
    let mut raw = "Subject: hostile\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_owned();
    raw +=
        &"--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"
            .repeat(100_000);
    opens_with_subject(raw.into_bytes(), |_| {});
}

#[test]
fn a_hundred_thousand_header_fields() {
    let mut raw = "Subject: hostile\r\n".to_owned();
    raw += &"X-Field: some value\r\n".repeat(100_000);
    raw += "\r\nbody\r\n";
    opens_with_subject(raw.into_bytes(), |readable| assert_eq!(readable.text, "body"));
    let mut raw = "Subject: hostile\r\n".to_owned();
    raw += &"To: Somebody <somebody@x.example>\r\nContent-Type: text/plain; name*0=a; name*1=b\r\n"
        .repeat(50_000);
    opens_with_subject(raw.into_bytes(), |_| {});
}

#[test]
fn a_hundred_thousand_addresses() {
    let raw =
        ["Subject: hostile\r\nTo: ", &"Some Body <somebody@x.example>,\r\n ".repeat(100_000), "\r\n\r\nbody"]
            .concat();
    opens_with_subject(raw.into_bytes(), |readable| assert_eq!(readable.envelope.to.len(), 1_000));
}

#[test]
fn header_lines_of_a_megabyte() {
    for piece in [
        "x",
        "(",
        "\"",
        "<",
        "=?utf-8?q?",
        "=?utf-8?b?w6k=?= ",
        ";a=b",
        "; name*9=x",
        "\\",
        ",",
        ":",
        "\u{202e}",
        "%4",
    ] {
        let long = piece.repeat(1_048_576 / piece.len());
        for field in
            ["X", "From", "References", "Date", "Content-Type: text/plain", "Content-Disposition", "List-Id"]
        {
            let raw = ["Subject: hostile\r\n", field, ": ", &long, "\r\n\r\nbody"].concat();
            opens_with_subject(raw.into_bytes(), |_| {});
        }
        let start = Instant::now();
        decode_header(long.as_bytes());
        decode_parameter(long.as_bytes());
        preview(&long);
        safe_name(Some(&long), "text/plain");
        decode_text(long.as_bytes(), Some("utf-7"));
        assert!(start.elapsed() < Duration::from_secs(10), "{piece}");
    }
}

#[test]
fn megabytes_of_one_encoding_or_of_one_line() {
    for encoding in ["base64", "quoted-printable", "x-uuencode", "7bit"] {
        for piece in ["=", " ", "A", "=\r\n", "= ", "\r", "begin 644 x\n", "AAAA====", "\t\r\n"] {
            let body = piece.repeat(2_000_000 / piece.len());
            let start = Instant::now();
            assert!(decode_body(body.as_bytes(), encoding).len() <= body.len());
            assert!(start.elapsed() < Duration::from_secs(5), "{encoding} {piece:?}");
        }
    }
    for charset in ["utf-7", "utf-8", "iso-2022-jp", "utf-16", "gb18030", "x-unknown"] {
        decode_text(&b"+\x1b$B\xff".repeat(500_000), Some(charset));
    }
}

#[test]
fn nul_and_control_characters_are_not_shown() {
    let raw = b"Subject: a\0b\x07c\r\nFrom: \"x\0\x1by\" <a\0@b.c>\r\nMessage-ID: <a\0b@c>\r\n\r\nte\0xt\x1b[2J\x07\r\n";
    let readable = read(raw);
    assert_eq!(readable.envelope.subject, "ab c");
    assert_eq!(readable.envelope.from[0].address, "a@b.c");
    assert_eq!(readable.envelope.message_id.as_deref(), Some("ab@c"));
    assert_eq!(readable.text, "text[2J");
}

/// A message with a bit of everything, to be broken.
const WHOLE: &str = "From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>\r\nTo: Team: a@b.c, \"d, e\" <f@g.h>;\r\nSubject: \
    =?utf-8?b?SGVsbMO2?= x\r\nDate: Tue, 12 Jan 2021 13:33:22 +0130\r\nMessage-ID: <m@x>\r\nReferences: <a@x> <b@x>\r\n\
    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"o\"\r\n\r\n--o\r\nContent-Type: \
    multipart/alternative; boundary=o-i\r\n\r\n--o-i\r\nContent-Type: text/plain; charset=utf-7; format=flowed\r\n\r\n\
    caf+AOk- \r\nend\r\n--o-i\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: \
    quoted-printable\r\n\r\n<p>caf=E9 <img src=3D\"cid:p\"><a href=3D\"http://x.example\">l</a>\r\n--o-i--\r\n--o\r\n\
    Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nbody\r\n--o\r\nContent-Type: text/calendar\r\n\r\n\
    BEGIN:VEVENT\r\nSUMMARY:s\r\nEND:VEVENT\r\n--o\r\nContent-Disposition: attachment; filename*0*=utf-8''%41;\r\n \
    filename*1=b.txt\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <p>\r\n\r\nQUJD\r\n--o--\r\n";

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_open(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
        open_every_way(&raw);
    }

    #[test]
    fn pieces_of_mail_in_any_order_open(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "Content-Type: ", "multipart/mixed", "; boundary=", "b", "\"", "\r\n", "\n", "--b", "--", "message/rfc822",
            "text/html", "From: ", "<", ">", "@", ",", "(", ")", "=?utf-8?q?", "?=", " ", "\t", "\0", "é", ";", "name*0*=", "'",
            "Content-Transfer-Encoding: base64", "<p>", "<table>", "<a href='", "&#x", "Subject:", "multipart/digest",
        ]), 0..60),
    ) {
        open_every_way(pieces.concat().as_bytes());
    }

    #[test]
    fn broken_copies_of_a_real_message_open(
        cuts in proptest::collection::vec((0..WHOLE.len(), 0..40_usize, proptest::num::u8::ANY), 1..8),
        end in 0..WHOLE.len(),
    ) {
        let mut raw = WHOLE.as_bytes().to_vec();
        for (at, length, byte) in cuts {
            let at = at.min(raw.len());
            let to = (at + length).min(raw.len());
            raw.splice(at..to, [byte]);
        }
        raw.truncate(end.max(raw.len() / 2));
        open_every_way(&raw);
    }
}

#[test]
fn the_whole_message_reads_as_it_was_written() {
    let readable = open_every_way(WHOLE.as_bytes());
    assert_eq!(readable.text, "café end");
    assert_eq!(readable.envelope.from[0].name, "Jürgen");
    let last = readable.structure.parts.last().unwrap();
    assert_eq!(
        (last.section.as_str(), last.name.as_deref(), last.is_attachment),
        ("4", Some("Ab.txt"), true)
    );
}
