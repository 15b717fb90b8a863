//! SQLite's file locks and the shared memory of a WAL, between the connections of one world.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// How far a connection has locked a database file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Not at all.
    None,
    /// Reading.
    Shared,
    /// About to write; others may go on reading.
    Reserved,
    /// Waiting for readers to end; nobody new may begin.
    Pending,
    /// Alone.
    Exclusive,
}

/// Locks on one file.
#[derive(Debug, Default)]
pub struct FileLocks {
    held: BTreeMap<u64, Level>,
}

impl FileLocks {
    fn others(&self, handle: u64) -> Level {
        let other = |(h, level): (&u64, &Level)| (*h != handle).then_some(*level);
        self.held.iter().filter_map(other).max().unwrap_or(Level::None)
    }

    /// Takes a lock; false if another connection is in the way.
    pub fn lock(&mut self, handle: u64, level: Level) -> bool {
        let own = self.held.get(&handle).copied().unwrap_or(Level::None);
        if own >= level {
            return true;
        }
        let others = self.others(handle);
        let free = match level {
            Level::None | Level::Shared => others < Level::Pending,
            Level::Reserved => others < Level::Reserved,
            Level::Pending | Level::Exclusive => {
                if others >= Level::Reserved {
                    return false;
                }
                // As os_unix does: whoever waits for readers to end keeps new ones out meanwhile.
                self.held.insert(handle, Level::Pending);
                others < Level::Shared
            }
        };
        if free {
            self.held.insert(handle, level);
        }
        free
    }

    /// Lowers a lock.
    pub fn unlock(&mut self, handle: u64, level: Level) {
        if level == Level::None {
            self.held.remove(&handle);
        } else if self.held.get(&handle).is_some_and(|own| *own > level) {
            self.held.insert(handle, level);
        }
    }

    /// Whether anyone is about to write.
    pub fn is_reserved(&self) -> bool {
        self.held.values().any(|l| *l >= Level::Reserved)
    }
}

/// One page of shared memory. Atomics, because several connections write to it behind our back.
pub type Region = Arc<[AtomicU64]>;

/// Bytes of one region: SQLite's WALINDEX_PGSZ.
pub const REGION: usize = 32 * 1024;

/// What is asked of slots of the shared memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotLock {
    /// Give up.
    Unlock,
    /// Together with other readers.
    Shared,
    /// Alone.
    Exclusive,
}

/// The index of one WAL, in memory as long as a connection uses it.
#[derive(Debug, Default)]
pub struct SharedMemory {
    regions: Vec<Region>,
    /// Who holds which slot, and whether alone.
    slots: [BTreeMap<u64, bool>; 8],
    users: BTreeSet<u64>,
}

impl SharedMemory {
    /// A region, zeroed if new; `None` if there is none and none may be made.
    pub fn map(&mut self, handle: u64, index: usize, extend: bool) -> Option<Region> {
        self.users.insert(handle);
        while extend && self.regions.len() <= index {
            self.regions.push((0..REGION / 8).map(|_| AtomicU64::new(0)).collect());
        }
        self.regions.get(index).cloned()
    }

    /// Locks or unlocks slots, all of them or none.
    pub fn lock(&mut self, handle: u64, slots: Range<usize>, how: SlotLock) -> bool {
        let slots = &mut self.slots[slots];
        match how {
            SlotLock::Unlock => slots.iter_mut().for_each(|s| s.retain(|h, _| *h != handle)),
            SlotLock::Shared => {
                if slots.iter().any(|s| s.iter().any(|(h, alone)| *h != handle && *alone)) {
                    return false;
                }
                for slot in slots {
                    slot.insert(handle, false);
                }
            }
            SlotLock::Exclusive => {
                if slots.iter().any(|s| s.keys().any(|h| *h != handle)) {
                    return false;
                }
                for slot in slots {
                    slot.insert(handle, true);
                }
            }
        }
        true
    }

    /// A connection is done with it; true if it was the last.
    pub fn unmap(&mut self, handle: u64) -> bool {
        self.slots.iter_mut().for_each(|s| s.retain(|h, _| *h != handle));
        self.users.remove(&handle);
        self.users.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_writer_keeps_new_readers_out_and_gets_the_file_when_the_last_leaves() {
        let mut locks = FileLocks::default();
        assert!(locks.lock(1, Level::Shared) && locks.lock(2, Level::Shared));
        assert!(locks.lock(1, Level::Reserved) && !locks.lock(2, Level::Reserved));
        assert!(!locks.lock(1, Level::Exclusive));
        assert!(!locks.lock(3, Level::Shared), "pending");
        locks.unlock(2, Level::None);
        assert!(locks.lock(1, Level::Exclusive));
    }

    #[test]
    fn slots_are_taken_all_or_none() {
        let mut shm = SharedMemory::default();
        assert!(shm.lock(1, 3..4, SlotLock::Shared) && shm.lock(2, 3..4, SlotLock::Shared));
        assert!(!shm.lock(1, 2..5, SlotLock::Exclusive));
        assert!(shm.lock(2, 2..3, SlotLock::Exclusive), "the failed try left slot 2 free");
        assert!(shm.lock(2, 3..4, SlotLock::Unlock) && shm.lock(2, 2..3, SlotLock::Unlock));
        assert!(shm.lock(1, 2..5, SlotLock::Exclusive));
        assert!(!shm.lock(2, 4..5, SlotLock::Shared));
    }
}
