//! Looks at a machine between two processes without changing it.

use crate::sim::files::SimFiles;
use crate::sim::ground::{DATABASE, SimOpener};
use crate::sim::hash;
use crate::sim::process::{Machine, panic_words};
use crate::sim::world::World;
use rusqlite::Connection;
use satchel_core::ports::Files;
use satchel_core::store::{OpenMode, Opener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The database, the files and the server as the next process will find them.
#[derive(Debug)]
pub struct Look<'a, S> {
    /// The database, opened on a copy of the disk.
    pub db: Connection,
    /// Files of the copy.
    pub files: Arc<dyn Files>,
    /// The server.
    pub server: &'a S,
    /// Seed of the scenario.
    pub seed: u64,
    world: Arc<World>,
}

impl<'a, S> Look<'a, S> {
    /// Opens a copy of the machine's disk, and checks what SQLite itself can check.
    pub fn at(machine: &'a Machine<S>, seed: u64) -> Result<Self, String> {
        let world = World::new(machine.disk.clone(), None);
        let db = SimOpener(world.clone()).open(OpenMode::ReadWrite).map_err(words)?;
        let files = Arc::new(SimFiles::new(world.clone()));
        let look = Self { db, files, server: &machine.server, seed, world };
        look.check_database().map_err(words)??;
        Ok(look)
    }

    fn check_database(&self) -> rusqlite::Result<Result<(), String>> {
        let verdict: String = self.db.query_row("PRAGMA integrity_check", [], |r| r.get(0))?;
        if verdict != "ok" {
            return Ok(Err(format!("integrity_check: {verdict}")));
        }
        let mut orphans = self.db.prepare("PRAGMA foreign_key_check")?;
        let orphan = orphans.query_map([], |r| r.get::<_, String>(0))?.next().transpose()?;
        Ok(orphan.map_or(Ok(()), |table| Err(format!("foreign_key_check: a row of {table} points nowhere"))))
    }

    /// The name of a file in which these bytes lie anywhere.
    pub fn file_with(&self, needle: &[u8]) -> Option<String> {
        let disk = self.world.disk();
        let finder = memchr::memmem::Finder::new(needle);
        let holds = |name: &&crate::sim::disk::Name| {
            let content =
                disk.lookup(name).and_then(|ino| disk.content(ino)).map(super::content::Content::to_vec);
            content.is_some_and(|bytes| finder.find(&bytes).is_some())
        };
        disk.names().find(holds).map(ToString::to_string)
    }

    /// What SQLite makes of the disk, and the other files: images that differ only in frames of the log which it does
    /// not take, or in whether it took them over already, mean the same.
    ///
    /// Takes the log over into the database, on this copy.
    pub fn meaning(&self) -> Option<u64> {
        let busy: i64 = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0)).ok()?;
        let of_sqlite = [format!("{DATABASE}-wal"), format!("{DATABASE}-shm")];
        (busy == 0).then(|| self.world.disk().hash_without(&of_sqlite))
    }

    /// One value of one row.
    pub fn value<T: rusqlite::types::FromSql>(&self, sql: &str) -> Result<T, String> {
        self.db.query_row(sql, [], |r| r.get(0)).map_err(|e| format!("{sql}: {e}"))
    }

    /// All rows as text, one line each, columns apart by `|`.
    pub fn lines(&self, sql: &str) -> Result<Vec<String>, String> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.db.prepare(sql)?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            let mut lines = Vec::new();
            while let Some(row) = rows.next()? {
                let cells: rusqlite::Result<Vec<String>> =
                    (0..columns).map(|i| Ok(cell(row.get_ref(i)?))).collect();
                lines.push(cells?.join("|"));
            }
            Ok(lines)
        };
        read().map_err(|e| format!("{sql}: {e}"))
    }
}

fn cell(value: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(x) => x.to_string(),
        ValueRef::Text(t) => String::from_utf8_lossy(t).into_owned(),
        ValueRef::Blob(b) => hash::hex(b),
    }
}

impl<S> Drop for Look<'_, S> {
    fn drop(&mut self) {
        // The copy is thrown away: a checkpoint at close would be work for nothing.
        self.world.kill();
    }
}

fn words(error: impl std::fmt::Display) -> String {
    format!("the database cannot be read: {error}")
}

/// Runs a check; a panic in it is a broken case, not the end of the sweep.
pub fn guarded<T>(check: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(check))
        .unwrap_or_else(|panic| Err(format!("panicked: {}", panic_words(&*panic))))
}
