//! Messages whose overview could not be read: how often they were asked for, and filling their rows in place.

use super::{MessageRow, NewMessage, StoreError, Write, messages, operations, placements, threads};
use crate::ids::{MailboxId, MessageId, Uid};
use rusqlite::{Connection, params};

/// How often an overview that could not be read is asked for again; then the row stays as it is.
pub const RETRIES: u8 = 3;

/// UIDs of a server mailbox whose overview could not be read and will be asked for again, with the tries made so far.
pub fn unread_overviews(db: &Connection, mailbox: MailboxId) -> Result<Vec<(Uid, u8)>, StoreError> {
    // CROSS JOIN keeps the order: the few messages first, by their partial index.
    let mut statement = db.prepare_cached(
        "SELECT p.uid, m.degraded FROM message m CROSS JOIN placement p ON p.message_id = m.id
         WHERE m.degraded > 0 AND m.degraded <= ?2 AND p.server_mailbox_id = ?1 AND p.uid IS NOT NULL ORDER BY p.uid",
    )?;
    let rows = statement
        .query_map(params![mailbox.0, RETRIES], |r| Ok((r.get::<_, u32>(0)?, r.get::<_, u8>(1)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (uid, tries) = row?;
        found.extend(Uid::new(uid).map(|uid| (uid, tries)));
    }
    Ok(found)
}

/// Counts one more try for each of these.
pub fn count_try(
    w: &mut Write<'_>,
    mailbox: MailboxId,
    uids: impl Iterator<Item = Uid>,
) -> Result<(), StoreError> {
    let mut statement = w.prepare_cached(
        "UPDATE message SET degraded = degraded + 1 WHERE degraded BETWEEN 1 AND ?3
           AND id = (SELECT message_id FROM placement WHERE server_mailbox_id = ?1 AND uid = ?2)",
    )?;
    for uid in uids {
        statement.execute(params![mailbox.0, uid.get(), RETRIES])?;
    }
    Ok(())
}

/// Whether the overview of a message could be read only in part, or not at all.
pub fn is_degraded(db: &Connection, id: MessageId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM message WHERE id = ?1 AND degraded > 0")?.exists([id.0])?)
}

/// Whether anything waits to be told to the server about a placement.
pub fn has_waiting(db: &Connection, id: crate::ids::PlacementId) -> Result<bool, StoreError> {
    Ok(!operations::open_on_placement(db, id)?.is_empty())
}

/// Fills the row of a message whose overview could not be read before, in place: its ids stay, bytes that are here stay.
/// What the new overview does not say either stays as it was. `sort_at`: when it was received, if that is known now.
pub fn fill_overview(
    w: &mut Write<'_>,
    id: MessageId,
    new: &NewMessage,
    sort_at: Option<i64>,
) -> Result<(), StoreError> {
    let old: MessageRow = messages::message(w, id)?;
    let thread = threads::place_in_thread(w, new.account, &messages::thread_ids(&new.envelope))?;
    messages::update_overview(w, id, new, thread)?;
    w.prepare_cached(
        "UPDATE message SET received_at = coalesce(?2, received_at), indexed = 0,
            degraded = CASE WHEN ?3 THEN degraded ELSE 0 END
         WHERE id = ?1",
    )?
    .execute(params![id.0, sort_at, new.degraded])?;
    // The structure of a message that is here whole is known better than the server's word of it.
    if let Some(structure) = new.structure.as_ref().filter(|_| old.raw.is_none()) {
        messages::set_structure(w, id, structure)?;
    }
    w.prepare_cached(
        "UPDATE placement SET thread_id = ?2, sort_at = coalesce(?3, sort_at) WHERE message_id = ?1",
    )?
    .execute(params![id.0, thread.0, sort_at])?;
    w.touch_thread(old.thread);
    for row in placements::placements_of(w, id)? {
        w.touch(row.mailbox, row.id, thread);
    }
    Ok(())
}
