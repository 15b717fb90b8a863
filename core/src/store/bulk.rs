//! Many bodies in one transaction: what a pass fetched together becomes durable together.

use super::{StoreError, Write, messages, search, set_preview, set_raw};
use crate::ids::{AccountId, MailboxId, MessageId, PlacementId, Uid};
use crate::message::{Envelope, Structure};
use rusqlite::{Connection, params};

/// A message whose whole body is not here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Missing {
    /// One of its rows.
    pub placement: PlacementId,
    /// The message.
    pub message: MessageId,
    /// The server's mailbox.
    pub mailbox: MailboxId,
    /// Its UID there.
    pub uid: Uid,
    /// Bytes, as announced.
    pub size: u64,
    /// Times the link broke when it was on its way.
    pub tries: u32,
}

/// A body on whose way the link broke so often is let be for a while.
const TRIES: u32 = 3;
/// How long, milliseconds.
const LET_BE_MS: i64 = 24 * 3_600_000;

/// Messages of an account whose whole body is not here, by mailbox, newest first; those on whose way the link broke come
/// after all others, and those on whose way it broke often not at all for a day.
pub fn missing_bodies(
    db: &Connection,
    account: AccountId,
    unread_only: bool,
    limit: u32,
    now_ms: i64,
) -> Result<Vec<Missing>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT p.id, m.id, p.server_mailbox_id, p.uid, m.size, coalesce(t.tries, 0) AS tries
         FROM placement p JOIN message m ON m.id = p.message_id JOIN mailbox b ON b.id = p.mailbox_id
            LEFT JOIN body_try t ON t.message_id = m.id
         WHERE m.account_id = ?1 AND m.raw_blob_id IS NULL AND p.uid IS NOT NULL AND p.removed_at IS NULL
           AND p.server_mailbox_id IS NOT NULL AND b.policy = 'sync' AND (?2 = 0 OR p.flags & 1 = 0)
           AND (t.tries IS NULL OR t.tries < ?4 OR t.tried_at <= ?5 OR t.tried_at > ?6)
         ORDER BY tries, p.server_mailbox_id, p.sort_at DESC LIMIT ?3",
    )?;
    let rows = statement
        .query_map(params![account.0, unread_only, limit, TRIES, now_ms - LET_BE_MS, now_ms], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get::<_, u32>(3)?, r.get::<_, i64>(4)?, r.get(5)?))
        })?;
    let mut missing = Vec::new();
    for row in rows {
        let (placement, message, mailbox, uid, size, tries) = row?;
        let Some(uid) = Uid::new(uid) else { continue };
        missing.push(Missing {
            placement: PlacementId(placement),
            message: MessageId(message),
            mailbox: MailboxId(mailbox),
            uid,
            size: size.max(0) as u64,
            tries,
        });
    }
    Ok(missing)
}

/// How many bodies of an account are let be, because the link broke on their way each time.
pub fn bodies_let_be(db: &Connection, account: AccountId, now_ms: i64) -> Result<u64, StoreError> {
    let n: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM body_try t JOIN message m ON m.id = t.message_id
             WHERE m.account_id = ?1 AND m.raw_blob_id IS NULL AND t.tries >= ?2 AND t.tried_at > ?3
                AND t.tried_at <= ?4",
        )?
        .query_row(params![account.0, TRIES, now_ms - LET_BE_MS, now_ms], |r| r.get(0))?;
    Ok(n as u64)
}

/// The link broke while this body was on its way.
pub fn count_body_try(w: &mut Write<'_>, message: MessageId) -> Result<(), StoreError> {
    // The message may have gone meanwhile.
    w.prepare_cached(
        "INSERT INTO body_try (message_id, tries, tried_at) SELECT id, 1, ?2 FROM message WHERE id = ?1
         ON CONFLICT (message_id) DO UPDATE SET tries = tries + 1, tried_at = excluded.tried_at",
    )?
    .execute(params![message.0, w.now_ms()])?;
    Ok(())
}

/// A whole message that came, already read.
#[derive(Clone, Debug)]
pub struct WholeBody {
    /// The message.
    pub message: MessageId,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Its MIME tree.
    pub structure: Structure,
    /// Its first words; `None`: those that are known stay.
    pub preview: Option<String>,
    /// Its envelope, by which it is found.
    pub envelope: Envelope,
    /// Its text, by which it is found.
    pub text: String,
}

