//! Writes requests as commands, by what the server offers.

use super::capability::Capabilities;
use super::error::ImapError;
use super::fetch::wire_date;
use super::flight::{FetchItems, FetchSet, FlagAction, Request};
use super::quoting::{Command, LiteralMode, Writer};
use super::uid_set::UidSet;
use crate::ids::ModSeq;

/// Longest UID set in one command line: servers are only bound to take lines of 8,000 bytes (RFC 7162 §4).
const SET: usize = 7_000;

/// What is known of the server when commands are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'c> {
    pub(crate) capabilities: &'c Capabilities,
    /// `false` before the login's answer: extensions that are nearly everywhere are tried, the others left.
    pub(crate) known: bool,
    pub(crate) qresync: bool,
}

impl Request {
    /// What it is called in errors.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::List | Self::PlainList => "LIST",
            Self::Status(_) => "STATUS",
            Self::Select { .. } => "SELECT",
            Self::Fetch { .. } | Self::Section { .. } => "FETCH",
            Self::Search { .. } => "UID SEARCH",
            Self::Store { .. } => "UID STORE",
            Self::Copy { .. } => "UID COPY",
            Self::Move { .. } => "UID MOVE",
            Self::Expunge => "EXPUNGE",
            Self::UidExpunge(_) => "UID EXPUNGE",
            Self::Append { .. } => "APPEND",
            Self::Create(_) => "CREATE",
            Self::Rename { .. } => "RENAME",
            Self::Delete(_) => "DELETE",
            Self::Subscribe(_) => "SUBSCRIBE",
            Self::Unsubscribe(_) => "UNSUBSCRIBE",
            Self::Noop => "NOOP",
            Self::Capability => "CAPABILITY",
            Self::Enable(_) => "ENABLE",
            Self::Namespace => "NAMESPACE",
            Self::Unselect => "UNSELECT",
            Self::Logout => "LOGOUT",
        }
    }

    /// The commands it takes: several when a UID set is long, none when there is nothing to do.
    pub(crate) fn commands(&self, context: Context<'_>) -> Result<Vec<Command>, ImapError> {
        let literals = LiteralMode::of(context.capabilities);
        let writer = || Writer::new(self.what(), literals);
        let named =
            |name: &[u8]| Ok::<_, ImapError>(vec![writer().astring(name, "the mailbox name")?.done()]);
        Ok(match self {
            Self::List | Self::PlainList => {
                let extended = matches!(self, Self::List) && context.list_status();
                vec![writer().text(&list_words(context, extended)).done()]
            }
            Self::Status(name) => {
                let items = status_items(context);
                vec![writer().astring(name, "the mailbox name")?.text(&format!(" ({items})")).done()]
            }
            Self::Select { name, condstore } => {
                let condstore = *condstore && context.capabilities.condstore() && !context.qresync;
                let parameters = if condstore { " (CONDSTORE)" } else { "" };
                vec![writer().astring(name, "the mailbox name")?.text(parameters).done()]
            }
            Self::Fetch { set, items, changed_since } => fetch(context, set, items, *changed_since)?,
            Self::Section { uid, section, offset, length } => {
                if !section.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.') {
                    return Err(ImapError::Input { what: "the section" });
                }
                // Partial numbers are 32 bits wide (RFC 3501 §9).
                if u32::try_from(*offset).is_err() {
                    return Err(ImapError::Input { what: "the offset" });
                }
                let text = format!(" {uid} (UID BODY.PEEK[{section}]<{offset}.{length}>)");
                vec![Writer::new("UID FETCH", literals).text(&text).done()]
            }
            Self::Search { criteria } => {
                if criteria.is_empty() || !criteria.bytes().all(|b| (b' '..=b'~').contains(&b)) {
                    return Err(ImapError::Input { what: "the search" });
                }
                let returns = if context.capabilities.has("ESEARCH") { " RETURN (ALL)" } else { "" };
                vec![writer().text(&format!("{returns} {criteria}")).done()]
            }
            Self::Store { uids, action, names, unchanged_since } => {
                let sign = if *action == FlagAction::Add { '+' } else { '-' };
                let names = flag_list(names)?;
                let unless = unchanged_since
                    .filter(|_| context.capabilities.condstore())
                    .map(|m| format!("(UNCHANGEDSINCE {}) ", m.0))
                    .unwrap_or_default();
                let line =
                    |set: UidSet| writer().text(&format!(" {set} {unless}{sign}FLAGS.SILENT {names}")).done();
                uids.pieces(SET).into_iter().map(line).collect()
            }
            Self::Copy { uids, name } => to_mailbox(uids, name, &writer)?,
            Self::Move { uids, name } => {
                if !context.capabilities.has("MOVE") {
                    return Err(ImapError::Missing { capability: "MOVE" });
                }
                to_mailbox(uids, name, &writer)?
            }
            Self::UidExpunge(uids) => {
                if !context.capabilities.has("UIDPLUS") {
                    return Err(ImapError::Missing { capability: "UIDPLUS" });
                }
                uids.pieces(SET).into_iter().map(|set| writer().text(&format!(" {set}")).done()).collect()
            }
            Self::Append { name, flags, internal_date, bytes } => {
                let mut text = String::from(" ");
                if !flags.is_empty() {
                    text = format!(" {} ", flag_list(flags)?);
                }
                if let Some(seconds) = internal_date {
                    text = format!("{text}{} ", wire_date(*seconds));
                }
                vec![writer().astring(name, "the mailbox name")?.text(&text).literal(bytes).done()]
            }
            Self::Create(name) | Self::Delete(name) | Self::Subscribe(name) | Self::Unsubscribe(name) => {
                named(name)?
            }
            Self::Rename { from, to } => {
                let name = "the mailbox name";
                vec![writer().astring(from, name)?.astring(to, name)?.done()]
            }
            Self::Enable(names) => {
                let plain = |n: &String| n.bytes().all(|b| b.is_ascii_alphanumeric() || b"-=._".contains(&b));
                if names.is_empty() || !names.iter().all(|n| !n.is_empty() && plain(n)) {
                    return Err(ImapError::Input { what: "the extension" });
                }
                vec![writer().text(&format!(" {}", names.join(" "))).done()]
            }
            Self::Expunge
            | Self::Noop
            | Self::Capability
            | Self::Namespace
            | Self::Unselect
            | Self::Logout => {
                vec![writer().done()]
            }
        })
    }
}

