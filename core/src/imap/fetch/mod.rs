//! Reads FETCH responses: own, iterative, one bad item costs that item and never the session.

mod date;
mod envelope;
mod structure;

use super::cursor::{Cursor, Text};
use super::limits::Limits;
use crate::ids::{ModSeq, Uid};
use crate::message::Flags;

pub use envelope::{RawAddress, RawEnvelope};
pub use structure::{RawName, RawPart, RawStructure};

pub(crate) use date::{internal_date, wire_date};

/// What a server said about one message. Every field that was not asked for, not said or not readable is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FetchRow {
    /// Message sequence number; for an UIDFETCH response 0.
    pub seq: u32,
    /// The UID.
    pub uid: Option<Uid>,
    /// Flags and keywords.
    pub flags: Option<Flags>,
    /// INTERNALDATE in seconds since 1970 UTC.
    pub internal_date: Option<i64>,
    /// RFC822.SIZE in bytes, as announced.
    pub size: Option<u64>,
    /// ENVELOPE, strings as raw bytes for `mime` to decode.
    pub envelope: Option<RawEnvelope>,
    /// BODYSTRUCTURE, flattened.
    pub structure: Option<RawStructure>,
    /// MODSEQ (RFC 7162).
    pub modseq: Option<ModSeq>,
    /// EMAILID (RFC 8474).
    pub email_id: Option<String>,
    /// THREADID (RFC 8474).
    pub thread_id: Option<String>,
    /// PREVIEW (RFC 8970), UTF-8 by the RFC, not checked here.
    pub preview: Option<Vec<u8>>,
    /// Gmail's X-GM-MSGID.
    pub gm_message_id: Option<u64>,
    /// Gmail's X-GM-THRID.
    pub gm_thread_id: Option<u64>,
    /// Gmail's X-GM-LABELS, raw.
    pub gm_labels: Option<Vec<Vec<u8>>>,
    /// BODY[…] and BINARY[…] values.
    pub sections: Vec<SectionData>,
    /// Something in it could not be read; the other fields stand.
    pub degraded: bool,
}

/// The value of one `BODY[section]<origin>`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SectionData {
    /// What stands between the brackets: empty for the whole message, `1.2`, `HEADER.FIELDS (REFERENCES)` …
    pub section: Vec<u8>,
    /// Where the bytes begin, if only a part was asked for.
    pub origin: Option<u64>,
    /// The bytes; `None` for NIL, and when they were streamed.
    pub data: Option<Vec<u8>>,
    /// The bytes went to the caller piece by piece.
    pub streamed: bool,
}

impl FetchRow {
    /// The header fields that were asked for by [`super::FetchItems::header_fields`], raw, if the server sent them.
    pub fn header_fields(&self) -> Option<&[u8]> {
        let is =
            |s: &&SectionData| s.section.get(..13).is_some_and(|p| p.eq_ignore_ascii_case(b"HEADER.FIELDS"));
        self.sections.iter().find(is)?.data.as_deref()
    }
    /// Roughly how many bytes it takes here.
    pub(crate) fn weight(&self) -> usize {
        let sections = self.sections.iter().map(|s| s.section.len() + s.data.as_ref().map_or(0, Vec::len));
        let parts = self.structure.as_ref().map_or(0, |s| s.parts.len() * 300);
        let envelope = self.envelope.as_ref().map_or(0, RawEnvelope::weight);
        let labels = self.gm_labels.iter().flatten().map(Vec::len);
        500 + sections.sum::<usize>()
            + labels.sum::<usize>()
            + parts
            + envelope
            + self.preview.as_ref().map_or(0, Vec::len)
    }
    /// The part that a server also sends unasked.
    pub(crate) fn flags_part(self) -> Option<Self> {
        let Self { seq, uid, flags, modseq, .. } = self;
        flags.is_some().then(|| Self { seq, uid, flags, modseq, ..Self::default() })
    }
    /// Whether it says no more than flags and MODSEQ: what a server also sends unasked.
    pub(crate) fn is_flags_only(&self) -> bool {
        self.internal_date.is_none()
            && self.size.is_none()
            && self.envelope.is_none()
            && self.structure.is_none()
            && self.email_id.is_none()
            && self.preview.is_none()
            && self.sections.is_empty()
    }
}

/// Reads what follows `* n FETCH`. Never fails: what cannot be read is left out and `degraded` set.
pub(crate) fn row(seq: u32, cursor: &mut Cursor<'_>, limits: &Limits) -> FetchRow {
    let mut row = FetchRow { seq, ..FetchRow::default() };
    if !cursor.opens() {
        row.degraded = true;
        return row;
    }
    while !cursor.closes() {
        let Some(name) = cursor.item_name() else {
            row.degraded = true;
            return row;
        };
        let name = name.to_ascii_uppercase();
        let start = *cursor;
        if item(&name, cursor, &mut row, limits).is_none() {
            row.degraded = true;
            *cursor = start;
            if pass(cursor).is_none() {
                return row;
            }
        }
    }
    row
}

