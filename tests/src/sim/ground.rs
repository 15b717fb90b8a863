//! Opening the store's database on the simulated disk.

use crate::sim::vfs;
use crate::sim::world::World;
use rusqlite::{Connection, OpenFlags};
use satchel_core::store::{OpenMode, Opener};
use std::sync::Arc;

/// Name of the database in the root of the simulated home.
pub const DATABASE: &str = "mail.db";

/// Opens the database of a world.
#[derive(Clone, Debug)]
pub struct SimOpener(
    /// The world whose disk holds the database.
    pub Arc<World>,
);

impl Opener for SimOpener {
    fn open(&self, mode: OpenMode) -> rusqlite::Result<Connection> {
        vfs::register();
        let access = match mode {
            OpenMode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            OpenMode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let path = self.0.path_of(DATABASE);
        Connection::open_with_flags_and_vfs(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX, vfs::NAME)
    }

    fn open_aside(&self, name: &str) -> rusqlite::Result<Connection> {
        let access = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags_and_vfs(self.0.path_of(name), access, vfs::NAME)
    }
}
