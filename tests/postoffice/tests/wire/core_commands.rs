//! RFC 3501, command by command.

use satchel_postoffice::{Features, Protocol, Role};

use crate::client::{Client, mail, office, with};

#[tokio::test(start_paused = true)]
async fn select_tells_what_a_sync_needs() {
    let office = office(Features::rich());
    let mut client = Client::imap(&office).await;
    let lines = client.say("SELECT inbox").await;
    for expected in [
        "* 3 EXISTS",
        "* 3 RECENT",
        "* OK [UNSEEN 1] First unseen.",
        "* OK [UIDVALIDITY 1700000001] UIDs valid",
        "* OK [UIDNEXT 4] Predicted next UID",
        "* OK [HIGHESTMODSEQ 4] Highest",
        "* OK [MAILBOXID (F1)] Ok",
        "OK [READ-WRITE] Select completed.",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected} not in {lines:#?}");
    }
    let again = client.say("EXAMINE INBOX").await;
    assert_eq!(again[0], "* OK [CLOSED] Previous mailbox is now closed.");
    assert_eq!(with(&again, "RECENT"), ["* 0 RECENT"]);
    assert!(again.last().unwrap().starts_with("OK [READ-ONLY]"));
    assert!(client.say("SELECT nowhere").await[1].starts_with("NO [NONEXISTENT]"));
    assert_eq!(client.say("FETCH 1 FLAGS").await, ["BAD No mailbox selected"]);
}

#[tokio::test(start_paused = true)]
async fn fetch_gives_each_item() {
    let office = office(Features::rich());
    let raw = "From: A <a@x>\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\nX-A: 1\r\nContent-Type: text/plain; \
               charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=C3=A9\r\n";
    office.deliver("bob", "INBOX", raw, ["\\Flagged", "$Work"], 1_767_607_200).unwrap();
    let mut client = Client::inbox(&office).await;
    let size = raw.len();
    for (items, expected) in [
        ("FLAGS", "* 4 FETCH (FLAGS (\\Flagged $Work \\Recent))".to_owned()),
        ("(UID RFC822.SIZE)", format!("* 4 FETCH (UID 4 RFC822.SIZE {size})")),
        ("INTERNALDATE", "* 4 FETCH (INTERNALDATE \" 5-Jan-2026 10:00:00 +0000\")".to_owned()),
        (
            "ENVELOPE",
            "* 4 FETCH (ENVELOPE (NIL \"=?utf-8?q?caf=C3=A9?=\" ((\"A\" NIL \"a\" \"x\")) ((\"A\" NIL \"a\" \
             \"x\")) ((\"A\" NIL \"a\" \"x\")) NIL NIL NIL NIL NIL))"
                .to_owned(),
        ),
        (
            "BODYSTRUCTURE",
            "* 4 FETCH (BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \
             \"quoted-printable\" 11 1 NIL NIL NIL NIL))"
                .to_owned(),
        ),
        ("MODSEQ", "* 4 FETCH (MODSEQ (5))".to_owned()),
        ("(EMAILID THREADID)", "* 4 FETCH (EMAILID (M4) THREADID (T4))".to_owned()),
        ("BINARY.SIZE[1]", "* 4 FETCH (BINARY.SIZE[1] 7)".to_owned()),
        ("BODY[2]", "* 4 FETCH (BODY[2] NIL FLAGS (\\Flagged \\Seen $Work \\Recent))".to_owned()),
    ] {
        assert_eq!(client.ok(&format!("FETCH 4 {items}")).await, [expected], "{items}");
    }
    for (items, expected) in [
        ("BODY.PEEK[TEXT]", "BODY[TEXT] {11}\r\ncaf=C3=A9\r\n)"),
        ("BODY.PEEK[]<0.4>", "BODY[]<0> {4}\r\nFrom)"),
        ("BODY.PEEK[]<9999.4>", "BODY[]<9999> {0}\r\n)"),
        ("BODY.PEEK[HEADER.FIELDS (x-a)]", "BODY[HEADER.FIELDS (x-a)] {10}\r\nX-A: 1\r\n\r\n)"),
        ("BINARY.PEEK[1]", "BINARY[1] {7}\r\ncaf\u{e9}\r\n)"),
        ("PREVIEW", "PREVIEW {5}\r\ncaf\u{e9})"),
    ] {
        let lines = client.ok(&format!("FETCH 4 {items}")).await;
        assert_eq!(lines.join("\r\n"), format!("* 4 FETCH ({expected}"), "{items}");
    }
    assert!(client.say("FETCH 9 FLAGS").await[0].starts_with("BAD"));
    assert!(client.ok("UID FETCH 9 FLAGS").await.is_empty());
    assert!(client.say("FETCH 1 NONSENSE").await[0].starts_with("BAD"));
}

