//! A damaged database: set aside, never deleted; every row that can still be read is taken over.

use super::executor::{Ground, Opener};
use super::open::DATABASE;
use super::{StoreError, refresh_threads, salvage_mail};
use crate::ids::ThreadId;
use crate::ports::Files;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OptionalExtension};
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
    "doomed_file",
];

/// Names the database that is being replaced, from before its first rename until the new one is whole. While it is
/// there, no file is an orphan: the rows that name them may still be on their way.
const UNFINISHED: &str = "mail.salvage";
/// So often an error that is no damage ends the opening; then what it hides is given up.
const TRIES: usize = 3;
/// Setting of a database: the one it was made from.
const MADE_FROM: &str = "salvaged_from";

/// The name under which a damaged database is being set aside, if a process died over it.
pub(super) fn unfinished(files: &dyn Files) -> Result<Option<String>, StoreError> {
    let path = Path::new(UNFINISHED);
    if files.size(path)?.is_none() {
        return Ok(None);
    }
    let text = String::from_utf8(files.read(path)?).unwrap_or_default();
    let name = text.trim_end();
    // Nothing was renamed before the name was durable: a part of it stands for nothing done.
    Ok((name.starts_with("mail.damaged-") && Path::new(name).extension().is_some_and(|end| end == "db"))
        .then(|| name.to_owned()))
}

/// Counts a try, and says whether another one may follow: an error of the device, other than damage, may pass. If it
/// does not, a home that opens with what can be read is worth more than one that never opens.
fn may_try_again(files: &dyn Files) -> Result<bool, StoreError> {
    let path = Path::new(UNFINISHED);
    files.append(path, b"\n")?;
    let tries = files.read(path)?.split(|byte| *byte == b'\n').count().saturating_sub(1);
    Ok(tries < TRIES)
}

fn aside_name(n: usize) -> String {
    format!("mail.damaged-{n}.db")
}

/// Whether several databases of this home lie aside.
pub(super) fn was_often(files: &dyn Files) -> Result<bool, StoreError> {
    Ok(files.size(Path::new(&aside_name(TRIES)))?.is_some())
}

/// Decides the name for a damaged database, durably. Nothing has changed yet.
pub(super) fn begin(files: &dyn Files) -> Result<String, StoreError> {
    let mut n = 1;
    let aside = loop {
        let name = aside_name(n);
        if files.size(Path::new(&name))?.is_none() {
            break name;
        }
        n += 1;
    };
    let path = Path::new(UNFINISHED);
    files.write(path, aside.as_bytes())?;
    files.sync(path)?;
    files.sync_dir(Path::new(""))?;
    Ok(aside)
}

/// Renames the database with its WAL, so that a new one can be made.
pub(super) fn put_aside(files: &dyn Files, aside: &str) -> Result<(), StoreError> {
    let is_new = files.size(Path::new(aside))?.is_some() && files.size(Path::new(DATABASE))?.is_some();
    if !is_new {
        // The WAL first: a database without its WAL is older, a WAL beside another database is poison.
        for end in ["-wal", "-shm", ""] {
            let from = format!("{DATABASE}{end}");
            if files.size(Path::new(&from))?.is_some() {
                files.rename(Path::new(&from), Path::new(&format!("{aside}{end}")))?;
            }
        }
    }
    // Where there was no database at all, its place is kept, so that the name stays taken.
    if files.size(Path::new(aside))?.is_none() {
        files.write(Path::new(aside), b"")?;
    }
    files.sync_dir(Path::new(""))?;
    Ok(())
}

/// Removes a new database that went bad before it was finished; what it was made from is still there.
pub(super) fn discard_new(files: &dyn Files) -> Result<(), StoreError> {
    for end in ["-wal", "-shm", ""] {
        let name = format!("{DATABASE}{end}");
        if files.size(Path::new(&name))?.is_some() {
            files.remove(Path::new(&name))?;
        }
    }
    files.sync_dir(Path::new(""))?;
    Ok(())
}

/// The new database is whole, and no row is missing that could be had.
pub(super) fn end(files: &dyn Files) -> Result<(), StoreError> {
    files.remove(Path::new(UNFINISHED))?;
    files.sync_dir(Path::new(""))?;
    Ok(())
}

