//! The POP ledger: one row per (account, UIDL), with a state machine in which every state has an end.

use super::{StoreError, Write};
use crate::ids::{AccountId, MessageId};
use crate::message::CanonicalKey;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Where a UIDL stands (PROTOCOLS §2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LedgerState {
    /// Seen in a listing.
    Listed,
    /// The message is here without its bytes: they were lost, and the server may still have them.
    Partial,
    /// Its bytes are on the way.
    Retrieving,
    /// Its raw bytes are durable here, read back and hashed.
    Stored,
    /// Marked for deletion in the session that runs.
    DeleSent,
    /// The link was lost after QUIT: the next listing decides.
    Unknown,
    /// Deleted on the server, and the server said so.
    Committed,
    /// Stored here and no longer listed there.
    Gone,
}

impl LedgerState {
    const ALL: [Self; 8] = [
        Self::Listed,
        Self::Partial,
        Self::Retrieving,
        Self::Stored,
        Self::DeleSent,
        Self::Unknown,
        Self::Committed,
        Self::Gone,
    ];
    /// snake_case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Partial => "partial",
            Self::Retrieving => "retrieving",
            Self::Stored => "stored",
            Self::DeleSent => "dele_sent",
            Self::Unknown => "unknown",
            Self::Committed => "committed",
            Self::Gone => "gone",
        }
    }
}

/// One row of the ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerRow {
    /// The server's unique id.
    pub uidl: Vec<u8>,
    /// Where it stands.
    pub state: LedgerState,
    /// The message, while it is here.
    pub message: Option<MessageId>,
    /// Bytes.
    pub size: Option<u64>,
    /// Milliseconds since 1970 UTC.
    pub first_seen: i64,
    /// A listing it was in, milliseconds since 1970 UTC: the last one, or one at most [`SEEN_EXACT_MS`] before it.
    pub last_seen: i64,
    /// Of the raw bytes, once they were stored.
    pub sha256: Option<[u8; 32]>,
    /// Times its bytes were asked for since they came last, and did not come.
    pub tries: u32,
    /// The last of them, milliseconds since 1970 UTC.
    pub tried_at: Option<i64>,
}

/// How exact [`LedgerRow::last_seen`] is: a pass that finds nothing new writes nothing, but once a day.
pub const SEEN_EXACT_MS: i64 = 24 * 3_600_000;

const COLUMNS: &str = "uidl, state, message_id, size, first_seen, last_seen, sha256, tries, tried_at";

fn read_row(r: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    let state: String = r.get(1)?;
    Ok(LedgerRow {
        uidl: r.get(0)?,
        state: LedgerState::ALL.into_iter().find(|s| s.as_str() == state).unwrap_or(LedgerState::Unknown),
        message: r.get::<_, Option<i64>>(2)?.map(MessageId),
        size: r.get::<_, Option<i64>>(3)?.map(|s| s as u64),
        first_seen: r.get(4)?,
        last_seen: r.get(5)?,
        sha256: r.get(6)?,
        tries: r.get(7)?,
        tried_at: r.get(8)?,
    })
}

/// The whole ledger of an account, in the order the UIDLs were first seen.
pub fn ledger(db: &Connection, account: AccountId) -> Result<Vec<LedgerRow>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM pop_ledger WHERE account_id = ?1 ORDER BY id"))?;
    let rows = statement.query_map([account.0], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One row.
pub fn ledger_row(db: &Connection, account: AccountId, uidl: &[u8]) -> Result<Option<LedgerRow>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM pop_ledger WHERE account_id = ?1 AND uidl = ?2"))?
        .query_row(params![account.0, uidl], read_row)
        .optional()?)
}

/// A UIDL is listed and its bytes are wanted: it is new, or it is listed again and was never stored.
pub fn note_uidl(
    w: &mut Write<'_>,
    account: AccountId,
    uidl: &[u8],
    size: Option<u64>,
) -> Result<(), StoreError> {
    w.prepare_cached(
        "INSERT INTO pop_ledger (account_id, uidl, state, size, first_seen, last_seen)
         VALUES (?1, ?2, 'listed', ?3, ?4, ?4)
         ON CONFLICT (account_id, uidl) DO UPDATE SET last_seen = excluded.last_seen,
            size = coalesce(excluded.size, size), state = CASE state WHEN 'gone' THEN 'listed' ELSE state END",
    )?
    .execute(params![account.0, uidl, size.map(|s| s as i64), w.now_ms()])?;
    Ok(())
}

/// These are in the listing of just now.
pub fn saw_uidls(w: &mut Write<'_>, account: AccountId, uidls: &[Vec<u8>]) -> Result<(), StoreError> {
    let now = w.now_ms();
    let mut statement =
        w.prepare_cached("UPDATE pop_ledger SET last_seen = ?3 WHERE account_id = ?1 AND uidl = ?2")?;
    for uidl in uidls {
        statement.execute(params![account.0, uidl, now])?;
    }
    Ok(())
}

