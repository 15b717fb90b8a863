//! A long list as a screen scrolls it: ordered ids, the rows that are new to the screen, and what left it.

use super::Satchel;
use crate::error::MailError;
use crate::ids::{MailboxId, PlacementId};
use crate::store::{self, ListOrder, ListRow};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What a screen has to do to show a stretch of a list: forget `removed`, take `changed`, lay out `ids`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListWindow {
    /// Names this answer; hand it to the next call so that only differences come.
    pub serial: u64,
    /// Store generation it was read in.
    pub generation: u64,
    /// Rows of the whole list.
    pub total: u64,
    /// Position of the first id; 0 is the newest.
    pub first: u64,
    /// What stands there, in order.
    pub ids: Vec<PlacementId>,
    /// Rows that the answer named by `after` did not have like this; all of them without it.
    pub changed: Vec<ListRow>,
    /// Ids of that answer that are not in this one.
    pub removed: Vec<PlacementId>,
}

/// A mailbox's list, and what its one screen was told of it last.
#[derive(Debug)]
pub struct MessageList {
    mailbox: MailboxId,
    order: ListOrder,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    serial: u64,
    rows: BTreeMap<PlacementId, ListRow>,
}

impl MessageList {
    /// The list of a mailbox for one screen. It holds no mail core, so that it keeps no home open.
    pub fn new(mailbox: MailboxId, order: ListOrder) -> Self {
        Self { mailbox, order, told: Mutex::default() }
    }

    /// The rows from position `first` (0 is the newest) on; `count` is held to 1…200. `after` is the `serial` of the
    /// answer the screen shows; with any other, as after a cancelled call, everything comes again.
    ///
    /// # Errors
    /// `NotFound` if the mailbox is gone, `Storage`.
    pub async fn show(
        &self,
        satchel: &Satchel,
        first: u64,
        count: u32,
        after: Option<u64>,
    ) -> Result<ListWindow, MailError> {
        let (mailbox, order) = (self.mailbox, self.order);
        satchel.mailbox(mailbox).await?;
        let read = satchel.store().read(move |db, _| store::stretch(db, mailbox, order, first, count));
        let stretch = read.await?;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let known = if after == Some(told.serial) { std::mem::take(&mut told.rows) } else { BTreeMap::new() };
        let (changed, removed) = difference(&known, &stretch.rows);
        told.serial += 1;
        let ids = stretch.rows.iter().map(|row| row.placement).collect();
        told.rows = stretch.rows.into_iter().map(|row| (row.placement, row)).collect();
        Ok(ListWindow {
            serial: told.serial,
            generation: stretch.generation,
            total: stretch.total,
            first,
            ids,
            changed,
            removed,
        })
    }
}

fn difference(known: &BTreeMap<PlacementId, ListRow>, now: &[ListRow]) -> (Vec<ListRow>, Vec<PlacementId>) {
    let changed = now.iter().filter(|row| known.get(&row.placement) != Some(*row)).cloned().collect();
    let stays: std::collections::BTreeSet<_> = now.iter().map(|row| row.placement).collect();
    let removed = known.keys().filter(|id| !stays.contains(id)).copied().collect();
    (changed, removed)
}
