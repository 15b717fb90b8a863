//! Placements: one message in one mailbox, as shown here and as the server holds it.

use super::{StoreError, Write, messages, operations};
use crate::ids::{MailboxId, MessageId, ModSeq, PlacementId, ThreadId, Uid};
use crate::message::{CanonicalKey, Flags};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeSet;

/// One placement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlacementRow {
    /// Its id.
    pub id: PlacementId,
    /// The message.
    pub message: MessageId,
    /// The message's conversation.
    pub thread: ThreadId,
    /// Where it is shown.
    pub mailbox: MailboxId,
    /// What lists sort by: received, milliseconds since 1970 UTC.
    pub sort_at: i64,
    /// As shown: the server's with waiting intents on top.
    pub flags: Flags,
    /// Where the server holds it; differs from `mailbox` while a move waits.
    pub server_mailbox: Option<MailboxId>,
    /// Under which UID.
    pub uid: Option<Uid>,
    /// With which flags.
    pub server_flags: Flags,
    /// Deleted by the person, not yet on the server.
    pub removed: bool,
}

const COLUMNS: &str = "id, message_id, thread_id, mailbox_id, sort_at, flags, server_mailbox_id, uid, server_flags, removed_at IS NOT NULL";

fn read_placement(r: &Row<'_>) -> rusqlite::Result<(PlacementRow, u8, u8)> {
    let (shown, on_server) = (r.get::<_, u8>(5)?, r.get::<_, u8>(8)?);
    let row = PlacementRow {
        id: PlacementId(r.get(0)?),
        message: MessageId(r.get(1)?),
        thread: ThreadId(r.get(2)?),
        mailbox: MailboxId(r.get(3)?),
        sort_at: r.get(4)?,
        flags: Flags::default(),
        server_mailbox: r.get::<_, Option<i64>>(6)?.map(MailboxId),
        uid: r.get::<_, Option<u32>>(7)?.and_then(Uid::new),
        server_flags: Flags::default(),
        removed: r.get(9)?,
    };
    Ok((row, shown, on_server))
}

fn with_keywords(db: &Connection, found: (PlacementRow, u8, u8)) -> Result<PlacementRow, StoreError> {
    let (mut row, shown, on_server) = found;
    let (mut here, mut there) = (BTreeSet::new(), BTreeSet::new());
    let mut statement =
        db.prepare_cached("SELECT name, shown, on_server FROM keyword WHERE placement_id = ?1")?;
    let mut rows = statement.query([row.id.0])?;
    while let Some(r) = rows.next()? {
        let name: String = r.get(0)?;
        if r.get(1)? {
            here.insert(name.clone());
        }
        if r.get(2)? {
            there.insert(name);
        }
    }
    row.flags = Flags::from_bits(shown, here);
    row.server_flags = Flags::from_bits(on_server, there);
    Ok(row)
}

/// One placement by its id.
pub fn placement(db: &Connection, id: PlacementId) -> Result<PlacementRow, StoreError> {
    let found = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM placement WHERE id = ?1"))?
        .query_row([id.0], read_placement)
        .optional()?
        .ok_or(StoreError::NotFound("message"))?;
    with_keywords(db, found)
}

/// The placement that the server holds under this UID.
pub fn placement_by_uid(
    db: &Connection,
    mailbox: MailboxId,
    uid: Uid,
) -> Result<Option<PlacementRow>, StoreError> {
    let found = db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM placement WHERE server_mailbox_id = ?1 AND uid = ?2"
        ))?
        .query_row(params![mailbox.0, uid.get()], read_placement)
        .optional()?;
    found.map(|found| with_keywords(db, found)).transpose()
}

/// Placements of one message, oldest first.
pub fn placements_of(db: &Connection, message: MessageId) -> Result<Vec<PlacementRow>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM placement WHERE message_id = ?1 ORDER BY id"))?;
    let found: Vec<_> = statement.query_map([message.0], read_placement)?.collect::<Result<_, _>>()?;
    found.into_iter().map(|found| with_keywords(db, found)).collect()
}

