//! One simulated device: disk, file locks and shared memory, and the meter that every point passes.

use crate::sim::clock::SimClock;
use crate::sim::disk::{Disk, Ino, Name};
use crate::sim::fault::{Kind, Point};
use crate::sim::locks::{FileLocks, Level, Region, SharedMemory};
use crate::sim::meter::{Meter, Plan, Trouble, Verdict};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// SQLite finds a world by the number in a path: many run side by side on one registered VFS.
static WORLDS: Mutex<BTreeMap<u64, Weak<World>>> = Mutex::new(BTreeMap::new());
static NEXT_WORLD: AtomicU64 = AtomicU64::new(1);

/// A simulated device while one process runs on it.
#[derive(Debug)]
pub struct World {
    id: u64,
    inner: Mutex<Inner>,
    died: tokio::sync::Notify,
}

#[derive(Debug)]
struct Inner {
    disk: Disk,
    meter: Meter,
    locks: BTreeMap<Ino, FileLocks>,
    shared: BTreeMap<Ino, SharedMemory>,
}

/// What a run has passed.
#[derive(Clone, Debug)]
pub struct Passed {
    /// Number of points.
    pub points: u64,
    /// Hash of all points, in order, with the simulated time of each.
    pub trace: u64,
    /// The last four points.
    pub recent: Vec<Point>,
    /// Number of reads from the disk.
    pub reads: u64,
    /// Number of openings of files.
    pub opens: u64,
    /// Whether the planned fault came up.
    pub hit: bool,
    /// Whether the run was ended because it passed too many points.
    pub endless: bool,
    /// All points, if they were asked for.
    pub log: Vec<Point>,
}

impl World {
    /// A device with this disk, and at most one fault.
    pub fn new(disk: Disk, plan: Option<Plan>) -> Arc<Self> {
        let id = NEXT_WORLD.fetch_add(1, Ordering::Relaxed);
        let inner = Inner { disk, meter: Meter::new(plan), locks: BTreeMap::new(), shared: BTreeMap::new() };
        let world = Arc::new(Self { id, inner: Mutex::new(inner), died: tokio::sync::Notify::new() });
        worlds().insert(id, Arc::downgrade(&world));
        world
    }

    /// The path under which SQLite sees a file of this world.
    pub fn path_of(&self, name: &str) -> String {
        format!("/{}/{name}", self.id)
    }

