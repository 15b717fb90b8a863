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
        let size = files.size(&to.path)?.unwrap_or(0);
        if size < to.offset {
            return Err(StoreError::DamagedBlob);
        }
        // Bytes behind the offset were never confirmed: a crash may have left half a chunk there.
        if size > to.offset {
            let mut have = files.read(&to.path)?;
            have.truncate(to.offset as usize);
            files.write(&to.path, &have)?;
        }
        files.append(&to.path, bytes)?;
        files.sync(&to.path)?;
    }
    to.offset += bytes.len() as u64;
    put_download(w, &to)?;
    Ok(to)
}

fn put_download(w: &mut Write<'_>, to: &Download) -> Result<(), StoreError> {
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
    Ok(())
}

/// Notes that a section does not end within `to.offset` bytes, so that it is not fetched again. Its bytes go.
pub fn give_up_download(w: &mut Write<'_>, to: &Download) -> Result<(), StoreError> {
    put_download(w, to)?;
    w.remove_file_after(to.path.clone());
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{Class, Files};
    use crate::store::{CACHE, Ground, PathOpener, Planted, RealFiles, open_writer, run_write};
    use std::io;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The real files, counting the bytes read.
    #[derive(Debug)]
    struct Read(RealFiles, AtomicU64);

    impl Files for Read {
        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            let bytes = self.0.read(path)?;
            self.1.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            Ok(bytes)
        }
        fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            self.0.write(path, bytes)
        }
        fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            self.0.append(path, bytes)
        }
        fn sync(&self, path: &Path) -> io::Result<()> {
            self.0.sync(path)
        }
        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.0.rename(from, to)
        }
        fn sync_dir(&self, dir: &Path) -> io::Result<()> {
            self.0.sync_dir(dir)
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            self.0.remove(path)
        }
        fn size(&self, path: &Path) -> io::Result<Option<u64>> {
            self.0.size(path)
        }
        fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
            self.0.list(dir)
        }
        fn create_dir(&self, dir: &Path) -> io::Result<()> {
            self.0.create_dir(dir)
        }
    }

    fn append(ground: &mut Ground, to: &Download, bytes: &'static [u8]) -> Result<Download, StoreError> {
        let to = to.clone();
        let job = move |w: &mut Write<'_>| append_download(w, to, bytes);
        Ok(run_write(ground, Class::Cache, 0, Planted::default(), job)?.0)
    }

    #[test]
    fn a_piece_is_appended_without_reading_those_before_it() {
        let home = tempfile::tempdir().unwrap();
        let counted = Arc::new(Read(RealFiles::new(home.path()), AtomicU64::new(0)));
        let files: Arc<dyn Files> = counted.clone();
        let mut ground = open_writer(&PathOpener(home.path().join("mail.db")), &files).unwrap().writer;
        ground.db.pragma_update(None, "foreign_keys", false).unwrap();
        let mut to = Download {
            message: MessageId(1),
            section: "2".to_owned(),
            path: Path::new(CACHE).join("1-2.part"),
            offset: 0,
            mailbox: MailboxId(1),
            uidvalidity: UidValidity(1),
            uid: Uid::new(1).unwrap(),
            size: 0,
        };
        let path = to.path.clone();
        let before = counted.1.load(Ordering::Relaxed);
        for _ in 0..4 {
            to = append(&mut ground, &to, &[7; 1_000]).unwrap();
        }
        assert_eq!(counted.1.load(Ordering::Relaxed), before, "nothing is read");
        // A crash left half a piece behind the offset: it goes.
        files.append(&path, b"half a piece").unwrap();
        to = append(&mut ground, &to, &[8; 10]).unwrap();
        let mut whole = vec![7; 4_000];
        whole.extend([8; 10]);
        assert_eq!((to.offset, files.read(&path).unwrap()), (4_010, whole));
        // Bytes that were confirmed are missing: nothing is put behind the gap.
        files.write(&path, b"short").unwrap();
        assert!(matches!(append(&mut ground, &to, &[9; 10]), Err(StoreError::DamagedBlob)));
    }
}
