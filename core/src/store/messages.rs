//! Messages: what was written, once per message, with its envelope and structure.

use super::{StoreError, Write, blobs, threads};
use crate::ids::{AccountId, BlobId, MessageId, ThreadId};
use crate::message::{Address, CanonicalKey, Encryption, Envelope, LineFormat, Part, Structure};
use crate::threading::ThreadIds;
use rusqlite::{Connection, OptionalExtension, params};

/// What a new message row is made of.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Whose.
    pub account: AccountId,
    /// Canonical header key.
    pub key: CanonicalKey,
    /// Envelope, decoded.
    pub envelope: Envelope,
    /// INTERNALDATE, or arrival for POP; milliseconds since 1970 UTC.
    pub received_at: i64,
    /// Bytes on the server.
    pub size: u64,
    /// Strong identity given by the server.
    pub emailid: Option<String>,
    /// SHA-256 of the raw bytes, if they are here.
    pub sha256: Option<[u8; 32]>,
    /// First words of the text.
    pub preview: String,
    /// MIME tree, if known.
    pub structure: Option<Structure>,
    /// The server's answer could only be read in part.
    pub degraded: bool,
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "[]".to_owned())
}

/// Addresses from their column.
pub(super) fn addresses(text: &str) -> Vec<Address> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Adds a message and finds its conversation. Placements are added apart.
pub fn insert_message(w: &mut Write<'_>, new: &NewMessage) -> Result<(MessageId, ThreadId), StoreError> {
    let e = &new.envelope;
    let thread = threads::place_in_thread(w, new.account, &thread_ids(e))?;
    w.prepare_cached(
        "INSERT INTO message (account_id, key_version, key_hash, sha256, emailid, message_id, date, date_offset,
            received_at, size, subject, sender, \"from\", reply_to, \"to\", cc, bcc, in_reply_to, \"references\",
            preview, list_id, thread_id, degraded)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
    )?
    .execute(params![
        new.account.0,
        new.key.version,
        new.key.hash,
        new.sha256,
        new.emailid,
        e.message_id,
        e.date,
        e.date_offset,
        new.received_at,
        new.size as i64,
        e.subject,
        json(&e.sender),
        json(&e.from),
        json(&e.reply_to),
        json(&e.to),
        json(&e.cc),
        json(&e.bcc),
        json(&e.in_reply_to),
        json(&e.references),
        new.preview,
        e.list_id,
        thread.0,
        new.degraded,
    ])?;
    let id = MessageId(w.last_insert_rowid());
    if let Some(structure) = &new.structure {
        set_structure(w, id, structure)?;
    }
    Ok((id, thread))
}

/// The ids that a conversation is found by.
pub(super) fn thread_ids(e: &Envelope) -> ThreadIds {
    ThreadIds {
        message_id: e.message_id.clone(),
        in_reply_to: e.in_reply_to.clone(),
        references: e.references.clone(),
    }
}

/// Sets key, envelope and conversation of a message anew; size, strong identity and preview only if they are told.
pub(super) fn update_overview(
    w: &mut Write<'_>,
    id: MessageId,
    new: &NewMessage,
    thread: ThreadId,
) -> Result<(), StoreError> {
    let e = &new.envelope;
    w.prepare_cached(
        "UPDATE message SET key_version = ?2, key_hash = ?3, emailid = coalesce(?4, emailid), message_id = ?5, date = ?6,
            date_offset = ?7, size = CASE ?8 WHEN 0 THEN size ELSE ?8 END, subject = ?9, sender = ?10, \"from\" = ?11,
            reply_to = ?12, \"to\" = ?13, cc = ?14, bcc = ?15, in_reply_to = ?16, \"references\" = ?17,
            preview = CASE ?18 WHEN '' THEN preview ELSE ?18 END, list_id = ?19, thread_id = ?20
         WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        new.key.version,
        new.key.hash,
        new.emailid,
        e.message_id,
        e.date,
        e.date_offset,
        new.size as i64,
        e.subject,
        json(&e.sender),
        json(&e.from),
        json(&e.reply_to),
        json(&e.to),
        json(&e.cc),
        json(&e.bcc),
        json(&e.in_reply_to),
        json(&e.references),
        new.preview,
        e.list_id,
        thread.0,
    ])?;
    Ok(())
}

