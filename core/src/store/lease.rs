//! One engine per home: a file lock that ends with its holder, however it ends.

use super::StoreError;
use std::fs::{File, OpenOptions};
use std::path::Path;

/// Held while an engine runs on a home. Dropping it lets the next engine in; so does the death of the process.
#[derive(Debug)]
pub struct Lease {
    _file: File,
}

impl Lease {
    /// Takes the lease of a home, or says that another engine has it.
    pub fn take(home: &Path) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(home.join("engine.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(std::fs::TryLockError::Error(e)) => Err(e.into()),
        }
    }
}
