//! Overviews of messages into rows: new ones, known ones again, and those that wait for their UID.

use crate::ids::{AccountId, MailboxId, ModSeq, Uid};
use crate::imap::{FetchRow, RawName, RawStructure};
use crate::message::{CanonicalKey, Envelope, Flags, Part, Structure};
use crate::mime;
use crate::store::{self, NewMessage, NewPlacement, StoreError, Write};

/// What a list shows of one message on a server.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Its UID.
    pub uid: Uid,
    /// Flags there.
    pub flags: Flags,
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
            flags: row.flags.unwrap_or_default(),
            modseq: row.modseq,
            received_at: row.internal_date.map(|s| s.saturating_mul(1_000)),
            size: row.size.unwrap_or(0),
            emailid,
            preview,
            structure: row.structure.map(structure),
        })
    }

    /// A message of which nothing but the UID could be read.
    pub fn unreadable(uid: Uid) -> Self {
        Self {
            uid,
            flags: Flags::default(),
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

fn structure(raw: RawStructure) -> Structure {
    let part = |p: crate::imap::RawPart| Part {
        section: p.section,
        media_type: p.media_type,
        charset: p.charset,
        encoding: p.encoding,
        size: p.size,
        name: p.name_raw.map(|n| match n {
            RawName::Plain(bytes) | RawName::Extended(bytes) => mime::decode_parameter(&bytes),
        }),
        disposition: p.disposition,
        content_id: p.content_id,
        is_attachment: p.is_attachment,
    };
    Structure {
        parts: raw.parts.into_iter().map(part).collect(),
        text_section: raw.text_section,
        html_section: raw.html_section,
        truncated: raw.truncated,
    }
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
        if let Some(known) = store::placement_by_uid(w, mailbox, overview.uid)? {
            applied.changed += u64::from(known.server_flags != overview.flags);
            store::set_server_flags(w, &known, &overview.flags, overview.modseq)?;
            continue;
        }
        if awaiting && let Some(id) = store::awaiting_match(w, mailbox, &overview.key, overview.size)? {
            store::set_on_server(w, id, mailbox, Some(overview.uid))?;
            let known = store::placement(w, id)?;
            store::set_server_flags(w, &known, &overview.flags, overview.modseq)?;
            continue;
        }
        insert(w, account, mailbox, overview)?;
        applied.new += 1;
    }
    Ok(applied)
}

fn insert(w: &mut Write<'_>, account: AccountId, mailbox: MailboxId, o: &Overview) -> Result<(), StoreError> {
    let received_at = o.received_at.unwrap_or_else(|| w.now_ms());
    let same = match &o.emailid {
        Some(emailid) => store::message_by_emailid(w, account, emailid)?,
        None => None,
    };
    let (message, thread) = match same {
        Some(found) => found,
        None => {
            let new = NewMessage {
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
            };
            store::insert_message(w, &new)?
        }
    };
    store::insert_placement(
        w,
        &NewPlacement {
            message,
            thread,
            mailbox,
            sort_at: received_at,
            flags: o.flags.clone(),
            on_server: Some((mailbox, o.uid)),
            modseq: o.modseq,
        },
    )?;
    Ok(())
}
