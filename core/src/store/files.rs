//! The real file system under a home.

use crate::ports::Files;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

/// Files below one folder. Paths are relative to it and may not leave it.
#[derive(Clone, Debug)]
pub struct RealFiles {
    root: PathBuf,
}

impl RealFiles {
    /// The folder has to exist.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn at(&self, path: &Path) -> io::Result<PathBuf> {
        if path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
            Ok(self.root.join(path))
        } else {
            Err(io::Error::new(ErrorKind::InvalidInput, "a path that leaves the home"))
        }
    }
}

/// Mail is private: what is made here is readable by its owner only.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn absent_is<T>(result: io::Result<T>, value: T) -> io::Result<T> {
    match result {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(value),
        other => other,
    }
}

impl Files for RealFiles {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = private(options.write(true).create(true).truncate(true)).open(self.at(path)?)?;
        file.write_all(bytes)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = private(options.append(true).create(true)).open(self.at(path)?)?;
        file.write_all(bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        // std's sync_all is F_FULLFSYNC on Apple.
        File::open(self.at(path)?)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(self.at(from)?, self.at(to)?)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(self.at(dir)?)?.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        absent_is(fs::remove_file(self.at(path)?), ())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(self.at(path)?)
    }

    fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        absent_is(fs::metadata(self.at(path)?).map(|m| Some(m.len())), None)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let Some(entries) = absent_is(fs::read_dir(self.at(dir)?).map(Some), None)? else {
            return Ok(Vec::new());
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file()
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        let mut made = PathBuf::new();
        for part in dir.components() {
            let parent = made.clone();
            made.push(part);
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(self.at(&made)?) {
                Ok(()) => File::open(self.at(&parent)?)?.sync_all()?,
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}
