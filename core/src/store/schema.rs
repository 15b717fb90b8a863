//! Migrations and the pragmas every connection runs under.

use super::StoreError;
use super::executor::BUSY;
use crate::ports::Class;
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

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
    let found: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
    }
    // Pages that change with every batch are copied to the database less often, and the disk is waited for less often.
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000")?;
    // A database whose first commit ran NORMAL is empty after a power loss.
    set_synchronous(db, Class::Durable)?;
    if found < SCHEMA_VERSION {
        MIGRATIONS.to_latest(db).map_err(|e| match e {
            rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::Database(err),
            other => StoreError::Invalid { field: "schema", reason: other.to_string() },
        })?;
    }
    Ok(())
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
