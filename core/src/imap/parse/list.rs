//! LIST with extended data (RFC 5258), STATUS with every item, NAMESPACE (RFC 2342).

use super::super::cursor::Cursor;
use super::super::fetch::{modseq, object_id};
use super::super::limits::Limits;
use super::Namespaces;
use crate::ids::{ModSeq, Uid, UidValidity};

/// One LIST response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ListLine {
    pub(crate) attributes: Vec<String>,
    pub(crate) delimiter: Option<char>,
    pub(crate) name: Vec<u8>,
}

/// One STATUS response.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct StatusLine {
    pub(crate) name: Vec<u8>,
    pub(crate) messages: Option<u32>,
    pub(crate) unseen: Option<u32>,
    pub(crate) uidnext: Option<Uid>,
    pub(crate) uidvalidity: Option<UidValidity>,
    pub(crate) highestmodseq: Option<ModSeq>,
    pub(crate) size: Option<u64>,
    pub(crate) mailbox_id: Option<String>,
}

/// A prefix under which mailboxes live, and what separates its levels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Namespace {
    /// Raw prefix, often empty.
    pub prefix: Vec<u8>,
    /// Separator of levels, if there are levels.
    pub delimiter: Option<char>,
}

/// Longest mailbox name that is believed.
const LONGEST_NAME: usize = 10_000;

pub(super) fn list(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<ListLine> {
    let words = cursor.words(limits.items.min(100))?;
    let attributes = words.iter().map(|w| String::from_utf8_lossy(w).into_owned()).collect();
    let delimiter = delimiter(cursor)?;
    let name = cursor.astring()?.into_owned();
    // Extended data and whatever else follows says nothing that is used here.
    (name.len() <= LONGEST_NAME).then_some(ListLine { attributes, delimiter, name })
}

fn delimiter(cursor: &mut Cursor<'_>) -> Option<Option<char>> {
    let text = cursor.nstring()?;
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Some(None) };
    match text.as_ref() {
        [one] if one.is_ascii_graphic() || *one == b' ' => Some(Some(char::from(*one))),
        _ => None,
    }
}

pub(super) fn status(cursor: &mut Cursor<'_>) -> Option<StatusLine> {
    let mut line = StatusLine { name: cursor.astring()?.into_owned(), ..StatusLine::default() };
    if !cursor.opens() {
        return None;
    }
    while !cursor.closes() {
        let item = cursor.atom()?.to_ascii_uppercase();
        let start = *cursor;
        // One odd value (UIDNEXT 0, a negative count) leaves that item out and keeps the others.
        if status_item(&item, cursor, &mut line).is_none() {
            *cursor = start;
            cursor.skip_value()?;
        }
    }
    Some(line)
}

fn status_item(item: &[u8], cursor: &mut Cursor<'_>, line: &mut StatusLine) -> Option<()> {
    match item {
        b"MESSAGES" => line.messages = Some(cursor.number32()?),
        b"UNSEEN" => line.unseen = Some(cursor.number32()?),
        b"UIDNEXT" => line.uidnext = Some(Uid::new(cursor.number32()?)?),
        b"UIDVALIDITY" => {
            line.uidvalidity = Some(cursor.number32().filter(|n| *n > 0).map(UidValidity)?);
        }
        b"HIGHESTMODSEQ" => line.highestmodseq = Some(modseq(cursor.number()?)?),
        b"SIZE" => line.size = Some(cursor.number()?),
        b"MAILBOXID" => {
            let opened = cursor.opens();
            let id = object_id(cursor)?;
            if opened && !cursor.closes() {
                return None;
            }
            line.mailbox_id = Some(id);
        }
        _ => cursor.skip_value()?,
    }
    Some(())
}

pub(super) fn namespaces(cursor: &mut Cursor<'_>) -> Option<Namespaces> {
    Some([namespace(cursor)?, namespace(cursor)?, namespace(cursor)?])
}

fn namespace(cursor: &mut Cursor<'_>) -> Option<Vec<Namespace>> {
    let mut out = Vec::new();
    if cursor.nil() {
        return Some(out);
    }
    if !cursor.opens() {
        return None;
    }
    while !cursor.closes() {
        if !cursor.opens() {
            return None;
        }
        let prefix = cursor.string()?.into_owned();
        let delimiter = delimiter(cursor)?;
        while !cursor.closes() {
            cursor.skip_value()?;
        }
        if out.len() < 1_000 {
            out.push(Namespace { prefix, delimiter });
        }
    }
    Some(out)
}