/// Keeps whole messages and lets the search find them by their text. Large ones are durable files, and their directory is, before the commit that names them; the
/// group waits for the disk once, not each of its messages. A message that went meanwhile is left out.
pub fn keep_bodies(w: &mut Write<'_>, bodies: &[WholeBody]) -> Result<u64, StoreError> {
    search::merge_rarely(w)?;
    let mut kept = 0;
    for body in bodies {
        match set_raw(w, body.message, &body.raw, true) {
            Ok(_) => kept += 1,
            Err(StoreError::NotFound(_)) => continue,
            Err(e) => return Err(e),
        }
        messages::set_structure(w, body.message, &body.structure)?;
        if let Some(preview) = &body.preview {
            set_preview(w, body.message, preview)?;
        }
        if !body.text.is_empty() {
            search::index_text_of(w, body.message, &body.envelope, &body.text, 2)?;
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{CanonicalKey, Envelope};
    use crate::ports::{Class, Files};
    use crate::store::{
        CACHE, NewMessage, PathOpener, Planted, RealFiles, insert_message, message, open_writer, read_blob,
        run_write,
    };
    use std::io;
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    /// The real files, with what was done to them.
    #[derive(Debug)]
    struct Watched(RealFiles, Mutex<Vec<String>>);

    impl Watched {
        fn did(&self, what: &str, path: &Path) {
            self.1.lock().unwrap().push(format!("{what} {}", path.display()));
        }
    }

    impl Files for Watched {
        fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            self.0.write(path, bytes)
        }
        fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            self.0.append(path, bytes)
        }
        fn sync(&self, path: &Path) -> io::Result<()> {
            self.did("sync", path);
            self.0.sync(path)
        }
        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.did("rename", to);
            self.0.rename(from, to)
        }
        fn sync_dir(&self, dir: &Path) -> io::Result<()> {
            self.did("sync_dir", dir);
            self.0.sync_dir(dir)
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            self.0.remove(path)
        }
        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            self.0.read(path)
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

    /// Bytes that do not get smaller: larger than a row takes.
    fn noise(seed: u32) -> Vec<u8> {
        let mut state = seed.wrapping_mul(2_654_435_761).max(1);
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        };
        (0..100_000).map(|_| next()).collect()
    }

    #[test]
    fn a_group_of_large_bodies_waits_for_its_directory_once_and_before_the_commit() {
        let home = tempfile::tempdir().unwrap();
        let watched = Arc::new(Watched(RealFiles::new(home.path()), Mutex::default()));
        let files: Arc<dyn Files> = watched.clone();
        let mut ground = open_writer(&PathOpener(home.path().join("mail.db")), &files).unwrap().writer;
        ground.db.pragma_update(None, "foreign_keys", false).unwrap();
        let new = NewMessage {
            account: AccountId(1),
            key: CanonicalKey { version: 1, hash: [0; 32] },
            envelope: Envelope::default(),
            received_at: 0,
            size: 0,
            emailid: None,
            sha256: None,
            preview: String::new(),
            structure: None,
            degraded: false,
        };
        watched.1.lock().unwrap().clear();
        let seen = Arc::clone(&watched);
        let (ids, _) = run_write(&mut ground, Class::Cache, 0, Planted::default(), move |w| {
            let ids =
                (0..5).map(|_| Ok(insert_message(w, &new)?.0)).collect::<Result<Vec<_>, StoreError>>()?;
            let body = |(n, id): (usize, &MessageId)| WholeBody {
                message: *id,
                raw: noise(n as u32 + 1),
                structure: Structure::default(),
                preview: None,
                envelope: Envelope::default(),
                text: String::new(),
            };
            let mut bodies: Vec<WholeBody> = ids.iter().enumerate().map(body).collect();
            bodies.push(WholeBody { message: MessageId(999), ..bodies[0].clone() });
            assert_eq!(keep_bodies(w, &bodies)?, 5, "a message that went meanwhile is left out");
            assert!(!seen.1.lock().unwrap().iter().any(|l| l.starts_with("sync_dir")), "not once for each");
            Ok(ids)
        })
        .unwrap();
        let log = watched.1.lock().unwrap().clone();
        let count = |what: &str| log.iter().filter(|l| l.starts_with(what)).count();
        assert_eq!((count("sync "), count("rename "), count("sync_dir ")), (5, 5, 1), "{log:?}");
        assert_eq!(log.last().unwrap(), &format!("sync_dir {CACHE}"), "after every file");
        for (n, id) in ids.iter().enumerate() {
            let raw = message(&ground.db, *id).unwrap().raw.unwrap();
            assert_eq!(read_blob(&ground.db, files.as_ref(), raw).unwrap(), noise(n as u32 + 1));
        }
    }
}
