//! Structures, envelopes and part numbers of messages, also broken ones.

use super::address::parse_addresses;
use super::*;
use std::fmt::Write as _;

fn outline(raw: &str) -> String {
    let mut out = Vec::new();
    write_outline(&mut out, raw.as_bytes(), &Structure::parse(raw.as_bytes()), false);
    String::from_utf8(out).unwrap()
}

const NESTED: &str = "Subject: outer\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
    preamble\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\
    Content-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\nplain\r\n--bb\r\n\
    Content-Type: text/html\r\n\r\n<p>\r\n--bb--\r\n--b--\r\n";

#[test]
fn a_boundary_that_begins_with_another_does_not_end_it() {
    let structure = Structure::parse(NESTED.as_bytes());
    let text = |path: &[u32]| {
        let part = structure.part(structure.find(path).unwrap()).unwrap();
        NESTED.get(part.body.clone()).unwrap().to_owned()
    };
    assert_eq!(text(&[1]), "one");
    assert_eq!(text(&[2, 1]), "plain");
    assert_eq!(text(&[2, 2]), "<p>");
    for missing in [&[3][..], &[1, 1], &[2, 3], &[0], &[2, 1, 1]] {
        assert_eq!(structure.find(missing), None, "{missing:?}");
    }
}

#[test]
fn part_one_of_a_plain_message_is_its_body() {
    let structure = Structure::parse(b"Subject: x\r\n\r\nbody\r\n");
    assert_eq!(structure.find(&[1]), Some(0));
    assert_eq!(structure.find(&[2]), None);
    assert_eq!(structure.find(&[1, 1]), None);
}

#[test]
fn a_message_in_a_message_is_followed() {
    let raw = b"Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ndeep\r\n";
    let structure = Structure::parse(raw);
    assert_eq!(structure.find(&[1]), Some(0));
    let inner = structure.part(structure.find(&[1, 1]).unwrap()).unwrap();
    assert_eq!(raw.get(inner.body.clone()).unwrap(), b"deep\r\n");
}

#[test]
fn nesting_beyond_the_limit_ends_in_a_leaf() {
    let mut raw = String::new();
    for level in 0..300 {
        _ = write!(raw, "Content-Type: multipart/mixed; boundary=b{level}x\r\n\r\n--b{level}x\r\n");
    }
    let structure = Structure::parse(raw.as_bytes());
    assert_eq!(structure.parts.len(), MAX_DEPTH + 1);
    let written = outline(&raw);
    assert_eq!(written.matches('(').count(), written.matches(')').count());
}

#[test]
fn an_empty_multipart_still_has_a_part() {
    let written = outline("Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing\r\n");
    assert!(written.starts_with("((\"text\" \"plain\""), "{written}");
}

#[test]
fn addresses_come_out_in_every_form() {
    let show = |value: &str| {
        parse_addresses(value.as_bytes())
            .into_iter()
            .map(|address| {
                let part = |part: Option<Vec<u8>>| {
                    part.map_or("-".to_owned(), |part| String::from_utf8_lossy(&part).into_owned())
                };
                [part(address.name), part(address.route), part(address.mailbox), part(address.host)].join("|")
            })
            .collect::<Vec<_>>()
    };
    for (value, expected) in [
        ("a@b.example", vec!["-|-|a|b.example"]),
        ("Ann B. <a.b@c>, d@e (Dora)", vec!["Ann B.|-|a.b|c", "Dora|-|d|e"]),
        ("\"A, \\\"B\\\"\" <x@y>", vec!["A, \"B\"|-|x|y"]),
        ("<@r1,@r2:u@h>", vec!["-|@r1,@r2|u|h"]),
        ("team: a@b, c@d; z@z", vec!["-|-|team|-", "-|-|a|b", "-|-|c|d", "-|-|-|-", "-|-|z|z"]),
        ("undisclosed-recipients:;", vec!["-|-|undisclosed-recipients|-", "-|-|-|-"]),
        ("", vec![]),
    ] {
        assert_eq!(show(value), expected, "{value}");
    }
}

#[test]
fn encoded_words_join_and_fall_back() {
    assert_eq!(decode_words(b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?B?IQ==?= x"), "Gr\u{fc}\u{df}e! x");
    assert_eq!(decode_words(b"=?broken"), "=?broken");
    assert_eq!(decode_words(b"=?iso-8859-1?q?=E9?="), "\u{e9}");
}

#[test]
fn a_lying_transfer_encoding_does_no_harm() {
    assert_eq!(decode_transfer("base64", b"aGk\r\n=\r\n--"), b"hi");
    assert_eq!(decode_transfer("quoted-printable", b"a=\r\nb=3D=ZZ="), b"ab==ZZ=");
}

#[test]
fn preview_reads_text_before_html() {
    let raw = NESTED.as_bytes();
    assert_eq!(preview(raw, &Structure::parse(raw)), "one");
    let html = b"Content-Type: text/html\r\n\r\n<p>Hello <b>you</b>\r\n";
    assert_eq!(preview(html, &Structure::parse(html)), "Hello you");
}
