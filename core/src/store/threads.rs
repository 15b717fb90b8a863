//! Conversations: which message belongs to which, and the counts that make a list one query.

use super::{StoreError, Write};
use crate::ids::{AccountId, ThreadId};
use crate::threading::{IdHash, ThreadIds, place};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

/// Finds or makes the conversation of a message, merging those that it connects.
pub fn place_in_thread(
    w: &mut Write<'_>,
    account: AccountId,
    ids: &ThreadIds,
) -> Result<ThreadId, StoreError> {
    let failed = std::cell::Cell::new(None);
    let placement = {
        let db: &Connection = w;
        place(ids, |hash: &IdHash| match known_thread(db, account, hash) {
            Ok(found) => found,
            Err(e) => {
                failed.set(Some(e));
                None
            }
        })
    };
    if let Some(e) = failed.into_inner() {
        return Err(e);
    }
    let thread = match placement.join {
        Some(thread) => thread,
        None => {
            w.prepare_cached("INSERT INTO thread (account_id) VALUES (?1)")?.execute([account.0])?;
            ThreadId(w.last_insert_rowid())
        }
    };
    for other in placement.merge {
        if other != thread {
            merge(w, other, thread)?;
        }
    }
    let mut remember = w.prepare_cached(
        "INSERT OR IGNORE INTO thread_reference (account_id, id_hash, thread_id) VALUES (?1, ?2, ?3)",
    )?;
    for hash in placement.remember {
        remember.execute(params![account.0, hash.0.as_slice(), thread.0])?;
    }
    Ok(thread)
}

fn known_thread(db: &Connection, account: AccountId, hash: &IdHash) -> Result<Option<ThreadId>, StoreError> {
    Ok(db
        .prepare_cached("SELECT thread_id FROM thread_reference WHERE account_id = ?1 AND id_hash = ?2")?
        .query_row(params![account.0, hash.0.as_slice()], |r| r.get(0))
        .optional()?
        .map(ThreadId))
}

fn merge(w: &mut Write<'_>, from: ThreadId, into: ThreadId) -> Result<(), StoreError> {
    for table in ["message", "placement", "thread_reference"] {
        w.prepare_cached(&format!("UPDATE {table} SET thread_id = ?2 WHERE thread_id = ?1"))?
            .execute(params![from.0, into.0])?;
    }
    w.touch_thread(from);
    w.touch_thread(into);
    Ok(())
}

/// Makes the counts of these threads anew; a thread without messages goes.
pub(super) fn refresh_threads(db: &Connection, threads: &BTreeSet<ThreadId>) -> Result<(), StoreError> {
    let mut clear = db.prepare_cached("DELETE FROM thread_in_mailbox WHERE thread_id = ?1")?;
    // max() picks the row, so the bare id column is that of the newest placement.
    let mut fill = db.prepare_cached(
        "INSERT INTO thread_in_mailbox (thread_id, mailbox_id, newest_at, newest_placement, count, unread)
         SELECT thread_id, mailbox_id, max(sort_at), id, count(*), sum(flags & 1 = 0)
         FROM (SELECT thread_id, mailbox_id, sort_at, id, flags FROM placement
               WHERE thread_id = ?1 AND removed_at IS NULL ORDER BY sort_at DESC, id DESC)
         GROUP BY mailbox_id",
    )?;
    let mut total = db.prepare_cached(
        "UPDATE thread SET
            newest_at = coalesce((SELECT max(newest_at) FROM thread_in_mailbox WHERE thread_id = ?1), 0),
            count = coalesce((SELECT sum(count) FROM thread_in_mailbox WHERE thread_id = ?1), 0),
            unread = coalesce((SELECT sum(unread) FROM thread_in_mailbox WHERE thread_id = ?1), 0)
         WHERE id = ?1",
    )?;
    let mut used = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM message WHERE thread_id = ?1) OR EXISTS (SELECT 1 FROM placement WHERE thread_id = ?1)",
    )?;
    let mut remove = db.prepare_cached("DELETE FROM thread WHERE id = ?1")?;
    for thread in threads {
        clear.execute([thread.0])?;
        if used.query_row([thread.0], |r| r.get::<_, bool>(0))? {
            fill.execute([thread.0])?;
            total.execute([thread.0])?;
        } else {
            remove.execute([thread.0])?;
        }
    }
    Ok(())
}
