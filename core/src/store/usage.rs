//! How much room the store takes, by kind.

use super::StoreError;
use rusqlite::Connection;

/// Bytes used, as they lie on the device.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// The database file with everything in it.
    pub database: u64,
    /// Bodies and parts kept as files.
    pub body_files: u64,
    /// Bodies and parts kept in the database.
    pub body_rows: u64,
    /// Of all bodies: what exists nowhere else.
    pub sole_copies: u64,
    /// Of all bodies: what can be fetched again.
    pub evictable: u64,
}

/// Measures the store.
pub fn usage(db: &Connection) -> Result<Usage, StoreError> {
    let pages: i64 = db.query_row(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        [],
        |r| r.get(0),
    )?;
    let sum = |condition: &str| -> Result<u64, StoreError> {
        let n: i64 = db.query_row(
            &format!("SELECT coalesce(sum(stored_size), 0) FROM blob WHERE {condition}"),
            [],
            |r| r.get(0),
        )?;
        Ok(n as u64)
    };
    Ok(Usage {
        database: pages as u64,
        body_files: sum("path IS NOT NULL")?,
        body_rows: sum("path IS NULL")?,
        sole_copies: sum("refetchable = 0")?,
        evictable: sum("refetchable = 1 AND pinned = 0")?,
    })
}
