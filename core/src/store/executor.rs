//! Runs store jobs: one writer thread in the order given, a few readers beside it. A job that panics ends only itself.

use super::{StoreError, schema};
use crate::ports::{Class, Files, Job, StoreExecutor};
use rusqlite::{Connection, OpenFlags};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

/// What a store job stands on: a connection, and the files of the home.
pub struct Ground {
    /// A connection of this job's own for as long as it runs.
    pub db: Connection,
    /// The files of the home.
    pub files: Arc<dyn Files>,
}

/// How a connection is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenMode {
    /// The one writer. Creates the database if there is none.
    ReadWrite,
    /// A reader. The database has to be there.
    ReadOnly,
}

/// Opens connections to the database of a home. Tests put another disk under it; core names no VFS.
pub trait Opener: Send + Sync + fmt::Debug {
    /// One more connection, without any pragma set.
    fn open(&self, mode: OpenMode) -> rusqlite::Result<Connection>;
    /// A connection to a database that was set aside under this name next to it.
    fn open_aside(&self, name: &str) -> rusqlite::Result<Connection>;
}

/// Opens the database at a path of the real file system.
#[derive(Clone, Debug)]
pub struct PathOpener(
    /// Path of the database file.
    pub PathBuf,
);

impl PathOpener {
    /// Mail is its owner's only; the WAL takes the mode of the database. If this fails, opening says why.
    fn make_private(&self) {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        drop(options.open(&self.0));
    }
}

impl Opener for PathOpener {
    fn open(&self, mode: OpenMode) -> rusqlite::Result<Connection> {
        if mode == OpenMode::ReadWrite {
            self.make_private();
        }
        let flags = match mode {
            OpenMode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            OpenMode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        Connection::open_with_flags(&self.0, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
    }

    fn open_aside(&self, name: &str) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(self.0.with_file_name(name), flags)
    }
}

/// One writer thread and `readers` reader threads. Threads end when the executor is dropped.
pub struct WriterExecutor {
    write: Option<mpsc::Sender<Job<Ground>>>,
    read: Option<mpsc::Sender<Job<Ground>>>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl WriterExecutor {
    /// Starts the threads. The database has to be migrated by then; connections are opened and set up here.
    /// With no writer ground (a home opened for reading only) writes are dropped.
    pub fn start(
        writer: Option<Ground>,
        opener: &dyn Opener,
        files: &Arc<dyn Files>,
        readers: usize,
    ) -> Result<Self, StoreError> {
        let mut threads = Vec::new();
        let write = match writer {
            None => None,
            Some(mut ground) => {
                let (sender, jobs) = mpsc::channel::<Job<Ground>>();
                threads.push(spawn("satchel-writer", move || {
                    while let Ok(job) = jobs.recv() {
                        run(job, &mut ground);
                    }
                    // After a sync that failed nothing is written any more.
                    if !schema::keeps_log_on_close(&ground.db) {
                        let _ = ground.db.execute_batch("PRAGMA optimize");
                    }
                })?);
                Some(sender)
            }
        };
        let (read, jobs) = mpsc::channel::<Job<Ground>>();
        let jobs = Arc::new(Mutex::new(jobs));
        for n in 0..readers.max(1) {
            let db = opener.open(OpenMode::ReadOnly)?;
            schema::set_up_reader(&db)?;
            let mut ground = Ground { db, files: Arc::clone(files) };
            let jobs = Arc::clone(&jobs);
            threads.push(spawn(&format!("satchel-reader-{n}"), move || {
                loop {
                    // The lock is held only to take one job, never while it runs.
                    let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    match job {
                        Ok(job) => run(job, &mut ground),
                        Err(mpsc::RecvError) => return,
                    }
                }
            })?);
        }
        Ok(Self { write, read: Some(read), threads })
    }
}

/// Runs one job. Jobs read what strangers wrote: one that panics must not take the thread, and with it every later job.
fn run(job: Job<Ground>, ground: &mut Ground) {
    if catch_unwind(AssertUnwindSafe(|| job(ground))).is_ok() {
        return;
    }
    log::error!("a job of the mail store panicked");
    // Its transaction was rolled back when it was dropped; if that failed, no other could begin.
    if !ground.db.is_autocommit() && ground.db.execute_batch("ROLLBACK").is_err() {
        log::error!("its transaction could not be rolled back");
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .stack_size(1024 * 1024)
        .spawn(run)
        .map_err(StoreError::from)
}

impl StoreExecutor<Ground> for WriterExecutor {
    fn submit(&self, class: Class, job: Job<Ground>) {
        let lane = if class == Class::Read { &self.read } else { &self.write };
        if let Some(lane) = lane {
            // A thread that is gone drops the job; its caller sees the dropped sender as a closed store.
            let _ = lane.send(job);
        }
    }
}

impl Drop for WriterExecutor {
    fn drop(&mut self) {
        self.write = None;
        self.read = None;
        let me = std::thread::current().id();
        for thread in self.threads.drain(..) {
            // The last handle may be dropped inside a job; a thread cannot wait for itself.
            if thread.thread().id() != me {
                let _ = thread.join();
            }
        }
    }
}

impl fmt::Debug for WriterExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriterExecutor").field("threads", &self.threads.len()).finish_non_exhaustive()
    }
}

/// How long a connection waits for another process's lock before it gives up.
pub(super) const BUSY: Duration = Duration::from_secs(5);
