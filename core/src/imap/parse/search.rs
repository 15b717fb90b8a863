//! SEARCH (RFC 3501 §7.2.5) and ESEARCH (RFC 4731).

use super::super::cursor::Cursor;
use super::super::fetch::modseq;
use super::super::limits::Limits;
use super::super::uid_set::UidSet;
use crate::ids::ModSeq;

/// One SEARCH response, or one piece of a long one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Search {
    pub(crate) numbers: UidSet,
    pub(crate) modseq: Option<ModSeq>,
}

/// One ESEARCH response.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Esearch {
    pub(crate) tag: Option<String>,
    pub(crate) all: UidSet,
    pub(crate) count: Option<u32>,
    pub(crate) modseq: Option<ModSeq>,
}

/// Numbers and an optional `(MODSEQ n)`. UID 0 is no UID and dropped; a word that is no number makes it unreadable.
pub(super) fn search(cursor: &mut Cursor<'_>) -> Option<Search> {
    let mut found = Search::default();
    let mut numbers: Vec<(u32, u32)> = Vec::new();
    loop {
        cursor.spaces();
        if cursor.at_end() {
            break;
        }
        if cursor.opens() {
            if !cursor.atom()?.eq_ignore_ascii_case(b"MODSEQ") {
                return None;
            }
            found.modseq = modseq(cursor.number()?);
            if !cursor.closes() {
                return None;
            }
            continue;
        }
        let n = cursor.number32()?;
        match numbers.last_mut() {
            Some(last) if last.1.checked_add(1) == Some(n) => last.1 = n,
            _ if n == 0 => {}
            _ => numbers.push((n, n)),
        }
    }
    found.numbers = UidSet::from_ranges(numbers);
    Some(found)
}

pub(super) fn esearch(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<Esearch> {
    let mut found = Esearch::default();
    if cursor.opens() {
        if cursor.atom()?.eq_ignore_ascii_case(b"TAG") {
            found.tag = Some(String::from_utf8_lossy(&cursor.astring()?).into_owned());
        }
        while !cursor.closes() {
            cursor.skip_value()?;
        }
    }
    loop {
        cursor.spaces();
        if cursor.at_end() {
            return Some(found);
        }
        let item = cursor.atom()?.to_ascii_uppercase();
        match item.as_slice() {
            b"UID" => {}
            b"ALL" => found.all = UidSet::parse(cursor.atom()?, limits.items)?,
            b"COUNT" => found.count = Some(cursor.number32()?),
            b"MODSEQ" => found.modseq = modseq(cursor.number()?),
            _ => cursor.skip_value()?,
        }
    }
}
