//! The disk: what is synced, what the operating system has but the disk may not, and names apart from content.

use crate::sim::content::Content;
use crate::sim::hash;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Number of a file, whatever names it has.
pub type Ino = u32;

/// A name of a file: its path below the root, without a leading slash.
pub type Name = Arc<str>;

/// A change of a file's content that no sync has reached yet.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Write { offset: u64, data: Arc<[u8]> },
    Resize(u64),
}

/// A change of names that no directory sync has reached yet.
#[derive(Clone, Debug)]
pub(crate) enum Renaming {
    Link {
        name: Name,
        ino: Ino,
    },
    Unlink {
        name: Name,
    },
    /// Atomic, as journalling file systems do it: either both names changed or none.
    Rename {
        from: Name,
        to: Name,
        ino: Ino,
    },
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Inode {
    pub(crate) synced: Content,
    pub(crate) now: Content,
    /// In order, with their place among all pending changes of the disk.
    pub(crate) pending: Vec<(u64, Change)>,
    /// A failed sync dropped pending changes: `now` holds bytes that no later sync will write.
    lossy: bool,
}

type Names = BTreeMap<Name, Ino>;

/// A disk. Cloning is cheap: content and inodes are shared until written.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    pub(crate) inodes: BTreeMap<Ino, Arc<Inode>>,
    pub(crate) names: Arc<Names>,
    pub(crate) synced_names: Arc<Names>,
    pub(crate) renamings: Vec<(u64, Renaming)>,
    directories: Arc<BTreeSet<Name>>,
    next_ino: Ino,
    next_change: u64,
}

/// The directory a name is in; empty for the root.
pub fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(dir, _)| dir)
}

