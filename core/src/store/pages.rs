//! Pages of lists: one keyset query each, newest first.

use super::{StoreError, generation, messages::addresses};
use crate::ids::{MailboxId, MessageId, PlacementId, ThreadId};
use crate::message::{Address, Flags};
use rusqlite::{Connection, Row, params};

/// How much of a message is on this device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyState {
    /// Only the overview.
    Absent,
    /// The text, or some parts.
    Partial,
    /// Everything.
    Present,
}

/// A row of a message list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListRow {
    /// What flags, move and delete take.
    pub placement: PlacementId,
    /// What was written.
    pub message: MessageId,
    /// Where it is shown.
    pub mailbox: MailboxId,
    /// Its conversation.
    pub thread: ThreadId,
    /// What the list sorts by: received, milliseconds since 1970 UTC.
    pub received_at: i64,
    /// As written, seconds since 1970 UTC.
    pub date: Option<i64>,
    /// Offset of `date`, minutes.
    pub date_offset: i32,
    /// Writers.
    pub from: Vec<Address>,
    /// Recipients.
    pub to: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// First words.
    pub preview: String,
    /// Flags as shown.
    pub flags: Flags,
    /// Bytes.
    pub size: u64,
    /// Whether there is something to save.
    pub has_attachments: bool,
    /// How much is here.
    pub body: BodyState,
    /// Whether the server holds it, as far as is known.
    pub on_server: bool,
    /// Messages of the conversation in this mailbox (1 in lists without conversations).
    pub thread_count: u32,
    /// Of these, unread.
    pub thread_unread: u32,
}

/// Where the next page begins: after this row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageCursor {
    /// The last row's sort key.
    pub sort_at: i64,
    /// The last row's placement.
    pub placement: PlacementId,
}

impl std::fmt::Display for PageCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.sort_at, self.placement)
    }
}

impl std::str::FromStr for PageCursor {
    type Err = StoreError;
    fn from_str(s: &str) -> Result<Self, StoreError> {
        s.split_once('.')
            .and_then(|(at, id)| Some(Self { sort_at: at.parse().ok()?, placement: id.parse().ok()? }))
            .ok_or(StoreError::Invalid {
                field: "before",
                reason: "not a cursor that a list gave".to_owned(),
            })
    }
}

/// One page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Rows, newest first.
    pub rows: Vec<ListRow>,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<PageCursor>,
    /// Store generation the page was read in.
    pub generation: u64,
}

pub(super) const ROW: &str = "p.id, p.message_id, p.mailbox_id, p.thread_id, p.sort_at, m.date, m.date_offset,
    m.\"from\", m.\"to\", m.subject, m.preview, p.flags, m.size, m.has_attachments, m.raw_blob_id IS NOT NULL,
    EXISTS (SELECT 1 FROM part WHERE part.message_id = m.id AND part.blob_id IS NOT NULL),
    (p.server_mailbox_id IS NOT NULL AND (p.uid IS NOT NULL OR p.awaiting = 1))
        OR EXISTS (SELECT 1 FROM pop_ledger l WHERE l.message_id = m.id AND l.state IN ('stored', 'listed', 'partial'))";

pub(super) fn read_row(r: &Row<'_>) -> rusqlite::Result<ListRow> {
    let body = match (r.get::<_, bool>(14)?, r.get::<_, bool>(15)?) {
        (true, _) => BodyState::Present,
        (false, true) => BodyState::Partial,
        (false, false) => BodyState::Absent,
    };
    Ok(ListRow {
        placement: PlacementId(r.get(0)?),
        message: MessageId(r.get(1)?),
        mailbox: MailboxId(r.get(2)?),
        thread: ThreadId(r.get(3)?),
        received_at: r.get(4)?,
        date: r.get(5)?,
        date_offset: r.get(6)?,
        from: addresses(&r.get::<_, String>(7)?),
        to: addresses(&r.get::<_, String>(8)?),
        subject: r.get(9)?,
        preview: r.get(10)?,
        flags: Flags::from_bits(r.get(11)?, std::collections::BTreeSet::new()),
        size: r.get::<_, i64>(12)? as u64,
        has_attachments: r.get(13)?,
        body,
        on_server: r.get(16)?,
        thread_count: 1,
        thread_unread: 0,
    })
}

/// Keywords are rare: they are read for the rows of a page only.
pub(super) fn add_keywords(db: &Connection, rows: &mut [ListRow]) -> Result<(), StoreError> {
    let mut statement =
        db.prepare_cached("SELECT name FROM keyword WHERE placement_id = ?1 AND shown = 1")?;
    for row in rows {
        let names = statement.query_map([row.placement.0], |r| r.get(0))?;
        row.flags.keywords = names.collect::<Result<_, _>>()?;
    }
    Ok(())
}

