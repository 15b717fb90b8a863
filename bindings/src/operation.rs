//! What a person did to mail, and how far the server knows of it.

use crate::mirror::mirrored;
use crate::types::Timestamp;
use satchel_core::client as core;
use satchel_core::ids::{AccountId, OperationId, PlacementId};
use satchel_core::store;

mirrored! {
    /// What was done.
    pub enum OperationKind = store::OperationKind {
        /// Flags set or cleared.
        Flag,
        /// Moved to another mailbox.
        Move,
        /// Copied to another mailbox.
        Copy,
        /// Moved to the archive.
        Archive,
        /// Moved to junk.
        Junk,
        /// Moved to the trash, or deleted for good from there.
        Delete,
        /// A mailbox was made.
        MailboxCreate,
        /// A mailbox was renamed.
        MailboxRename,
        /// A mailbox was deleted.
        MailboxDelete,
    }
}

mirrored! {
    /// How far an operation is.
    pub enum OperationState = store::OperationState {
        /// Done here, the server not told yet.
        Waiting,
        /// The server is being told; after a cut, whether it heard is found out first.
        Sending,
        /// Done on the server too, or nothing was to be told.
        Done,
        /// The server refused for good; what was done here was taken back.
        Failed,
        /// A later operation made it needless before the server was told.
        Cancelled,
        /// Taken back by the person.
        Undone,
    }
}

/// An operation as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct OperationView {
    /// Its id.
    pub id: OperationId,
    /// Whose.
    pub account: AccountId,
    /// What was done.
    pub kind: OperationKind,
    /// How far it is.
    pub state: OperationState,
    /// On which message.
    pub placement: Option<PlacementId>,
    /// How often the server was told.
    pub attempts: u32,
    /// Why it failed or waits, for the person.
    pub last_error: Option<String>,
    /// It is not tried before; absent: with the next pass.
    pub not_before: Option<Timestamp>,
}

impl From<core::OperationView> for OperationView {
    fn from(it: core::OperationView) -> Self {
        Self {
            id: it.id,
            account: it.account,
            kind: it.kind.into(),
            state: it.state.into(),
            placement: it.placement,
            attempts: it.attempts,
            last_error: it.last_error,
            not_before: (it.not_before > 0).then_some(Timestamp(it.not_before)),
        }
    }
}

/// What takes an action back. Hand it to `undo`; what is in it is the core's matter.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct UndoToken {
    /// The operations of the action.
    pub operations: Vec<OperationId>,
}

/// What an action did.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct ActionView {
    /// One for each message, in the order given.
    pub operations: Vec<OperationView>,
    /// Takes all of it back.
    pub undo: UndoToken,
}

impl From<Vec<core::OperationView>> for ActionView {
    fn from(done: Vec<core::OperationView>) -> Self {
        let operations = done.iter().map(|operation| operation.id).collect();
        Self { operations: crate::mirror::all(done), undo: UndoToken { operations } }
    }
}

impl From<core::OperationView> for ActionView {
    fn from(done: core::OperationView) -> Self {
        Self::from(vec![done])
    }
}
