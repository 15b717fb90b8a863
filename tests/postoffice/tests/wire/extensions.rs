//! Extensions that stand alone, each against its RFC.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use satchel_postoffice::{Extension, Features, Mechanism, Protocol, Role};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Client, mail, office, with};

#[tokio::test(start_paused = true)]
async fn esearch_returns_what_was_asked() {
    let office = office(Features::rich());
    office.expunge("bob", "INBOX", 2).unwrap();
    let mut client = Client::inbox(&office).await;
    for (command, expected) in [
        ("SEARCH RETURN () ALL", "* ESEARCH (TAG \"t3\") ALL 1:2"),
        (
            "UID SEARCH RETURN (MIN MAX COUNT ALL) ALL",
            "* ESEARCH (TAG \"t4\") UID MIN 1 MAX 3 COUNT 2 ALL 1,3",
        ),
        ("SEARCH RETURN (COUNT) DELETED", "* ESEARCH (TAG \"t5\") COUNT 0"),
        ("SEARCH RETURN (MIN ALL) DELETED", "* ESEARCH (TAG \"t6\")"),
        ("UID SEARCH RETURN (ALL) MODSEQ 1", "* ESEARCH (TAG \"t7\") UID ALL 1,3 MODSEQ 4"),
    ] {
        assert_eq!(client.ok(command).await, [expected]);
    }
}

#[tokio::test(start_paused = true)]
async fn partial_takes_the_newest_ones() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    assert_eq!(
        client.ok("UID SEARCH RETURN (PARTIAL -1:-2 COUNT) ALL").await,
        ["* ESEARCH (TAG \"t3\") UID COUNT 3 PARTIAL (-1:-2 2:3)"]
    );
    assert_eq!(
        client.ok("UID SEARCH RETURN (PARTIAL 4:9) ALL").await,
        ["* ESEARCH (TAG \"t4\") UID PARTIAL (4:9 NIL)"]
    );
    assert_eq!(
        client.ok("UID FETCH 1:* (FLAGS) (PARTIAL -1:-1)").await,
        ["* 3 FETCH (UID 3 FLAGS (\\Recent))"]
    );
    assert!(client.say("UID FETCH 1:* (FLAGS) (PARTIAL 0:1)").await[0].starts_with("BAD"));
}