#[tokio::test(start_paused = true)]
async fn reading_marks_as_seen_only_without_peek() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    client.ok("FETCH 1 BODY.PEEK[]").await;
    assert!(office.snapshot("bob").unwrap().mailboxes[0].messages[0].flags.names().is_empty());
    let lines = client.ok("FETCH 1 BODY[]").await;
    assert!(lines.last().unwrap().contains("FLAGS (\\Seen \\Recent)"), "{lines:?}");
    client.ok("EXAMINE INBOX").await;
    client.ok("FETCH 2 RFC822").await;
    assert!(!office.snapshot("bob").unwrap().mailboxes[0].messages[1].flags.has("\\seen"));
}

#[tokio::test(start_paused = true)]
async fn store_changes_flags_and_says_so_unless_silent() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    assert_eq!(
        client.ok("STORE 1:2 +FLAGS (\\Seen $x)").await,
        ["* 1 FETCH (FLAGS (\\Seen $x \\Recent))", "* 2 FETCH (FLAGS (\\Seen $x \\Recent))"]
    );
    assert!(client.ok("UID STORE 1 -FLAGS.SILENT \\Seen").await.is_empty());
    assert_eq!(client.ok("UID STORE 1 FLAGS \\Draft").await, ["* 1 FETCH (UID 1 FLAGS (\\Draft \\Recent))"]);
    let inbox = office.snapshot("bob").unwrap().mailboxes.remove(0);
    assert_eq!(inbox.message(1).unwrap().flags.names(), ["\\Draft"]);
    assert_eq!(inbox.message(2).unwrap().flags.names(), ["\\Seen", "$x"]);
}

#[tokio::test(start_paused = true)]
async fn expunge_renumbers_from_the_end() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    client.ok("STORE 1,3 +FLAGS.SILENT (\\Deleted)").await;
    assert_eq!(client.ok("UID EXPUNGE 3").await, ["* 3 EXPUNGE"]);
    assert_eq!(client.ok("EXPUNGE").await, ["* 1 EXPUNGE"]);
    assert_eq!(client.ok("FETCH 1:* UID").await, ["* 1 FETCH (UID 2)"]);
    client.ok("STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    client.ok("CLOSE").await;
    assert!(office.snapshot("bob").unwrap().mailboxes[0].messages.is_empty());
}

