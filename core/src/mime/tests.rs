//! Whole messages through every door of the module: section numbers, bodies, attachments.

use super::*;
use crate::message::Structure;

/// LF to CRLF, for messages written in this file.
fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// Section, media type and whether it is listed, one part a line; then the body.
fn outline(structure: &Structure) -> String {
    let mut out = String::new();
    for part in &structure.parts {
        let listed = if part.is_attachment { " attachment" } else { "" };
        out.extend([&part.section, " ", &part.media_type, listed, "\n"]);
    }
    let body = format!("text={:?} html={:?}", structure.text_section, structure.html_section);
    out.push_str(&body);
    if structure.truncated {
        out.push_str(" truncated");
    }
    out
}

/// A multipart of a type with parts, as a part itself.
fn multipart(kind: &str, boundary: &str, parts: &[&str]) -> String {
    let inner: String = parts.iter().flat_map(|p| ["--", boundary, "\n", p, "\n"]).collect();
    format!(
        "Content-Type: multipart/{kind}; boundary=\"{boundary}\"\n\npreamble\n{inner}--{boundary}--\nepilogue\n"
    )
}

const PLAIN: &str = "Content-Type: text/plain\n\nplain text\n";
const HTML: &str = "Content-Type: text/html\n\n<p>html text</p>\n";
const PDF: &str = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nQUJD\n";
const PICTURE: &str = "Content-Type: image/png\nContent-ID: <p1@x>\n\npng\n";

fn message(inner: &str) -> String {
    format!("Content-Type: message/rfc822\n\nSubject: inner\nFrom: a@b.c\n{inner}")
}

#[test]
fn sections_are_numbered_as_an_imap_server_does() {
    // The example of RFC 3501 §6.4.5.
    let rfc = multipart(
        "mixed",
        "A",
        &[
            PLAIN,
            "Content-Type: application/octet-stream\n\nx\n",
            &message(&multipart("mixed", "B", &[PLAIN, "Content-Type: application/octet-stream\n\nx\n"])),
            &multipart(
                "mixed",
                "C",
                &[
                    "Content-Type: image/gif\n\nx\n",
                    &message(&multipart(
                        "mixed",
                        "D",
                        &[PLAIN, &multipart("alternative", "E", &[PLAIN, HTML])],
                    )),
                ],
            ),
        ],
    );
    let table = [
        (rfc.as_str(), "1 2 3 3.1 3.2 4.1 4.2 4.2.1 4.2.2.1 4.2.2.2"),
        (PLAIN, "1"),
        ("Subject: no type\n\nbody", "1"),
        (&multipart("alternative", "A", &[PLAIN, HTML]), "1 2"),
        (&multipart("mixed", "A", &[&multipart("alternative", "B", &[PLAIN, HTML]), PDF]), "1.1 1.2 2"),
        (&message(PLAIN), "1 1.1"),
        (&message(&multipart("mixed", "A", &[PLAIN, PDF])), "1 1.1 1.2"),
        (&message(&message(PLAIN)), "1 1.1 1.1.1"),
        (&multipart("mixed", "A", &[&message(PLAIN), PDF]), "1 1.1 2"),
        (&multipart("digest", "A", &["\nSubject: one\n\nbody\n", PLAIN]), "1 1.1 2"),
        (
            &multipart("mixed", "A", &[&multipart("mixed", "B", &[&multipart("mixed", "C", &[PLAIN])])]),
            "1.1.1",
        ),
    ];
    for (raw, expect) in table {
        let structure = structure(&crlf(raw));
        let sections: Vec<&str> = structure.parts.iter().map(|p| p.section.as_str()).collect();
        assert_eq!(sections.join(" "), expect, "{raw}");
        assert_eq!(self::structure(raw.as_bytes()).parts.len(), sections.len(), "with LF line ends");
    }
}

