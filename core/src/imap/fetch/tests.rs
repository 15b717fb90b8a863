//! FETCH responses as servers write them, and as nobody should.

use super::*;
use crate::imap::frame::{Frame, Framer};
use crate::imap::parse::{self, Line, Untagged};
use crate::message::Part;
use crate::mime::{self, Node};
use proptest::prelude::*;

fn rows(input: &[u8]) -> Vec<FetchRow> {
    let limits = Limits::default();
    let mut framer = Framer::new(limits);
    let (mut out, mut rest) = (Vec::new(), input);
    while !rest.is_empty() {
        let Ok((used, frame)) = framer.feed(rest, &mut None) else { break };
        rest = &rest[used..];
        if let Some(Frame::Whole(response)) = frame
            && let Line::Untagged(Untagged::Fetch(row)) = parse::line(&response, &limits)
        {
            out.push(*row);
        }
    }
    out
}

fn one(text: &str) -> FetchRow {
    let mut found = rows(format!("{text}\r\n").as_bytes());
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

fn structure(body: &str) -> RawStructure {
    let row = one(&format!("* 1 FETCH (UID 1 BODYSTRUCTURE {body})"));
    assert!(!row.degraded, "{body}");
    row.structure.unwrap()
}

/// As the engine has it put together.
fn assembled(raw: RawStructure) -> crate::message::Structure {
    let node = |p: RawPart| Node {
        parent: p.parent,
        part: Part {
            media_type: p.media_type,
            disposition: p.disposition,
            content_id: p.content_id,
            name: p.name_raw.map(|n| format!("{n:?}")),
            ..Part::default()
        },
        ..Node::default()
    };
    mime::assemble(raw.parts.into_iter().map(node).collect(), raw.truncated)
}

#[test]
fn every_item_of_a_row_is_read() {
    let row = one(concat!(
        "* 12 FETCH (UID 77 FLAGS (\\Seen \\Recent $Junk NonJunk) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" ",
        "RFC822.SIZE 4286 MODSEQ (65402) EMAILID (M6d99ac3275bb4e) THREADID NIL PREVIEW \"Hi \\\"you\\\"\" ",
        "X-GM-MSGID 1278455344230334865 X-GM-THRID 1266894439832287888 X-GM-LABELS (\\Inbox \"a b\") X-NEW (1 (2)) ",
        "ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"=?utf-8?q?h=C3=A9?=\" ",
        "((\"Terry\" NIL \"gray\" \"cac.washington.edu\")) NIL \"\" ((NIL NIL \"group\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)) ",
        "NIL NIL NIL \"<B27397-0100000@cac.washington.edu>\"))",
    ));
    assert!(!row.degraded);
    assert_eq!((row.seq, row.uid.unwrap().get()), (12, 77));
    let flags = row.flags.unwrap();
    assert!(flags.seen && !flags.answered && flags.keywords.len() == 2);
    assert_eq!(row.internal_date, Some(837_596_665));
    assert_eq!((row.size, row.modseq), (Some(4286), Some(ModSeq(65_402))));
    assert_eq!((row.email_id.as_deref(), row.thread_id), (Some("M6d99ac3275bb4e"), None));
    assert_eq!(row.preview.unwrap(), b"Hi \"you\"");
    assert_eq!(row.gm_message_id, Some(1_278_455_344_230_334_865));
    assert_eq!(row.gm_labels.unwrap(), [b"\\Inbox".to_vec(), b"a b".to_vec()]);
    let envelope = row.envelope.unwrap();
    assert_eq!(envelope.subject.unwrap(), b"=?utf-8?q?h=C3=A9?=");
    assert_eq!(envelope.from[0].address().unwrap(), b"gray@cac.washington.edu");
    assert_eq!(envelope.to.len(), 3);
    assert_eq!(envelope.to[0].address(), None);
    assert_eq!(envelope.message_id.unwrap(), b"<B27397-0100000@cac.washington.edu>");
}

#[test]
fn literals_stand_wherever_a_string_may() {
    let found = rows(
        b"* 1 FETCH (ENVELOPE (NIL {6}\r\na\r\n\"b) NIL NIL NIL NIL NIL NIL NIL NIL) BODY[HEADER.FIELDS (\"References\")] {4}\r\nA: b UID 9 BODY[TEXT]<5> {0}\r\n BINARY[2] ~{2}\r\n\0) BODY[3] NIL)\r\n",
    );
    let row = &found[0];
    assert_eq!(row.envelope.as_ref().unwrap().subject.as_deref(), Some(&b"a\r\n\"b)"[..]));
    assert_eq!(row.header_fields(), Some(&b"A: b"[..]));
    assert_eq!(row.uid.unwrap().get(), 9);
    let texts: Vec<_> =
        row.sections.iter().map(|s| (s.section.as_slice(), s.origin, s.data.as_deref())).collect();
    assert_eq!(
        texts[1..],
        [(&b"TEXT"[..], Some(5), Some(&b""[..])), (b"2", None, Some(b"\0)")), (b"3", None, None)]
    );
}

#[test]
fn one_bad_item_costs_that_item_only() {
    for bad in [
        "INTERNALDATE \"yesterday\"",
        "UID 0",
        "UID 4294967296",
        "MODSEQ (0)",
        "MODSEQ (9223372036854775808)",
        "RFC822.SIZE -5",
        "RFC822.SIZE 99999999999999999999",
        "ENVELOPE (NIL)",
        "ENVELOPE NIL",
        "BODYSTRUCTURE (\"text\")",
        "BODYSTRUCTURE NIL",
        "BODY[1 NIL",
        "FLAGS \\Seen",
        "EMAILID ()",
    ] {
        let row = one(&format!("* 3 FETCH (PREVIEW \"x\" {bad} X-GM-MSGID 5)"));
        assert!(row.degraded, "{bad}");
        assert_eq!(row.preview.as_deref(), Some(&b"x"[..]), "{bad}");
        assert!(row.gm_message_id == Some(5) || bad.starts_with("BODY[1"), "{bad}");
    }
    assert!(!one("* 3 FETCH (INTERNALDATE NIL UID 5)").degraded);
    for cut in ["* 3 FETCH", "* 3 FETCH (", "* 3 FETCH (UID", "* 3 FETCH (UID 5", "* 3 FETCH (\"UID\" 5)"] {
        assert!(one(cut).degraded, "{cut}");
    }
}

#[test]
fn sections_are_numbered_as_the_rfc_does() {
    // RFC 3501 §6.4.5's example: TEXT, APPLICATION, MESSAGE (TEXT, APPLICATION, MIXED(IMAGE, …)).
    let text = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 10 1)";
    let app = "(\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL \"BASE64\" 20)";
    let image = "(\"IMAGE\" \"GIF\" NIL NIL NIL \"BASE64\" 30)";
    let envelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
    let inner = format!("({text}{app}({image}{text} \"MIXED\") \"MIXED\")");
    let message = format!("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99 {envelope} {inner} 7)");
    let single = format!("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99 {envelope} {text} 7)");
    let found = assembled(structure(&format!("({text}{app}{message}({text}{single} \"MIXED\") \"MIXED\")")));
    let sections: Vec<_> = found.parts.iter().map(|p| p.section.as_str()).collect();
    assert_eq!(sections, ["1", "2", "3", "3.1", "3.2", "3.3.1", "3.3.2", "4.1", "4.2", "4.2.1"]);
    assert_eq!(found.text_section.as_deref(), Some("1"));
    let attachments: Vec<_> =
        found.parts.iter().filter(|p| p.is_attachment).map(|p| p.section.as_str()).collect();
    assert_eq!(attachments, ["2", "3", "3.2", "3.3.1", "4.2"]);
    assert_eq!(assembled(structure(text)).parts[0].section, "1");
    let root: Vec<_> = assembled(structure(&single)).parts.into_iter().map(|p| p.section).collect();
    assert_eq!(root, ["1", "1.1"]);
    let root: Vec<_> = assembled(structure(&message)).parts.into_iter().map(|p| p.section).collect();
    assert_eq!(root, ["1", "1.1", "1.2", "1.3.1", "1.3.2"]);
}