/// These are about to be asked for. Counted before, so that one that ends the process is known afterwards.
pub fn count_retrievals(w: &mut Write<'_>, account: AccountId, uidls: &[Vec<u8>]) -> Result<(), StoreError> {
    let now = w.now_ms();
    let mut statement = w.prepare_cached(
        "UPDATE pop_ledger SET tries = tries + 1, tried_at = ?3 WHERE account_id = ?1 AND uidl = ?2",
    )?;
    for uidl in uidls {
        statement.execute(params![account.0, uidl, now])?;
    }
    Ok(())
}

/// These were counted, and it was not for them that they did not come.
pub fn uncount_retrievals(
    w: &mut Write<'_>,
    account: AccountId,
    uidls: &[Vec<u8>],
) -> Result<(), StoreError> {
    let mut statement = w.prepare_cached(
        "UPDATE pop_ledger SET tries = max(tries - 1, 0) WHERE account_id = ?1 AND uidl = ?2",
    )?;
    for uidl in uidls {
        statement.execute(params![account.0, uidl])?;
    }
    Ok(())
}

/// The bytes of this message are not whole here: what brought it has to bring it again. Returns whether the server
/// listed it when last looked.
pub fn want_again(w: &mut Write<'_>, message: MessageId) -> Result<bool, StoreError> {
    let listed = w
        .prepare_cached(
            "UPDATE pop_ledger SET state = 'partial', sha256 = NULL, tries = 0
             WHERE message_id = ?1 AND state IN ('listed', 'partial', 'retrieving', 'stored')",
        )?
        .execute([message.0])?;
    // If it is listed again one day, it is wanted.
    w.prepare_cached(
        "UPDATE pop_ledger SET sha256 = NULL, tries = 0 WHERE message_id = ?1 AND state = 'gone'",
    )?
    .execute([message.0])?;
    Ok(listed > 0)
}

/// The bytes of this UIDL are written, in this transaction, and have to be read back before they count as stored.
pub fn mark_retrieving(
    w: &mut Write<'_>,
    account: AccountId,
    uidl: &[u8],
    message: MessageId,
) -> Result<(), StoreError> {
    w.prepare_cached(
        "INSERT INTO pop_ledger (account_id, uidl, state, message_id, first_seen, last_seen)
         VALUES (?1, ?2, 'retrieving', ?3, ?4, ?4)
         ON CONFLICT (account_id, uidl) DO UPDATE SET state = 'retrieving', message_id = excluded.message_id,
            tries = 0, tried_at = NULL",
    )?
    .execute(params![account.0, uidl, message.0, w.now_ms()])?;
    Ok(())
}

/// UIDLs that brought this message.
pub fn ledger_of_message(db: &Connection, message: MessageId) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut statement = db.prepare_cached("SELECT uidl FROM pop_ledger WHERE message_id = ?1")?;
    let rows = statement.query_map([message.0], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Messages whose raw bytes are or were these, oldest first.
pub fn messages_of_bytes(
    db: &Connection,
    account: AccountId,
    sha256: &[u8; 32],
) -> Result<Vec<MessageId>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT id FROM message WHERE account_id = ?1 AND sha256 = ?2 ORDER BY id")?;
    let rows = statement.query_map(params![account.0, sha256], |r| r.get(0).map(MessageId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a message has this canonical key.
pub fn has_key(db: &Connection, id: MessageId, key: &CanonicalKey) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM message WHERE id = ?1 AND key_version = ?2 AND key_hash = ?3")?
        .exists(params![id.0, key.version, key.hash])?)
}

/// The bytes of this UIDL were read back and are whole.
pub fn mark_stored(
    w: &mut Write<'_>,
    account: AccountId,
    uidl: &[u8],
    message: MessageId,
    size: u64,
    sha256: &[u8; 32],
) -> Result<(), StoreError> {
    w.prepare_cached(
        "UPDATE pop_ledger SET state = 'stored', message_id = ?3, size = ?4, sha256 = ?5 WHERE account_id = ?1 AND uidl = ?2",
    )?
    .execute(params![account.0, uidl, message.0, size as i64, sha256])?;
    Ok(())
}

/// Moves a row to another state.
pub fn set_ledger_state(
    w: &mut Write<'_>,
    account: AccountId,
    uidl: &[u8],
    state: LedgerState,
) -> Result<(), StoreError> {
    w.prepare_cached("UPDATE pop_ledger SET state = ?3 WHERE account_id = ?1 AND uidl = ?2")?
        .execute(params![account.0, uidl, state.as_str()])?;
    Ok(())
}

/// Clears the whole ledger: only the crash harness does, to see that it is caught.
pub fn clear_ledger(w: &mut Write<'_>, account: AccountId) -> Result<(), StoreError> {
    w.execute("DELETE FROM pop_ledger WHERE account_id = ?1", [account.0])?;
    Ok(())
}
