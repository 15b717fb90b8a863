//! What changed, by id: merged, bounded, and told to a listener of the shell's.

use crate::dispatch::{Dispatcher, Pending};
use crate::error::CallbackError;
use satchel_core::event::{Change, Event};
use satchel_core::ids::{AccountId, MailboxId, OperationId, PlacementId};
use satchel_core::ports::EventSink;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// More ids than this in one batch and it says "everything" instead.
const IDS: usize = 1_000;

/// Messages came, went or changed in a mailbox.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct MessagesChangedView {
    /// Where.
    pub mailbox: MailboxId,
    /// Which; empty stands for many.
    pub ids: Vec<PlacementId>,
}

/// A pass began or ended.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct SyncingChangedView {
    /// Whose.
    pub account: AccountId,
    /// Whether it runs now.
    pub running: bool,
}

/// What changed since the last batch. It says *what*, never the content: read that again.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct ChangesView {
    /// The store generation in which all of it can be read; 0 if nothing in the store changed.
    pub generation: u64,
    /// Too much changed to list it: read again whatever is on the screen.
    pub everything: bool,
    /// Accounts that were added, changed or removed.
    pub accounts: Vec<AccountId>,
    /// Mailboxes that came, went, or whose counts changed.
    pub mailboxes: Vec<MailboxId>,
    /// Where messages came, went or changed.
    pub messages: Vec<MessagesChangedView>,
    /// Operations that changed their state.
    pub operations: Vec<OperationId>,
    /// Passes that began or ended.
    pub syncing: Vec<SyncingChangedView>,
    /// The network came, went or changed its price.
    pub network: bool,
}

/// Hears what changed. At most ten times a second, one batch after the other.
#[uniffi::export(foreign)]
pub trait MailObserver: Send + Sync {
    /// Something changed.
    ///
    /// # Errors
    /// Whatever goes wrong in the listener; it is logged, and later changes are told all the same.
    fn on_changes(&self, changes: ChangesView) -> Result<(), CallbackError>;
}

/// Changes that wait to be told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    generation: u64,
    everything: bool,
    network: bool,
    accounts: BTreeSet<AccountId>,
    mailboxes: BTreeSet<MailboxId>,
    messages: BTreeMap<MailboxId, BTreeSet<PlacementId>>,
    many: BTreeSet<MailboxId>,
    operations: BTreeSet<OperationId>,
    syncing: BTreeMap<AccountId, bool>,
}

impl Pending for Changes {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Changes {
    pub(crate) fn network_changed(&mut self) {
        self.network = true;
    }

    pub(crate) fn merge(&mut self, event: &Event) {
        self.generation = self.generation.max(event.generation);
        match &event.change {
            Change::Account { account } => drop(self.accounts.insert(*account)),
            Change::Mailbox { mailbox } => drop(self.mailboxes.insert(*mailbox)),
            Change::Messages { mailbox, placements } => self.messages_changed(*mailbox, placements),
            Change::Operation { operation } => drop(self.operations.insert(*operation)),
            Change::Syncing { account, running } => drop(self.syncing.insert(*account, *running)),
        }
        self.stay_bounded();
    }

    fn messages_changed(&mut self, mailbox: MailboxId, placements: &[PlacementId]) {
        // What comes, goes or is read changes the counts as well.
        self.mailboxes.insert(mailbox);
        if placements.is_empty() {
            self.many.insert(mailbox);
        }
        self.messages.entry(mailbox).or_default().extend(placements);
    }

    fn stay_bounded(&mut self) {
        let placements: usize = self.messages.values().map(BTreeSet::len).sum();
        let ids =
            placements + self.accounts.len() + self.mailboxes.len() + self.operations.len() + self.many.len();
        if self.everything || ids > IDS {
            // Which passes run is a handful, and cannot be read anywhere else.
            *self = Self {
                generation: self.generation,
                everything: true,
                network: self.network,
                syncing: std::mem::take(&mut self.syncing),
                ..Self::default()
            };
        }
    }
}

impl From<Changes> for ChangesView {
    fn from(it: Changes) -> Self {
        let many = it.many;
        let named = |(mailbox, ids): (MailboxId, BTreeSet<PlacementId>)| MessagesChangedView {
            mailbox,
            ids: if many.contains(&mailbox) { Vec::new() } else { ids.into_iter().collect() },
        };
        let running = |(account, running)| SyncingChangedView { account, running };
        Self {
            generation: it.generation,
            everything: it.everything,
            accounts: it.accounts.into_iter().collect(),
            mailboxes: it.mailboxes.into_iter().collect(),
            messages: it.messages.into_iter().map(named).collect(),
            operations: it.operations.into_iter().collect(),
            syncing: it.syncing.into_iter().map(running).collect(),
            network: it.network,
        }
    }
}

/// Hands the core's events to every listener there is.
#[derive(Debug, Default)]
pub(crate) struct Feed(Mutex<Vec<Weak<Dispatcher<Changes>>>>);

impl Feed {
    pub(crate) fn add(&self, listener: &Arc<Dispatcher<Changes>>) {
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|there| there.strong_count() > 0);
        listeners.push(Arc::downgrade(listener));
    }

    pub(crate) fn tell(&self, merge: impl Fn(&mut Changes)) {
        let listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        listeners.iter().filter_map(Weak::upgrade).for_each(|listener| listener.add(&merge));
    }
}

impl EventSink for Feed {
    fn event(&self, event: Event) {
        self.tell(|changes| changes.merge(&event));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(generation: u64, mailbox: i64, ids: impl IntoIterator<Item = i64>) -> Event {
        let placements = ids.into_iter().map(PlacementId).collect();
        Event { generation, change: Change::Messages { mailbox: MailboxId(mailbox), placements } }
    }

    fn view(events: &[Event]) -> ChangesView {
        let mut changes = Changes::default();
        events.iter().for_each(|event| changes.merge(event));
        changes.into()
    }

    #[test]
    fn changes_of_one_mailbox_are_told_once_with_the_newest_generation() {
        let told = view(&[messages(4, 1, [10, 11]), messages(6, 1, [11, 12]), messages(5, 2, [20])]);
        assert_eq!(told.generation, 6);
        let ids = |of: usize| told.messages[of].ids.iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!((ids(0), ids(1)), (vec![10, 11, 12], vec![20]));
        assert_eq!(told.mailboxes, [MailboxId(1), MailboxId(2)], "their counts changed too");
    }

    #[test]
    fn many_stays_many_whatever_else_is_named() {
        let told = view(&[messages(1, 1, []), messages(2, 1, [10])]);
        assert_eq!(told.messages, [MessagesChangedView { mailbox: MailboxId(1), ids: vec![] }]);
    }

    #[test]
    fn too_much_becomes_everything_and_still_says_which_passes_run() {
        let running = Change::Syncing { account: AccountId(7), running: true };
        let told =
            view(&[Event { generation: 0, change: running }, messages(1, 1, 0..2_000), messages(2, 1, [1])]);
        assert!(told.everything && told.messages.is_empty());
        assert_eq!(told.syncing, [SyncingChangedView { account: AccountId(7), running: true }]);
    }

    #[test]
    fn a_pass_that_began_and_ended_is_told_as_ended() {
        let event =
            |running| Event { generation: 0, change: Change::Syncing { account: AccountId(7), running } };
        let told = view(&[event(true), event(false)]);
        assert_eq!(told.syncing, [SyncingChangedView { account: AccountId(7), running: false }]);
    }
}