/// Sets the MIME tree of a message. Parts that were fetched keep their bytes.
pub fn set_structure(w: &mut Write<'_>, id: MessageId, structure: &Structure) -> Result<(), StoreError> {
    let mut insert = w.prepare_cached(
        "INSERT INTO part (message_id, section, position, media_type, charset, encoding, size, name, disposition,
            content_id, is_attachment, in_text, in_html, line_format)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (message_id, section) DO UPDATE SET position = excluded.position, media_type = excluded.media_type,
            charset = excluded.charset, encoding = excluded.encoding, size = excluded.size, name = excluded.name,
            disposition = excluded.disposition, content_id = excluded.content_id, is_attachment = excluded.is_attachment,
            in_text = excluded.in_text, in_html = excluded.in_html, line_format = excluded.line_format",
    )?;
    for (position, part) in structure.parts.iter().enumerate() {
        insert.execute(params![
            id.0,
            part.section,
            position as i64,
            part.media_type,
            part.charset,
            part.encoding,
            part.size as i64,
            part.name,
            part.disposition,
            part.content_id,
            part.is_attachment,
            part.in_text,
            part.in_html,
            part.format as u8,
        ])?;
    }
    drop(insert);
    w.prepare_cached(
        "UPDATE message SET structure_known = 1, text_section = ?2, html_section = ?3, has_attachments = ?4,
            encryption = ?5 WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        structure.text_section,
        structure.html_section,
        structure.parts.iter().any(|p| p.is_attachment),
        structure.encryption.map_or(0, |e| e as u8 + 1),
    ])?;
    Ok(())
}

/// A message that the server says is the same one, by strong identity only.
pub fn message_by_emailid(
    db: &Connection,
    account: AccountId,
    emailid: &str,
) -> Result<Option<(MessageId, ThreadId)>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT id, thread_id FROM message WHERE account_id = ?1 AND emailid = ?2 ORDER BY id LIMIT 1",
        )?
        .query_row(params![account.0, emailid], |r| Ok((MessageId(r.get(0)?), ThreadId(r.get(1)?))))
        .optional()?)
}

/// A message with everything a person sees when it is open, except bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageRow {
    /// Its id.
    pub id: MessageId,
    /// Whose.
    pub account: AccountId,
    /// Its conversation.
    pub thread: ThreadId,
    /// Envelope.
    pub envelope: Envelope,
    /// Milliseconds since 1970 UTC.
    pub received_at: i64,
    /// Bytes.
    pub size: u64,
    /// First words.
    pub preview: String,
    /// Raw bytes, if they are here.
    pub raw: Option<BlobId>,
    /// MIME tree, if known.
    pub structure: Option<Structure>,
    /// Bytes of parts that are here, by section.
    pub fetched: Vec<(String, BlobId)>,
}

/// Reads a message row with its parts.
pub fn message(db: &Connection, id: MessageId) -> Result<MessageRow, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT account_id, thread_id, date, date_offset, received_at, size, subject, sender, \"from\", reply_to, \"to\", cc,
            bcc, message_id, in_reply_to, \"references\", list_id, preview, raw_blob_id, structure_known, text_section,
            html_section, encryption
         FROM message WHERE id = ?1",
    )?;
    let strings = |text: String| serde_json::from_str::<Vec<String>>(&text).unwrap_or_default();
    let (mut row, structure) = statement
        .query_row([id.0], |r| {
            let list = |i: usize| r.get::<_, String>(i).map(|t| addresses(&t));
            let envelope = Envelope {
                date: r.get(2)?,
                date_offset: r.get(3)?,
                subject: r.get(6)?,
                sender: list(7)?,
                from: list(8)?,
                reply_to: list(9)?,
                to: list(10)?,
                cc: list(11)?,
                bcc: list(12)?,
                message_id: r.get(13)?,
                in_reply_to: strings(r.get(14)?),
                references: strings(r.get(15)?),
                list_id: r.get(16)?,
            };
            let row = MessageRow {
                id,
                account: AccountId(r.get(0)?),
                thread: ThreadId(r.get(1)?),
                envelope,
                received_at: r.get(4)?,
                size: r.get::<_, i64>(5)? as u64,
                preview: r.get(17)?,
                raw: r.get::<_, Option<i64>>(18)?.map(BlobId),
                structure: None,
                fetched: Vec::new(),
            };
            let structure = Structure {
                text_section: r.get(20)?,
                html_section: r.get(21)?,
                encryption: encryption(r.get(22)?),
                ..Structure::default()
            };
            Ok((row, r.get::<_, bool>(19)?.then_some(structure)))
        })
        .optional()?
        .ok_or(StoreError::NotFound("message"))?;
    let (parts, fetched) = read_parts(db, id)?;
    row.fetched = fetched;
    row.structure = structure.map(|structure| Structure { parts, ..structure });
    Ok(row)
}

