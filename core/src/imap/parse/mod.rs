//! Reads every response that is not FETCH data: status lines and their codes, LIST, STATUS, SEARCH, ESEARCH and the rest.
//!
//! Own readers throughout: imap-proto cannot read ESEARCH, NAMESPACE, extended LIST or half of the STATUS items, and
//! panics on some lines. None of these recurses or fails; what cannot be read is [`Untagged::Unreadable`].

mod code;
mod list;
mod search;

use super::capability::Capabilities;
use super::cursor::Cursor;
use super::fetch::{self, FetchRow};
use super::frame::Response;
use super::limits::Limits;
use super::uid_set::UidSet;
use crate::error::ServerText;

pub(crate) use code::Code;
pub use code::CopyUid;
pub use list::Namespace;
pub(crate) use list::{ListLine, StatusLine};
pub(crate) use search::{Esearch, Search};

/// OK, NO, BAD, BYE or PREAUTH.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Condition {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

/// A status response behind its tag or star.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Status {
    pub(crate) condition: Condition,
    pub(crate) code: Option<Code>,
    pub(crate) text: ServerText,
}

/// One line of the server's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Line {
    Tagged(String, Status),
    Untagged(Untagged),
    Continuation,
    /// No IMAP at all: HTML, another protocol, a stray line.
    Foreign,
}

/// An untagged response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Untagged {
    Status(Status),
    Capability(Capabilities),
    Enabled(Capabilities),
    List(ListLine),
    MailboxStatus(StatusLine),
    Namespace(Box<Namespaces>),
    Search(Search),
    Esearch(Esearch),
    Flags(Vec<String>),
    Exists(u32),
    Expunge(u32),
    Vanished {
        earlier: bool,
        uids: UidSet,
    },
    Fetch(Box<FetchRow>),
    /// Known, but of no use here: RECENT, LSUB, ID …
    Other,
    /// A response of a kind that matters, which could not be read.
    Unreadable(Kind),
}

/// Personal, other users' and shared namespaces (RFC 2342).
pub(crate) type Namespaces = [Vec<Namespace>; 3];

/// The kinds whose loss makes an answer incomplete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    List,
    Status,
    Search,
    Exists,
    Vanished,
    Fetch,
    Other,
}

/// Reads one response.
pub(crate) fn line(response: &Response, limits: &Limits) -> Line {
    let mut cursor = Cursor::new(response);
    if response.bytes.first() == Some(&b'+') {
        return Line::Continuation;
    }
    if !response.bytes.starts_with(b"* ") {
        let Some(tag) = cursor.atom() else { return Line::Foreign };
        let plain = tag.len() <= 20 && tag.iter().all(u8::is_ascii_alphanumeric);
        return match status(&mut cursor, limits) {
            Some(status) if plain => Line::Tagged(String::from_utf8_lossy(tag).into_owned(), status),
            _ => Line::Foreign,
        };
    }
    cursor.eat(b'*');
    let start = cursor;
    if let Some(status) = status(&mut cursor, limits) {
        return Line::Untagged(Untagged::Status(status));
    }
    cursor = start;
    Line::Untagged(untagged(&mut cursor, limits))
}

fn status(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<Status> {
    let word = cursor.atom()?.to_ascii_uppercase();
    let condition = match word.as_slice() {
        b"OK" => Condition::Ok,
        b"NO" => Condition::No,
        b"BAD" => Condition::Bad,
        b"BYE" => Condition::Bye,
        b"PREAUTH" => Condition::Preauth,
        _ => return None,
    };
    cursor.spaces();
    let (code, text) = code::code_and_text(cursor.rest(), limits);
    Some(Status { condition, code, text: ServerText::from_bytes(text) })
}

fn untagged(cursor: &mut Cursor<'_>, limits: &Limits) -> Untagged {
    cursor.spaces();
    if cursor.peek().is_some_and(|b| b.is_ascii_digit()) {
        return numbered(cursor, limits);
    }
    let Some(word) = cursor.atom().map(<[u8]>::to_ascii_uppercase) else { return Untagged::Other };
    let or = |found: Option<Untagged>, kind| found.unwrap_or(Untagged::Unreadable(kind));
    match word.as_slice() {
        b"CAPABILITY" => Untagged::Capability(capabilities(cursor)),
        b"ENABLED" => Untagged::Enabled(capabilities(cursor)),
        b"LIST" | b"XLIST" => or(list::list(cursor, limits).map(Untagged::List), Kind::List),
        b"STATUS" => or(list::status(cursor).map(Untagged::MailboxStatus), Kind::Status),
        b"NAMESPACE" => or(list::namespaces(cursor).map(|n| Untagged::Namespace(Box::new(n))), Kind::Other),
        b"SEARCH" | b"SORT" => or(search::search(cursor).map(Untagged::Search), Kind::Search),
        b"ESEARCH" => or(search::esearch(cursor, limits).map(Untagged::Esearch), Kind::Search),
        b"FLAGS" => or(flag_names(cursor).map(Untagged::Flags), Kind::Other),
        b"VANISHED" => or(vanished(cursor, limits), Kind::Vanished),
        _ => Untagged::Other,
    }
}

/// `* 23 EXISTS` and its kin.
fn numbered(cursor: &mut Cursor<'_>, limits: &Limits) -> Untagged {
    let number = cursor.number32();
    let Some(word) = cursor.atom().map(<[u8]>::to_ascii_uppercase) else { return Untagged::Other };
    match (word.as_slice(), number) {
        (b"EXISTS", Some(n)) => Untagged::Exists(n),
        (b"EXPUNGE", Some(n)) if n > 0 => Untagged::Expunge(n),
        (b"FETCH", Some(n)) if n > 0 => Untagged::Fetch(Box::new(fetch::row(n, cursor, limits))),
        (b"UIDFETCH", Some(n)) => {
            let mut row = fetch::row(0, cursor, limits);
            row.uid = crate::ids::Uid::new(n);
            Untagged::Fetch(Box::new(row))
        }
        (b"EXISTS" | b"EXPUNGE", _) => Untagged::Unreadable(Kind::Exists),
        (b"FETCH", _) => Untagged::Unreadable(Kind::Fetch),
        _ => Untagged::Other,
    }
}

fn capabilities(cursor: &Cursor<'_>) -> Capabilities {
    Capabilities::from_words(cursor.rest().split(|b| *b == b' '))
}

fn flag_names(cursor: &mut Cursor<'_>) -> Option<Vec<String>> {
    let words = cursor.words(1_000)?;
    Some(words.iter().map(|w| String::from_utf8_lossy(w).into_owned()).collect())
}

/// `VANISHED (EARLIER) 1:5`, `VANISHED 7`. An empty set is no error: iCloud sends some.
fn vanished(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<Untagged> {
    let mut earlier = false;
    if cursor.opens() {
        earlier = cursor.atom()?.eq_ignore_ascii_case(b"EARLIER");
        if !cursor.closes() {
            return None;
        }
    }
    let uids = match cursor.atom() {
        None => UidSet::new(),
        Some(set) => UidSet::parse(set, limits.items)?,
    };
    Some(Untagged::Vanished { earlier, uids })
}

#[cfg(test)]
mod tests;
