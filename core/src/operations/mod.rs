//! What a person does to mail: shown here at once, told to the server later, taken back when it refuses for good.
//!
//! Each kind has a local half (in the transaction that records the intent), a remote half, and a way back. Intents
//! compose while they wait: star and unstar cancel, move and delete become one move.

mod find_copy;
mod local;
mod mailboxes;
mod namespace;
mod remote;
mod revert;
mod transfer;
mod undo;

pub use local::{copy, flag, relocate};
pub use mailboxes::{create_mailbox, remove_mailbox, rename_back, rename_mailbox};
pub use namespace::{personal_prefix, without_prefix};
pub use remote::{Told, apply_remote};
pub use revert::revert_local;
pub use undo::undo;

use crate::imap::ImapError;
use crate::store::StoreError;

/// What ends the telling early; operations that were not told stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The connection failed.
    #[error(transparent)]
    Imap(#[from] ImapError),
}