#[tokio::test(start_paused = true)]
async fn copy_and_move_name_the_new_uids() {
    let office = office(Features::rich());
    office.create_mailbox("bob", "Archive", Some(Role::Archive)).unwrap();
    let mut client = Client::inbox(&office).await;
    assert_eq!(client.say("UID COPY 1:2 Archive").await, ["OK [COPYUID 1700000002 1:2 1:2] Copy completed."]);
    assert_eq!(
        client.ok("MOVE 3 Archive").await,
        ["* OK [COPYUID 1700000002 3 3] Moved UIDs.", "* 3 EXPUNGE"]
    );
    assert!(client.say("COPY 1 nowhere").await[0].starts_with("NO [TRYCREATE]"));
    assert!(client.ok("UID MOVE 77 Archive").await.is_empty());
    let snapshot = office.snapshot("bob").unwrap();
    assert_eq!(snapshot.mailbox("INBOX").unwrap().uids(), [1, 2]);
    assert_eq!(snapshot.mailbox("Archive").unwrap().uids(), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn append_takes_flags_date_and_several_messages() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    client.send("a APPEND INBOX (\\Seen $k) \"01-Feb-2026 03:04:05 +0100\" {5}\r\n").await;
    assert_eq!(client.line().await.unwrap(), "+ OK");
    client.send("hello {3+}\r\nabc\r\n").await;
    let lines = client.until("a ").await;
    assert_eq!(lines, ["* 5 EXISTS", "* 5 RECENT", "a OK [APPENDUID 1700000001 4:5] Append completed."]);
    assert_eq!(
        client.ok("FETCH 4 (FLAGS INTERNALDATE)").await,
        ["* 4 FETCH (FLAGS (\\Seen $k \\Recent) INTERNALDATE \" 1-Feb-2026 03:04:05 +0100\")"]
    );
    client.send("b APPEND nowhere {1+}\r\nx\r\n").await;
    assert!(client.line().await.unwrap().starts_with("b NO [TRYCREATE]"));
}

#[tokio::test(start_paused = true)]
async fn search_finds_by_each_key() {
    let office = office(Features::rich());
    let raw = "From: Zo\u{eb} <z@x>\r\nSubject: =?utf-8?b?w4RwZmVs?=\r\nDate: Thu, 1 Jan 2026 23:00:00 -0900\r\n\
               Content-Transfer-Encoding: base64\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nR3LDvMOfZQ==\r\n";
    office.deliver("bob", "INBOX", raw, ["\\Answered", "$K"], 1_767_607_200).unwrap();
    let mut client = Client::inbox(&office).await;
    for (keys, expected) in [
        ("ALL", "1 2 3 4"),
        ("ANSWERED", "4"),
        ("UNANSWERED 2:*", "2 3"),
        ("KEYWORD $k", "4"),
        ("NOT UID 1:2", "3 4"),
        ("OR SUBJECT one SUBJECT TWO", "1 2"),
        ("(SUBJECT one) UNSEEN", "1"),
        ("SINCE 5-Jan-2026", "4"),
        ("BEFORE 5-Jan-2026", "1 2 3"),
        ("SENTON 1-Jan-2026", "4"),
        ("LARGER 10000", ""),
        ("HEADER Message-ID two@", "2"),
        ("HEADER Message-ID \"\"", "1 2 3"),
        ("BODY text", "1 2 3"),
        ("MODSEQ 5", "4 (MODSEQ 5)"),
        ("EMAILID M2", "2"),
        ("NEW", "1 2 3 4"),
        ("YOUNGER 60", "4"),
        ("OLDER 60", "1 2 3"),
    ] {
        assert_eq!(
            client.ok(&format!("SEARCH {keys}")).await,
            [format!("* SEARCH {expected}").trim_end()],
            "{keys}"
        );
    }
    client.send("s SEARCH CHARSET UTF-8 BODY {7+}\r\ngr\u{fc}\u{df}e TEXT {6+}\r\n\u{e4}pfel\r\n").await;
    assert_eq!(client.until("s ").await[0], "* SEARCH 4");
    assert!(client.say("SEARCH CHARSET KOI8-R ALL").await[0].starts_with("NO [BADCHARSET"));
    assert!(client.say("SEARCH NOTHING").await[0].starts_with("BAD"));
}

#[tokio::test(start_paused = true)]
async fn mailboxes_are_made_renamed_listed_and_deleted() {
    let office = office(Features::rich());
    let mut client = Client::imap(&office).await;
    client.ok("CREATE a/b/c").await;
    client.ok("CREATE Entw&APw-rfe (USE (\\Drafts))").await;
    assert!(client.say("CREATE INBOX").await[0].starts_with("NO [ALREADYEXISTS]"));
    client.ok("SUBSCRIBE a/b/c").await;
    let lines = client.ok("LIST \"\" *").await;
    assert_eq!(
        lines,
        [
            "* LIST (\\HasNoChildren) \"/\" \"INBOX\"",
            "* LIST (\\HasNoChildren \\Drafts) \"/\" \"Entw&APw-rfe\"",
            "* LIST (\\Noselect \\HasChildren) \"/\" \"a\"",
            "* LIST (\\Noselect \\HasChildren) \"/\" \"a/b\"",
            "* LIST (\\HasNoChildren) \"/\" \"a/b/c\"",
        ]
    );
    assert_eq!(client.ok("LIST a/ %").await.len(), 1);
    assert_eq!(client.ok("LIST \"\" \"\"").await, ["* LIST (\\Noselect) \"/\" \"\""]);
    assert_eq!(
        client.ok("LSUB \"\" %").await,
        ["* LSUB () \"/\" \"INBOX\"", "* LSUB (\\Noselect) \"/\" \"a\""]
    );
    client.ok("RENAME a z").await;
    assert!(office.snapshot("bob").unwrap().mailbox("z/b/c").is_some());
    client.ok("DELETE z/b/c").await;
    assert!(client.say("DELETE z").await[0].starts_with("NO [HASCHILDREN]"));
    client.ok("DELETE z/b").await;
    client.ok("DELETE z").await;
    client.ok("RENAME INBOX Old").await;
    let snapshot = office.snapshot("bob").unwrap();
    assert!(snapshot.mailbox("INBOX").unwrap().messages.is_empty());
    assert_eq!(snapshot.mailbox("Old").unwrap().messages.len(), 3);
    for broken in ["CREATE //", "CREATE \"a*\"", "DELETE INBOX", "RENAME no where"] {
        assert!(client.say(broken).await[0].starts_with("NO"), "{broken}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_poor_server_refuses_what_it_does_not_offer() {
    let office = office(Features::bare());
    let mut client = Client::inbox(&office).await;
    for command in [
        "UID MOVE 1 INBOX",
        "UID EXPUNGE 1",
        "UNSELECT",
        "ENABLE QRESYNC",
        "IDLE",
        "NAMESPACE",
        "ID NIL",
        "COMPRESS DEFLATE",
        "NOTIFY NONE",
        "SELECT INBOX (CONDSTORE)",
        "SEARCH RETURN (COUNT) ALL",
        "FETCH 1 MODSEQ",
        "FETCH 1 PREVIEW",
        "FETCH 1 BINARY[1]",
        "FETCH 1 EMAILID",
        "STORE 1 (UNCHANGEDSINCE 1) FLAGS ()",
        "LIST \"\" * RETURN (STATUS (MESSAGES))",
        "STATUS INBOX (SIZE)",
        "STATUS INBOX (HIGHESTMODSEQ)",
        "FETCH $ FLAGS",
    ] {
        let answer = client.say(command).await;
        let refused = answer[0].starts_with("BAD") || command == "FETCH $ FLAGS";
        assert!(refused, "{command}: {answer:?}");
    }
    assert_eq!(client.ok("CAPABILITY").await, ["* CAPABILITY IMAP4rev1"]);
    assert_eq!(client.say("COPY 1 INBOX").await.last().unwrap(), "OK Copy completed.");
}

#[tokio::test(start_paused = true)]
async fn nothing_works_before_login_and_passwords_stay_out_of_the_log() {
    let office = office(Features::rich());
    let mut client = Client::greeted(&office, Protocol::Imap).await;
    for command in ["SELECT INBOX", "LIST \"\" *", "STATUS INBOX (MESSAGES)", "CREATE x", "IDLE"] {
        assert!(client.say(command).await[0].starts_with("BAD"), "{command}");
    }
    assert!(client.say("LOGIN bob wrong").await[0].starts_with("NO [AUTHENTICATIONFAILED]"));
    let answer = client.say("AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=").await;
    assert!(answer[0].starts_with("OK [CAPABILITY IMAP4rev1 LITERAL+"), "{answer:?}");
    assert!(client.say("LOGIN bob secret").await[0].starts_with("BAD"));
    assert!(!format!("{:?}", office.log()).contains("secret"));
    assert!(!format!("{:?}", office.log()).contains("AGJvYg"));
    assert_eq!(office.counters().refused_logins, 1);
    client.send("z LOGOUT\r\n").await;
    assert_eq!(client.rest().await, "* BYE Logging out\r\nz OK Logout completed.\r\n");
}

#[tokio::test(start_paused = true)]
async fn a_pipelined_flight_is_answered_in_one_write() {
    let office = office(Features::rich());
    let mut client = Client::greeted(&office, Protocol::Imap).await;
    let before = office.counters().writes;
    client.send("a LOGIN bob secret\r\nb SELECT INBOX\r\nc UID FETCH 1:* (FLAGS)\r\nd NOOP\r\n").await;
    client.until("d ").await;
    assert_eq!(office.counters().writes - before, 1);
    assert_eq!(office.counters().of(Protocol::Imap, "UID FETCH"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_courier_like_server_keeps_everything_under_inbox() {
    let office = office(Features::courier());
    let mut client = Client::imap(&office).await;
    assert!(client.say("CREATE x").await[0].starts_with("NO [CANNOT]"));
    client.ok("CREATE INBOX.x").await;
    assert_eq!(client.ok("NAMESPACE").await, ["* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL"]);
    assert!(with(&client.ok("SELECT INBOX.x").await, "UIDNEXT").is_empty());
    let size = mail("one", "text").len();
    assert_eq!(client.ok("EXAMINE INBOX").await.len(), 6);
    assert_eq!(client.ok("FETCH 1 RFC822.SIZE").await, [format!("* 1 FETCH (RFC822.SIZE {size})")]);
}