/// Passes the value of an item that is not known or not readable, its section included.
fn pass(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.peek() == Some(b'[') {
        cursor.section()?;
        origin(cursor)?;
    }
    cursor.skip_value()
}

fn origin(cursor: &mut Cursor<'_>) -> Option<Option<u64>> {
    if !cursor.eat(b'<') {
        return Some(None);
    }
    let origin = cursor.number()?;
    cursor.eat(b'>').then_some(Some(origin))
}

fn item(name: &[u8], cursor: &mut Cursor<'_>, row: &mut FetchRow, limits: &Limits) -> Option<()> {
    match name {
        b"UID" => row.uid = Some(Uid::new(cursor.number32()?)?),
        b"FLAGS" => row.flags = Some(flags(cursor)?),
        b"INTERNALDATE" => {
            if let Some(text) = cursor.nstring()? {
                row.internal_date = Some(internal_date(&text)?);
            }
        }
        b"RFC822.SIZE" => row.size = Some(cursor.number()?),
        b"ENVELOPE" => row.envelope = Some(envelope::read(cursor)?),
        b"BODYSTRUCTURE" => row.structure = Some(structure::read(cursor, limits)?),
        b"BODY" | b"BINARY" | b"RFC822" | b"RFC822.HEADER" | b"RFC822.TEXT" => {
            if name == b"BODY" && cursor.peek() != Some(b'[') {
                row.structure = Some(structure::read(cursor, limits)?);
            } else {
                row.sections.push(section(name, cursor)?);
            }
        }
        b"MODSEQ" => row.modseq = Some(parenthesised(cursor, |c| modseq(c.number()?))?),
        b"EMAILID" => row.email_id = Some(parenthesised(cursor, object_id)?),
        b"THREADID" => {
            if !cursor.nil() {
                row.thread_id = Some(parenthesised(cursor, object_id)?);
            }
        }
        b"PREVIEW" => row.preview = cursor.nstring()?.map(std::borrow::Cow::into_owned),
        b"X-GM-MSGID" => row.gm_message_id = Some(cursor.number()?),
        b"X-GM-THRID" => row.gm_thread_id = Some(cursor.number()?),
        b"X-GM-LABELS" => {
            let words = cursor.words(1_000)?;
            row.gm_labels = Some(words.into_iter().map(std::borrow::Cow::into_owned).collect());
        }
        _ => pass(cursor)?,
    }
    Some(())
}

/// A flag list. A word that is no flag is left out.
pub(crate) fn flags(cursor: &mut Cursor<'_>) -> Option<Flags> {
    let words = cursor.words(1_000)?;
    Some(Flags::from_names(words.iter().filter_map(|w| std::str::from_utf8(w).ok())))
}

/// 1 to 2⁶³−1 (RFC 7162 §3.1); anything else is no MODSEQ.
pub(crate) fn modseq(number: u64) -> Option<ModSeq> {
    Some(ModSeq(number)).filter(|_| number > 0 && i64::try_from(number).is_ok())
}

fn parenthesised<'a, T>(cursor: &mut Cursor<'a>, read: impl Fn(&mut Cursor<'a>) -> Option<T>) -> Option<T> {
    let opened = cursor.opens();
    let value = read(cursor)?;
    (!opened || cursor.closes()).then_some(value)
}

/// An object id: 1 to 255 of `A-Za-z0-9_-` (RFC 8474 §4); servers with other printable bytes are taken too.
pub(crate) fn object_id(cursor: &mut Cursor<'_>) -> Option<String> {
    let id = cursor.astring()?;
    let fine = !id.is_empty() && id.len() <= 255 && id.iter().all(u8::is_ascii_graphic);
    fine.then(|| String::from_utf8_lossy(&id).into_owned())
}

fn section(name: &[u8], cursor: &mut Cursor<'_>) -> Option<SectionData> {
    let (section, origin) = match name {
        b"RFC822" => (Vec::new(), None),
        b"RFC822.HEADER" => (b"HEADER".to_vec(), None),
        b"RFC822.TEXT" => (b"TEXT".to_vec(), None),
        _ => (cursor.section()?, origin(cursor)?),
    };
    if cursor.nil() {
        return Some(SectionData { section, origin, data: None, streamed: false });
    }
    match cursor.text()? {
        Text::Here(bytes) => {
            Some(SectionData { section, origin, data: Some(bytes.into_owned()), streamed: false })
        }
        Text::Streamed => Some(SectionData { section, origin, data: None, streamed: true }),
    }
}

#[cfg(test)]
mod tests;
