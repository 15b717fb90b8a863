//! Operations: what a person did and a server may still have to be told.

use super::dependencies::{self, Dependency};
use super::intents::{Arguments, OperationKind, OperationState};
use super::{PlacementRow, StoreError, Write, mailboxes, placements};
use crate::event::Change;
use crate::ids::{AccountId, MailboxId, OperationId, PlacementId, Uid, UidValidity};
use crate::message::Flags;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// One operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OperationRow {
    /// Its id.
    pub id: OperationId,
    /// Whose.
    pub account: AccountId,
    /// What.
    pub kind: OperationKind,
    /// How far.
    pub state: OperationState,
    /// On which placement.
    pub placement: Option<PlacementId>,
    /// From which mailbox, or on which.
    pub mailbox: Option<MailboxId>,
    /// To which mailbox.
    pub target: Option<MailboxId>,
    /// The rest.
    pub arguments: Arguments,
    /// Not before this one is done.
    pub depends_on: Option<OperationId>,
    /// How often the server was told.
    pub attempts: u32,
    /// Not before this time, milliseconds since 1970 UTC.
    pub not_before: i64,
    /// Why it failed or waits, in our words.
    pub last_error: Option<String>,
}

const COLUMNS: &str =
    "id, account_id, kind, state, placement_id, mailbox_id, target_id, arguments, depends_on, attempts,
    not_before, last_error";

fn read_operation(r: &Row<'_>) -> rusqlite::Result<OperationRow> {
    let (kind, state): (String, String) = (r.get(2)?, r.get(3)?);
    Ok(OperationRow {
        id: OperationId(r.get(0)?),
        account: AccountId(r.get(1)?),
        kind: OperationKind::ALL.into_iter().find(|k| k.as_str() == kind).unwrap_or(OperationKind::Flag),
        state: OperationState::ALL
            .into_iter()
            .find(|s| s.as_str() == state)
            .unwrap_or(OperationState::Failed),
        placement: r.get::<_, Option<i64>>(4)?.map(PlacementId),
        mailbox: r.get::<_, Option<i64>>(5)?.map(MailboxId),
        target: r.get::<_, Option<i64>>(6)?.map(MailboxId),
        arguments: serde_json::from_str(&r.get::<_, String>(7)?).unwrap_or_default(),
        depends_on: r.get::<_, Option<i64>>(8)?.map(OperationId),
        attempts: r.get(9)?,
        not_before: r.get(10)?,
        last_error: r.get(11)?,
    })
}

/// What a new operation is made of.
#[derive(Clone, Debug)]
pub struct NewOperation {
    /// Whose.
    pub account: AccountId,
    /// What.
    pub kind: OperationKind,
    /// `Waiting`, or `Done` if no server has to be told.
    pub state: OperationState,
    /// On which placement.
    pub placement: Option<PlacementId>,
    /// From which mailbox, or on which.
    pub mailbox: Option<MailboxId>,
    /// To which mailbox.
    pub target: Option<MailboxId>,
    /// The rest.
    pub arguments: Arguments,
    /// Not before this one is done.
    pub depends_on: Option<OperationId>,
}

pub(super) fn arguments_json(arguments: &Arguments) -> Result<String, StoreError> {
    serde_json::to_string(arguments)
        .map_err(|e| StoreError::Invalid { field: "arguments", reason: e.to_string() })
}

/// Adds an operation.
pub fn insert_operation(w: &mut Write<'_>, new: &NewOperation) -> Result<OperationId, StoreError> {
    let finished = (!new.state.is_open()).then(|| w.now_ms());
    w.prepare_cached(
        "INSERT INTO operation (account_id, kind, state, placement_id, mailbox_id, target_id, arguments, depends_on,
            created_at, finished_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        new.account.0,
        new.kind.as_str(),
        new.state.as_str(),
        new.placement.map(|p| p.0),
        new.mailbox.map(|m| m.0),
        new.target.map(|m| m.0),
        arguments_json(&new.arguments)?,
        new.depends_on.map(|o| o.0),
        w.now_ms(),
        finished,
    ])?;
    let id = OperationId(w.last_insert_rowid());
    w.tell(Change::Operation { operation: id });
    Ok(id)
}

