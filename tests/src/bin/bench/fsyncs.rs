//! Counts every fsync and fdatasync of this process, whoever calls it.
//!
//! The program defines both functions itself, so that the linker gives them to SQLite and to the standard library instead
//! of the C library's; they count and make the system call. [`counts`] proves at the start that both ways are counted.
#![allow(unsafe_code, reason = "two functions of the C library are put in front of its own")]

use std::fs::File;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static COUNT: AtomicU64 = AtomicU64::new(0);

unsafe extern "C" {
    fn __errno_location() -> *mut i32;
}

fn answer(done: rustix::io::Result<()>) -> i32 {
    match done {
        Ok(()) => 0,
        Err(e) => {
            // SAFETY: the C library gives each thread a place of its own for its last error.
            unsafe { *__errno_location() = e.raw_os_error() };
            -1
        }
    }
}

/// In place of the C library's.
///
/// # Safety
/// As `fsync(2)`: `fd` is open.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn fsync(fd: i32) -> i32 {
    COUNT.fetch_add(1, Relaxed);
    // SAFETY: the caller holds the file open; a wrong number is refused by the kernel. rustix makes the call itself.
    answer(rustix::fs::fsync(unsafe { BorrowedFd::borrow_raw(fd) }))
}

/// In place of the C library's.
///
/// # Safety
/// As `fdatasync(2)`: `fd` is open.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn fdatasync(fd: i32) -> i32 {
    COUNT.fetch_add(1, Relaxed);
    // SAFETY: as above.
    answer(rustix::fs::fdatasync(unsafe { BorrowedFd::borrow_raw(fd) }))
}

/// How often this process waited for a disk so far.
pub(crate) fn count() -> u64 {
    COUNT.load(Relaxed)
}

/// Whether a file's sync and a durable commit of SQLite are both counted.
pub(crate) fn counts() -> Result<(), String> {
    let place = tempfile::tempdir().map_err(|why| why.to_string())?;
    let before = count();
    File::create(place.path().join("file"))
        .and_then(|file| file.sync_all())
        .map_err(|why| why.to_string())?;
    let of_file = count() - before;
    let commit = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (a);";
    let db = rusqlite::Connection::open(place.path().join("db")).map_err(|why| why.to_string())?;
    db.execute_batch(commit).map_err(|why| why.to_string())?;
    let of_database = count() - before - of_file;
    if of_file == 1 && of_database > 0 {
        return Ok(());
    }
    Err(format!("fsyncs cannot be counted here: {of_file} of a file, {of_database} of SQLite"))
}
