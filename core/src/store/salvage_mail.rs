//! Mail in a database made from a damaged one: what is here stays shown, what is not is wanted from the server again.

use super::{StoreError, blobs};
use crate::ids::BlobId;
use crate::ports::Files;
use rusqlite::Connection;
use std::path::Path;

/// POP mail whose bytes could not be taken over is fetched again where the server has it. A row without a message was
/// deleted by the person, unless it named one.
pub(super) const WANT_AGAIN: &str = "
    UPDATE pop_ledger SET state = CASE WHEN state = 'gone' THEN 'gone'
            WHEN message_id IN (SELECT id FROM message) THEN 'partial' ELSE 'listed' END,
        sha256 = NULL, tries = 0
    WHERE message_id IS NOT NULL AND state IN ('listed', 'partial', 'retrieving', 'stored', 'gone')
        AND NOT EXISTS (SELECT 1 FROM message m JOIN blob b ON b.id = m.raw_blob_id
            WHERE m.id = pop_ledger.message_id);";

/// What a row names and could not be read is made anew where the row can live without its content.
pub(super) const MEND: &str = "
    INSERT OR IGNORE INTO thread (id, account_id)
        SELECT thread_id, account_id FROM message WHERE thread_id NOT IN (SELECT id FROM thread);
    UPDATE placement SET thread_id = (SELECT m.thread_id FROM message m WHERE m.id = placement.message_id)
        WHERE message_id IN (SELECT id FROM message);
    INSERT OR IGNORE INTO mailbox (id, account_id, kind, name)
        SELECT DISTINCT p.mailbox_id, m.account_id, 'local', 'Recovered ' || p.mailbox_id
        FROM placement p JOIN message m ON m.id = p.message_id
        WHERE p.mailbox_id NOT IN (SELECT id FROM mailbox);
    INSERT OR IGNORE INTO mailbox (account_id, kind, name, delimiter, role)
        SELECT a.id, 'local', CASE WHEN EXISTS (SELECT 1 FROM mailbox m WHERE m.account_id = a.id AND m.name = 'Inbox')
            THEN 'Inbox (recovered)' ELSE 'Inbox' END, '/', 'inbox'
        FROM account a WHERE a.protocol = 'pop'
            AND NOT EXISTS (SELECT 1 FROM mailbox b WHERE b.account_id = a.id AND b.role = 'inbox');
    INSERT INTO placement (message_id, thread_id, mailbox_id, sort_at)
        SELECT m.id, m.thread_id, b.id, m.received_at
        FROM message m JOIN account a ON a.id = m.account_id AND a.protocol = 'pop'
            JOIN mailbox b ON b.account_id = a.id AND b.role = 'inbox'
        WHERE NOT EXISTS (SELECT 1 FROM placement p WHERE p.message_id = m.id);
    UPDATE placement SET server_mailbox_id = NULL, uid = NULL
        WHERE server_mailbox_id NOT IN (SELECT id FROM mailbox);
    UPDATE message SET raw_blob_id = NULL WHERE raw_blob_id NOT IN (SELECT id FROM blob);
    UPDATE part SET blob_id = NULL WHERE blob_id NOT IN (SELECT id FROM blob);";

/// What an intent or a draft names stays, whatever it is: it is a person's own, and is nowhere else.
const OF_A_PERSON: &str = "id IN (SELECT blob_id FROM outbox UNION SELECT blob_id FROM draft_attachment)";

/// Lets go of rows whose bytes are not what they were, or whose file is missing.
pub(super) fn drop_lost_bodies(db: &Connection, files: &dyn Files) -> Result<(), StoreError> {
    let bodies: Vec<(i64, Option<String>)> = db
        .prepare(&format!("SELECT id, path FROM blob WHERE NOT {OF_A_PERSON}"))?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, path) in bodies {
        let lost = match path {
            Some(path) => match files.size(Path::new(&path)) {
                Ok(size) => size.is_none(),
                // No name that was ever given.
                Err(e) if e.kind() == std::io::ErrorKind::InvalidInput => true,
                Err(e) => return Err(e.into()),
            },
            None => match blobs::read_blob(db, files, BlobId(id)) {
                Ok(_) => false,
                Err(e) if matches!(e, StoreError::DamagedBlob) || e.is_damage() => true,
                Err(e) => return Err(e),
            },
        };
        if lost {
            db.execute("DELETE FROM blob WHERE id = ?1", [id])?;
        }
    }
    Ok(())
}

/// Counts references anew. A sole body that lost its message is kept apart: it may be the only copy.
pub(super) fn count_bodies(db: &Connection, files: &dyn Files) -> Result<(), StoreError> {
    db.execute_batch(
        "UPDATE blob SET refcount = (SELECT count(*) FROM message m WHERE m.raw_blob_id = blob.id)
            + (SELECT count(*) FROM part p WHERE p.blob_id = blob.id)
            + (SELECT count(*) FROM outbox o WHERE o.blob_id = blob.id)
            + (SELECT count(*) FROM draft_attachment d WHERE d.blob_id = blob.id)",
    )?;
    let alone: Vec<i64> = db
        .prepare("SELECT id FROM blob WHERE refcount = 0 AND refetchable = 0 AND path IS NULL")?
        .query_map([], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    for id in alone {
        blobs::keep_apart(files, &blobs::read_blob(db, files, BlobId(id))?)?;
    }
    // Their files, if they have some, are seen to when the home is swept.
    db.execute("DELETE FROM blob WHERE refcount = 0", [])?;
    Ok(())
}