impl Context<'_> {
    /// Whether LIST may ask for counts in the same turn. Tried when nothing is known: a server without it says BAD.
    pub(crate) fn list_status(self) -> bool {
        !self.known || self.capabilities.has("LIST-STATUS")
    }
}

fn status_items(context: Context<'_>) -> String {
    let mut items = String::from("MESSAGES UIDNEXT UIDVALIDITY UNSEEN");
    if context.capabilities.condstore() {
        items.push_str(" HIGHESTMODSEQ");
    }
    if context.capabilities.has("OBJECTID") {
        items.push_str(" MAILBOXID");
    }
    items
}

fn list_words(context: Context<'_>, extended: bool) -> String {
    if !extended {
        return " \"\" \"*\"".to_owned();
    }
    let special = !context.known || context.capabilities.has("SPECIAL-USE");
    let special = if special { "SPECIAL-USE " } else { "" };
    format!(" \"\" \"*\" RETURN ({special}STATUS ({}))", status_items(context))
}

fn fetch(
    context: Context<'_>,
    set: &FetchSet,
    items: &FetchItems,
    changed_since: Option<ModSeq>,
) -> Result<Vec<Command>, ImapError> {
    let capabilities = context.capabilities;
    let items = fetch_items(capabilities, items)?;
    let since = match changed_since.filter(|_| capabilities.condstore()) {
        None => String::new(),
        // VANISHED goes with UIDs only (RFC 7162 §3.2.6).
        Some(m) if context.qresync && !matches!(set, FetchSet::Sequence(..)) => {
            format!(" (CHANGEDSINCE {} VANISHED)", m.0)
        }
        Some(m) => format!(" (CHANGEDSINCE {})", m.0),
    };
    let line = |verb: &'static str, set: String| {
        Writer::new(verb, LiteralMode::Synchronising).text(&format!(" {set} {items}{since}")).done()
    };
    Ok(match set {
        FetchSet::Uids(uids) => {
            uids.pieces(SET).into_iter().map(|s| line("UID FETCH", s.to_string())).collect()
        }
        FetchSet::UidsFrom(first) => vec![line("UID FETCH", format!("{first}:*"))],
        FetchSet::Sequence(a, b) if *a == 0 || *b == 0 => {
            return Err(ImapError::Input { what: "sequence number 0" });
        }
        FetchSet::Sequence(a, b) => vec![line("FETCH", format!("{}:{}", a.min(b), a.max(b)))],
    })
}

fn fetch_items(capabilities: &Capabilities, items: &FetchItems) -> Result<String, ImapError> {
    let gmail = capabilities.has("X-GM-EXT-1");
    let objects = capabilities.has("OBJECTID");
    let words = [
        (true, "UID"),
        (items.flags, "FLAGS"),
        (items.internal_date, "INTERNALDATE"),
        (items.size, "RFC822.SIZE"),
        (items.envelope, "ENVELOPE"),
        (items.structure, "BODYSTRUCTURE"),
        (items.modseq && capabilities.condstore(), "MODSEQ"),
        (items.object_ids && objects, "EMAILID THREADID"),
        (items.object_ids && gmail, "X-GM-MSGID X-GM-THRID"),
        (items.gm_labels && gmail, "X-GM-LABELS"),
        (items.preview && capabilities.has("PREVIEW"), "PREVIEW"),
        (items.whole, "BODY.PEEK[]"),
    ];
    let mut out: Vec<String> = words.iter().filter(|w| w.0).map(|w| w.1.to_owned()).collect();
    if !items.header_fields.is_empty() {
        let plain = |n: &String| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !items.header_fields.iter().all(plain) {
            return Err(ImapError::Input { what: "the header field" });
        }
        out.push(format!("BODY.PEEK[HEADER.FIELDS ({})]", items.header_fields.join(" ")));
    }
    Ok(format!("({})", out.join(" ")))
}

/// System flags and keywords as a list. A keyword is an atom.
fn flag_list(names: &[String]) -> Result<String, ImapError> {
    let atom = |name: &str| {
        let word = name.strip_prefix('\\').unwrap_or(name);
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic() && !b"(){%*\"\\]".contains(&b))
    };
    if names.is_empty() || !names.iter().all(|n| atom(n)) {
        return Err(ImapError::Input { what: "the flag" });
    }
    Ok(format!("({})", names.join(" ")))
}

fn to_mailbox(uids: &UidSet, name: &[u8], writer: &dyn Fn() -> Writer) -> Result<Vec<Command>, ImapError> {
    let line = |set: UidSet| Ok(writer().text(&format!(" {set}")).astring(name, "the mailbox name")?.done());
    uids.pieces(SET).into_iter().map(line).collect()
}