#[tokio::test(start_paused = true)]
async fn a_saved_result_is_used_by_the_commands_after_it() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    client.send("a UID SEARCH RETURN (SAVE) 2:*\r\nb UID FETCH $ (FLAGS)\r\nc FETCH $ UID\r\n").await;
    let lines = client.until("c ").await;
    assert_eq!(with(&lines, "ESEARCH").len(), 0);
    assert_eq!(with(&lines, "* 2 FETCH").len(), 2);
    assert_eq!(with(&lines, "* 1 FETCH").len(), 0);
    assert_eq!(client.ok("SEARCH RETURN (SAVE MIN) ALL").await, ["* ESEARCH (TAG \"t3\") MIN 1"]);
    assert_eq!(client.ok("SEARCH UID $").await, ["* SEARCH 1"]);
    // An expunged message leaves the result; a SELECT empties it.
    office.expunge("bob", "INBOX", 1).unwrap();
    client.ok("NOOP").await;
    assert!(client.ok("FETCH $ UID").await.is_empty());
    client.ok("SEARCH RETURN (SAVE) ALL").await;
    client.say("SEARCH RETURN (SAVE) CHARSET KOI8-R ALL").await;
    assert!(client.ok("FETCH $ UID").await.is_empty(), "a search that is refused empties the result");
    client.ok("SEARCH RETURN (SAVE) ALL").await;
    client.ok("SELECT INBOX").await;
    assert!(client.ok("FETCH $ UID").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn list_carries_status_and_special_use_and_children() {
    let office = office(Features::rich());
    office.create_mailbox("bob", "Sent", Some(Role::Sent)).unwrap();
    office.create_mailbox("bob", "a", None).unwrap();
    office.create_mailbox("bob", "a/b", None).unwrap();
    let mut client = Client::imap(&office).await;
    assert_eq!(
        client.ok("LIST \"\" % RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT HIGHESTMODSEQ SIZE))").await,
        [
            "* LIST (\\HasNoChildren) \"/\" \"INBOX\"".to_owned(),
            format!(
                "* STATUS \"INBOX\" (MESSAGES 3 UIDNEXT 4 HIGHESTMODSEQ 4 SIZE {})",
                ["one", "two", "three"].map(|each| mail(each, "text").len()).iter().sum::<usize>()
            ),
            "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"".to_owned(),
            "* STATUS \"Sent\" (MESSAGES 0 UIDNEXT 1 HIGHESTMODSEQ 1 SIZE 0)".to_owned(),
            "* LIST (\\HasChildren) \"/\" \"a\"".to_owned(),
            "* STATUS \"a\" (MESSAGES 0 UIDNEXT 1 HIGHESTMODSEQ 1 SIZE 0)".to_owned(),
        ]
    );
    client.ok("UNSUBSCRIBE a").await;
    client.ok("UNSUBSCRIBE INBOX").await;
    assert_eq!(
        client.ok("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"%\" \"x*\") RETURN (CHILDREN)").await,
        [
            "* LIST (\\Subscribed \\HasNoChildren \\Sent) \"/\" \"Sent\"",
            "* LIST (\\HasChildren) \"/\" \"a\" (\"CHILDINFO\" (\"SUBSCRIBED\"))",
        ]
    );
    assert_eq!(client.ok("LIST (SPECIAL-USE) \"\" *").await.len(), 1);
    assert_eq!(
        client.ok("STATUS INBOX (MAILBOXID UNSEEN DELETED)").await,
        ["* STATUS \"INBOX\" (MAILBOXID (F1) UNSEEN 3 DELETED 0)"]
    );
}

#[tokio::test(start_paused = true)]
async fn every_mechanism_logs_in_with_and_without_initial_response() {
    let office = office(Features::rich());
    let plain = STANDARD.encode("\0bob\0secret");
    let oauth = STANDARD.encode("user=bob\u{1}auth=Bearer secret\u{1}\u{1}");
    let bearer = STANDARD.encode("n,a=bob,\u{1}host=h\u{1}auth=Bearer secret\u{1}\u{1}");
    for (mechanism, response) in
        [(Mechanism::Plain, &plain), (Mechanism::XOAuth2, &oauth), (Mechanism::OAuthBearer, &bearer)]
    {
        let mut client = Client::greeted(&office, Protocol::Imap).await;
        client.ok(&format!("AUTHENTICATE {} {response}", mechanism.name())).await;
        let mut client = Client::greeted(&office, Protocol::Imap).await;
        client.send(format!("a AUTHENTICATE {}\r\n", mechanism.name())).await;
        assert_eq!(client.line().await.unwrap(), "+ ");
        client.send(format!("{response}\r\n")).await;
        assert!(client.line().await.unwrap().starts_with("a OK"));
    }
    let mut client = Client::greeted(&office, Protocol::Imap).await;
    client.send("a AUTHENTICATE LOGIN\r\n").await;
    assert_eq!(client.line().await.unwrap(), format!("+ {}", STANDARD.encode("Username:")));
    client.send(format!("{}\r\n", STANDARD.encode("bob"))).await;
    client.line().await;
    client.send(format!("{}\r\n", STANDARD.encode("secret"))).await;
    assert!(client.line().await.unwrap().starts_with("a OK"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_explained_before_the_no() {
    let office = office(Features::rich());
    office.set_password("bob", "fresh").unwrap();
    let mut client = Client::greeted(&office, Protocol::Imap).await;
    let stale = STANDARD.encode("user=bob\u{1}auth=Bearer stale\u{1}\u{1}");
    client.send(format!("a AUTHENTICATE XOAUTH2 {stale}\r\n")).await;
    let challenge = client.line().await.unwrap();
    let text = STANDARD.decode(challenge.strip_prefix("+ ").unwrap()).unwrap();
    assert!(String::from_utf8(text).unwrap().contains("\"status\":\"401\""));
    client.send("\r\n").await;
    assert_eq!(client.line().await.unwrap(), "a NO [AUTHENTICATIONFAILED] Authentication failed.");
    client.send("b AUTHENTICATE PLAIN\r\n").await;
    client.line().await;
    client.send("*\r\n").await;
    assert!(client.line().await.unwrap().starts_with("b BAD"));
    assert!(client.say("AUTHENTICATE CRAM-MD5").await[0].starts_with("NO"));
}

#[tokio::test(start_paused = true)]
async fn utf8_names_come_raw_once_enabled() {
    let office = office(Features::rich());
    office.create_mailbox("bob", "Entw\u{fc}rfe \"x\"", None).unwrap();
    let mut client = Client::imap(&office).await;
    assert!(client.ok("LIST \"\" E*").await[0].ends_with("\"Entw&APw-rfe \\\"x\\\"\""));
    assert_eq!(client.ok("ENABLE UTF8=ACCEPT NONSENSE").await, ["* ENABLED UTF8=ACCEPT"]);
    assert!(client.ok("LIST \"\" E*").await[0].ends_with("\"Entw\u{fc}rfe \\\"x\\\"\""));
    client.ok("SELECT \"Entw\u{fc}rfe \\\"x\\\"\"").await;
    client.send("a APPEND INBOX UTF8 (~{16+}\r\nSubject: \u{fc}\r\n\r\nx)\r\n").await;
    assert!(client.until("a ").await[0].starts_with("a OK"));
    assert_eq!(office.snapshot("bob").unwrap().mailbox("INBOX").unwrap().messages.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn binary_decodes_and_says_what_it_cannot() {
    let office = office(Features::rich());
    let raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n\
               AAEC\r\n--b\r\nContent-Transfer-Encoding: x-odd\r\n\r\nzz\r\n--b--\r\n";
    office.deliver("bob", "INBOX", raw, [""; 0], 0).unwrap();
    let mut client = Client::inbox(&office).await;
    client.send("a FETCH 4 (BINARY.PEEK[1] BINARY.SIZE[1])\r\n").await;
    let lines = client.until("a ").await;
    assert_eq!(lines[0], "* 4 FETCH (BINARY[1] ~{3}");
    assert_eq!(lines[1], "\0\u{1}\u{2} BINARY.SIZE[1] 3)");
    assert!(client.say("FETCH 4 BINARY.PEEK[2]").await[1].starts_with("NO [UNKNOWN-CTE]"));
    assert_eq!(client.ok("FETCH 4 BINARY.PEEK[1]<1.1>").await[0], "* 4 FETCH (BINARY[1]<1> {1}");
    client.send(b"b APPEND INBOX ~{3+}\r\na\0b\r\n").await;
    assert!(client.until("b ").await.last().unwrap().starts_with("b OK"));
    client.send(b"c APPEND INBOX {3+}\r\na\0b\r\n").await;
    assert!(client.until("c ").await.last().unwrap().starts_with("c BAD"));
}

#[tokio::test(start_paused = true)]
async fn a_compressed_session_goes_on_as_before() {
    let office = office(Features::rich());
    let mut client = Client::imap(&office).await;
    let begun = client.say("COMPRESS DEFLATE").await;
    assert!(begun[0].starts_with("OK"), "{begun:?}");
    let mut stream = client.stream;
    let (mut pack, mut unpack) = (Compress::new(Compression::fast(), false), Decompress::new(false));
    for (command, expected) in
        [("a SELECT INBOX\r\n", "* 3 EXISTS"), ("b COMPRESS DEFLATE\r\n", "b NO [COMPRESSIONACTIVE]")]
    {
        let mut packed = Vec::with_capacity(1024);
        pack.compress_vec(command.as_bytes(), &mut packed, FlushCompress::Sync).unwrap();
        // In two writes, as a packet may end anywhere.
        stream.write_all(&packed[..3]).await.unwrap();
        stream.write_all(&packed[3..]).await.unwrap();
        let mut bytes = vec![0; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        let mut text = Vec::with_capacity(64 << 10);
        unpack.decompress_vec(&bytes[..count], &mut text, FlushDecompress::Sync).unwrap();
        assert!(String::from_utf8(text).unwrap().contains(expected));
    }
    let mut bare = Client::imap(&office).await;
    assert!(bare.say("COMPRESS LZ4").await[0].starts_with("BAD"));
}

#[tokio::test(start_paused = true)]
async fn notify_tells_of_mailboxes_that_are_not_selected() {
    let office = office(Features::rich());
    office.create_mailbox("bob", "Lists", None).unwrap();
    let mut client = Client::inbox(&office).await;
    let lines = client
        .ok("NOTIFY SET STATUS (selected (MessageNew MessageExpunge)) (personal (MessageNew MessageExpunge \
             MailboxName SubscriptionChange))")
        .await;
    assert_eq!(
        lines,
        ["* STATUS \"Lists\" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1700000002 UNSEEN 0 HIGHESTMODSEQ 1)"]
    );
    office.deliver("bob", "Lists", "x", [""; 0], 0).unwrap();
    assert_eq!(
        client.line().await.unwrap(),
        "* STATUS \"Lists\" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1700000002 UNSEEN 1 HIGHESTMODSEQ 2)"
    );
    office.deliver("bob", "INBOX", "x", [""; 0], 0).unwrap();
    assert_eq!(client.line().await.unwrap(), "* 4 EXISTS");
    client.line().await;
    office.rename("bob", "Lists", "Old").unwrap();
    assert_eq!(client.line().await.unwrap(), "* LIST () \"/\" \"Old\" (\"OLDNAME\" (\"Lists\"))");
    office.expunge("bob", "INBOX", 1).unwrap();
    client.until("* 1 EXPUNGE").await;
    office.delete_mailbox("bob", "Old").unwrap();
    client.until("* LIST (\\NonExistent) \"/\" \"Old\"").await;
    client
        .ok("NOTIFY SET (selected (MessageNew (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)]) MessageExpunge))")
        .await;
    office.deliver_now("bob", mail("fresh", "x")).unwrap();
    let lines = client.until("Subject: fresh").await;
    assert_eq!(lines[2], "* 4 FETCH (UID 5 FLAGS (\\Recent) BODY[HEADER.FIELDS (SUBJECT)] {18}");
    client.until(")").await;
    client.ok("NOTIFY NONE").await;
    office.deliver("bob", "INBOX", "x", [""; 0], 0).unwrap();
    assert!(client.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn selected_delayed_keeps_expunges_back() {
    let office = office(Features::rich());
    let mut client = Client::inbox(&office).await;
    client.ok("NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange))").await;
    office.expunge("bob", "INBOX", 1).unwrap();
    assert!(client.is_silent().await);
    let mut client = client;
    assert_eq!(client.ok("NOOP").await, ["* 1 EXPUNGE"]);
    assert!(client.say("NOTIFY SET (selected (MessageNew))").await[0].starts_with("BAD"));
    assert!(client.say("NOTIFY SET (selected (Nonsense))").await[0].starts_with("NO [BADEVENT"));
}

#[tokio::test(start_paused = true)]
async fn literal_minus_stops_at_four_kilobytes() {
    let features = Features::rich().without(Extension::LiteralPlus).with(Extension::LiteralMinus);
    let office = office(features);
    let mut client = Client::imap(&office).await;
    client.send(format!("a APPEND INBOX {{4096+}}\r\n{}\r\n", "x".repeat(4096))).await;
    assert!(client.line().await.unwrap().starts_with("a OK"));
    client.send(format!("b APPEND INBOX {{4097+}}\r\n{}\r\n", "x".repeat(4097))).await;
    assert!(client.line().await.unwrap().starts_with("b BAD [TOOBIG]"));
    client.send("c APPEND INBOX {5000000000}\r\n").await;
    assert!(client.line().await.unwrap().starts_with("c NO [TOOBIG]"));
    client.ok("NOOP").await;
}

#[tokio::test(start_paused = true)]
async fn threads_follow_references() {
    let office = office(Features::rich());
    for (id, references) in [("a", ""), ("b", "<a@x>"), ("c", "<z@x>"), ("d", "<z@x> <c@x>")] {
        let raw = format!("Message-ID: <{id}@x>\r\nReferences: {references}\r\n\r\n{id}");
        office.deliver("bob", "INBOX", raw, [""; 0], 0).unwrap();
    }
    let mut client = Client::inbox(&office).await;
    let lines = client.ok("FETCH 4:7 THREADID").await;
    let ids: Vec<&str> = lines.iter().map(|line| line.rsplit(' ').next().unwrap()).collect();
    assert_eq!(ids, ["(T4))", "(T4))", "(T6))", "(T6))"]);
    client.ok("UID COPY 4 INBOX").await;
    assert_eq!(client.ok("FETCH 8 EMAILID").await, ["* 8 FETCH (EMAILID (M4))"]);
}
