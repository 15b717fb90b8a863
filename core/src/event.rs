//! What changed, by id: the store's news for screens and shells.

use crate::ids::{AccountId, MailboxId, OperationId, PlacementId};
use serde::Serialize;

/// What changed. Says *what* by id, never the content: read it again through a page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// An account was added, changed or removed.
    Account {
        /// Which.
        account: AccountId,
    },
    /// The list of mailboxes, or a mailbox's counts, changed.
    Mailbox {
        /// Which.
        mailbox: MailboxId,
    },
    /// Messages came, went or changed in a mailbox.
    Messages {
        /// Where.
        mailbox: MailboxId,
        /// Which placements; empty stands for "many: read the page again".
        placements: Vec<PlacementId>,
    },
    /// An operation changed its state.
    Operation {
        /// Which.
        operation: OperationId,
    },
    /// A pass began (`true`) or ended.
    Syncing {
        /// Whose.
        account: AccountId,
        /// Whether it runs now.
        running: bool,
    },
}

/// A change and the store generation in which it can be read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Event {
    /// Grows with every commit that changes what a page shows.
    pub generation: u64,
    /// What changed.
    #[serde(flatten)]
    pub change: Change,
}
