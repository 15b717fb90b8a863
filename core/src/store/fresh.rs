//! New mail that the person was not told of yet: a mark per account, so that it is told once and never forgotten.

use super::pages::{ROW, add_keywords, read_row};
use super::{ListRow, StoreError, Write, accounts, mailboxes};
use crate::ids::{AccountId, PlacementId};
use crate::mailbox::Role;
use rusqlite::{Connection, params};
use std::fmt;
use std::str::FromStr;

/// Up to where the person was told: mail of the inbox that came later, and was received no earlier, is fresh. What a
/// person pages back to came later too, but was received before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ToldMark {
    /// Whose inbox.
    pub account: AccountId,
    /// The newest row.
    pub placement: PlacementId,
    /// When the newest of them was received, milliseconds since 1970 UTC.
    pub at: i64,
}

impl fmt::Display for ToldMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.account, self.placement, self.at)
    }
}

impl FromStr for ToldMark {
    type Err = StoreError;
    fn from_str(s: &str) -> Result<Self, StoreError> {
        let bad = || StoreError::Invalid { field: "token", reason: "use the one a slice gave".to_owned() };
        let mut numbers = s.splitn(3, '.').map(|n| n.parse::<i64>().map_err(|_| bad()));
        let mut next = || numbers.next().unwrap_or_else(|| Err(bad()));
        Ok(Self { account: AccountId(next()?), placement: PlacementId(next()?), at: next()? })
    }
}

/// What a person has to be told of an account's inbox.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fresh {
    /// Unread mail that was not told yet, newest first; at most [`FRESH`].
    pub rows: Vec<ListRow>,
    /// How many there are.
    pub count: u64,
    /// To be handed to [`set_told`] once the person was told; absent if there is nothing to tell.
    pub mark: Option<ToldMark>,
}

/// Rows that are named; of more only the number is told.
pub const FRESH: u32 = 50;
const FACT: &str = "told";

/// Where the inbox stands now.
pub fn told_mark_now(db: &Connection, account: AccountId) -> Result<ToldMark, StoreError> {
    let inbox = mailboxes::mailbox_by_role(db, account, Role::Inbox)?;
    let (placement, at) = match inbox {
        Some(inbox) => db
            .prepare_cached("SELECT max(id), max(sort_at) FROM placement WHERE mailbox_id = ?1")?
            .query_row([inbox.0], |r| Ok((r.get::<_, Option<i64>>(0)?, r.get::<_, Option<i64>>(1)?)))?,
        None => (None, None),
    };
    Ok(ToldMark { account, placement: PlacementId(placement.unwrap_or(0)), at: at.unwrap_or(i64::MIN) })
}

/// What is fresh in the inbox of an account; nothing for one whose mark was never set.
pub fn fresh(db: &Connection, account: AccountId) -> Result<Fresh, StoreError> {
    let (Some(told), Some(inbox)) =
        (told(db, account)?, mailboxes::mailbox_by_role(db, account, Role::Inbox)?)
    else {
        return Ok(Fresh::default());
    };
    let which =
        "p.mailbox_id = ?1 AND p.removed_at IS NULL AND p.id > ?2 AND p.sort_at >= ?3 AND p.flags & 1 = 0";
    let mut statement = db.prepare_cached(&format!(
        "SELECT {ROW} FROM placement p JOIN message m ON m.id = p.message_id
         WHERE {which} ORDER BY p.sort_at DESC, p.id DESC LIMIT ?4"
    ))?;
    let mut rows = statement
        .query_map(params![inbox.0, told.placement.0, told.at, FRESH], read_row)?
        .collect::<Result<Vec<_>, _>>()?;
    add_keywords(db, &mut rows)?;
    let count: i64 = db
        .prepare_cached(&format!("SELECT count(*) FROM placement p WHERE {which}"))?
        .query_row(params![inbox.0, told.placement.0, told.at], |r| r.get(0))?;
    let mark = if count > 0 { Some(told_mark_now(db, account)?) } else { None };
    Ok(Fresh { rows, count: count as u64, mark })
}

/// The mark of an account, if it was ever set.
pub fn told(db: &Connection, account: AccountId) -> Result<Option<ToldMark>, StoreError> {
    accounts::fact(db, account, FACT)?.map(|written| written.parse()).transpose()
}

/// Moves the mark of an account, forwards only.
pub fn set_told(w: &mut Write<'_>, mark: ToldMark) -> Result<(), StoreError> {
    accounts::account(w, mark.account)?;
    let before = told(w, mark.account)?;
    let placement = before.map_or(mark.placement, |b| b.placement.max(mark.placement));
    let at = before.map_or(mark.at, |b| b.at.max(mark.at));
    let mark = ToldMark { placement, at, ..mark };
    if before == Some(mark) {
        return Ok(());
    }
    accounts::learn_fact(w, mark.account, FACT, &mark.to_string())
}
