//! Power loss: which of the changes that were never synced are on the disk afterwards.

use crate::sim::content::Content;
use crate::sim::disk::{Change, Disk, Ino, apply, rename};
use crate::sim::fault::Survivors;
use crate::sim::random::Chance;
use std::collections::BTreeMap;

/// The unit in which a device writes.
const SECTOR: u64 = 512;

/// The fate of one pending change.
enum Fate {
    Kept,
    Lost,
    Torn(Chance),
}

/// Decides by seed, and by the place of a change among the pending ones, so that one name gives one image.
struct Fates {
    places: Vec<u64>,
    survivors: Survivors,
    prefix: usize,
}

impl Fates {
    fn new(disk: &Disk, survivors: Survivors) -> Self {
        let content = disk.inodes.values().flat_map(|i| i.pending.iter().map(|(place, _)| *place));
        let mut places: Vec<u64> = content.chain(disk.renamings.iter().map(|(place, _)| *place)).collect();
        places.sort_unstable();
        let prefix = match survivors {
            Survivors::Prefix(n) => Chance::of(&[1, u64::from(n)]).below(places.len() as u64 + 1) as usize,
            _ => 0,
        };
        Self { places, survivors, prefix }
    }

    /// Sparse and dense choices take turns: with many changes a fair coin never loses only one of them.
    fn kept(chance: &mut Chance, n: u32) -> bool {
        let share = [8, 4, 12, 15][n as usize % 4];
        chance.happens(share, 16)
    }

    fn of(&self, place: u64) -> Fate {
        let index = self.places.binary_search(&place).unwrap_or(0);
        let kept = |yes| if yes { Fate::Kept } else { Fate::Lost };
        match self.survivors {
            Survivors::Nothing => Fate::Lost,
            Survivors::Prefix(_) => kept(index < self.prefix),
            Survivors::Subset(n) => kept(Self::kept(&mut Chance::of(&[2, u64::from(n), index as u64]), n)),
            Survivors::Torn(n) => {
                let mut chance = Chance::of(&[3, u64::from(n), index as u64]);
                match chance.below(4) {
                    0 => Fate::Kept,
                    1 => Fate::Lost,
                    _ => Fate::Torn(chance),
                }
            }
        }
    }
}

/// The disk as it is found when the power is back.
pub fn after_power_loss(disk: &Disk, survivors: Survivors) -> Disk {
    let fates = Fates::new(disk, survivors);
    let mut inodes: BTreeMap<Ino, Content> = BTreeMap::new();
    for (ino, inode) in &disk.inodes {
        let mut content = inode.synced.clone();
        for (place, change) in &inode.pending {
            match fates.of(*place) {
                Fate::Kept => apply(&mut content, change),
                Fate::Lost => {}
                Fate::Torn(chance) => apply_torn(&mut content, change, chance),
            }
        }
        inodes.insert(*ino, content);
    }
    let mut names = (*disk.synced_names).clone();
    for (place, renaming) in &disk.renamings {
        let kept = match fates.of(*place) {
            Fate::Kept => true,
            Fate::Lost => false,
            // A name is written whole or not at all.
            Fate::Torn(mut chance) => chance.happens(1, 2),
        };
        if kept {
            rename(&mut names, renaming);
        }
    }
    Disk::of(inodes, names, disk)
}