fn page_of(db: &Connection, mut rows: Vec<ListRow>, limit: u32) -> Result<Page, StoreError> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    add_keywords(db, &mut rows)?;
    let next = match rows.last() {
        Some(last) if more => Some(PageCursor { sort_at: last.received_at, placement: last.placement }),
        _ => None,
    };
    Ok(Page { rows, next, generation: generation(db)? })
}

/// Page of the messages of a mailbox, newest first. `limit` is held to 1…100.
pub fn message_page(
    db: &Connection,
    mailbox: MailboxId,
    limit: u32,
    before: Option<PageCursor>,
) -> Result<Page, StoreError> {
    let limit = limit.clamp(1, 100);
    let before = before.unwrap_or(PageCursor { sort_at: i64::MAX, placement: PlacementId(i64::MAX) });
    let mut statement = db.prepare_cached(&message_page_sql())?;
    let rows = statement
        .query_map(params![mailbox.0, before.sort_at, before.placement.0, limit + 1], read_row)?
        .collect::<Result<Vec<_>, _>>()?;
    page_of(db, rows, limit)
}

fn message_page_sql() -> String {
    format!(
        "SELECT {ROW} FROM placement p JOIN message m ON m.id = p.message_id
         WHERE p.mailbox_id = ?1 AND p.removed_at IS NULL AND (p.sort_at, p.id) < (?2, ?3)
         ORDER BY p.sort_at DESC, p.id DESC LIMIT ?4"
    )
}

/// Page of the conversations of a mailbox by their newest message there. `limit` is held to 1…100.
pub fn thread_page(
    db: &Connection,
    mailbox: MailboxId,
    limit: u32,
    before: Option<PageCursor>,
) -> Result<Page, StoreError> {
    let limit = limit.clamp(1, 100);
    let before = before.unwrap_or(PageCursor { sort_at: i64::MAX, placement: PlacementId(i64::MAX) });
    let mut statement = db.prepare_cached(&thread_page_sql())?;
    let rows = statement
        .query_map(params![mailbox.0, before.sort_at, before.placement.0, limit + 1], |r| {
            let mut row = read_row(r)?;
            row.thread_count = r.get(17)?;
            row.thread_unread = r.get(18)?;
            Ok(row)
        })?
        .collect::<Result<Vec<_>, _>>()?;
    page_of(db, rows, limit)
}

fn thread_page_sql() -> String {
    format!(
        "SELECT {ROW}, t.count, t.unread FROM thread_in_mailbox t
         JOIN placement p ON p.id = t.newest_placement JOIN message m ON m.id = p.message_id
         WHERE t.mailbox_id = ?1 AND (t.newest_at, t.newest_placement) < (?2, ?3)
         ORDER BY t.newest_at DESC, t.newest_placement DESC LIMIT ?4"
    )
}

/// One row of a list, by placement.
pub fn list_row(db: &Connection, id: PlacementId) -> Result<ListRow, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {ROW} FROM placement p JOIN message m ON m.id = p.message_id WHERE p.id = ?1"
    ))?;
    let mut rows = statement.query_map([id.0], read_row)?.collect::<Result<Vec<_>, _>>()?;
    add_keywords(db, &mut rows)?;
    rows.pop().ok_or(StoreError::NotFound("message"))
}

/// All placements of a conversation that are shown, oldest first, over all mailboxes. At most 1,000.
pub fn thread_rows(db: &Connection, thread: ThreadId) -> Result<Vec<ListRow>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {ROW} FROM placement p JOIN message m ON m.id = p.message_id
         WHERE p.thread_id = ?1 AND p.removed_at IS NULL ORDER BY p.sort_at, p.id LIMIT 1000"
    ))?;
    let mut rows = statement.query_map([thread.0], read_row)?.collect::<Result<Vec<_>, _>>()?;
    add_keywords(db, &mut rows)?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    fn plan(sql: &str) -> String {
        let mut db = Connection::open_in_memory().unwrap();
        schema::set_up_writer(&mut db).unwrap();
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let rows = statement.query_map(params![1, 1, 1, 1], |r| r.get::<_, String>(3)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_page_of_messages_walks_one_index_and_sorts_nothing() {
        let plan = plan(&message_page_sql());
        assert!(plan.contains("placement_page"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }

    #[test]
    fn a_page_of_conversations_walks_one_index_and_sorts_nothing() {
        let plan = plan(&thread_page_sql());
        assert!(plan.contains("thread_in_mailbox_page"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }
}
