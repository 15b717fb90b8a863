//! The `Files` port on the simulated disk.

use crate::sim::disk::{Name, parent};
use crate::sim::meter::Trouble;
use crate::sim::world::World;
use satchel_core::ports::Files;
use std::io::{Error, ErrorKind, Result};
use std::path::{Component, Path};
use std::sync::Arc;

/// Files of the home, next to SQLite's on one disk.
#[derive(Debug)]
pub struct SimFiles {
    world: Arc<World>,
}

impl SimFiles {
    /// Files of a world.
    pub fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    fn in_directory(&self, name: &Name) -> Result<()> {
        if self.world.has_directory(parent(name)).map_err(error)? {
            Ok(())
        } else {
            Err(ErrorKind::NotFound.into())
        }
    }
    fn lookup(&self, path: &Path) -> Result<(u32, Name)> {
        let name = name(path)?;
        Ok((self.world.open(&name, false, false).map_err(error)?, name))
    }
}

fn name(path: &Path) -> Result<Name> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str().ok_or(ErrorKind::InvalidInput)?),
            Component::CurDir => {}
            _ => {
                return Err(Error::new(
                    ErrorKind::InvalidInput,
                    "a path of the home is relative and never leaves it",
                ));
            }
        }
    }
    Ok(parts.join("/").into())
}

fn error(trouble: Trouble) -> Error {
    match trouble {
        Trouble::NotFound => ErrorKind::NotFound.into(),
        Trouble::Full => ErrorKind::StorageFull.into(),
        Trouble::Handles => Error::other("no file handle is left"),
        Trouble::Io | Trouble::Dead | Trouble::Cut => Error::other("simulated input/output error"),
    }
}

impl Files for SimFiles {
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let name = name(path)?;
        self.in_directory(&name)?;
        let ino = self.world.open(&name, true, false).map_err(error)?;
        // Making the file, or emptying it, and filling it are two steps: a crash comes between them.
        self.world.resize(ino, &name, 0).map_err(error)?;
        self.world.write(ino, &name, 0, bytes).map_err(error)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let name = name(path)?;
        self.in_directory(&name)?;
        let ino = self.world.open(&name, true, false).map_err(error)?;
        let end = self.world.size(ino).map_err(error)?;
        self.world.write(ino, &name, end, bytes).map_err(error)
    }
    fn sync(&self, path: &Path) -> Result<()> {
        let (ino, name) = self.lookup(path)?;
        self.world.sync(ino, &name, 2).map_err(error)
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        let (from, to) = (name(from)?, name(to)?);
        self.in_directory(&to)?;
        self.world.rename(&from, &to).map_err(error)
    }
    fn sync_dir(&self, dir: &Path) -> Result<()> {
        let dir = name(dir)?;
        if !self.world.has_directory(&dir).map_err(error)? {
            return Err(ErrorKind::NotFound.into());
        }
        self.world.sync_directory(&dir).map_err(error)
    }
    fn remove(&self, path: &Path) -> Result<()> {
        self.world.delete(&name(path)?).map(drop).map_err(error)
    }
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let (ino, _) = self.lookup(path)?;
        let mut bytes = vec![0; self.world.size(ino).map_err(error)? as usize];
        self.world.read(ino, 0, &mut bytes).map_err(error)?;
        Ok(bytes)
    }
    fn size(&self, path: &Path) -> Result<Option<u64>> {
        match self.world.find(&name(path)?) {
            Ok(ino) => self.world.size(ino).map(Some).map_err(error),
            Err(Trouble::NotFound) => Ok(None),
            Err(trouble) => Err(error(trouble)),
        }
    }
    fn list(&self, dir: &Path) -> Result<Vec<String>> {
        self.world.list(&name(dir)?).map_err(error)
    }
    fn create_dir(&self, dir: &Path) -> Result<()> {
        self.world.create_directory(&name(dir)?).map_err(error)
    }
}