/// Copies what can be read of the database that was set aside into the new one.
pub(super) fn take_over(ground: &mut Ground, opener: &dyn Opener, aside: &str) -> Result<(), StoreError> {
    let made_from: Option<String> = ground
        .db
        .query_row("SELECT value FROM setting WHERE name = ?1", [MADE_FROM], |r| r.get(0))
        .optional()?;
    if made_from.as_deref() == Some(aside) {
        return Ok(());
    }
    let patient = may_try_again(ground.files.as_ref())?;
    let old = match opener.open_aside(aside) {
        Ok(old) => old,
        Err(e) if patient => return Err(e.into()),
        Err(e) => {
            log::error!("nothing can be read of the damaged database: {:?}", e.sqlite_error_code());
            return Ok(());
        }
    };
    // It stays as it was found.
    old.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let source = Source { db: &old, patient };
    let (db, files) = (&mut ground.db, ground.files.as_ref());
    db.pragma_update(None, "foreign_keys", false)?;
    let tx = db.transaction()?;
    let mut taken = 0_u64;
    for table in TABLES {
        taken += source.copy(&tx, table)?;
    }
    salvage_mail::drop_lost_bodies(&tx, files)?;
    tx.execute_batch(salvage_mail::WANT_AGAIN)?;
    drop_dangling(&tx)?;
    salvage_mail::count_bodies(&tx, files)?;
    // A mailbox is looked at again as deep as it is held here, or what is old would be taken for gone.
    tx.execute_batch(
        "UPDATE message SET indexed = 0;
         UPDATE mailbox SET window_target = max(coalesce(window_target, 0), (SELECT count(*) FROM placement p
                WHERE p.server_mailbox_id = mailbox.id AND (p.uid IS NOT NULL OR p.awaiting = 1)))
            WHERE EXISTS (SELECT 1 FROM placement p WHERE p.server_mailbox_id = mailbox.id);
         UPDATE mailbox SET highestmodseq = NULL, uidnext = NULL, window_floor = NULL, window_complete = 0,
             server_exists = NULL;
         UPDATE placement SET uid = NULL, modseq = NULL, awaiting = 1 WHERE uid IS NOT NULL;",
    )?;
    let threads = tx
        .prepare("SELECT id FROM thread")?
        .query_map([], |r| r.get(0).map(ThreadId))?
        .collect::<Result<_, _>>()?;
    refresh_threads(&tx, &threads)?;
    // Threads without messages have just gone.
    drop_dangling(&tx)?;
    tx.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)", [MADE_FROM, aside])?;
    tx.commit()?;
    db.pragma_update(None, "foreign_keys", true)?;
    log::warn!("{taken} rows were taken over from the damaged database");
    Ok(())
}

/// A database of which nobody knows what can be read.
struct Source<'a> {
    db: &'a Connection,
    /// Whether an error that is no damage ends the work, to be tried again.
    patient: bool,
}

impl Source<'_> {
    /// A step of reading; `None` where it met damage.
    fn step<T>(&self, result: rusqlite::Result<T>) -> Result<Option<T>, StoreError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(e) if self.patient && is_of_the_device(&e) => Err(e.into()),
            Err(_) => Ok(None),
        }
    }

    /// Copies rows one by one, forwards until damage is met and then backwards from the end.
    fn copy(&self, new: &Connection, table: &str) -> Result<u64, StoreError> {
        let columns = self.columns_in_both(new, table)?;
        if columns.is_empty() {
            return Ok(0);
        }
        let names = columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
        let marks = vec!["?"; columns.len()].join(", ");
        let mut insert =
            new.prepare(&format!("INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})"))?;
        let mut taken = 0;
        for order in ["", " ORDER BY rowid DESC"] {
            // Tables without rowid refuse the second order; they were read forwards.
            let select = self.db.prepare(&format!("SELECT {names} FROM {table}{order}"));
            let Some(mut select) = self.step(select)? else { continue };
            let Some(mut rows) = self.step(select.query([]))? else { continue };
            loop {
                let Some(row) = self.step(rows.next())? else { break };
                let Some(row) = row else { return Ok(taken) };
                let values: Result<Vec<Value>, _> = (0..columns.len()).map(|i| row.get(i)).collect();
                let Ok(values) = values else { continue };
                match insert.execute(rusqlite::params_from_iter(values)) {
                    Ok(_) => taken += 1,
                    // What damage made of a row may contradict the schema.
                    Err(e) if e.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {}
                    Err(e) => return Err(e.into()),
                }
            }
        }
        Ok(taken)
    }

    fn columns_in_both(&self, new: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
        let columns = |db: &Connection| -> rusqlite::Result<Vec<String>> {
            db.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?
                .query_map([], |r| r.get(0))?
                .collect()
        };
        let known = columns(new)?;
        let old = self.step(columns(self.db))?.unwrap_or_default();
        Ok(old.into_iter().filter(|c| known.contains(c)).collect())
    }
}

/// Not what is in the file, but whether it can be reached just now.
fn is_of_the_device(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(
            ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::DiskFull
                | ErrorCode::DatabaseBusy
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
        )
    )
}

/// A column that names rows of another table.
struct Reference {
    table: String,
    column: String,
    parent: String,
    parent_column: String,
    /// Whether a row can live without it.
    optional: bool,
}

fn references(db: &Connection) -> Result<Vec<Reference>, StoreError> {
    let mut found = Vec::new();
    for table in TABLES.iter().chain(&["thread_in_mailbox"]) {
        let mut list =
            db.prepare("SELECT \"from\", \"table\", \"to\", on_delete FROM pragma_foreign_key_list(?1)")?;
        let rows = list.query_map([table], |r| {
            Ok(Reference {
                table: (*table).to_owned(),
                column: r.get(0)?,
                parent: r.get(1)?,
                parent_column: r.get(2)?,
                optional: r.get::<_, String>(3)? == "SET NULL",
            })
        })?;
        found.extend(rows.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// Lets go of rows that could not be read, and removes those that cannot live without them, until none is left.
fn drop_dangling(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch(salvage_mail::MEND)?;
    let references = references(db)?;
    loop {
        let mut changed = 0;
        for Reference { table, column, parent, parent_column, optional } in &references {
            let dangling =
                format!("{column} IS NOT NULL AND {column} NOT IN (SELECT {parent_column} FROM {parent})");
            changed += if *optional {
                db.execute(&format!("UPDATE {table} SET {column} = NULL WHERE {dangling}"), [])?
            } else {
                db.execute(&format!("DELETE FROM {table} WHERE {dangling}"), [])?
            };
        }
        // Each turn removes rows or references, and there are only so many.
        if changed == 0 {
            return Ok(());
        }
    }
}