#[test]
fn boundaries_in_every_dress() {
    let two = |header: &str, first: &str, second: &str, last: &str| {
        crlf(&format!(
            "Content-Type: multipart/mixed; boundary={header}\n\n{first}\n\none\n{second}\n\ntwo\n{last}\n"
        ))
    };
    let table = [
        (two("x", "--x", "--x", "--x--"), 2),
        (two("\"a b:c\"", "--a b:c", "--a b:c", "--a b:c--"), 2),
        (two("x", "--x", "--x", ""), 2),
        (two("x", "--x  ", "--x\t", "--x--  "), 2),
        // A longer line begins with the boundary: Dovecot takes it for one, and so do we.
        (two("x", "--xy", "--x", "--x--"), 2),
        // Without a boundary, or with one that never comes, there is one text.
        (two("", "--x", "--x", "--x--"), 1),
        (two("\"\"", "--", "--", "----"), 1),
        (two("never", "--x", "--x", "--x--"), 1),
    ];
    for (raw, expect) in table {
        let got = structure(&raw);
        assert_eq!(got.parts.len(), expect, "{}", String::from_utf8_lossy(&raw));
    }
}

#[test]
fn a_boundary_that_is_the_prefix_of_another_keeps_both_apart() {
    let inner = multipart("alternative", "outer-inner", &[PLAIN, HTML]);
    let raw = crlf(&multipart("mixed", "outer", &[&inner, PDF]));
    let sections: Vec<String> = structure(&raw).parts.into_iter().map(|p| p.section).collect();
    assert_eq!(sections, ["1.1", "1.2", "2"]);
    let inner = multipart("alternative", "o", &[PLAIN, HTML]);
    let raw = crlf(&multipart("mixed", "o-outer", &[&inner, PDF]));
    let sections: Vec<String> = structure(&raw).parts.into_iter().map(|p| p.section).collect();
    assert_eq!(sections, ["1.1", "1.2", "2"]);
}

#[test]
fn an_inner_multipart_without_its_end_is_ended_by_the_outer_one() {
    let raw = crlf(
        "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n\
        --i\n\nplain\n--i\nContent-Type: text/html\n\n<p>html\n--o\nContent-Type: application/pdf\n\npdf\n--o--\n",
    );
    let got = structure(&raw);
    assert_eq!(
        outline(&got),
        "1.1 text/plain\n1.2 text/html\n2 application/pdf attachment\ntext=Some(\"1.1\") html=Some(\"1.2\")"
    );
    assert_eq!(part(&raw, "1.2").unwrap().decoded, b"<p>html");
}

#[test]
fn body_and_attachments_are_told_apart() {
    let alternative = multipart("alternative", "alt", &[PLAIN, HTML]);
    let related = multipart("related", "rel", &[HTML, PICTURE]);
    let calendar = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n";
    let attached = "Content-Type: text/plain; name=notes.txt\nContent-Disposition: attachment; filename=notes.txt\n\nx\n";
    let cases = [
        ("alternative", alternative.clone()),
        ("alternative of plain and related", multipart("alternative", "A", &[PLAIN, &related])),
        ("related of alternative and picture", multipart("related", "A", &[&alternative, PICTURE])),
        ("mixed of related and file", multipart("mixed", "A", &[&related, PDF])),
        ("text, file, text", multipart("mixed", "A", &[PLAIN, PDF, PLAIN])),
        ("file before text", multipart("mixed", "A", &[attached, PLAIN])),
        ("text file beside text", multipart("mixed", "A", &[PLAIN, attached])),
        ("only an attached text", attached.to_owned()),
        ("picture without an id", multipart("mixed", "A", &[PLAIN, "Content-Type: image/png\n\nx\n"])),
        ("invitation", multipart("alternative", "A", &[PLAIN, HTML, calendar])),
        ("only an invitation", calendar.to_owned()),
        ("forwarded as attachment", multipart("mixed", "A", &[PLAIN, &message(PLAIN)])),
        ("nothing but a forwarded message", multipart("mixed", "A", &[&message(&alternative)])),
        (
            "signed",
            multipart("signed", "A", &[PLAIN, "Content-Type: application/pgp-signature; name=s.asc\n\nx\n"]),
        ),
        (
            "bounce",
            multipart(
                "report",
                "A",
                &[
                    PLAIN,
                    "Content-Type: message/delivery-status\n\nx: y\n",
                    "Content-Type: text/rfc822-headers\n\nSubject: x\n",
                ],
            ),
        ),
        ("amp", multipart("alternative", "A", &[PLAIN, "Content-Type: text/x-amp-html\n\nx\n", HTML])),
        ("tnef", multipart("mixed", "A", &[PLAIN, "Content-Type: application/ms-tnef\n\nx\n"])),
        ("html before plain", multipart("alternative", "A", &[HTML, PLAIN])),
        ("a footer of a list", multipart("mixed", "A", &[HTML, PLAIN])),
    ];
    let shown: Vec<String> =
        cases.iter().map(|(name, raw)| format!("# {name}\n{}", outline(&structure(&crlf(raw))))).collect();
    insta::assert_snapshot!(shown.join("\n\n"));
}