impl Disk {
    /// The file of that name.
    pub fn lookup(&self, name: &str) -> Option<Ino> {
        self.names.get(name).copied()
    }
    /// Whether there is such a directory.
    pub fn has_directory(&self, dir: &str) -> bool {
        dir.is_empty() || self.directories.contains(dir)
    }
    /// What the operating system sees in a file.
    pub fn content(&self, ino: Ino) -> Option<&Content> {
        self.inodes.get(&ino).map(|i| &i.now)
    }
    /// Names of files, in order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.keys()
    }
    /// Files directly in a directory, without its path.
    pub fn list(&self, dir: &str) -> Vec<String> {
        let own = |n: &Name| (parent(n) == dir).then(|| n.rsplit('/').next().unwrap_or(n).to_owned());
        self.names.keys().filter_map(own).collect()
    }
    /// How many changes a power loss could still take away.
    pub fn pending(&self) -> usize {
        self.renamings.len() + self.inodes.values().map(|i| i.pending.len()).sum::<usize>()
    }

    fn place(&mut self) -> u64 {
        self.next_change += 1;
        self.next_change
    }

    /// A file without a name (SQLite's temporary ones).
    pub fn create_nameless(&mut self) -> Ino {
        self.next_ino += 1;
        self.inodes.insert(self.next_ino, Arc::default());
        self.next_ino
    }

    /// A new, empty file; its name is not durable yet.
    pub fn create(&mut self, name: &str) -> Ino {
        let ino = self.create_nameless();
        let name: Name = name.into();
        Arc::make_mut(&mut self.names).insert(name.clone(), ino);
        let place = self.place();
        self.renamings.push((place, Renaming::Link { name, ino }));
        ino
    }

    /// A directory and those above it, durable at once.
    pub fn create_directory(&mut self, dir: &str) {
        let dirs = Arc::make_mut(&mut self.directories);
        let mut dir = dir;
        while !dir.is_empty() {
            dirs.insert(dir.into());
            dir = parent(dir);
        }
    }

    fn change(&mut self, ino: Ino, change: Change) {
        let place = self.place();
        if let Some(inode) = self.inodes.get_mut(&ino) {
            let inode = Arc::make_mut(inode);
            apply(&mut inode.now, &change);
            inode.pending.push((place, change));
        }
    }

    /// Writes; not durable yet.
    pub fn write(&mut self, ino: Ino, offset: u64, data: &[u8]) {
        self.change(ino, Change::Write { offset, data: data.into() });
    }
    /// Cuts or lengthens; not durable yet.
    pub fn resize(&mut self, ino: Ino, len: u64) {
        self.change(ino, Change::Resize(len));
    }

    /// Makes the content durable (the name is another matter).
    pub fn sync(&mut self, ino: Ino) {
        let Some(inode) = self.inodes.get_mut(&ino) else { return };
        if inode.pending.is_empty() {
            return;
        }
        let inode = Arc::make_mut(inode);
        if inode.lossy {
            for (_, change) in std::mem::take(&mut inode.pending) {
                apply(&mut inode.synced, &change);
            }
        } else {
            inode.pending.clear();
            inode.synced = inode.now.clone();
        }
    }

    /// A sync failed and the operating system marked the pages clean: they can be read, but no sync writes them.
    pub fn drop_dirty(&mut self, ino: Ino) {
        if let Some(inode) = self.inodes.get_mut(&ino) {
            let inode = Arc::make_mut(inode);
            inode.lossy |= !inode.pending.is_empty();
            inode.pending.clear();
        }
    }

    /// Takes a name away; not durable yet. False if there is none.
    pub fn unlink(&mut self, name: &str) -> bool {
        let there = Arc::make_mut(&mut self.names).remove(name).is_some();
        if there {
            let place = self.place();
            self.renamings.push((place, Renaming::Unlink { name: name.into() }));
        }
        there
    }

    /// Gives a file another name, replacing what had it; not durable yet. False if there is no such file.
    pub fn rename(&mut self, from: &str, to: &str) -> bool {
        let names = Arc::make_mut(&mut self.names);
        let Some(ino) = names.remove(from) else { return false };
        names.insert(to.into(), ino);
        let place = self.place();
        self.renamings.push((place, Renaming::Rename { from: from.into(), to: to.into(), ino }));
        true
    }

    /// Makes the names of a directory durable.
    pub fn sync_directory(&mut self, dir: &str) {
        if self.renamings.is_empty() {
            return;
        }
        let synced = Arc::make_mut(&mut self.synced_names);
        self.renamings.retain(|(_, renaming)| {
            let concerned = match renaming {
                Renaming::Link { name, .. } | Renaming::Unlink { name } => parent(name) == dir,
                Renaming::Rename { from, to, .. } => parent(from) == dir || parent(to) == dir,
            };
            if concerned {
                rename(synced, renaming);
            }
            !concerned
        });
    }

    /// Everything becomes durable: the state in which a run begins.
    pub fn settle(&mut self) {
        for inode in self.inodes.values_mut() {
            let inode = Arc::make_mut(inode);
            inode.pending.clear();
            inode.lossy = false;
            inode.synced = inode.now.clone();
        }
        self.renamings.clear();
        self.synced_names = self.names.clone();
        self.forget_nameless();
    }

    /// No process holds a file open any more: what has no name, now or after a power loss, is gone.
    pub fn forget_nameless(&mut self) {
        let mut named: BTreeSet<Ino> =
            self.names.values().chain(self.synced_names.values()).copied().collect();
        for (_, renaming) in &self.renamings {
            if let Renaming::Link { ino, .. } | Renaming::Rename { ino, .. } = renaming {
                named.insert(*ino);
            }
        }
        self.inodes.retain(|ino, _| named.contains(ino));
    }

    /// A disk on which exactly this is durable.
    pub(crate) fn of(inodes: BTreeMap<Ino, Content>, names: Names, like: &Self) -> Self {
        let names = Arc::new(names);
        let whole = |(ino, c): (Ino, Content)| {
            (ino, Arc::new(Inode { synced: c.clone(), now: c, ..Inode::default() }))
        };
        let mut disk = Self {
            inodes: inodes.into_iter().map(whole).collect(),
            names: names.clone(),
            synced_names: names,
            renamings: Vec::new(),
            directories: like.directories.clone(),
            next_ino: like.next_ino,
            next_change: like.next_change,
        };
        disk.forget_nameless();
        disk
    }

    /// Hash of names and content as the operating system sees them.
    pub fn hash(&self) -> u64 {
        self.hash_without(&[])
    }
    /// The same, as if files of these names were not there.
    pub fn hash_without(&self, left_out: &[String]) -> u64 {
        let dirs = self.directories.iter().fold(0, |h, d| hash::mix_bytes(h, d.as_bytes()));
        let kept = self.names.iter().filter(|(name, _)| !left_out.iter().any(|l| **l == ***name));
        kept.fold(dirs, |h, (name, ino)| {
            let content = self.content(*ino).map_or(0, Content::hash);
            hash::mix(hash::mix_bytes(h, name.as_bytes()), content)
        })
    }
}

pub(crate) fn apply(content: &mut Content, change: &Change) {
    match change {
        Change::Write { offset, data } => content.write(*offset, data),
        Change::Resize(len) => content.resize(*len),
    }
}

pub(crate) fn rename(names: &mut Names, renaming: &Renaming) {
    match renaming {
        Renaming::Link { name, ino } => {
            names.insert(name.clone(), *ino);
        }
        Renaming::Unlink { name } => {
            names.remove(name);
        }
        Renaming::Rename { from, to, ino } => {
            names.remove(from);
            names.insert(to.clone(), *ino);
        }
    }
}
