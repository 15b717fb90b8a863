//! Migrations and the pragmas every connection runs under.

use super::StoreError;
use super::executor::BUSY;
use crate::ports::Class;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite_migration::{M, Migrations};
use std::ffi::c_int;

/// The newest schema this version knows.
pub const SCHEMA_VERSION: i64 = 4;

const STEPS: &[M<'static>] = &[
    M::up(include_str!("../../migrations/0001_first.sql")),
    M::up(include_str!("../../migrations/0002_read_again.sql")),
    M::up(include_str!("../../migrations/0003_bodies.sql")),
    M::up(include_str!("../../migrations/0004_tries.sql")),
];
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// Sets up the writer's connection and brings the schema up to date, durably.
pub(super) fn set_up_writer(db: &mut Connection) -> Result<(), StoreError> {
    set_up(db)?;
    // Until all went well: what could not be made durable must not be copied into the database on the way out.
    keep_log_on_close(db, true)?;
    let found: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
    }
    // Pages that change with every batch are copied to the database less often, and the disk is waited for less often.
    db.execute_batch("PRAGMA journal_mode = WAL")?;
    db.wal_hook(Some(checkpoint_when_long));
    // A database whose first commit ran NORMAL is empty after a power loss.
    set_synchronous(db, Class::Durable)?;
    if found < SCHEMA_VERSION {
        MIGRATIONS.to_latest(db).map_err(|e| match e {
            rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::Database(err),
            other => StoreError::Invalid { field: "schema", reason: other.to_string() },
        })?;
    }
    keep_log_on_close(db, false)
}

/// Pages in the log from which on they are copied into the database after a commit.
const LONG: c_int = 4_000;

/// SQLite's own way keeps a failed sync to itself. Here the commit that set it off reports it (it stands all the same).
fn checkpoint_when_long(log: &Wal, pages: c_int) -> rusqlite::Result<()> {
    if pages < LONG {
        return Ok(());
    }
    match log.checkpoint() {
        Err(error) if StoreError::is_sync_that_failed(&error) => Err(error),
        // Readers in the way, or no room: the next commit tries again.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// After a sync that failed, pages of the log may be gone although SQLite still counts on them: closing must not copy
/// them into the database. The next open reads the log anew and takes of it what is whole.
pub(super) fn keep_log_on_close(db: &Connection, keep: bool) -> Result<(), StoreError> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)?;
    Ok(())
}

/// Whether [`keep_log_on_close`] was asked for.
pub(super) fn keeps_log_on_close(db: &Connection) -> bool {
    db.db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE).unwrap_or(true)
}

/// Sets up a reader's connection. Refuses a database of another schema.
pub(super) fn set_up_reader(db: &Connection) -> Result<(), StoreError> {
    set_up(db)?;
    db.execute_batch("PRAGMA query_only = ON")?;
    let found: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
    }
    Ok(())
}

fn set_up(db: &Connection) -> Result<(), StoreError> {
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(128);
    db.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -2000;
         PRAGMA temp_store = MEMORY;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;",
    )?;
    Ok(())
}

/// Durable jobs wait for the disk, cache jobs do not.
pub(super) fn set_synchronous(db: &Connection, class: Class) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(match class {
        Class::Durable => "PRAGMA synchronous = FULL",
        Class::Cache | Class::Read => "PRAGMA synchronous = NORMAL",
    })?;
    statement.raw_execute()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_well_formed_and_their_number_is_the_schema_version() {
        MIGRATIONS.validate().unwrap();
        assert_eq!(STEPS.len() as i64, SCHEMA_VERSION);
    }

    #[test]
    fn a_job_class_really_sets_synchronous() {
        let db = Connection::open_in_memory().unwrap();
        let now = |db: &Connection| db.query_row("PRAGMA synchronous", [], |r| r.get::<_, i64>(0)).unwrap();
        set_synchronous(&db, Class::Durable).unwrap();
        assert_eq!(now(&db), 2);
        set_synchronous(&db, Class::Cache).unwrap();
        assert_eq!(now(&db), 1);
    }
}
