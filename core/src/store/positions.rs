//! Rows of a long list by their position: what a screen that scrolls asks for.

use super::pages::{ROW, add_keywords, read_row};
use super::{ListRow, StoreError, generation};
use crate::ids::MailboxId;
use rusqlite::{Connection, params};

/// How a list of a mailbox is ordered; newest first either way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListOrder {
    /// Each message is a row.
    Messages,
    /// Each conversation is a row, standing where its newest message here stands.
    Threads,
}

/// Some rows of a list and how long it is, read in one generation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// Store generation it was read in.
    pub generation: u64,
    /// Rows of the whole list.
    pub total: u64,
    /// The rows from the position asked for on; fewer where the list ends.
    pub rows: Vec<ListRow>,
}

/// Rows that one call answers at most.
pub const STRETCH: u32 = 200;

/// The rows of a mailbox from position `first` (0 is the newest) on. `count` is held to 1…[`STRETCH`].
pub fn stretch(
    db: &Connection,
    mailbox: MailboxId,
    order: ListOrder,
    first: u64,
    count: u32,
) -> Result<Stretch, StoreError> {
    let (rows_sql, total_sql) = match order {
        ListOrder::Messages => (messages_sql(), MESSAGES),
        ListOrder::Threads => (threads_sql(), THREADS),
    };
    let first = i64::try_from(first).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(&rows_sql)?;
    let mut rows = statement
        .query_map(params![mailbox.0, first, count.clamp(1, STRETCH)], |r| {
            let mut row = read_row(r)?;
            row.thread_count = r.get(17)?;
            row.thread_unread = r.get(18)?;
            Ok(row)
        })?
        .collect::<Result<Vec<_>, _>>()?;
    add_keywords(db, &mut rows)?;
    let total: i64 = db.prepare_cached(total_sql)?.query_row([mailbox.0], |r| r.get(0))?;
    Ok(Stretch { generation: generation(db)?, total: total as u64, rows })
}

const MESSAGES: &str = "SELECT count(*) FROM placement WHERE mailbox_id = ?1 AND removed_at IS NULL";
const THREADS: &str = "SELECT count(*) FROM thread_in_mailbox WHERE mailbox_id = ?1";

/// The index is walked up to the position without sorting; whole rows are put together only for what is shown.
fn messages_sql() -> String {
    format!(
        "SELECT {ROW}, 1, 0 FROM
             (SELECT id AS at FROM placement WHERE mailbox_id = ?1 AND removed_at IS NULL
              ORDER BY sort_at DESC, id DESC LIMIT ?3 OFFSET ?2)
         JOIN placement p ON p.id = at JOIN message m ON m.id = p.message_id
         ORDER BY p.sort_at DESC, p.id DESC"
    )
}

fn threads_sql() -> String {
    format!(
        "SELECT {ROW}, t.count, t.unread FROM
             (SELECT thread_id, mailbox_id, count, unread, newest_at, newest_placement FROM thread_in_mailbox
              WHERE mailbox_id = ?1 ORDER BY newest_at DESC, newest_placement DESC LIMIT ?3 OFFSET ?2) t
         JOIN placement p ON p.id = t.newest_placement JOIN message m ON m.id = p.message_id
         ORDER BY t.newest_at DESC, t.newest_placement DESC"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    fn plan(sql: &str) -> String {
        let mut db = Connection::open_in_memory().unwrap();
        schema::set_up_writer(&mut db).unwrap();
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let rows = statement.query_map(params![1, 1, 1], |r| r.get::<_, String>(3)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_position_among_messages_is_found_in_their_index() {
        let plan = plan(&messages_sql());
        assert!(plan.contains("placement_page"), "{plan}");
        let (inner, _) = plan.split_once("SCAN (subquery").unwrap();
        assert!(!inner.contains("TEMP B-TREE"), "only what is shown is sorted: {plan}");
    }

    #[test]
    fn a_position_among_conversations_is_found_in_their_index() {
        let plan = plan(&threads_sql());
        assert!(plan.contains("thread_in_mailbox_page"), "{plan}");
    }
}