#[test]
fn the_text_and_its_html_are_found_and_other_html_is_not_its_alternative() {
    let part = |kind: &str, rest: &str| format!("(\"text\" \"{kind}\" NIL NIL NIL \"7bit\" 1 1{rest})");
    let (plain, html) = (part("plain", ""), part("html", ""));
    let attached = part("plain", " NIL (\"attachment\" (\"filename\" \"a.txt\")) NIL NIL");
    let image = "(\"image\" \"png\" NIL \"<logo>\" NIL \"base64\" 1)";
    let table = [
        (format!("({plain}{html} \"alternative\")"), Some("1"), Some("2"), 0),
        (
            format!("(({plain}({html}{image} \"related\") \"ALTERNATIVE\"){image} \"mixed\")"),
            Some("1.1"),
            Some("1.2.1"),
            1,
        ),
        (format!("({plain}{html} \"mixed\")"), Some("1"), None, 0),
        (format!("({attached}{plain} \"mixed\")"), Some("2"), None, 1),
        (html.clone(), None, Some("1"), 0),
        (image.to_owned(), None, None, 1),
    ];
    for (body, text, html, attachments) in table {
        let found = assembled(structure(&body));
        assert_eq!((found.text_section.as_deref(), found.html_section.as_deref()), (text, html), "{body}");
        assert_eq!(found.parts.iter().filter(|p| p.is_attachment).count(), attachments, "{body}");
    }
}

