//! Mailboxes and their sync cursors.

use super::{StoreError, Write};
use crate::event::Change;
use crate::ids::{AccountId, MailboxId, ModSeq, UidValidity};
use crate::mailbox::{Cursor, MailboxKind, Role};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// One mailbox with its cursor and its counts here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailboxRow {
    /// Its id.
    pub id: MailboxId,
    /// Whose it is.
    pub account: AccountId,
    /// On a server or only here.
    pub kind: MailboxKind,
    /// Whole path, as shown.
    pub name: String,
    /// As the server writes it; `None` until it exists there.
    pub wire_name: Option<Vec<u8>>,
    /// Between the levels of the path.
    pub delimiter: Option<char>,
    /// What it is for.
    pub role: Option<Role>,
    /// Whether it can hold messages.
    pub selectable: bool,
    /// Whether every pass looks into it.
    pub synced: bool,
    /// The sync cursor.
    pub cursor: Cursor,
    /// Deleted by the person, not yet on the server.
    pub removed: bool,
}

const COLUMNS: &str = "b.id, b.account_id, b.kind, b.name, b.wire_name, b.delimiter, b.role, b.selectable, b.policy,
    b.uidvalidity, b.uidnext, b.highestmodseq, b.window_floor, b.window_complete, b.window_target, b.server_exists,
    b.server_unseen, b.removed_at IS NOT NULL";

fn read_mailbox(r: &Row<'_>) -> rusqlite::Result<MailboxRow> {
    Ok(MailboxRow {
        id: MailboxId(r.get(0)?),
        account: AccountId(r.get(1)?),
        kind: if r.get::<_, String>(2)? == "local" { MailboxKind::Local } else { MailboxKind::Server },
        name: r.get(3)?,
        wire_name: r.get(4)?,
        delimiter: r.get::<_, Option<String>>(5)?.and_then(|d| d.chars().next()),
        role: r.get::<_, Option<String>>(6)?.and_then(|s| s.parse().ok()),
        selectable: r.get(7)?,
        synced: r.get::<_, String>(8)? == "sync",
        cursor: Cursor {
            uidvalidity: r.get::<_, Option<u32>>(9)?.map(UidValidity),
            uidnext: r.get(10)?,
            highestmodseq: r.get::<_, Option<i64>>(11)?.map(|m| ModSeq(m as u64)),
            window_floor: r.get(12)?,
            window_complete: r.get(13)?,
            window_target: r.get(14)?,
            server_exists: r.get(15)?,
            server_unseen: r.get(16)?,
        },
        removed: r.get(17)?,
    })
}

/// One mailbox, removed ones too.
pub fn mailbox(db: &Connection, id: MailboxId) -> Result<MailboxRow, StoreError> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM mailbox b WHERE b.id = ?1"))?;
    statement.query_row([id.0], read_mailbox).optional()?.ok_or(StoreError::NotFound("mailbox"))
}

/// How many messages a mailbox shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// All of them.
    pub total: u64,
    /// Of these, without `\Seen`.
    pub unread: u64,
}

/// Counts the rows of a mailbox: it takes longer the more there are, so what does not show the numbers leaves it.
pub fn counts(db: &Connection, id: MailboxId) -> Result<Counts, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT count(*), coalesce(sum(flags & 1 = 0), 0) FROM placement WHERE mailbox_id = ?1 AND removed_at IS NULL",
    )?;
    let count = |r: &Row<'_>, column| r.get::<_, i64>(column).map(|n| n as u64);
    Ok(statement.query_row([id.0], |r| Ok(Counts { total: count(r, 0)?, unread: count(r, 1)? }))?)
}

/// The mailboxes of an account: roles first, then by name. Without those the person has deleted.
pub fn mailboxes(db: &Connection, account: AccountId) -> Result<Vec<MailboxRow>, StoreError> {
    let mut rows = all_mailboxes(db, account)?;
    rows.retain(|m| !m.removed);
    Ok(rows)
}

