//! The scripts.
//!
//! A step that needs a capability may change mail only when all steps after it need the same: others would
//! find another state where the step was left out.

use super::corpus::corpus;
use super::{Script, Send, Step};
use crate::serve::Protocol;

/// Scripts that servers must agree on. The one for POP3 wants INBOX filled by `fill inbox` before, and
/// an INBOX that was empty before that.
pub fn cases() -> Vec<Script> {
    vec![
        structures(),
        sections(),
        flags(),
        searches(),
        moves(),
        mailboxes(),
        resynchronization(),
        refusals(),
        fill_inbox(),
        maildrop(),
    ]
}

/// Builds a script, step by step.
pub(super) struct Builder(Script);

impl Builder {
    pub(super) fn imap(name: &'static str) -> Self {
        let mut builder = Self(Script { name, protocol: Protocol::Imap, steps: Vec::new() });
        builder.run("CREATE {box}");
        builder
    }

    fn push(&mut self, name: &str, send: Send, needs: &[&'static str]) {
        let number = self.0.steps.len();
        let name = format!("{number:03} {name}");
        self.0.steps.push(Step { name, send, needs: needs.to_vec(), status_only: false });
    }

    pub(super) fn run(&mut self, command: &str) {
        self.push(command, Send::Command(command.to_owned()), &[]);
    }

    pub(super) fn with(&mut self, need: &'static str, command: &str) {
        self.push(command, Send::Command(command.to_owned()), &[need]);
    }

    pub(super) fn append(&mut self, name: &str, flags: &'static str, octets: Vec<u8>) {
        self.push(name, Send::Append(flags, "02-Jan-2026 03:04:05 +0100", octets), &[]);
    }

    /// Small messages, named by their subjects.
    pub(super) fn small(&mut self, subjects: &[&str]) {
        for subject in subjects {
            let text = format!(
                "From: {subject}@example.org\r\nTo: bob@example.com\r\nSubject: {subject}\r\n\
                 Date: Mon, 5 Jan 2026 10:00:00 +0000\r\nMessage-ID: <{subject}@example.org>\r\n\r\n\
                 the {subject} text\r\n"
            );
            self.append(&format!("append {subject}"), "", text.into_bytes());
        }
    }

    pub(super) fn finish(mut self) -> Script {
        // A SELECT that fails deselects, whether or not the steps before selected anything.
        self.run("SELECT {box/none}");
        self.run("DELETE {box}");
        self.0
    }
}

/// ENVELOPE and BODYSTRUCTURE of the whole corpus.
fn structures() -> Script {
    let mut script = Builder::imap("structures");
    for (name, octets) in corpus() {
        script.append(name, "", octets);
    }
    script.run("SELECT {box}");
    script.run("FETCH 1:* (ENVELOPE RFC822.SIZE INTERNALDATE)");
    script.run("FETCH 1:* BODY");
    script.run("UID FETCH 1:* (FLAGS BODYSTRUCTURE)");
    script.run("FETCH 2 ALL");
    script.run("FETCH 2 FULL");
    script.run("FETCH 1 FAST");
    script.finish()
}

/// Every kind of BODY[…].
fn sections() -> Script {
    let mut script = Builder::imap("sections");
    for (name, octets) in corpus() {
        script.append(name, "", octets);
    }
    script.run("SELECT {box}");
    // Dovecot answers BODY[1.1] of a part without parts with the part itself; only parts that exist compare.
    for (messages, section) in [
        ("1:*", ""),
        ("1:*", "HEADER"),
        ("1:*", "TEXT"),
        ("1:*", "1"),
        ("1:*", "2"),
        ("2,11", "1.1"),
        ("2,11", "1.2"),
        ("3", "2.1"),
        ("3", "2.HEADER"),
        ("3,9", "2.TEXT"),
        ("2,3,9,13", "2.MIME"),
        ("2,3,9,13", "1.MIME"),
        ("3", "2.1.MIME"),
        ("16", "1.1.1"),
        ("1:*", "HEADER.FIELDS (SUBJECT X-LONG)"),
        ("1:*", "HEADER.FIELDS.NOT (FROM TO)"),
        ("3,9", "2.HEADER.FIELDS (SUBJECT)"),
    ] {
        script.run(&format!("FETCH {messages} BODY.PEEK[{section}]"));
    }
    for partial in ["0.10", "5.20", "0.100000", "999999.5"] {
        script.run(&format!("FETCH 1,3 BODY.PEEK[]<{partial}>"));
        script.run(&format!("FETCH 2 BODY.PEEK[1.1]<{partial}>"));
    }
    script.run("FETCH 1 RFC822.HEADER");
    script.run("FETCH 4 RFC822.TEXT");
    script.run("FETCH 1:5 FLAGS");
    script.run("FETCH 1 BODY[1]");
    script.run("FETCH 1:2 FLAGS");
    script.with("BINARY", "FETCH 2 (BINARY.PEEK[1.1] BINARY.PEEK[1.2] BINARY.SIZE[1.2])");
    script.with("BINARY", "FETCH 2 BINARY.PEEK[2]<1.1>");
    script.with("PREVIEW", "FETCH 1 PREVIEW");
    script.finish()
}

/// STORE in all its forms.
fn flags() -> Script {
    let mut script = Builder::imap("flags");
    script.small(&["one", "two", "three", "four"]);
    script.append("append with flags", "\\Flagged \\Draft $Label", b"Subject: x\r\n\r\nx\r\n".to_vec());
    script.run("SELECT {box}");
    script.run("FETCH 1:* FLAGS");
    for command in [
        "STORE 1 +FLAGS (\\Seen \\Answered)",
        "STORE 1:2 FLAGS (\\Deleted $Work)",
        "STORE 2 -FLAGS \\Deleted",
        "STORE 3 +FLAGS.SILENT ($Other)",
        "UID STORE 3:4 +FLAGS (\\Seen)",
        "STORE 5 FLAGS ()",
        "FETCH 1:* FLAGS",
        "SEARCH KEYWORD $work",
        "SEARCH UNKEYWORD $Work",
        "EXPUNGE",
        "FETCH 1:* (UID FLAGS)",
        "STORE 1,3 +FLAGS.SILENT (\\Deleted)",
    ] {
        script.run(command);
    }
    script.run("EXPUNGE");
    script.run("SEARCH ALL");
    script.run("STORE 1 +FLAGS.SILENT (\\Deleted)");
    script.run("CLOSE");
    script.run("STATUS {box} (MESSAGES UNSEEN UIDNEXT)");
    for command in [
        "SELECT {box}",
        "STORE 1:* +FLAGS.SILENT (\\Deleted)",
        "UID EXPUNGE 4",
        "UID EXPUNGE 5",
        "SEARCH ALL",
    ] {
        script.with("UIDPLUS", command);
    }
    script.finish()
}

const SEARCH_KEYS: &[&str] = &[
    "ALL",
    "SEEN",
    "UNSEEN",
    "FLAGGED",
    "1:3",
    "UID 2:4",
    "NOT 1:5",
    "OR 1 SEEN",
    "(1:10 UNSEEN)",
    "SUBJECT lunch",
    "SUBJECT \"on two\"",
    "FROM ann",
    "TO cd@example.com",
    "CC eve",
    "BCC hidden",
    "HEADER X-Long bbbb",
    "HEADER Message-ID \"\"",
    "BODY noon",
    "BODY needle",
    "TEXT needle",
    "TEXT original",
    "LARGER 500",
    "SMALLER 60",
    "SENTSINCE 2-Jan-2026",
    "SENTSINCE 1-Jan-2026 SENTBEFORE 3-Jan-2026",
    "SENTON 2-Jan-2026",
    "SINCE 1-Jan-2026",
    "BEFORE 1-Jan-2026",
    "DELETED",
    "*",
    "2:*",
    "UID 9999:*",
    "NOT (OR SEEN FLAGGED)",
];

/// SEARCH keys and the forms of its answers.
fn searches() -> Script {
    let mut script = Builder::imap("searches");
    for (name, octets) in corpus() {
        script.append(name, "", octets);
    }
    script.append("flagged and seen", "\\Seen \\Flagged", b"Subject: flagged\r\n\r\nneedle\r\n".to_vec());
    script.run("SELECT {box}");
    for keys in SEARCH_KEYS {
        script.run(&format!("SEARCH {keys}"));
        script.run(&format!("UID SEARCH {keys}"));
    }
    for command in [
        "SEARCH RETURN () ALL",
        "UID SEARCH RETURN (MIN MAX COUNT) UNSEEN",
        "UID SEARCH RETURN (ALL) 2:4",
        "SEARCH RETURN (COUNT) DELETED",
        "SEARCH RETURN (ALL) DELETED",
        "SEARCH RETURN (MIN) SEEN",
    ] {
        script.with("ESEARCH", command);
    }
    for command in [
        "UID SEARCH RETURN (SAVE) 2:4",
        "UID FETCH $ RFC822.SIZE",
        "SEARCH RETURN (SAVE MIN) ALL",
        "SEARCH UID $",
        "STORE $ +FLAGS (\\Answered)",
    ] {
        script.with("SEARCHRES", command);
    }
    script.finish()
}

/// COPY, MOVE and where UIDs go.
fn moves() -> Script {
    let mut script = Builder::imap("moves");
    script.small(&["one", "two", "three", "four", "five"]);
    script.run("CREATE {box/target}");
    script.run("SELECT {box}");
    script.run("COPY 1:2 {box/target}");
    script.run("UID COPY 3 {box/target}");
    script.run("COPY 1 {box/absent}");
    script.run("UID COPY 99 {box/target}");
    script.run("SELECT {box/target}");
    script.run("UID FETCH 1:3 (FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
    for command in [
        "SELECT {box}",
        "MOVE 1 {box/target}",
        "UID MOVE 4:5 {box/target}",
        "UID MOVE 99 {box/target}",
        "UID SEARCH ALL",
        "STATUS {box/target} (MESSAGES UIDNEXT)",
    ] {
        script.with("MOVE", command);
    }
    script.run("SELECT {box/none}");
    script.run("DELETE {box/target}");
    script.finish()
}

/// CREATE, RENAME, DELETE, LIST, LSUB and STATUS.
fn mailboxes() -> Script {
    let mut script = Builder::imap("mailboxes");
    script.small(&["one", "two"]);
    for command in [
        "CREATE {box/a}",
        "CREATE {box/a/b}",
        "CREATE {box/a/b}",
        "SUBSCRIBE {box/a/b}",
        "LIST \"\" *",
        "LSUB \"\" *",
        "STATUS {box} (MESSAGES UIDNEXT UNSEEN UIDVALIDITY)",
        "RENAME {box/a/b} {box/c}",
        "RENAME {box/none} {box/d}",
        "UNSUBSCRIBE {box/a/b}",
        "LIST \"\" *",
        "STATUS {box/c} (MESSAGES)",
        "STATUS {box/none} (MESSAGES)",
        "DELETE {box/c}",
        "DELETE {box/none}",
        "DELETE {box/a}",
        "EXAMINE {box}",
        "FETCH 1 FLAGS",
    ] {
        script.run(command);
    }
    script.with("LIST-STATUS", "LIST \"\" * RETURN (STATUS (MESSAGES UNSEEN UIDNEXT))");
    script.with("STATUS=SIZE", "STATUS {box} (SIZE)");
    script.finish()
}

/// CONDSTORE and QRESYNC: away, back, and what changed meanwhile.
fn resynchronization() -> Script {
    let mut script = Builder::imap("resynchronization");
    script.small(&["one", "two", "three", "four", "five"]);
    script.with("QRESYNC", "ENABLE QRESYNC");
    script.with("QRESYNC", "SELECT {box}");
    script.push("mark", Send::Mark, &["QRESYNC"]);
    for command in [
        "FETCH 1 MODSEQ",
        "UID STORE 2 +FLAGS.SILENT (\\Flagged)",
        "UID STORE 3,5 +FLAGS.SILENT (\\Deleted)",
        "UID EXPUNGE 3,5",
        "UID FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq} VANISHED)",
        "UNSELECT",
        "SELECT {box} (QRESYNC ({uidvalidity} {modseq} 1:5))",
        "SELECT {box} (QRESYNC ({uidvalidity} {modseq}))",
        "SELECT {box} (QRESYNC (1 {modseq}))",
        "UID STORE 1:4 (UNCHANGEDSINCE {modseq}) +FLAGS (\\Answered)",
        "UID FETCH 1:* FLAGS",
        "UID SEARCH MODSEQ {modseq}",
    ] {
        script.with("QRESYNC", command);
    }
    script.finish()
}

/// What every server refuses.
fn refusals() -> Script {
    let mut script = Builder::imap("refusals");
    script.small(&["one"]);
    for command in [
        "FETCH 1 FLAGS",
        "SELECT {box/none}",
        "SELECT {box}",
        "FETCH 1 NONSENSE",
        "FETCH 0 FLAGS",
        "FETCH a FLAGS",
        "FETCH 1 (FLAGS",
        "STORE 1 FLAGZ (\\Seen)",
        "UID NONSENSE 1",
        "NONSENSE",
        "UID FETCH 99 FLAGS",
        "SEARCH NONSENSE",
        "SEARCH SINCE nonsense",
        "NOOP",
    ] {
        script.run(command);
    }
    script.finish()
}

/// Puts three messages into INBOX, for the POP3 script.
fn fill_inbox() -> Script {
    let mut script = Builder(Script { name: "fill inbox", protocol: Protocol::Imap, steps: Vec::new() });
    script.run("CREATE {box}");
    for (name, octets) in corpus().into_iter().take(3) {
        script.append(name, "", octets);
    }
    script.run("SELECT {box}");
    script.run("COPY 1:* INBOX");
    if let Some(last) = script.0.steps.last_mut() {
        last.status_only = true;
    }
    script.finish()
}

/// POP3 on what `fill inbox` left.
fn maildrop() -> Script {
    let mut script = Builder(Script { name: "maildrop", protocol: Protocol::Pop, steps: Vec::new() });
    for command in [
        "STAT",
        "LIST",
        "LIST 2",
        "LIST 9",
        "UIDL",
        "RETR 1",
        "RETR 2",
        "RETR 3",
        "RETR 9",
        "TOP 1 0",
        "TOP 2 3",
        "TOP 3 1000",
        "DELE 1",
        "DELE 1",
        "RETR 1",
        "STAT",
        "LIST",
        "RSET",
        "STAT",
        "NOOP",
        "NONSENSE",
        "DELE 1",
        "DELE 2",
        "DELE 3",
    ] {
        script.run(command);
    }
    script.0
}
