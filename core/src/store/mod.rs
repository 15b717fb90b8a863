//! The offline store: the only room with SQL. Writers get a [`Write`], readers a `&Connection`.
//!
//! One writer and some readers on a WAL database. Every write is a job with a durability [`Class`]; what it changed is
//! told to the event sink after the commit, with the store generation in which it can be read.

mod accounts;
mod activity;
mod blobs;
mod bodies;
mod bulk;
mod dependencies;
mod executor;
mod files;
mod fresh;
mod intents;
mod lease;
mod ledger;
mod mailboxes;
mod messages;
mod open;
mod operations;
mod pages;
mod placements;
mod positions;
mod salvage;
mod salvage_mail;
mod schema;
mod search;
mod threads;
mod unread_overviews;
mod usage;

pub use accounts::*;
pub use activity::*;
pub use blobs::*;
pub use bodies::*;
pub use bulk::*;
pub use dependencies::*;
pub use executor::{Ground, OpenMode, Opener, PathOpener, WriterExecutor};
pub use files::RealFiles;
pub use fresh::{FRESH, Fresh, ToldMark, fresh, set_told, told, told_mark_now};
pub use intents::*;
pub use lease::Lease;
pub use ledger::*;
pub use mailboxes::*;
pub use messages::*;
pub use open::{DATABASE, Opened, open_reader, open_writer};
pub use operations::*;
pub use pages::*;
pub use placements::*;
pub use positions::{ListOrder, STRETCH, Stretch, stretch};
pub use schema::SCHEMA_VERSION;
pub use search::*;
pub use threads::*;
pub use unread_overviews::*;
pub use usage::*;

use crate::event::{Change, Event};
pub use crate::ids::BlobId;
use crate::ids::{MailboxId, PlacementId, ThreadId};
use crate::ports::{Class, Clock, EventSink, Files, StoreExecutor};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::oneshot;

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite said no.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file system said no.
    #[error("a file of the mail store failed: {0}")]
    File(#[from] std::io::Error),
    /// The row is not there (any more).
    #[error("{0} not found")]
    NotFound(&'static str),
    /// What was asked contradicts what is there.
    #[error("{field}: {reason}")]
    Invalid {
        /// Which argument.
        field: &'static str,
        /// Why.
        reason: String,
    },
    /// A newer version of the app wrote this database. It was left untouched.
    #[error("the database is of schema {found}, this version reads up to {known}")]
    Newer {
        /// Schema found.
        found: i64,
        /// Newest schema known here.
        known: i64,
    },
    /// Another engine holds the home.
    #[error("the home is in use by another engine")]
    InUse,
    /// Stored bytes are not what they were when they were stored.
    #[error("a stored body is damaged")]
    DamagedBlob,
    /// The store was closed while the job waited.
    #[error("the store is closed")]
    Closed,
    /// Making mail durable failed earlier in this process; nothing is written until the home is opened again.
    #[error("the device failed to make mail durable")]
    SyncFailed,
    /// The job panicked, which is a bug of ours. A transaction that was not committed is rolled back; the store goes on.
    #[error("a job of the store panicked")]
    Panicked,
}

impl StoreError {
    /// Whether rows contradict each other: one is missing that others speak of, or is there against a constraint.
    /// It may be damage; a check of the whole database tells.
    pub fn is_contradiction(&self) -> bool {
        let Self::Database(error) = self else { return false };
        matches!(error, rusqlite::Error::QueryReturnedNoRows)
            || error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
    }

    /// Whether the system could not write what it had taken: SQLite's log may have a hole now.
    fn is_failed_sync(&self) -> bool {
        use rusqlite::ffi::{SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC};
        let Self::Database(error) = self else { return false };
        let code = error.sqlite_error().map(|e| e.extended_code);
        matches!(code, Some(SQLITE_IOERR_FSYNC | SQLITE_IOERR_DIR_FSYNC))
    }

    /// Whether the database itself is damaged (and has to be set aside at the next open).
    pub fn is_damage(&self) -> bool {
        use rusqlite::{Error, ErrorCode};
        let Self::Database(error) = self else { return false };
        match error {
            // No statement of ours writes what its reader cannot take: the file says something else by now.
            Error::InvalidColumnType(..)
            | Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..) => true,
            other => matches!(
                other.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
        }
    }
}

/// A handle to the store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    executor: Arc<dyn StoreExecutor<Ground>>,
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
    planted: Planted,
    /// A sync failed. The system may have forgotten what it did not write, and what came after would build on a hole:
    /// nothing is written any more until the home is opened again.
    sync_failed: Arc<AtomicBool>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

/// One write transaction and what it will have changed.
pub struct Write<'a> {
    tx: Transaction<'a>,
    files: &'a dyn Files,
    now_ms: i64,
    changes: Vec<Change>,
    placements: BTreeMap<MailboxId, BTreeSet<PlacementId>>,
    threads: BTreeSet<ThreadId>,
    remove_after: Vec<PathBuf>,
    /// Directories whose entries have to be durable before the commit: all files of a transaction wait for it once.
    unsynced_dirs: BTreeSet<&'static str>,
    /// Only with a planted bug: files that are written after the commit that names them.
    late_files: Vec<(PathBuf, Vec<u8>)>,
    planted: Planted,
}