/// As [`mailboxes`], with those that are deleted here and still on the server.
pub fn all_mailboxes(db: &Connection, account: AccountId) -> Result<Vec<MailboxRow>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM mailbox b WHERE b.account_id = ?1"))?;
    let mut rows: Vec<MailboxRow> =
        statement.query_map([account.0], read_mailbox)?.collect::<Result<_, _>>()?;
    rows.sort_by_cached_key(|m| (m.role.map_or(u8::MAX, |r| r as u8), m.name.to_lowercase(), m.id));
    Ok(rows)
}

/// The first mailbox of an account with this role.
pub fn mailbox_by_role(
    db: &Connection,
    account: AccountId,
    role: Role,
) -> Result<Option<MailboxId>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT id FROM mailbox WHERE account_id = ?1 AND role = ?2 AND removed_at IS NULL ORDER BY id LIMIT 1",
        )?
        .query_row(params![account.0, role.as_str()], |r| r.get(0))
        .optional()?
        .map(MailboxId))
}

/// What a new mailbox is made of.
#[derive(Clone, Debug)]
pub struct NewMailbox {
    /// Whose.
    pub account: AccountId,
    /// On a server or only here.
    pub kind: MailboxKind,
    /// Whole path, as shown.
    pub name: String,
    /// As the server writes it; `None`: it does not exist there yet.
    pub wire_name: Option<Vec<u8>>,
    /// Between the levels of the path.
    pub delimiter: Option<char>,
    /// What it is for.
    pub role: Option<Role>,
    /// Whether it can hold messages.
    pub selectable: bool,
}

/// Adds a mailbox. A name that is taken is refused.
pub fn insert_mailbox(w: &mut Write<'_>, new: &NewMailbox) -> Result<MailboxId, StoreError> {
    refuse_taken(w, new.account, &new.name)?;
    let policy = if new.role.is_some_and(Role::is_view) { "on-open" } else { "sync" };
    w.execute(
        "INSERT INTO mailbox (account_id, kind, name, wire_name, delimiter, role, selectable, policy)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            new.account.0,
            new.kind.as_str(),
            new.name,
            new.wire_name,
            new.delimiter.map(String::from),
            new.role.map(Role::as_str),
            new.selectable,
            policy,
        ],
    )?;
    let id = MailboxId(w.last_insert_rowid());
    w.tell(Change::Mailbox { mailbox: id });
    Ok(id)
}

fn refuse_taken(db: &Connection, account: AccountId, name: &str) -> Result<(), StoreError> {
    let taken = db
        .prepare_cached("SELECT 1 FROM mailbox WHERE account_id = ?1 AND name = ?2 AND removed_at IS NULL")?
        .exists(params![account.0, name])?;
    if taken {
        return Err(StoreError::Invalid {
            field: "name",
            reason: "there is already a mailbox of this name".to_owned(),
        });
    }
    Ok(())
}

/// `name`, or the nearest to it that no other shown mailbox of the account has: a row that stands for a mailbox on the
/// server has to be shown whatever its name, so the way back must not fail because of it.
pub fn free_name(
    db: &Connection,
    account: AccountId,
    name: &str,
    own: Option<MailboxId>,
) -> Result<String, StoreError> {
    let mut taken = db.prepare_cached(
        "SELECT 1 FROM mailbox WHERE account_id = ?1 AND name = ?2 AND removed_at IS NULL AND id IS NOT ?3",
    )?;
    let mut free = name.to_owned();
    let mut number = 1_u32;
    while taken.exists(params![account.0, free, own.map(|m| m.0)])? {
        free = if number == 1 { beside_local(name) } else { format!("{name} (server {number})") };
        number = number.saturating_add(1);
    }
    Ok(free)
}

/// What a mailbox of the server is called while a mailbox that was made here has its name.
pub fn beside_local(name: &str) -> String {
    format!("{name} (server)")
}

/// As [`rename_mailbox`], under the nearest free name if that one is taken.
pub fn rename_to_free(w: &mut Write<'_>, id: MailboxId, name: &str) -> Result<(), StoreError> {
    let row = mailbox(w, id)?;
    let name = free_name(w, row.account, name, Some(id))?;
    rename_mailbox(w, id, &name)
}