/// Placements that stand in a mailbox here, hidden ones included, oldest first.
pub fn placements_shown_in(db: &Connection, mailbox: MailboxId) -> Result<Vec<PlacementRow>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM placement WHERE mailbox_id = ?1 ORDER BY id"))?;
    let found: Vec<_> = statement.query_map([mailbox.0], read_placement)?.collect::<Result<_, _>>()?;
    found.into_iter().map(|found| with_keywords(db, found)).collect()
}

/// UIDs known of a server mailbox, ascending, with what the server last said of their flags.
pub fn known_uids(db: &Connection, mailbox: MailboxId) -> Result<Vec<(Uid, PlacementId)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT uid, id FROM placement WHERE server_mailbox_id = ?1 AND uid IS NOT NULL ORDER BY uid",
    )?;
    let rows = statement.query_map([mailbox.0], |r| Ok((r.get::<_, u32>(0)?, PlacementId(r.get(1)?))))?;
    let mut known = Vec::new();
    for row in rows {
        let (uid, id) = row?;
        known.extend(Uid::new(uid).map(|uid| (uid, id)));
    }
    Ok(known)
}

/// How many rows here have a UID within `floor..uidnext` of this server mailbox.
pub fn held_between(
    db: &Connection,
    mailbox: MailboxId,
    floor: u32,
    uidnext: u32,
) -> Result<u32, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT count(*) FROM placement WHERE server_mailbox_id = ?1 AND uid >= ?2 AND uid < ?3",
        )?
        .query_row(params![mailbox.0, floor, uidnext], |r| r.get(0))?)
}

/// How many rows here the server is known to hold in this mailbox, with and without a known UID.
pub fn held_on_server(db: &Connection, mailbox: MailboxId) -> Result<u32, StoreError> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM placement WHERE server_mailbox_id = ?1 AND (uid IS NOT NULL OR awaiting = 1)")?
        .query_row([mailbox.0], |r| r.get(0))?)
}

/// What a new placement is made of.
#[derive(Clone, Debug)]
pub struct NewPlacement {
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub thread: ThreadId,
    /// Where it is shown.
    pub mailbox: MailboxId,
    /// What lists sort by.
    pub sort_at: i64,
    /// Flags, shown and on the server alike.
    pub flags: Flags,
    /// Where and under which UID the server holds it.
    pub on_server: Option<(MailboxId, Uid)>,
    /// MODSEQ, if the server keeps them.
    pub modseq: Option<ModSeq>,
}

/// Adds a placement.
pub fn insert_placement(w: &mut Write<'_>, new: &NewPlacement) -> Result<PlacementId, StoreError> {
    let bits = new.flags.bits();
    w.prepare_cached(
        "INSERT INTO placement (message_id, thread_id, mailbox_id, sort_at, flags, server_mailbox_id, uid, server_flags, modseq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        new.message.0,
        new.thread.0,
        new.mailbox.0,
        new.sort_at,
        bits,
        new.on_server.map(|(m, _)| m.0),
        new.on_server.map(|(_, uid)| uid.get()),
        if new.on_server.is_some() { bits } else { 0 },
        new.modseq.map(|m| m.0 as i64),
    ])?;
    let id = PlacementId(w.last_insert_rowid());
    for name in &new.flags.keywords {
        put_keyword(w, id, name, true, new.on_server.is_some())?;
    }
    w.touch(new.mailbox, id, new.thread);
    Ok(id)
}

fn put_keyword(
    db: &Connection,
    id: PlacementId,
    name: &str,
    shown: bool,
    on_server: bool,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO keyword (placement_id, name, shown, on_server) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![id.0, name, shown, on_server])?;
    Ok(())
}