#[test]
fn messages_are_readable() {
    let related = multipart(
        "related",
        "rel",
        &["Content-Type: text/html\n\n<p>See <img src=\"cid:p1@x\"></p>\n", PICTURE],
    );
    let calendar = "Content-Type: text/calendar; charset=utf-8\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\n\
        SUMMARY:Lunch\nDTSTART:20210112T120000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    let cases = [
        ("one text", "Subject: s\nFrom: Ann <a@b.c>\n\nHello,\n\nthis is it.\n-- \nAnn\n".to_owned()),
        ("alternative", multipart("alternative", "A", &[PLAIN, HTML])),
        ("html alone", HTML.to_owned()),
        ("text, file, text", multipart("mixed", "A", &[PLAIN, PDF, PLAIN])),
        ("html, file, plain", multipart("mixed", "A", &[HTML, PDF, "\nfooter <x>\n"])),
        ("picture by id", related),
        ("invitation alone", calendar.to_owned()),
        ("forwarded alone", multipart("mixed", "A", &[&message(PLAIN)])),
        ("pgp", multipart("encrypted", "A", &[
            "Content-Type: application/pgp-encrypted\n\nVersion: 1\n",
            "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n",
        ])),
        ("pgp in the text", "Subject: s\n\n-----BEGIN PGP MESSAGE-----\nabc\n".to_owned()),
        ("s/mime", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nx".to_owned()),
        ("s/mime signed", "Content-Type: application/x-pkcs7-mime; smime-type=signed-data\n\nx".to_owned()),
        ("flowed", "Content-Type: text/plain; format=flowed\n\none \ntwo\n\nthree\n".to_owned()),
        ("encoded", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9\n".to_owned()),
        ("empty", String::new()),
        ("header alone", "Subject: x".to_owned()),
        ("body alone", "\nno header".to_owned()),
    ];
    let shown: Vec<String> = cases
        .iter()
        .map(|(name, raw)| {
            let r = read(&crlf(raw));
            format!(
                "# {name}\nsubject={:?} encrypted={:?} calendar={:?}\npreview={:?}\nhtml={:?}\n{}\n---\n{}",
                r.envelope.subject,
                r.encrypted,
                r.calendar,
                r.preview,
                r.html,
                outline(&r.structure),
                r.text
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n\n"));
}

#[test]
fn a_picture_the_html_shows_is_not_listed_whatever_it_calls_itself() {
    let shown = "Content-Type: text/html\n\n<img src=\"cid:p1@x\">\n";
    let picture = "Content-Type: image/png\nContent-Disposition: attachment; filename=a.png\nContent-ID: <p1@x>\n\npng\n";
    let listed = |html: &str| {
        let readable = read(&crlf(&multipart("mixed", "A", &[html, picture])));
        readable.structure.parts.last().unwrap().is_attachment
    };
    assert!(!listed(shown));
    assert!(listed(HTML));
}

#[test]
fn a_part_comes_by_its_section() {
    let encoded =
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW5uZXIKCmhpCg==\n";
    let raw = crlf(&multipart("mixed", "A", &[PLAIN, PDF, &message(PLAIN), encoded]));
    let decoded = |section: &str| part(&raw, section).map(|p| String::from_utf8(p.decoded).unwrap());
    assert_eq!(decoded("1").as_deref(), Some("plain text\r\n"));
    assert_eq!(decoded("2").as_deref(), Some("ABC"));
    assert_eq!(
        decoded("3").as_deref(),
        Some("Subject: inner\r\nFrom: a@b.c\r\nContent-Type: text/plain\r\n\r\nplain text\r\n")
    );
    assert_eq!(decoded("3.1").as_deref(), Some("plain text\r\n"));
    let inner = decoded("4").unwrap();
    assert_eq!(read(inner.as_bytes()).text, "hi");
    for none in ["", "5", "4.1", "1.1", "TEXT", "1.MIME", "0", "01"] {
        assert_eq!(part(&raw, none), None, "{none}");
    }
}
