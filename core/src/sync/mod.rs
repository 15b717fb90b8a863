//! Passes: an account is brought up to date through a tongue and the store. The cursor moves with its changes.

mod body;
mod bulk;
mod connect;
mod first_flight;
mod imap_list;
mod imap_mailbox;
mod imap_pass;
mod imap_read_again;
mod imap_window;
mod index;
mod pop_pass;
mod pop_retrieve;
mod rows;

pub(crate) use body::is_here;
pub use body::{Wanted, fetch_body};
pub use connect::{Credentials, Network, prove_login};
pub use imap_list::reconcile_mailboxes;
pub use imap_pass::{ImapPass, imap_pass};
pub use index::index_some;
pub use pop_pass::pop_pass;
pub use rows::{Overview, apply_overviews};

use crate::imap::ImapError;
use crate::pop::PopError;
use crate::ports::CredentialError;
use crate::store::StoreError;

/// What ends a pass early. Everything that was committed before stands.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// IMAP failed.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// POP failed.
    #[error(transparent)]
    Pop(#[from] PopError),
    /// Telling the server of operations failed.
    #[error(transparent)]
    Operation(#[from] crate::operations::OperationError),
    /// The password could not be had.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// There is no password for this account.
    #[error("there is no password for this account")]
    NoPassword,
    /// The server lacks what the account needs.
    #[error("the server does not offer {0}")]
    Lacks(&'static str),
    /// What was asked for is not there.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// What was asked for cannot be done, and why.
    #[error("{field}: {reason}")]
    Invalid {
        /// Which argument.
        field: &'static str,
        /// Why.
        reason: String,
    },
}

/// What a pass should do beyond the usual.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PassOptions {
    /// Only this mailbox.
    pub mailbox: Option<crate::ids::MailboxId>,
    /// So many rows older than those that are here, in that mailbox (or in INBOX).
    pub older: u32,
}

/// What a pass did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PassReport {
    /// Bursts of ours after something of the server's: how often the link's delay was waited for.
    pub turns: u64,
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// Rows that came.
    pub new: u64,
    /// Rows whose flags changed.
    pub changed: u64,
    /// Rows that went because the server no longer holds them.
    pub removed: u64,
    /// Operations the server was told.
    pub operations_done: u64,
    /// Operations the server refused for good; what was done here was taken back.
    pub operations_failed: u64,
    /// Mailboxes and work that a deadline, a refusal or a lost connection left for the next pass, in words.
    pub left_over: Vec<String>,
    /// The deadline came, or the network went, before everything was looked at: a later pass goes on.
    pub cut_short: bool,
    /// How long it took.
    pub duration_ms: u64,
}