/// One operation.
pub fn operation(db: &Connection, id: OperationId) -> Result<OperationRow, StoreError> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM operation WHERE id = ?1"))?
        .query_row([id.0], read_operation)
        .optional()?
        .ok_or(StoreError::NotFound("operation"))
}

/// Operations the server still has to be told, oldest first.
pub fn open_operations(db: &Connection, account: AccountId) -> Result<Vec<OperationRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM operation WHERE account_id = ?1 AND state IN ('waiting', 'sending') ORDER BY id"
    ))?;
    let rows = statement.query_map([account.0], read_operation)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Open operations on one placement, oldest first.
pub fn open_on_placement(db: &Connection, id: PlacementId) -> Result<Vec<OperationRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM operation WHERE placement_id = ?1 AND state IN ('waiting', 'sending') ORDER BY id"
    ))?;
    let rows = statement.query_map([id.0], read_operation)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The newest operations, open ones first.
pub fn recent_operations(db: &Connection, limit: u32) -> Result<Vec<OperationRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM operation ORDER BY state IN ('waiting', 'sending') DESC, id DESC LIMIT ?1"
    ))?;
    let rows = statement.query_map([limit], read_operation)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Sets the state of an operation, with the reason if there is one.
pub fn set_operation_state(
    w: &mut Write<'_>,
    id: OperationId,
    state: OperationState,
    error: Option<&str>,
) -> Result<(), StoreError> {
    let finished = (!state.is_open()).then(|| w.now_ms());
    w.prepare_cached("UPDATE operation SET state = ?2, last_error = ?3, finished_at = ?4 WHERE id = ?1")?
        .execute(params![id.0, state.as_str(), error, finished])?;
    w.tell(Change::Operation { operation: id });
    Ok(())
}

/// The server did it. One that is no longer open keeps its state.
pub fn finish_operation(w: &mut Write<'_>, id: OperationId) -> Result<(), StoreError> {
    let changed = w
        .prepare_cached(
            "UPDATE operation SET state = 'done', last_error = NULL, finished_at = ?2
             WHERE id = ?1 AND state IN ('waiting', 'sending')",
        )?
        .execute(params![id.0, w.now_ms()])?;
    if changed > 0 {
        w.tell(Change::Operation { operation: id });
    }
    Ok(())
}

/// The server is about to be told: durable before the first byte goes out. `false`: the person took it back meanwhile,
/// or it has something to wait for now, and nothing may go out.
pub fn begin_attempt(w: &mut Write<'_>, id: OperationId, arguments: &Arguments) -> Result<bool, StoreError> {
    let current = match operation(w, id) {
        Ok(current) => current,
        Err(StoreError::NotFound(_)) => return Ok(false),
        Err(e) => return Err(e),
    };
    if !current.state.is_open() || dependencies::dependency(w, &current)? != Dependency::Clear {
        return Ok(false);
    }
    let arguments = Arguments { after: current.arguments.after, ..arguments.clone() };
    w.prepare_cached(
        "UPDATE operation SET state = 'sending', attempts = attempts + 1, arguments = ?2 WHERE id = ?1",
    )?
    .execute(params![id.0, arguments_json(&arguments)?])?;
    Ok(true)
}

/// Replaces the arguments of an operation.
pub fn set_arguments(w: &mut Write<'_>, id: OperationId, arguments: &Arguments) -> Result<(), StoreError> {
    w.prepare_cached("UPDATE operation SET arguments = ?2 WHERE id = ?1")?
        .execute(params![id.0, arguments_json(arguments)?])?;
    w.tell(Change::Operation { operation: id });
    Ok(())
}