fn write_flags(
    w: &mut Write<'_>,
    row: &PlacementRow,
    shown: &Flags,
    on_server: &Flags,
) -> Result<(), StoreError> {
    w.prepare_cached("UPDATE placement SET flags = ?2, server_flags = ?3 WHERE id = ?1")?
        .execute(params![row.id.0, shown.bits(), on_server.bits()])?;
    let had_keywords = !(row.flags.keywords.is_empty() && row.server_flags.keywords.is_empty());
    if had_keywords {
        w.prepare_cached("DELETE FROM keyword WHERE placement_id = ?1")?.execute([row.id.0])?;
    }
    for name in shown.keywords.union(&on_server.keywords) {
        put_keyword(w, row.id, name, shown.keywords.contains(name), on_server.keywords.contains(name))?;
    }
    w.touch(row.mailbox, row.id, row.thread);
    Ok(())
}

/// What the server says of a placement's flags, laid under the intents that wait.
pub fn set_server_flags(
    w: &mut Write<'_>,
    row: &PlacementRow,
    server: &Flags,
    modseq: Option<ModSeq>,
) -> Result<(), StoreError> {
    if let Some(modseq) = modseq {
        w.prepare_cached("UPDATE placement SET modseq = ?2 WHERE id = ?1 AND modseq IS NOT ?2")?
            .execute(params![row.id.0, modseq.0 as i64])?;
    }
    let shown = operations::with_waiting_flags(w, row.id, server)?;
    if row.server_flags != *server || row.flags != shown {
        write_flags(w, row, &shown, server)?;
    }
    Ok(())
}

/// Shows other flags; the server's stay as they are known.
pub fn show_flags(w: &mut Write<'_>, row: &PlacementRow, shown: &Flags) -> Result<(), StoreError> {
    write_flags(w, row, shown, &row.server_flags)
}

/// Shows a placement in another mailbox; where the server holds it stays as it is known.
pub fn show_in(w: &mut Write<'_>, row: &PlacementRow, mailbox: MailboxId) -> Result<(), StoreError> {
    w.prepare_cached("UPDATE placement SET mailbox_id = ?2 WHERE id = ?1")?
        .execute(params![row.id.0, mailbox.0])?;
    w.touch(row.mailbox, row.id, row.thread);
    w.touch(mailbox, row.id, row.thread);
    Ok(())
}

/// Hides a placement the person deleted until the server has deleted it too, or shows it again.
pub fn hide_placement(w: &mut Write<'_>, row: &PlacementRow, hidden: bool) -> Result<(), StoreError> {
    let at = hidden.then(|| w.now_ms());
    w.prepare_cached("UPDATE placement SET removed_at = ?2 WHERE id = ?1")?.execute(params![row.id.0, at])?;
    w.touch(row.mailbox, row.id, row.thread);
    Ok(())
}

/// Where the server holds a placement from now on. `uid` `None`: it is there, its UID is found by the next pass.
pub fn set_on_server(
    w: &mut Write<'_>,
    id: PlacementId,
    mailbox: MailboxId,
    uid: Option<Uid>,
) -> Result<(), StoreError> {
    w.prepare_cached(
        "UPDATE placement SET server_mailbox_id = ?2, uid = ?3, awaiting = ?3 IS NULL, modseq = NULL WHERE id = ?1",
    )?
    .execute(params![id.0, mailbox.0, uid.map(Uid::get)])?;
    Ok(())
}

/// A placement came to its target. A pass over the target may have seen it meanwhile as a new row: that row is this
/// placement, with its flags and with what a person did to it.
pub(super) fn land(
    w: &mut Write<'_>,
    id: PlacementId,
    target: MailboxId,
    uid: Option<Uid>,
) -> Result<(), StoreError> {
    let current = placement(w, id)?;
    let twin = match uid {
        Some(uid) => placement_by_uid(w, target, uid)?.filter(|twin| twin.id != id),
        None => None,
    };
    if let Some(twin) = &twin {
        operations::hand_over(w, twin, &current)?;
        drop_placement(w, twin.id)?;
    }
    if current.server_mailbox != Some(target) || (uid.is_some() && current.uid != uid) {
        set_on_server(w, id, target, uid)?;
    }
    if let Some(twin) = twin {
        let row = placement(w, id)?;
        set_server_flags(w, &row, &twin.server_flags, None)?;
    }
    Ok(())
}

