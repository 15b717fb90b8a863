//! ENVELOPE (RFC 3501 §7.4.2): raw bytes, nothing decoded.

use crate::imap::cursor::Cursor;

/// Most addresses of each kind that are kept.
const MOST: usize = 1_000;

/// The envelope as the server sent it. Encoded words (RFC 2047) are still in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RawEnvelope {
    /// `Date:`, unparsed.
    pub date: Option<Vec<u8>>,
    /// `Subject:`
    pub subject: Option<Vec<u8>>,
    /// `From:`
    pub from: Vec<RawAddress>,
    /// `Sender:`; servers repeat From if there is none.
    pub sender: Vec<RawAddress>,
    /// `Reply-To:`; servers repeat From if there is none.
    pub reply_to: Vec<RawAddress>,
    /// `To:`
    pub to: Vec<RawAddress>,
    /// `Cc:`
    pub cc: Vec<RawAddress>,
    /// `Bcc:`
    pub bcc: Vec<RawAddress>,
    /// `In-Reply-To:`
    pub in_reply_to: Option<Vec<u8>>,
    /// `Message-ID:` with its brackets.
    pub message_id: Option<Vec<u8>>,
}

/// One address. The start of a group has no host and the group's name as mailbox, its end neither.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RawAddress {
    /// Display name, encoded words included.
    pub name: Option<Vec<u8>>,
    /// Local part, or a group's name.
    pub mailbox: Option<Vec<u8>>,
    /// Domain.
    pub host: Option<Vec<u8>>,
}

impl RawEnvelope {
    pub(crate) fn weight(&self) -> usize {
        let one = |s: &Option<Vec<u8>>| s.as_ref().map_or(0, Vec::len);
        let lists = [&self.from, &self.sender, &self.reply_to, &self.to, &self.cc, &self.bcc];
        let addresses =
            lists.into_iter().flatten().map(|a| 80 + one(&a.name) + one(&a.mailbox) + one(&a.host));
        addresses.sum::<usize>()
            + one(&self.date)
            + one(&self.subject)
            + one(&self.in_reply_to)
            + one(&self.message_id)
    }
}

impl RawAddress {
    /// `local@domain`; `None` for the ends of a group and for an address without a part.
    pub fn address(&self) -> Option<Vec<u8>> {
        let (mailbox, host) = (self.mailbox.as_ref()?, self.host.as_ref()?);
        Some([mailbox.as_slice(), b"@", host.as_slice()].concat())
    }
}

pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<RawEnvelope> {
    if !cursor.opens() {
        return None;
    }
    let envelope = RawEnvelope {
        date: nstring(cursor)?,
        subject: nstring(cursor)?,
        from: addresses(cursor)?,
        sender: addresses(cursor)?,
        reply_to: addresses(cursor)?,
        to: addresses(cursor)?,
        cc: addresses(cursor)?,
        bcc: addresses(cursor)?,
        in_reply_to: nstring(cursor)?,
        message_id: nstring(cursor)?,
    };
    while !cursor.closes() {
        cursor.skip_value()?;
    }
    Some(envelope)
}

pub(super) fn nstring(cursor: &mut Cursor<'_>) -> Option<Option<Vec<u8>>> {
    Some(cursor.nstring()?.map(std::borrow::Cow::into_owned))
}

fn addresses(cursor: &mut Cursor<'_>) -> Option<Vec<RawAddress>> {
    let mut out = Vec::new();
    if cursor.nil() {
        return Some(out);
    }
    if !cursor.opens() {
        // Some servers write "" for an empty list.
        return nstring(cursor)?.is_none_or(|s| s.is_empty()).then_some(out);
    }
    while !cursor.closes() {
        if !cursor.opens() {
            return None;
        }
        let name = nstring(cursor)?;
        nstring(cursor)?;
        let (mailbox, host) = (nstring(cursor)?, nstring(cursor)?);
        while !cursor.closes() {
            cursor.skip_value()?;
        }
        if out.len() < MOST {
            out.push(RawAddress { name, mailbox, host });
        }
    }
    Some(out)
}
