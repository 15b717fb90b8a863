//! Writing what a person saves: a file appears only when it is whole.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

static SAVES: AtomicU64 = AtomicU64::new(0);

/// Writes beside the file and renames: whoever looks sees the old file or the whole new one. Blocks.
///
/// # Errors
/// Those of the file system; then nothing is left beside the file.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = OsString::from(".");
    beside.push(name);
    // Two that save to the same place must not meet in one file.
    let number = SAVES.fetch_add(1, Ordering::Relaxed);
    beside.push(format!(".{}.{number}.part", std::process::id()));
    let beside = folder.join(beside);
    let done = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_as_it_was_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        // A folder with content cannot be renamed over: the write fails at its last step.
        let taken = folder.path().join("taken");
        fs::create_dir_all(taken.join("x")).unwrap();
        assert!(write_whole(&taken, b"three").is_err());
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
    }
}