    /// The world and the file a path of SQLite's means.
    pub fn of_path(path: &str) -> Option<(Arc<Self>, Name)> {
        let (id, name) = path.strip_prefix('/')?.split_once('/')?;
        let world = worlds().get(&id.parse().ok()?)?.upgrade()?;
        Some((world, name.into()))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The disk as it is; a copy that shares unchanged pages.
    pub fn disk(&self) -> Disk {
        self.inner().disk.clone()
    }
    /// Content goes bad behind everybody's back: `None` for all of a file from `offset` on cuts it there. No point.
    pub fn spoil(&self, name: &str, offset: u64, with: Option<&[u8]>) {
        let mut inner = self.inner();
        let ino = inner.disk.lookup(name).unwrap_or_else(|| inner.disk.create(name));
        match with {
            Some(bytes) => inner.disk.write(ino, offset, bytes),
            None => inner.disk.resize(ino, offset),
        }
        inner.disk.settle();
    }
    /// From now on points carry this clock's time in the trace.
    pub fn set_clock(&self, clock: Arc<SimClock>) {
        self.inner().meter.clock = Some(clock);
    }
    /// From now on all points are kept.
    pub fn keep_log(&self) {
        self.inner().meter.log.get_or_insert_default();
    }
    /// What the run passed so far.
    pub fn passed(&self) -> Passed {
        let inner = self.inner();
        let meter = &inner.meter;
        Passed {
            points: meter.count,
            reads: meter.reads,
            opens: meter.opens,
            trace: meter.trace,
            recent: meter.recent(),
            hit: meter.hit,
            endless: meter.endless,
            log: meter.log.clone().unwrap_or_default(),
        }
    }
    /// Whether the process was killed or the power is gone.
    pub fn is_dead(&self) -> bool {
        self.inner().meter.dead
    }
    /// Kills the process now.
    pub fn kill(&self) {
        self.inner().meter.dead = true;
        self.died.notify_one();
    }
    /// Returns when the process is killed.
    pub async fn died(&self) {
        while !self.is_dead() {
            self.died.notified().await;
        }
    }

    /// Passes a point of the link.
    pub(crate) fn link_point(&self, kind: Kind, what: &Arc<str>, len: u64) -> Result<(), Trouble> {
        let verdict = self.inner().meter.pass(kind, what, 0, len);
        self.allowed(verdict).map(drop)
    }

    /// Turns a verdict into an error; `Ok(false)` asks for half of a write.
    fn allowed(&self, verdict: Verdict) -> Result<bool, Trouble> {
        match verdict {
            Verdict::Go => Ok(true),
            Verdict::HalfThenFull => Ok(false),
            Verdict::DropThenIo => Err(Trouble::Io),
            Verdict::Fail(trouble) => {
                if trouble == Trouble::Dead {
                    self.died.notify_one();
                }
                Err(trouble)
            }
        }
    }

    /// The file of that name, made if it may be. Making one is no point: the first write to it is.
    pub(crate) fn open(&self, name: &str, create: bool, exclusive: bool) -> Result<Ino, Trouble> {
        let mut inner = self.inner();
        inner.meter.open()?;
        match inner.disk.lookup(name) {
            Some(_) if exclusive => Err(Trouble::Io),
            Some(ino) => Ok(ino),
            None if create => {
                inner.meter.usable(true)?;
                Ok(inner.disk.create(name))
            }
            None => Err(Trouble::NotFound),
        }
    }
    /// The file of that name, not opened.
    pub(crate) fn find(&self, name: &str) -> Result<Ino, Trouble> {
        let inner = self.inner();
        inner.meter.usable(false)?;
        inner.disk.lookup(name).ok_or(Trouble::NotFound)
    }
    /// A file without a name.
    pub(crate) fn open_nameless(&self) -> Ino {
        self.inner().disk.create_nameless()
    }
    pub(crate) fn exists(&self, name: &str) -> Result<bool, Trouble> {
        let inner = self.inner();
        inner.meter.usable(false)?;
        Ok(inner.disk.lookup(name).is_some())
    }
    pub(crate) fn has_directory(&self, dir: &str) -> Result<bool, Trouble> {
        let inner = self.inner();
        inner.meter.usable(false)?;
        Ok(inner.disk.has_directory(dir))
    }
    pub(crate) fn list(&self, dir: &str) -> Result<Vec<String>, Trouble> {
        let inner = self.inner();
        inner.meter.usable(false)?;
        Ok(inner.disk.list(dir))
    }
    pub(crate) fn read(&self, ino: Ino, offset: u64, out: &mut [u8]) -> Result<usize, Trouble> {
        let mut inner = self.inner();
        inner.meter.read()?;
        Ok(inner.disk.content(ino).ok_or(Trouble::NotFound)?.read(offset, out))
    }
    pub(crate) fn size(&self, ino: Ino) -> Result<u64, Trouble> {
        let inner = self.inner();
        inner.meter.usable(false)?;
        Ok(inner.disk.content(ino).ok_or(Trouble::NotFound)?.len())
    }

    /// Writes; when there is no space, the first half is written.
    pub(crate) fn write(&self, ino: Ino, name: &Name, offset: u64, data: &[u8]) -> Result<(), Trouble> {
        let mut inner = self.inner();
        let verdict = inner.meter.pass(Kind::Write, name, offset, data.len() as u64);
        if self.allowed(verdict)? {
            inner.disk.write(ino, offset, data);
            Ok(())
        } else {
            inner.disk.write(ino, offset, &data[..data.len() / 2]);
            Err(Trouble::Full)
        }
    }
    pub(crate) fn resize(&self, ino: Ino, name: &Name, len: u64) -> Result<(), Trouble> {
        let mut inner = self.inner();
        let verdict = inner.meter.pass(Kind::Truncate, name, len, 0);
        self.allowed(verdict)?;
        inner.disk.resize(ino, len);
        Ok(())
    }
    pub(crate) fn sync(&self, ino: Ino, name: &Name, flags: u64) -> Result<(), Trouble> {
        let mut inner = self.inner();
        let verdict = inner.meter.pass(Kind::Sync, name, flags, 0);
        if matches!(verdict, Verdict::DropThenIo) {
            inner.disk.drop_dirty(ino);
        }
        self.allowed(verdict)?;
        inner.disk.sync(ino);
        Ok(())
    }
    pub(crate) fn sync_directory(&self, dir: &Name) -> Result<(), Trouble> {
        let mut inner = self.inner();
        let verdict = inner.meter.pass(Kind::DirSync, dir, 0, 0);
        self.allowed(verdict)?;
        inner.disk.sync_directory(dir);
        Ok(())
    }
    /// Makes a directory durably; one point, unless it is there.
    pub(crate) fn create_directory(&self, dir: &Name) -> Result<(), Trouble> {
        let mut inner = self.inner();
        inner.meter.usable(false)?;
        if inner.disk.has_directory(dir) {
            return Ok(());
        }
        inner.meter.usable(true)?;
        let verdict = inner.meter.pass(Kind::DirSync, dir, 0, 0);
        self.allowed(verdict)?;
        inner.disk.create_directory(dir);
        Ok(())
    }
    /// Removes a name; `Ok(false)`, and no point, if it is not there.
    pub(crate) fn delete(&self, name: &Name) -> Result<bool, Trouble> {
        let mut inner = self.inner();
        inner.meter.usable(false)?;
        if inner.disk.lookup(name).is_none() {
            return Ok(false);
        }
        let verdict = inner.meter.pass(Kind::Delete, name, 0, 0);
        self.allowed(verdict)?;
        Ok(inner.disk.unlink(name))
    }
    pub(crate) fn rename(&self, from: &Name, to: &Name) -> Result<(), Trouble> {
        let mut inner = self.inner();
        inner.meter.usable(false)?;
        if inner.disk.lookup(from).is_none() {
            return Err(Trouble::NotFound);
        }
        let verdict = inner.meter.pass(Kind::Rename, from, 0, 0);
        self.allowed(verdict)?;
        inner.disk.rename(from, to);
        Ok(())
    }

    /// Takes or gives up a file lock; `None` in a dead world, `Some(false)` if another connection is in the way.
    pub(crate) fn lock(&self, ino: Ino, handle: u64, level: Level) -> Option<bool> {
        let mut inner = self.inner();
        inner.meter.usable(false).ok()?;
        Some(inner.locks.entry(ino).or_default().lock(handle, level))
    }
    pub(crate) fn unlock(&self, ino: Ino, handle: u64, level: Level) {
        self.inner().locks.entry(ino).or_default().unlock(handle, level);
    }
    pub(crate) fn is_reserved(&self, ino: Ino) -> bool {
        self.inner().locks.get(&ino).is_some_and(FileLocks::is_reserved)
    }
    pub(crate) fn map_region(&self, ino: Ino, handle: u64, index: usize, extend: bool) -> Option<Region> {
        self.inner().shared.entry(ino).or_default().map(handle, index, extend)
    }
    pub(crate) fn lock_slots(
        &self,
        ino: Ino,
        handle: u64,
        slots: std::ops::Range<usize>,
        how: SlotLock,
    ) -> bool {
        self.inner().shared.entry(ino).or_default().lock(handle, slots, how)
    }
    pub(crate) fn unmap(&self, ino: Ino, handle: u64) {
        let mut inner = self.inner();
        if inner.shared.get_mut(&ino).is_some_and(|s| s.unmap(handle)) {
            inner.shared.remove(&ino);
        }
    }
}

pub(crate) use crate::sim::locks::SlotLock;

impl Drop for World {
    fn drop(&mut self) {
        worlds().remove(&self.id);
    }
}

fn worlds() -> MutexGuard<'static, BTreeMap<u64, Weak<World>>> {
    WORLDS.lock().unwrap_or_else(PoisonError::into_inner)
}