/// Section name under which a raw header block is kept.
pub const HEADER_SECTION: &str = "HEADER";

fn encryption(code: u8) -> Option<Encryption> {
    let all = [Encryption::OpenPgp, Encryption::Smime, Encryption::SmimeSigned];
    all.into_iter().find(|e| *e as u8 + 1 == code)
}

fn line_format(code: u8) -> LineFormat {
    let all = [LineFormat::Flowed, LineFormat::FlowedDelSp];
    all.into_iter().find(|f| *f as u8 == code).unwrap_or_default()
}

type Parts = (Vec<Part>, Vec<(String, BlobId)>);

fn read_parts(db: &Connection, id: MessageId) -> Result<Parts, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT section, media_type, charset, encoding, size, name, disposition, content_id, is_attachment, blob_id,
            in_text, in_html, line_format
         FROM part WHERE message_id = ?1 ORDER BY position",
    )?;
    let mut rows = statement.query([id.0])?;
    let (mut parts, mut fetched) = (Vec::new(), Vec::new());
    while let Some(r) = rows.next()? {
        let section: String = r.get(0)?;
        if let Some(blob) = r.get::<_, Option<i64>>(9)? {
            fetched.push((section.clone(), BlobId(blob)));
        }
        if section == HEADER_SECTION {
            continue;
        }
        parts.push(Part {
            section,
            media_type: r.get(1)?,
            charset: r.get(2)?,
            encoding: r.get(3)?,
            size: r.get::<_, i64>(4)? as u64,
            name: r.get(5)?,
            disposition: r.get(6)?,
            content_id: r.get(7)?,
            is_attachment: r.get(8)?,
            in_text: r.get(10)?,
            in_html: r.get(11)?,
            format: line_format(r.get(12)?),
        });
    }
    Ok((parts, fetched))
}

/// Removes a message that no placement holds any more, with its bytes and its index entry.
pub(super) fn forget_message(w: &mut Write<'_>, id: MessageId) -> Result<(), StoreError> {
    let Some((thread, raw)) = w
        .prepare_cached("SELECT thread_id, raw_blob_id FROM message WHERE id = ?1")?
        .query_row([id.0], |r| Ok((ThreadId(r.get(0)?), r.get::<_, Option<i64>>(1)?)))
        .optional()?
    else {
        return Ok(());
    };
    let parts: Vec<i64> = w
        .prepare_cached("SELECT blob_id FROM part WHERE message_id = ?1 AND blob_id IS NOT NULL")?
        .query_map([id.0], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    let downloads: Vec<String> = w
        .prepare_cached("SELECT path FROM download WHERE message_id = ?1")?
        .query_map([id.0], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    w.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([id.0])?;
    w.prepare_cached("DELETE FROM message WHERE id = ?1")?.execute([id.0])?;
    for blob in raw.into_iter().chain(parts) {
        blobs::release_blob(w, BlobId(blob))?;
    }
    for path in downloads {
        w.remove_file_after(path.into());
    }
    w.touch_thread(thread);
    Ok(())
}