/// Tries again not before this time.
pub fn postpone(w: &mut Write<'_>, id: OperationId, not_before: i64, error: &str) -> Result<(), StoreError> {
    w.prepare_cached("UPDATE operation SET not_before = ?2, last_error = ?3 WHERE id = ?1")?
        .execute(params![id.0, not_before, error])?;
    w.tell(Change::Operation { operation: id });
    Ok(())
}

/// The server's flags with the waiting intents of a placement on top, in the order they were meant.
pub fn with_waiting_flags(db: &Connection, id: PlacementId, server: &Flags) -> Result<Flags, StoreError> {
    let mut shown = server.clone();
    for operation in open_on_placement(db, id)? {
        if operation.kind == OperationKind::Flag {
            operation.arguments.add.iter().for_each(|f| shown.set(f, true));
            operation.arguments.remove.iter().for_each(|f| shown.set(f, false));
        }
    }
    Ok(shown)
}

/// An operation brought a placement into its target. The UID it got there counts only in the incarnation in which it
/// was told; without one the next pass finds the placement by its key.
pub fn arrive(
    w: &mut Write<'_>,
    operation: OperationId,
    id: PlacementId,
    target: MailboxId,
    at: Option<(UidValidity, Uid)>,
) -> Result<(), StoreError> {
    let known = mailboxes::mailbox(w, target)?.cursor.uidvalidity;
    let uid = at.filter(|(validity, _)| Some(*validity) == known).map(|(_, uid)| uid);
    match placements::placement(w, id) {
        Ok(_) => placements::land(w, id, target, uid)?,
        // It went while the server was told; the pass over the target finds what is there.
        Err(StoreError::NotFound(_)) => {}
        Err(e) => return Err(e),
    }
    finish_operation(w, operation)
}

/// What waits for one placement waits for the other from now on: both were found to be the same.
pub(super) fn hand_over(w: &mut Write<'_>, from: &PlacementRow, to: &PlacementRow) -> Result<(), StoreError> {
    let account = mailboxes::mailbox(w, from.mailbox)?.account;
    let moves = open_on_placement(w, from.id)?.iter().any(|o| o.kind.moves());
    // What is through as well: it can still be taken back.
    w.prepare_cached("UPDATE operation SET placement_id = ?2 WHERE placement_id = ?1")?
        .execute(params![from.id.0, to.id.0])?;
    for mut operation in open_operations(w, account)? {
        if operation.arguments.copy_of == Some(from.id.0) {
            operation.arguments.copy_of = Some(to.id.0);
            set_arguments(w, operation.id, &operation.arguments)?;
        }
    }
    if moves {
        placements::show_in(w, to, from.mailbox)?;
        placements::hide_placement(w, to, from.removed)?;
    }
    Ok(())
}

/// Whether an operation brought this placement into the mailbox.
pub fn was_brought(db: &Connection, id: PlacementId, mailbox: MailboxId) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT 1 FROM operation WHERE placement_id = ?1 AND target_id = ?2 AND state = 'done'",
        )?
        .exists(params![id.0, mailbox.0])?)
}

/// The server no longer holds this placement: what waits for it is settled. `true`: a move that was on its way is taken
/// as done, and the placement now waits for its UID in the target; otherwise the placement is to be dropped.
pub(super) fn settle_for_vanished(w: &mut Write<'_>, id: PlacementId) -> Result<bool, StoreError> {
    let open = open_on_placement(w, id)?;
    let moved = open.iter().find(|o| o.kind.moves() && o.attempts > 0).cloned();
    if let Some(operation) = moved
        && let Some(target) = operation.target
    {
        arrive(w, operation.id, id, target, operation.arguments.copied_at())?;
        return Ok(true);
    }
    for operation in open {
        if operation.kind == OperationKind::Delete && operation.target.is_none() {
            set_operation_state(w, operation.id, OperationState::Done, None)?;
        } else {
            let why = "the message is no longer on the server: another device moved or deleted it";
            set_operation_state(w, operation.id, OperationState::Failed, Some(why))?;
        }
    }
    Ok(false)
}