/// How many other placements of this mailbox wait for their UID and look like this message, by canonical key and size.
pub fn awaiting_like(db: &Connection, mailbox: MailboxId, message: MessageId) -> Result<usize, StoreError> {
    let count: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM placement p JOIN message m ON m.id = p.message_id JOIN message o ON o.id = ?2
             WHERE p.server_mailbox_id = ?1 AND p.awaiting = 1
               AND m.key_hash = o.key_hash AND m.key_version = o.key_version AND m.size = o.size",
        )?
        .query_row(params![mailbox.0, message.0], |r| r.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Forgets the UIDs of a mailbox whose UIDVALIDITY changed. The rows stay and wait to be matched by key.
pub fn forget_uids(w: &mut Write<'_>, mailbox: MailboxId) -> Result<(), StoreError> {
    w.execute(
        "UPDATE placement SET uid = NULL, modseq = NULL, awaiting = 1 WHERE server_mailbox_id = ?1 AND uid IS NOT NULL",
        [mailbox.0],
    )?;
    w.execute("DELETE FROM download WHERE mailbox_id = ?1", [mailbox.0])?;
    Ok(())
}

/// A placement of this mailbox that waits for its UID and is this message, by canonical key and size.
pub fn awaiting_match(
    db: &Connection,
    mailbox: MailboxId,
    key: &CanonicalKey,
    size: u64,
) -> Result<Option<PlacementId>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT p.id FROM placement p JOIN message m ON m.id = p.message_id
             WHERE p.server_mailbox_id = ?1 AND p.awaiting = 1 AND m.key_hash = ?2 AND m.key_version = ?3 AND m.size = ?4
             ORDER BY p.id DESC LIMIT 1",
        )?
        .query_row(params![mailbox.0, key.hash, key.version, size as i64], |r| r.get(0))
        .optional()?
        .map(PlacementId))
}

/// Whether any placement of this mailbox still waits for its UID.
pub fn any_awaiting(db: &Connection, mailbox: MailboxId) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM placement WHERE server_mailbox_id = ?1 AND awaiting = 1")?
        .exists([mailbox.0])?)
}

/// Placements of this mailbox whose UID was not found although the whole window is known now.
pub fn still_awaiting(db: &Connection, mailbox: MailboxId) -> Result<Vec<PlacementId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM placement WHERE server_mailbox_id = ?1 AND awaiting = 1 ORDER BY id",
    )?;
    let rows = statement.query_map([mailbox.0], |r| r.get(0).map(PlacementId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The server no longer holds this placement. A move that was already on its way is taken as done; any other waiting
/// operation on it has failed, and says so.
pub fn gone_from_server(w: &mut Write<'_>, id: PlacementId) -> Result<(), StoreError> {
    if operations::settle_for_vanished(w, id)? {
        return Ok(());
    }
    drop_placement(w, id)
}

/// Removes a placement, and the message with its last one.
pub fn drop_placement(w: &mut Write<'_>, id: PlacementId) -> Result<(), StoreError> {
    let row = placement(w, id)?;
    w.prepare_cached("DELETE FROM placement WHERE id = ?1")?.execute([id.0])?;
    w.touch(row.mailbox, row.id, row.thread);
    let left = w.prepare_cached("SELECT 1 FROM placement WHERE message_id = ?1")?.exists([row.message.0])?;
    if !left {
        messages::forget_message(w, row.message)?;
    }
    Ok(())
}
