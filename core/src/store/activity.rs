//! Facts of passes: what a person may ask about when mail is late.

use super::{StoreError, Write};
use crate::ids::AccountId;
use rusqlite::{Connection, OptionalExtension, params};

/// One fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActivityRow {
    /// `pass`.
    pub kind: String,
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    /// How long it took.
    pub duration_ms: i64,
    /// `ok`, or the kind of the error.
    pub outcome: String,
    /// JSON: turns, bytes, counts; never content.
    pub detail: String,
}

/// Rows kept per account.
const KEPT: i64 = 500;

/// Adds a fact; the oldest ones go.
pub fn insert_activity(w: &mut Write<'_>, account: AccountId, row: &ActivityRow) -> Result<(), StoreError> {
    w.prepare_cached(
        "INSERT INTO activity (account_id, kind, at, duration_ms, outcome, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![account.0, row.kind, row.at, row.duration_ms, row.outcome, row.detail])?;
    w.prepare_cached(
        "DELETE FROM activity WHERE account_id = ?1 AND id <=
            (SELECT id FROM activity WHERE account_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![account.0, KEPT])?;
    Ok(())
}

/// The newest facts of an account.
pub fn activity(db: &Connection, account: AccountId, limit: u32) -> Result<Vec<ActivityRow>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT kind, at, duration_ms, outcome, detail FROM activity WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![account.0, limit], |r| {
        Ok(ActivityRow {
            kind: r.get(0)?,
            at: r.get(1)?,
            duration_ms: r.get(2)?,
            outcome: r.get(3)?,
            detail: r.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When a pass of this account last ended well, milliseconds since 1970 UTC.
pub fn last_success(db: &Connection, account: AccountId) -> Result<Option<i64>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT at + duration_ms FROM activity WHERE account_id = ?1 AND kind = 'pass' AND outcome = 'ok'
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row([account.0], |r| r.get(0))
        .optional()?)
}
