//! Scripts about extensions that only some real servers have: without them nothing of theirs is run.

use super::Script;
use super::cases::Builder;

/// Scripts for servers with OBJECTID (`object ids`) and with UTF8=ACCEPT (`utf8`).
pub fn dialect_cases() -> Vec<Script> {
    vec![object_ids(), utf8()]
}

/// RFC 8474: which ids are the same after COPY, MOVE, STORE and RENAME, and which are new.
fn object_ids() -> Script {
    let mut script = Builder::imap("object ids");
    script.small(&["one", "two"]);
    script.append(
        "append an answer",
        "",
        b"From: ann@example.org\r\nSubject: Re: one\r\nDate: Mon, 5 Jan 2026 11:00:00 +0000\r\n\
          Message-ID: <answer@example.org>\r\nIn-Reply-To: <one@example.org>\r\n\
          References: <one@example.org>\r\n\r\nthe answer\r\n"
            .to_vec(),
    );
    // MAILBOXID is asked for alone: with MESSAGES beside it Cyrus 3.6 answers with octets of somebody else's memory
    // until the mailbox was selected once.
    for command in [
        "CREATE {box/target}",
        "SELECT {box}",
        "FETCH 1:* (EMAILID THREADID)",
        "UID FETCH 2 EMAILID",
        "STATUS {box} (MAILBOXID)",
        "STATUS {box/target} (MAILBOXID)",
        "SEARCH EMAILID {emailid}",
        "UID SEARCH THREADID {threadid}",
        "SEARCH NOT EMAILID {emailid}",
        "STORE 1 +FLAGS (\\Flagged)",
        "FETCH 1 (EMAILID)",
        "COPY 1 {box/target}",
        "MOVE 2 {box/target}",
        "SELECT {box/target}",
        "FETCH 1:* (EMAILID THREADID)",
        "SEARCH EMAILID {emailid}",
        "SELECT {box}",
        "RENAME {box/target} {box/renamed}",
        "STATUS {box/renamed} (MAILBOXID)",
        "CREATE {box/target}",
        "STATUS {box/target} (MAILBOXID)",
        "DELETE {box/target}",
        "DELETE {box/renamed}",
    ] {
        script.with("OBJECTID", command);
    }
    script.finish()
}

/// RFC 6855: names in UTF-7 before ENABLE and in UTF-8 after it.
fn utf8() -> Script {
    let mut script = Builder::imap("utf8");
    script.append(
        "append",
        "",
        b"From: =?utf-8?Q?J=C3=BCrgen?= <j@example.org>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\
          Message-ID: <utf8@example.org>\r\n\r\nx\r\n"
            .to_vec(),
    );
    for command in [
        "CREATE {box/Gr&APwA3w-e}",
        "LIST \"\" *",
        "ENABLE UTF8=ACCEPT",
        "LIST \"\" *",
        "STATUS {box/Grüße} (MESSAGES)",
        "CREATE {box/日本}",
        "SUBSCRIBE {box/日本}",
        "LIST \"\" *",
        "LSUB \"\" *",
        "SELECT {box}",
        "COPY 1 {box/日本}",
        "COPY 1 {box/Gr&APwA3w-e}",
        "STATUS {box/日本} (MESSAGES)",
        "FETCH 1 (ENVELOPE)",
        "SEARCH SUBJECT \"Grüße\"",
        "SELECT {box/日本}",
        "FETCH 1 (ENVELOPE RFC822.SIZE)",
        "SELECT {box}",
        "UNSUBSCRIBE {box/日本}",
        "RENAME {box/日本} {box/café}",
        "STATUS {box/café} (MESSAGES)",
        "DELETE {box/café}",
        "DELETE {box/Grüße}",
        "LIST \"\" *",
    ] {
        script.with("UTF8=ACCEPT", command);
    }
    script.finish()
}
