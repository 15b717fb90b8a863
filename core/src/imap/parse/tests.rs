//! Status lines, codes, LIST, STATUS, SEARCH and the rest, honest and hostile.

use super::*;
use crate::ids::{ModSeq, Uid, UidValidity};
use proptest::prelude::*;

fn read(text: &str) -> Line {
    line(&Response { bytes: text.as_bytes().to_vec(), literals: Vec::new() }, &Limits::default())
}
fn data(text: &str) -> Untagged {
    match read(text) {
        Line::Untagged(untagged) => untagged,
        other => panic!("{text}: {other:?}"),
    }
}
fn code(text: &str) -> Option<Code> {
    match read(&format!("S1 OK [{text}] done")) {
        Line::Tagged(tag, status) => {
            assert_eq!((tag.as_str(), status.condition), ("S1", Condition::Ok));
            status.code
        }
        other => panic!("{text}: {other:?}"),
    }
}
fn set(text: &str) -> UidSet {
    UidSet::parse(text.as_bytes(), 1_000).unwrap()
}
fn uid(n: u32) -> Uid {
    Uid::new(n).unwrap()
}

#[test]
fn codes_are_read_and_odd_ones_kept_by_name() {
    let other = |n: &str| Some(Code::Other(n.to_owned()));
    let table: Vec<(&str, Option<Code>)> = vec![
        ("ALERT", Some(Code::Alert)),
        ("uidvalidity 3857529045", Some(Code::UidValidity(UidValidity(3_857_529_045)))),
        ("UIDVALIDITY 0", other("UIDVALIDITY")),
        ("UIDVALIDITY 4294967296", other("UIDVALIDITY")),
        ("UIDNEXT 0", other("UIDNEXT")),
        ("UIDNEXT 4392", Some(Code::UidNext(uid(4_392)))),
        ("HIGHESTMODSEQ 715194045007", Some(Code::HighestModSeq(ModSeq(715_194_045_007)))),
        ("HIGHESTMODSEQ 0", other("HIGHESTMODSEQ")),
        ("HIGHESTMODSEQ 9223372036854775808", other("HIGHESTMODSEQ")),
        ("NOMODSEQ", Some(Code::NoModSeq)),
        ("READ-ONLY", Some(Code::ReadOnly)),
        (
            "PERMANENTFLAGS (\\Deleted \\*)",
            Some(Code::PermanentFlags(vec!["\\Deleted".into(), "\\*".into()])),
        ),
        ("MAILBOXID (F2212ea87)", Some(Code::MailboxId("F2212ea87".into()))),
        ("APPENDUID 38505 3955", Some(Code::AppendUid(UidValidity(38_505), uid(3_955)))),
        ("MODIFIED 7,9", Some(Code::Modified(set("7,9")))),
        ("MODIFIED *", other("MODIFIED")),
        ("OVERQUOTA", other("OVERQUOTA")),
        ("BADCHARSET (\"a]b\" x)", other("BADCHARSET")),
        ("REFERRAL imap://evil.example/", other("REFERRAL")),
        ("x\"y", None),
        ("", None),
    ];
    for (text, want) in table {
        assert_eq!(code(text), want, "{text}");
    }
}

#[test]
fn copyuid_pairs_by_position_or_not_at_all() {
    let pairs = |text: &str| match code(text) {
        Some(Code::CopyUid(c)) => Some(c.pairs.iter().map(|(a, b)| (a.get(), b.get())).collect::<Vec<_>>()),
        _ => None,
    };
    assert_eq!(
        pairs("COPYUID 38505 304,319:320 3956:3958"),
        Some(vec![(304, 3_956), (319, 3_957), (320, 3_958)])
    );
    // Not ascending: the order is the meaning.
    assert_eq!(pairs("COPYUID 1 9,3 1:2"), Some(vec![(9, 1), (3, 2)]));
    for bad in [
        "COPYUID 1 1:3 1:2",
        "COPYUID 1 1:4294967295 1:4294967295",
        "COPYUID 0 1 1",
        "COPYUID 1 1",
        "COPYUID 1 * 1",
    ] {
        assert_eq!(pairs(bad), None, "{bad}");
    }
}

