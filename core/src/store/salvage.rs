//! A damaged database: set aside, never deleted; every row that can still be read is taken over.

use super::executor::Ground;
use super::open::DATABASE;
use super::{StoreError, refresh_threads};
use crate::ids::ThreadId;
use crate::ports::Files;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::Path;

/// Tables in an order in which a row comes after those it names. What is derived (threads' counts, search) is made anew.
const TABLES: &[&str] = &[
    "setting",
    "account",
    "identity",
    "server_fact",
    "mailbox",
    "thread",
    "thread_reference",
    "blob",
    "message",
    "placement",
    "keyword",
    "part",
    "download",
    "pop_ledger",
    "operation",
    "outbox",
    "draft",
    "draft_attachment",
    "address_seen",
    "notified",
    "activity",
    "pinned_cert",
    "trusted_sender",
];

/// Renames the database with its WAL, so that a new one can be made. Says the name it has now.
pub(super) fn set_aside(files: &dyn Files) -> Result<String, StoreError> {
    let mut n = 1;
    let aside = loop {
        let name = format!("mail.damaged-{n}.db");
        if files.size(Path::new(&name))?.is_none() {
            break name;
        }
        n += 1;
    };
    // The WAL first: a database without its WAL is older, a WAL beside another database is poison.
    for end in ["-wal", "-shm", ""] {
        let from = format!("{DATABASE}{end}");
        if files.size(Path::new(&from))?.is_some() {
            files.rename(Path::new(&from), Path::new(&format!("{aside}{end}")))?;
        }
    }
    files.sync_dir(Path::new(""))?;
    Ok(aside)
}

/// Copies what can be read of the database that was set aside into the new one.
pub(super) fn take_over(ground: &mut Ground, aside: &str) -> Result<(), StoreError> {
    let Some(main) = ground.db.path().map(ToOwned::to_owned) else {
        return Ok(());
    };
    let Some(folder) = Path::new(&main).parent() else {
        return Ok(());
    };
    // It may be no database any more at all: then there is nothing to take over.
    let old =
        match Connection::open_with_flags(folder.join(aside), rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE) {
            Ok(old) => old,
            Err(e) => {
                log::error!("nothing can be read of the damaged database: {:?}", e.sqlite_error_code());
                return Ok(());
            }
        };
    let db = &mut ground.db;
    db.pragma_update(None, "foreign_keys", false)?;
    let tx = db.transaction()?;
    let mut taken = 0_u64;
    for table in TABLES {
        taken += copy_table(&old, &tx, table);
    }
    drop_dangling(&tx)?;
    tx.execute_batch(
        "UPDATE message SET indexed = 0;
         UPDATE mailbox SET highestmodseq = NULL, uidnext = NULL, window_complete = 0, server_exists = NULL;
         UPDATE placement SET uid = NULL, modseq = NULL, awaiting = 1 WHERE uid IS NOT NULL;",
    )?;
    let threads = tx
        .prepare("SELECT id FROM thread")?
        .query_map([], |r| r.get(0).map(ThreadId))?
        .collect::<Result<_, _>>()?;
    refresh_threads(&tx, &threads)?;
    tx.commit()?;
    db.pragma_update(None, "foreign_keys", true)?;
    log::warn!("{taken} rows were taken over from the damaged database");
    Ok(())
}

/// Copies rows one by one, forwards until damage is met and then backwards from the end.
fn copy_table(old: &Connection, new: &Connection, table: &str) -> u64 {
    let columns = columns_in_both(old, new, table);
    if columns.is_empty() {
        return 0;
    }
    let names = columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
    let marks = vec!["?"; columns.len()].join(", ");
    let Ok(mut insert) = new.prepare(&format!("INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})"))
    else {
        return 0;
    };
    let mut taken = 0;
    for order in ["", " ORDER BY rowid DESC"] {
        // Tables without rowid refuse the second order; they were read forwards.
        let Ok(mut select) = old.prepare(&format!("SELECT {names} FROM {table}{order}")) else {
            continue;
        };
        let Ok(mut rows) = select.query([]) else { continue };
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let values: Result<Vec<Value>, _> = (0..columns.len()).map(|i| row.get(i)).collect();
                    if let Ok(values) = values
                        && insert.execute(rusqlite::params_from_iter(values)).is_ok()
                    {
                        taken += 1;
                    }
                }
                Ok(None) => return taken,
                Err(_) => break,
            }
        }
    }
    taken
}

fn columns_in_both(old: &Connection, new: &Connection, table: &str) -> Vec<String> {
    let columns = |db: &Connection| -> Vec<String> {
        db.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))
            .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
            .unwrap_or_default()
    };
    let known = columns(new);
    columns(old).into_iter().filter(|c| known.contains(c)).collect()
}

/// What a row names and could not be read is made anew where the row can live without its content.
const MEND: &str = "
    INSERT OR IGNORE INTO thread (id, account_id)
        SELECT thread_id, account_id FROM message WHERE thread_id NOT IN (SELECT id FROM thread);
    UPDATE placement SET thread_id = (SELECT thread_id FROM message m WHERE m.id = message_id)
        WHERE message_id IN (SELECT id FROM message);
    INSERT OR IGNORE INTO mailbox (id, account_id, kind, name)
        SELECT DISTINCT p.mailbox_id, m.account_id, 'local', 'Recovered ' || p.mailbox_id
        FROM placement p JOIN message m ON m.id = p.message_id
        WHERE p.mailbox_id NOT IN (SELECT id FROM mailbox);
    UPDATE placement SET server_mailbox_id = NULL, uid = NULL
        WHERE server_mailbox_id NOT IN (SELECT id FROM mailbox);
    UPDATE message SET raw_blob_id = NULL WHERE raw_blob_id NOT IN (SELECT id FROM blob);
    UPDATE part SET blob_id = NULL WHERE blob_id NOT IN (SELECT id FROM blob);";

/// Removes rows that name rows which could not be read, until none is left.
fn drop_dangling(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch(MEND)?;
    for _ in 0..10 {
        let broken: Vec<(String, Option<i64>)> = db
            .prepare("SELECT DISTINCT \"table\", rowid FROM pragma_foreign_key_check")?
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<Result<_, _>>()?;
        if broken.is_empty() {
            return Ok(());
        }
        for (table, rowid) in broken {
            match rowid {
                Some(rowid) => {
                    db.execute(&format!("DELETE FROM {table} WHERE rowid = ?1"), [rowid])?;
                }
                // Without rowid the row cannot be named; such tables hold only what is derived or fetched again.
                None if matches!(
                    table.as_str(),
                    "keyword" | "part" | "thread_reference" | "download" | "thread_in_mailbox"
                ) =>
                {
                    db.execute(&format!("DELETE FROM {table}"), [])?;
                }
                None => {}
            }
        }
    }
    Ok(())
}