impl std::ops::Deref for Write<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.tx
    }
}

/// More changed rows than this in one mailbox are told as "read the page again".
const TOLD_AT_MOST: usize = 200;

impl Write<'_> {
    /// The files of the home; what is written there has to be durable before the job ends.
    pub fn files(&self) -> &dyn Files {
        self.files
    }
    /// Wall clock at the start of the job, milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }
    /// Bugs the crash harness planted.
    pub fn planted(&self) -> Planted {
        self.planted
    }
    /// Tells the sink after the commit.
    pub fn tell(&mut self, change: Change) {
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }
    /// A row of this mailbox came, went or changed; counts of its thread are made anew before the commit.
    pub fn touch(&mut self, mailbox: MailboxId, placement: PlacementId, thread: ThreadId) {
        self.touch_row(mailbox, placement);
        self.threads.insert(thread);
    }
    /// A row of this mailbox changed in what no count of its thread depends on.
    pub fn touch_row(&mut self, mailbox: MailboxId, placement: PlacementId) {
        self.placements.entry(mailbox).or_default().insert(placement);
    }
    /// Counts of this thread are made anew before the commit.
    pub fn touch_thread(&mut self, thread: ThreadId) {
        self.threads.insert(thread);
    }
    /// Removes a file once no row names it any more, that is after the commit.
    pub fn remove_file_after(&mut self, path: PathBuf) {
        self.remove_after.push(path);
    }

    /// The entries of this directory are made durable before the commit.
    fn sync_dir_before_commit(&mut self, dir: &'static str) {
        self.unsynced_dirs.insert(dir);
    }

    fn write_after(&mut self, path: PathBuf, bytes: Vec<u8>) {
        self.late_files.push((path, bytes));
    }

    fn finish(mut self) -> Result<Told, StoreError> {
        let threads = std::mem::take(&mut self.threads);
        refresh_threads(&self, &threads)?;
        for (mailbox, placements) in std::mem::take(&mut self.placements) {
            let many = placements.len() > TOLD_AT_MOST;
            let placements = if many { Vec::new() } else { placements.into_iter().collect() };
            self.changes.push(Change::Messages { mailbox, placements });
        }
        let generation = if self.changes.is_empty() { 0 } else { bump_generation(&self)? };
        for dir in std::mem::take(&mut self.unsynced_dirs) {
            self.files.sync_dir(Path::new(dir))?;
        }
        self.tx.commit()?;
        let events = self.changes.into_iter().map(|change| Event { generation, change }).collect();
        Ok(Told { events, remove: self.remove_after, write: self.late_files })
    }
}

/// What is left to do after the commit.
struct Told {
    events: Vec<Event>,
    remove: Vec<PathBuf>,
    write: Vec<(PathBuf, Vec<u8>)>,
}

fn bump_generation(db: &Connection) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached(
        "UPDATE setting SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'generation'
         RETURNING CAST(value AS INTEGER)",
    )?;
    Ok(statement.query_row([], |r| r.get::<_, i64>(0))? as u64)
}

/// The store generation that a reader sees: pages carry it, events say from which on a change is in it.
pub fn generation(db: &Connection) -> Result<u64, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'generation'")?;
    Ok(statement.query_row([], |r| r.get::<_, i64>(0))? as u64)
}

impl Store {
    /// A store on these ports. The database has been opened and migrated by [`open_writer`].
    pub fn new(
        executor: Arc<dyn StoreExecutor<Ground>>,
        events: Arc<dyn EventSink>,
        clock: Arc<dyn Clock>,
        planted: Planted,
    ) -> Self {
        Self { executor, events, clock, planted, sync_failed: Arc::default() }
    }

