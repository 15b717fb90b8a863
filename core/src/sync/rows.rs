//! Overviews of messages into rows: new ones, known ones again, and those that wait for their UID.

use crate::ids::{AccountId, MailboxId, MessageId, ModSeq, Uid};
use crate::imap::{FetchRow, RawName, RawPart, RawStructure};
use crate::message::{CanonicalKey, Envelope, Flags, Part, Structure};
use crate::mime::{self, Node};
use crate::store::{self, NewMessage, NewPlacement, PlacementRow, StoreError, Write};

/// What a list shows of one message on a server.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Its UID.
    pub uid: Uid,
    /// Flags there; `None`: not told, or not readable.
    pub flags: Option<Flags>,
    /// MODSEQ, if kept.
    pub modseq: Option<ModSeq>,
    /// INTERNALDATE, milliseconds since 1970 UTC; `None`: not told.
    pub received_at: Option<i64>,
    /// Bytes.
    pub size: u64,
    /// Strong identity.
    pub emailid: Option<String>,
    /// Canonical header key.
    pub key: CanonicalKey,
    /// Envelope.
    pub envelope: Envelope,
    /// First words, if the server told.
    pub preview: String,
    /// MIME tree, if told.
    pub structure: Option<Structure>,
    /// Only part of the answer could be read.
    pub degraded: bool,
}

impl Overview {
    /// From a FETCH response; `None` without a UID: it names nothing.
    pub fn from_fetch(row: FetchRow) -> Option<Self> {
        let uid = row.uid?;
        let header = row.header_fields().unwrap_or_default();
        let emailid = row.email_id.clone().or_else(|| row.gm_message_id.map(|id| format!("gm:{id}")));
        let preview =
            row.preview.as_deref().map(|p| mime::preview(&String::from_utf8_lossy(p))).unwrap_or_default();
        Some(Self {
            uid,
            key: mime::canonical_key(header),
            envelope: mime::envelope(header),
            degraded: row.degraded || header.is_empty(),
            flags: row.flags,
            modseq: row.modseq,
            received_at: row.internal_date.map(|s| s.saturating_mul(1_000)),
            size: row.size.unwrap_or(0),
            emailid,
            preview,
            structure: row.structure.map(structure),
        })
    }

    /// Whether it lacks the header fields that make a row of a list: better than nothing, worse than any other.
    fn says_nothing(&self) -> bool {
        self.degraded && self.key == mime::canonical_key(b"")
    }

    /// A message of which nothing but the UID could be read.
    pub fn unreadable(uid: Uid) -> Self {
        Self {
            uid,
            flags: None,
            modseq: None,
            received_at: None,
            size: 0,
            emailid: None,
            key: mime::canonical_key(b""),
            envelope: Envelope::default(),
            preview: String::new(),
            structure: None,
            degraded: true,
        }
    }
}

/// The same decisions as for a whole message, from what the server says of its tree.
fn structure(raw: RawStructure) -> Structure {
    let node = |p: RawPart| Node {
        parent: p.parent,
        signed_data: mime::is_signed_data(&p.smime_type),
        part: Part {
            charset: p.charset.filter(|_| p.media_type.starts_with("text/")),
            media_type: p.media_type,
            encoding: p.encoding,
            size: p.size,
            name: p.name_raw.map(|n| match n {
                RawName::Plain(bytes) | RawName::Extended(bytes) => mime::decode_parameter(&bytes),
            }),
            disposition: p.disposition,
            content_id: p.content_id,
            format: mime::line_format(&p.format, &p.delsp),
            ..Part::default()
        },
    };
    mime::assemble(raw.parts.into_iter().map(node).collect(), raw.truncated)
}

/// What applying overviews changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// Rows that came.
    pub new: u64,
    /// Rows whose flags changed.
    pub changed: u64,
}

/// Writes overviews of one server mailbox, in the transaction that moves its cursor.
pub fn apply_overviews(
    w: &mut Write<'_>,
    account: AccountId,
    mailbox: MailboxId,
    overviews: &[Overview],
) -> Result<Applied, StoreError> {
    let mut applied = Applied::default();
    let awaiting = store::any_awaiting(w, mailbox)?;
    for overview in overviews {
        let known = store::placement_by_uid(w, mailbox, overview.uid)?;
        let readable = !overview.says_nothing();
        let gives_way = match &known {
            Some(known) if awaiting => readable && stands_in(w, known)?,
            Some(_) => false,
            None => true,
        };
        if awaiting
            && gives_way
            && let Some(id) = store::awaiting_match(w, mailbox, &overview.key, overview.size)?
        {
            if let Some(stand_in) = known {
                store::drop_placement(w, stand_in.id)?;
            }
            store::set_on_server(w, id, mailbox, Some(overview.uid))?;
            let known = store::placement(w, id)?;
            set_flags(w, &known, overview)?;
            continue;
        }
        if let Some(known) = known {
            let filled = readable && fill(w, account, known.message, overview)?;
            let flags_differ = overview.flags.as_ref().is_some_and(|flags| known.server_flags != *flags);
            applied.changed += u64::from(filled || flags_differ);
            set_flags(w, &known, overview)?;
            continue;
        }
        insert(w, account, mailbox, overview)?;
        applied.new += 1;
    }
    Ok(applied)
}

fn set_flags(w: &mut Write<'_>, known: &PlacementRow, overview: &Overview) -> Result<(), StoreError> {
    match &overview.flags {
        Some(flags) => store::set_server_flags(w, known, flags, overview.modseq),
        None => Ok(()),
    }
}

/// Whether a row of which only the UID is known may give way to the row that waits for this UID: unless a person did
/// something to it.
fn stands_in(w: &Write<'_>, known: &PlacementRow) -> Result<bool, StoreError> {
    Ok(store::is_degraded(w, known.message)? && !store::has_waiting(w, known.id)?)
}

/// Fills a row that could not be read before; says whether it did.
fn fill(w: &mut Write<'_>, account: AccountId, id: MessageId, o: &Overview) -> Result<bool, StoreError> {
    if !store::is_degraded(w, id)? {
        return Ok(false);
    }
    let received_at = o.received_at.unwrap_or_else(|| w.now_ms());
    store::fill_overview(w, id, &new_message(account, o, received_at), o.received_at)?;
    Ok(true)
}

fn new_message(account: AccountId, o: &Overview, received_at: i64) -> NewMessage {
    NewMessage {
        account,
        key: o.key.clone(),
        envelope: o.envelope.clone(),
        received_at,
        size: o.size,
        emailid: o.emailid.clone(),
        sha256: None,
        preview: o.preview.clone(),
        structure: o.structure.clone(),
        degraded: o.degraded,
    }
}

fn insert(w: &mut Write<'_>, account: AccountId, mailbox: MailboxId, o: &Overview) -> Result<(), StoreError> {
    let received_at = o.received_at.unwrap_or_else(|| w.now_ms());
    let same = match &o.emailid {
        Some(emailid) => store::message_by_emailid(w, account, emailid)?,
        None => None,
    };
    let (message, thread) = match same {
        Some((message, _)) if !o.says_nothing() && fill(w, account, message, o)? => {
            (message, store::message(w, message)?.thread)
        }
        Some(found) => found,
        None => store::insert_message(w, &new_message(account, o, received_at))?,
    };
    store::insert_placement(
        w,
        &NewPlacement {
            message,
            thread,
            mailbox,
            sort_at: received_at,
            flags: o.flags.clone().unwrap_or_default(),
            on_server: Some((mailbox, o.uid)),
            modseq: o.modseq,
        },
    )?;
    Ok(())
}