#[test]
fn names_in_all_their_forms() {
    let named = |parameters: &str, disposition: &str| {
        structure(&format!("(\"a\" \"b\" {parameters} \"<c@d>\" NIL \"BASE64\" 9 NIL {disposition} NIL NIL)"))
            .parts
            .remove(0)
    };
    let plain = |s: &str| Some(RawName::Plain(s.as_bytes().to_vec()));
    let extended = |s: &str| Some(RawName::Extended(s.as_bytes().to_vec()));
    let part = named("(\"name\" \"t.pdf\")", "(\"ATTACHMENT\" (\"filename\" \"=?utf-8?Q?d=2Epdf?=\"))");
    assert_eq!(part.name_raw, plain("=?utf-8?Q?d=2Epdf?="));
    assert_eq!((part.disposition.as_deref(), part.content_id.as_deref()), (Some("attachment"), Some("c@d")));
    assert_eq!((part.encoding.as_str(), part.media_type.as_str()), ("base64", "a/b"));
    assert_eq!(named("(\"NAME\" \"t.pdf\")", "(\"inline\" NIL)").name_raw, plain("t.pdf"));
    assert_eq!(
        named("NIL", "(\"x\" (\"filename*\" \"utf-8''%e2%82%ac\"))").name_raw,
        extended("utf-8''%e2%82%ac")
    );
    let continued = "(\"x\" (\"filename*1\" \"b%\" \"filename*0*\" \"utf-8''%61\" \"filename*2*\" \"%63\"))";
    assert_eq!(named("NIL", continued).name_raw, extended("utf-8''%61b%25%63"));
    assert_eq!(named("(\"name*0\" \"a\" \"name*1\" \"b\")", "NIL").name_raw, plain("ab"));
    assert_eq!(named("NIL", "\"attachment\"").name_raw, None);
}

#[test]
fn a_structure_beyond_the_limits_is_truncated_on_a_small_stack() {
    let run = || {
        let leaf = "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)";
        let envelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
        for depth in [99, 1_000, 100_000] {
            let multipart = format!("{}{leaf}{}", "(".repeat(depth), " \"mixed\")".repeat(depth));
            let found = structure_of(&multipart);
            assert_eq!(found.truncated, depth > 100, "{depth}");
            let head = format!("(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 {envelope} ");
            let messages = format!("{}{leaf}{}", head.repeat(depth), " 1)".repeat(depth));
            let found = structure_of(&messages);
            assert_eq!(found.truncated, depth > 100, "{depth}");
            assert!(found.parts.len() <= 102);
        }
        let wide = format!("({} \"mixed\")", leaf.repeat(20_000));
        let found = structure_of(&wide);
        assert_eq!((found.parts.len(), found.truncated), (1_000, true));
        let deep_envelope =
            format!("* 1 FETCH (ENVELOPE {} UID 3)", "(".repeat(100_000) + &")".repeat(100_000));
        assert_eq!(raw_row(&deep_envelope).uid.unwrap().get(), 3);
    };
    fn raw_row(text: &str) -> FetchRow {
        let response = crate::imap::frame::Response { bytes: text.as_bytes().to_vec(), literals: Vec::new() };
        match parse::line(&response, &Limits::default()) {
            Line::Untagged(Untagged::Fetch(row)) => *row,
            other => panic!("{other:?}"),
        }
    }
    fn structure_of(body: &str) -> RawStructure {
        let row = raw_row(&format!("* 1 FETCH (BODYSTRUCTURE {body} UID 5)"));
        assert_eq!((row.uid.unwrap().get(), row.degraded), (5, false));
        row.structure.unwrap()
    }
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn what_courier_and_exchange_write_is_read() {
    let found = structure("(\"text\" \"plain\" (\"charset\" \"UTF-8\") NIL NIL \"8bit\" 12 -1 NIL NIL NIL)");
    assert_eq!(found.parts[0].charset.as_deref(), Some("utf-8"));
    let found = structure("(\"text\" \"plain\" NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL )");
    assert_eq!((found.parts[0].encoding.as_str(), found.parts[0].size), ("7bit", 0));
    let found = structure(
        "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 1)(\"a\" \"b\" NIL NIL NIL \"7bit\" 3) \"mixed\" (\"boundary\" \"x\") NIL \"en\" NIL (1 (2)))",
    );
    let types: Vec<_> = found.parts.iter().map(|p| (p.parent, p.media_type.as_str())).collect();
    assert_eq!(types, [(None, "multipart/mixed"), (Some(0), "text/plain"), (Some(0), "a/b")]);
    // A multipart without children, as a leaf.
    assert_eq!(structure("(\"multipart\" \"mixed\" NIL NIL NIL \"7bit\" 0)").parts.len(), 1);
}

fn noise() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("("),
        Just(")"),
        Just("\""),
        Just("NIL"),
        Just("\"text\""),
        Just("\"plain\""),
        Just("BODY["),
        Just("]"),
        Just("<0>"),
        Just("UID"),
        Just("7"),
        Just("ENVELOPE"),
        Just("BODYSTRUCTURE"),
        Just("FLAGS"),
        Just("{3}"),
        Just("\\"),
        Just("é"),
        Just("\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1"),
        Just("PREVIEW"),
        Just("-1"),
    ];
    proptest::collection::vec(word, 0..60).prop_map(|w| w.join(" "))
}

proptest! {
    #[test]
    fn no_words_bring_it_down(words in noise()) {
        rows(format!("* 1 FETCH ({words})\r\n").as_bytes());
    }
    #[test]
    fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut input = b"* 1 FETCH (".to_vec();
        input.extend(bytes);
        input.extend_from_slice(b")\r\n");
        rows(&input);
    }
}