#[test]
fn texts_without_code_and_codes_without_text() {
    for (text, want) in [
        ("* OK [ALERT] a [b] c", "a [b] c"),
        ("* OK no code", "no code"),
        ("* OK [UNCLOSED text", "[UNCLOSED text"),
        ("* OK", ""),
        ("* OK [ALERT]", ""),
        ("* ok [X \"]\"] in quotes", "in quotes"),
    ] {
        let Untagged::Status(status) = data(text) else { panic!("{text}") };
        assert_eq!(status.text.for_person(), want, "{text}");
    }
    let alert = format!("* OK [ALERT] {}", "a".repeat(1 << 20));
    let Untagged::Status(status) = data(&alert) else { panic!() };
    assert_eq!(status.text.for_person().len(), 1_000);
}

#[test]
fn what_is_not_imap_is_foreign() {
    for text in [
        "<html><head>",
        "HTTP/1.1 400 Bad Request",
        "+OK POP3 ready".trim_start_matches('+'),
        "S1",
        "S1 MAYBE",
        "",
        "é OK x",
    ] {
        assert_eq!(read(text), Line::Foreign, "{text}");
    }
    assert_eq!(read("+ idling"), Line::Continuation);
    assert_eq!(read("+"), Line::Continuation);
}

#[test]
fn list_lines_of_many_servers() {
    let list = |text: &str| match data(text) {
        Untagged::List(l) => Some((l.attributes.join(" "), l.delimiter, String::from_utf8(l.name).unwrap())),
        Untagged::Unreadable(Kind::List) => None,
        other => panic!("{text}: {other:?}"),
    };
    let some = |a: &str, d: Option<char>, n: &str| Some((a.to_owned(), d, n.to_owned()));
    assert_eq!(
        list(r#"* LIST (\HasNoChildren \Sent) "/" "Sent Items""#),
        some("\\HasNoChildren \\Sent", Some('/'), "Sent Items")
    );
    assert_eq!(list("* LIST () NIL INBOX"), some("", None, "INBOX"));
    assert_eq!(list("* LIST () \"\" INBOX"), some("", None, "INBOX"));
    assert_eq!(list(r#"* LIST () "\\" "a\\b""#), some("", Some('\\'), "a\\b"));
    assert_eq!(list(r#"* LIST () "." a ("CHILDINFO" ("SUBSCRIBED")) "#), some("", Some('.'), "a"));
    assert_eq!(list(r#"* LIST () "/" ../../etc/passwd"#), some("", Some('/'), "../../etc/passwd"));
    for bad in [
        "* LIST",
        "* LIST ()",
        "* LIST () \"/\"",
        "* LIST \\a \"/\" b",
        "* LIST () \"//\" b",
        "* LIST () \"/\" \"b",
    ] {
        assert_eq!(list(bad), None, "{bad}");
    }
    let long = format!("* LIST () \"/\" {}", "n".repeat(10_001));
    assert_eq!(list(&long), None);
}

#[test]
fn status_keeps_what_it_can_read() {
    let Untagged::MailboxStatus(line) = data(
        r#"* STATUS "blurdy bloop" (MESSAGES 231 UIDNEXT 0 UIDVALIDITY 9 UNSEEN -1 HIGHESTMODSEQ 7011231777 SIZE 99999999999 MAILBOXID (F1) NEW (1 2) ) "#,
    ) else {
        panic!()
    };
    assert_eq!((line.messages, line.uidnext, line.unseen), (Some(231), None, None));
    assert_eq!((line.uidvalidity, line.highestmodseq), (Some(UidValidity(9)), Some(ModSeq(7_011_231_777))));
    assert_eq!((line.size, line.mailbox_id.as_deref()), (Some(99_999_999_999), Some("F1")));
    assert_eq!(data("* STATUS x (MESSAGES"), Untagged::Unreadable(Kind::Status));
}

#[test]
fn searches_old_and_new() {
    let search = |text: &str| match data(text) {
        Untagged::Search(s) => Some((s.numbers.to_string(), s.modseq.map(|m| m.0))),
        Untagged::Unreadable(Kind::Search) => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(search("* SEARCH"), Some((String::new(), None)));
    assert_eq!(search("* SEARCH 2 3 9 1 0 (MODSEQ 917162500)"), Some(("1:3,9".into(), Some(917_162_500))));
    assert_eq!(search("* SEARCH 4294967295 4294967294"), Some(("4294967294:4294967295".into(), None)));
    for bad in ["* SEARCH 4294967296", "* SEARCH 1 x", "* SEARCH 1,2", "* SEARCH (X 1)"] {
        assert_eq!(search(bad), None, "{bad}");
    }
    let esearch = |text: &str| match data(text) {
        Untagged::Esearch(s) => Some((s.tag, s.all.to_string())),
        Untagged::Unreadable(Kind::Search) => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        esearch("* ESEARCH (TAG \"S5\") UID COUNT 3 ALL 4:6"),
        Some((Some("S5".into()), "4:6".into()))
    );
    assert_eq!(esearch("* ESEARCH (TAG S5) UID"), Some((Some("S5".into()), String::new())));
    assert_eq!(esearch("* ESEARCH UID PARTIAL (1:2 3) MODSEQ 5"), Some((None, String::new())));
    assert_eq!(esearch("* ESEARCH (TAG \"S5\") UID ALL *"), None);
}

#[test]
fn vanished_expunge_exists_and_their_edges() {
    let vanished = |earlier, uids| Untagged::Vanished { earlier, uids };
    assert_eq!(data("* VANISHED (EARLIER) 41,43:116"), vanished(true, set("41,43:116")));
    assert_eq!(data("* VANISHED (EARLIER) 1:4294967295"), vanished(true, set("1:4294967295")));
    assert_eq!(data("* VANISHED 5"), vanished(false, set("5")));
    assert_eq!(data("* VANISHED (EARLIER) "), vanished(true, UidSet::new()));
    assert_eq!(data("* VANISHED 5:*"), Untagged::Unreadable(Kind::Vanished));
    assert_eq!(data("* 4294967295 EXISTS"), Untagged::Exists(u32::MAX));
    assert_eq!(data("* 4294967296 EXISTS"), Untagged::Unreadable(Kind::Exists));
    assert_eq!(data("* 0 EXPUNGE"), Untagged::Unreadable(Kind::Exists));
    assert_eq!(data("* 0 FETCH (UID 1)"), Untagged::Unreadable(Kind::Fetch));
    assert_eq!(data("* 7 RECENT"), Untagged::Other);
    assert_eq!(data("* 99999999999999999999 NEWTHING"), Untagged::Other);
    let Untagged::Fetch(row) = data("* 25996 UIDFETCH (FLAGS (\\Seen))") else { panic!() };
    assert_eq!((row.seq, row.uid), (0, Some(uid(25_996))));
}

#[test]
fn namespaces_with_extensions_and_without() {
    let Untagged::Namespace(found) =
        data(r##"* NAMESPACE (("" "/")("#mh/" NIL "X-PARAM" ("F" "G"))) NIL (("Shared." "."))"##)
    else {
        panic!()
    };
    assert_eq!(found[0].len(), 2);
    assert_eq!(found[0][1].delimiter, None);
    assert_eq!((found[1].len(), found[2][0].prefix.as_slice()), (0, &b"Shared."[..]));
    assert_eq!(data("* NAMESPACE NIL NIL"), Untagged::Unreadable(Kind::Other));
}

#[test]
fn a_hundred_thousand_keywords_and_deep_threads_do_no_harm() {
    let run = || {
        let flags = format!("* FLAGS ({})", "$k ".repeat(100_000));
        let Untagged::Flags(names) = data(&flags) else { panic!() };
        assert_eq!(names.len(), 1_000);
        let row = data(&format!("* 1 FETCH (FLAGS ({}) UID 5)", "$k ".repeat(100_000)));
        assert!(matches!(row, Untagged::Fetch(_)));
        assert_eq!(data(&format!("* THREAD {}", "(".repeat(100_000))), Untagged::Other);
        let deep = "(".repeat(100_000) + &")".repeat(100_000);
        assert!(matches!(data(&format!("* LIST () \"/\" x {deep}")), Untagged::List(_)));
        assert!(matches!(data(&format!("* STATUS x (NEW {deep})")), Untagged::MailboxStatus(_)));
        assert!(matches!(data(&format!("* ESEARCH (TAG x {deep}) UID")), Untagged::Esearch(_)));
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

proptest! {
    #[test]
    fn no_line_brings_it_down(head in "(\\* |S1 |\\+ )?(OK |LIST |STATUS |ESEARCH |SEARCH |NAMESPACE |VANISHED |FLAGS |3 FETCH )?", tail in "[\\x00-\\x7f]{0,80}") {
        read(&format!("{head}{tail}"));
    }
    #[test]
    fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        line(&Response { bytes, literals: Vec::new() }, &Limits::default());
    }
}