fn apply_torn(content: &mut Content, change: &Change, mut chance: Chance) {
    let Change::Write { offset, data } = change else {
        if chance.happens(1, 2) {
            apply(content, change);
        }
        return;
    };
    let end = offset + data.len() as u64;
    let mut at = *offset;
    while at < end {
        let next = ((at / SECTOR + 1) * SECTOR).min(end);
        if chance.happens(1, 2) {
            content.write(at, &data[(at - offset) as usize..(next - offset) as usize]);
        }
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(disk: &Disk, name: &str) -> Option<Vec<u8>> {
        disk.lookup(name).and_then(|i| disk.content(i)).map(Content::to_vec)
    }

    #[test]
    fn a_synced_file_with_an_unsynced_name_is_gone() {
        let mut disk = Disk::default();
        let ino = disk.create("a");
        disk.write(ino, 0, b"x");
        disk.sync(ino);
        assert_eq!(bytes(&after_power_loss(&disk, Survivors::Nothing), "a"), None);
        disk.sync_directory("");
        assert_eq!(bytes(&after_power_loss(&disk, Survivors::Nothing), "a"), Some(b"x".to_vec()));
    }

    #[test]
    fn a_synced_name_of_an_unsynced_file_is_empty() {
        let mut disk = Disk::default();
        let ino = disk.create("a");
        disk.write(ino, 0, b"x");
        disk.sync_directory("");
        assert_eq!(bytes(&after_power_loss(&disk, Survivors::Nothing), "a"), Some(Vec::new()));
    }

    #[test]
    fn a_rename_is_undone_until_one_of_its_directories_is_synced() {
        let mut disk = Disk::default();
        let ino = disk.create("d/a");
        disk.write(ino, 0, b"x");
        disk.settle();
        disk.rename("d/a", "e/b");
        let lost = after_power_loss(&disk, Survivors::Nothing);
        assert_eq!((bytes(&lost, "d/a"), bytes(&lost, "e/b")), (Some(b"x".to_vec()), None));
        disk.sync_directory("e");
        let kept = after_power_loss(&disk, Survivors::Nothing);
        assert_eq!((bytes(&kept, "d/a"), bytes(&kept, "e/b")), (None, Some(b"x".to_vec())));
    }

    #[test]
    fn a_prefix_never_keeps_a_later_change_without_the_earlier_ones() {
        let mut disk = Disk::default();
        let ino = disk.create("a");
        disk.settle();
        for i in 0..8 {
            disk.write(ino, i, &[b'a' + i as u8]);
        }
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..40 {
            let image = after_power_loss(&disk, Survivors::Prefix(n));
            let found = bytes(&image, "a").unwrap();
            assert!(b"abcdefgh".starts_with(&found), "{found:?}");
            seen.insert(found.len());
        }
        assert!(seen.len() >= 7, "{seen:?}");
    }

    #[test]
    fn torn_writes_keep_whole_sectors_only_and_differ_by_number() {
        let mut disk = Disk::default();
        let ino = disk.create("a");
        disk.write(ino, 0, &[1; 4096]);
        disk.settle();
        disk.write(ino, 100, &[2; 3000]);
        let mut images = std::collections::BTreeSet::new();
        for n in 0..30 {
            let image = after_power_loss(&disk, Survivors::Torn(n));
            let found = bytes(&image, "a").unwrap();
            for sector in found.chunks(512).enumerate() {
                let (from, to) = (if sector.0 == 0 { 100 } else { 0 }, if sector.0 == 6 { 28 } else { 512 });
                if sector.0 < 7 {
                    let inside = &sector.1[from.min(to)..to];
                    assert!(inside.iter().all(|b| *b == inside[0]), "sector {} is mixed", sector.0);
                }
            }
            assert_eq!(image.hash(), after_power_loss(&disk, Survivors::Torn(n)).hash());
            images.insert(image.hash());
        }
        assert!(images.len() > 10, "{}", images.len());
    }

    #[test]
    fn pages_dropped_by_a_failed_sync_are_not_written_by_the_next_one() {
        let mut disk = Disk::default();
        let ino = disk.create("a");
        disk.settle();
        disk.write(ino, 0, b"old");
        disk.drop_dirty(ino);
        assert_eq!(bytes(&disk, "a"), Some(b"old".to_vec()), "still readable");
        disk.write(ino, 3, b"new");
        disk.sync(ino);
        assert_eq!(bytes(&after_power_loss(&disk, Survivors::Nothing), "a"), Some(b"\0\0\0new".to_vec()));
    }
}
