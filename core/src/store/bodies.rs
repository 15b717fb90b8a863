//! Bodies and parts of messages, and downloads that go on where they stopped.

use super::{StoreError, Write, blobs};
use crate::ids::{BlobId, MailboxId, MessageId, PlacementId, Uid, UidValidity};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::PathBuf;

/// Keeps the raw bytes of a message: its strong identity from now on. Until its text is indexed, search finds it by what
/// was indexed before.
pub fn set_raw(
    w: &mut Write<'_>,
    id: MessageId,
    raw: &[u8],
    refetchable: bool,
) -> Result<BlobId, StoreError> {
    let old: Option<i64> = w
        .prepare_cached("SELECT raw_blob_id FROM message WHERE id = ?1")?
        .query_row([id.0], |r| r.get(0))
        .optional()?
        .ok_or(StoreError::NotFound("message"))?;
    let hash = blobs::sha256(raw);
    let blob = blobs::put_hashed(w, raw, hash, refetchable)?;
    w.prepare_cached("UPDATE message SET raw_blob_id = ?2, sha256 = ?3, indexed = 0 WHERE id = ?1")?
        .execute(params![id.0, blob.0, hash])?;
    if let Some(old) = old {
        blobs::release_blob(w, BlobId(old))?;
    }
    told(w, id)?;
    Ok(blob)
}

/// Keeps the decoded bytes of one part.
pub fn set_part(w: &mut Write<'_>, id: MessageId, section: &str, bytes: &[u8]) -> Result<BlobId, StoreError> {
    let old: Option<Option<i64>> = w
        .prepare_cached("SELECT blob_id FROM part WHERE message_id = ?1 AND section = ?2")?
        .query_row(params![id.0, section], |r| r.get(0))
        .optional()?;
    let blob = blobs::put_blob(w, bytes, true)?;
    match old {
        None => {
            w.prepare_cached(
                "INSERT INTO part (message_id, section, position, media_type, encoding, size, is_attachment, blob_id)
                 VALUES (?1, ?2, -1, 'application/octet-stream', '', ?3, 0, ?4)",
            )?
            .execute(params![id.0, section, bytes.len() as i64, blob.0])?;
        }
        Some(old) => {
            w.prepare_cached("UPDATE part SET blob_id = ?3 WHERE message_id = ?1 AND section = ?2")?
                .execute(params![id.0, section, blob.0])?;
            if let Some(old) = old {
                blobs::release_blob(w, BlobId(old))?;
            }
        }
    }
    told(w, id)?;
    Ok(blob)
}

/// Sets the first words of a message, once its text is here.
pub fn set_preview(w: &mut Write<'_>, id: MessageId, preview: &str) -> Result<(), StoreError> {
    w.prepare_cached("UPDATE message SET preview = ?2, indexed = 0 WHERE id = ?1")?
        .execute(params![id.0, preview])?;
    Ok(())
}

/// Rows show how much of a message is here. Bytes change no count of a conversation.
fn told(w: &mut Write<'_>, id: MessageId) -> Result<(), StoreError> {
    let rows: Vec<(i64, i64)> = w
        .prepare_cached("SELECT mailbox_id, id FROM placement WHERE message_id = ?1")?
        .query_map([id.0], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (mailbox, row) in rows {
        w.touch_row(MailboxId(mailbox), PlacementId(row));
    }
    Ok(())
}

/// A part on its way. Its bytes so far are good only for exactly this message of this mailbox incarnation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Download {
    /// The message.
    pub message: MessageId,
    /// IMAP section; empty for the whole message.
    pub section: String,
    /// File with the bytes so far (still transfer-encoded), relative to the home.
    pub path: PathBuf,
    /// How many bytes of it are durable.
    pub offset: u64,
    /// The server's mailbox.
    pub mailbox: MailboxId,
    /// Its incarnation.
    pub uidvalidity: UidValidity,
    /// The message's UID there.
    pub uid: Uid,
    /// Size announced, for progress.
    pub size: u64,
}

/// The download of a section that was begun, if any.
pub fn download(db: &Connection, id: MessageId, section: &str) -> Result<Option<Download>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT path, \"offset\", mailbox_id, uidvalidity, uid, size FROM download WHERE message_id = ?1 AND section = ?2",
        )?
        .query_row(params![id.0, section], |r| {
            Ok((
                r.get::<_, String>(0)?,
                r.get::<_, i64>(1)?,
                r.get::<_, i64>(2)?,
                r.get::<_, u32>(3)?,
                r.get::<_, u32>(4)?,
                r.get::<_, i64>(5)?,
            ))
        })
        .optional()?
        .and_then(|(path, offset, mailbox, uidvalidity, uid, size)| {
            Some(Download {
                message: id,
                section: section.to_owned(),
                path: path.into(),
                offset: offset as u64,
                mailbox: MailboxId(mailbox),
                uidvalidity: UidValidity(uidvalidity),
                uid: Uid::new(uid)?,
                size: size as u64,
            })
        }))
}

/// Appends bytes to a download; the file is durable up to the new offset before the row says so.
pub fn append_download(w: &mut Write<'_>, mut to: Download, bytes: &[u8]) -> Result<Download, StoreError> {
    let files = w.files();
    if to.offset == 0 {
        files.write(&to.path, bytes)?;
        files.sync(&to.path)?;
        files.sync_dir(to.path.parent().unwrap_or(std::path::Path::new("")))?;
    } else {
        // Bytes behind the offset were never confirmed: a crash may have left half a chunk there.
        let mut have = files.read(&to.path)?;
        if (have.len() as u64) < to.offset {
            return Err(StoreError::DamagedBlob);
        }
        if have.len() as u64 > to.offset {
            have.truncate(to.offset as usize);
            files.write(&to.path, &have)?;
        }
        files.append(&to.path, bytes)?;
        files.sync(&to.path)?;
    }
    to.offset += bytes.len() as u64;
    w.prepare_cached(
        "INSERT OR REPLACE INTO download (message_id, section, path, \"offset\", mailbox_id, uidvalidity, uid, size)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        to.message.0,
        to.section,
        to.path.to_string_lossy(),
        to.offset as i64,
        to.mailbox.0,
        to.uidvalidity.0,
        to.uid.get(),
        to.size as i64,
    ])?;
    Ok(to)
}

/// Forgets a download, when it is complete or no longer good.
pub fn end_download(w: &mut Write<'_>, id: MessageId, section: &str) -> Result<(), StoreError> {
    let path: Option<String> = w
        .prepare_cached("DELETE FROM download WHERE message_id = ?1 AND section = ?2 RETURNING path")?
        .query_row(params![id.0, section], |r| r.get(0))
        .optional()?;
    if let Some(path) = path {
        w.remove_file_after(path.into());
    }
    Ok(())
}