/// Renames a mailbox here; the ids, the messages and the cursor stay.
pub fn rename_mailbox(w: &mut Write<'_>, id: MailboxId, name: &str) -> Result<(), StoreError> {
    let row = mailbox(w, id)?;
    if row.name != name {
        refuse_taken(w, row.account, name)?;
        w.execute("UPDATE mailbox SET name = ?2 WHERE id = ?1", params![id.0, name])?;
        w.tell(Change::Mailbox { mailbox: id });
    }
    Ok(())
}

/// What the server says of a mailbox that is known here. Writes nothing if nothing differs.
pub fn note_listed(
    w: &mut Write<'_>,
    row: &MailboxRow,
    wire_name: &[u8],
    delimiter: Option<char>,
    role: Option<Role>,
    selectable: bool,
) -> Result<(), StoreError> {
    w.execute(
        "UPDATE mailbox SET wire_name = ?2, delimiter = ?3, role = ?4, selectable = ?5 WHERE id = ?1",
        params![row.id.0, wire_name, delimiter.map(String::from), role.map(Role::as_str), selectable],
    )?;
    w.tell(Change::Mailbox { mailbox: row.id });
    Ok(())
}

/// Gives a mailbox that was made for a role its role.
pub fn set_role(w: &mut Write<'_>, row: &MailboxRow, role: Role) -> Result<(), StoreError> {
    w.execute("UPDATE mailbox SET role = ?2 WHERE id = ?1", params![row.id.0, role.as_str()])?;
    w.tell(Change::Mailbox { mailbox: row.id });
    Ok(())
}

/// Sets the whole cursor of a mailbox.
pub fn set_cursor(w: &mut Write<'_>, id: MailboxId, cursor: &Cursor) -> Result<(), StoreError> {
    let there: Option<u32> = w
        .prepare_cached("SELECT server_exists FROM mailbox WHERE id = ?1")?
        .query_row([id.0], |r| r.get(0))?;
    if there != cursor.server_exists {
        w.tell(Change::Mailbox { mailbox: id });
    }
    w.prepare_cached(
        "UPDATE mailbox SET uidvalidity = ?2, uidnext = ?3, highestmodseq = ?4, window_floor = ?5, window_complete = ?6,
            window_target = ?7, server_exists = ?8, server_unseen = ?9 WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        cursor.uidvalidity.map(|v| v.0),
        cursor.uidnext,
        cursor.highestmodseq.map(|m| m.0 as i64),
        cursor.window_floor,
        cursor.window_complete,
        cursor.window_target,
        cursor.server_exists,
        cursor.server_unseen,
    ])?;
    Ok(())
}

/// Hides a mailbox the person deleted until the server has deleted it too, or shows it again: under another name if
/// its own was given to a new one meanwhile.
pub fn hide_mailbox(w: &mut Write<'_>, id: MailboxId, hidden: bool) -> Result<(), StoreError> {
    let row = mailbox(w, id)?;
    let name = if hidden { row.name } else { free_name(w, row.account, &row.name, Some(id))? };
    let at = hidden.then(|| w.now_ms());
    w.execute("UPDATE mailbox SET removed_at = ?2, name = ?3 WHERE id = ?1", params![id.0, at, name])?;
    w.tell(Change::Mailbox { mailbox: id });
    Ok(())
}

/// Removes a mailbox and the placements that were shown in it.
pub fn delete_mailbox(w: &mut Write<'_>, id: MailboxId) -> Result<(), StoreError> {
    let placements: Vec<i64> = w
        .prepare_cached("SELECT id FROM placement WHERE mailbox_id = ?1")?
        .query_map([id.0], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    for placement in placements {
        super::placements::drop_placement(w, crate::ids::PlacementId(placement))?;
    }
    w.execute("DELETE FROM mailbox WHERE id = ?1", [id.0])?;
    w.tell(Change::Mailbox { mailbox: id });
    Ok(())
}