    /// Runs one write transaction. It commits if `f` returns `Ok`, also when the caller has gone away meanwhile.
    pub async fn write<T: Send + 'static>(
        &self,
        class: Class,
        f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, result) = Answer::channel();
        let (events, clock, planted) = (Arc::clone(&self.events), Arc::clone(&self.clock), self.planted);
        let class = if planted.has(PlantedBug::NormalCommits) { Class::Cache } else { class };
        let sync_failed = Arc::clone(&self.sync_failed);
        self.executor.submit(
            class,
            Box::new(move |ground| {
                if sync_failed.load(Ordering::Relaxed) {
                    answer.send(Err(StoreError::SyncFailed));
                    return;
                }
                let done = run_write(ground, class, clock.wall_ms(), planted, f);
                if let Err(error) = &done {
                    open::note_damage(ground.files.as_ref(), error);
                    sync_failed.fetch_or(error.is_failed_sync(), Ordering::Relaxed);
                }
                let value = done.map(|(value, told)| {
                    told.into_iter().for_each(|event| events.event(event));
                    value
                });
                answer.send(value);
            }),
        );
        result.await.map_err(|_| StoreError::Closed)?
    }

    /// Does what only a planted bug does.
    pub async fn write_if_planted(
        &self,
        bug: PlantedBug,
        f: impl FnOnce(&mut Write<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        if self.planted.has(bug) { self.write(Class::Durable, f).await } else { Ok(()) }
    }

    /// Runs a read on one consistent snapshot.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Connection, &dyn Files) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, result) = Answer::channel();
        self.executor.submit(
            Class::Read,
            Box::new(move |ground| {
                let done = (|| {
                    let tx = ground.db.transaction_with_behavior(TransactionBehavior::Deferred)?;
                    f(&tx, ground.files.as_ref())
                })();
                if let Err(error) = &done {
                    open::note_damage(ground.files.as_ref(), error);
                }
                answer.send(done);
            }),
        );
        result.await.map_err(|_| StoreError::Closed)?
    }

    /// Wall clock, milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.clock.wall_ms()
    }

    /// Bugs the crash harness planted.
    pub fn planted(&self) -> Planted {
        self.planted
    }

    /// Tells the sink something that no commit stands for.
    pub fn tell(&self, change: Change) {
        self.events.event(Event { generation: 0, change });
    }
}

/// What a job answers its caller with; also when it panics, for then it is dropped on the way out.
struct Answer<T>(Option<oneshot::Sender<Result<T, StoreError>>>);

impl<T> Answer<T> {
    fn channel() -> (Self, oneshot::Receiver<Result<T, StoreError>>) {
        let (sender, result) = oneshot::channel();
        (Self(Some(sender)), result)
    }
    fn send(mut self, value: Result<T, StoreError>) {
        if let Some(sender) = self.0.take() {
            // Whoever waited may have gone away.
            let _ = sender.send(value);
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take().filter(|_| std::thread::panicking()) {
            let _ = sender.send(Err(StoreError::Panicked));
        }
    }
}

fn run_write<T>(
    ground: &mut Ground,
    class: Class,
    now_ms: i64,
    planted: Planted,
    f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
) -> Result<(T, Vec<Event>), StoreError> {
    // Not allowed inside a transaction, so it is set before BEGIN.
    schema::set_synchronous(&ground.db, class)?;
    let tx = ground.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut write = Write {
        tx,
        files: ground.files.as_ref(),
        now_ms,
        changes: Vec::new(),
        placements: BTreeMap::new(),
        threads: BTreeSet::new(),
        remove_after: Vec::new(),
        unsynced_dirs: BTreeSet::new(),
        late_files: Vec::new(),
        planted,
    };
    let value = f(&mut write)?;
    let told = write.finish()?;
    for (path, bytes) in told.write {
        ground.files.write(&path, &bytes)?;
    }
    for path in told.remove {
        // A file left behind is swept at the next open; the commit stands.
        if ground.files.remove(&path).is_err() {
            log::warn!("a body file could not be removed; the next start sweeps it");
        }
    }
    Ok((value, told.events))
}

/// A bug the crash harness plants to see that it is caught. Without the feature `planted-bugs` none can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum PlantedBug {
    /// The sync cursor is committed before the changes it stands for.
    CursorAhead = 1,
    /// A body's directory is not fsynced before its row commits.
    NoDirectorySync = 2,
    /// The POP ledger is cleared when the server lists nothing.
    LedgerClearedOnEmpty = 4,
    /// A body's row commits before its file is in place.
    RowBeforeFile = 8,
    /// A body's file is not fsynced before its row commits.
    NoFileSync = 16,
    /// Every commit is synchronous=NORMAL.
    NormalCommits = 32,
    /// A UIDVALIDITY change drops the mailbox's rows instead of matching them again.
    UidvalidityDropsLocal = 64,
    /// An operation is marked done before the server is told.
    OperationDoneBeforeSent = 128,
}

/// The set of planted bugs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Planted(u32);

impl Planted {
    /// Exactly this bug.
    #[cfg(feature = "planted-bugs")]
    pub fn bug(bug: PlantedBug) -> Self {
        Self(bug as u32)
    }
    /// These and those.
    #[cfg(feature = "planted-bugs")]
    pub fn and(self, bug: PlantedBug) -> Self {
        Self(self.0 | bug as u32)
    }
    /// Whether this bug was planted.
    pub fn has(self, bug: PlantedBug) -> bool {
        cfg!(feature = "planted-bugs") && self.0 & bug as u32 != 0
    }
}
