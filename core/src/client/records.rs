//! Records that go out: what screens and scripts show.

use crate::account::{Account, Protocol};
use crate::ids::{AccountId, MailboxId, OperationId, PlacementId};
use crate::mailbox::{MailboxKind, Role};
use crate::store::{self, MailboxRow, OperationKind, OperationRow, OperationState};

pub use crate::ids::{MessageId, ThreadId};
pub use crate::message::{Address, Flags};
pub use crate::store::{
    BodyState, Fresh, LedgerRow, LedgerState, ListOrder, ListRow, Page, PageCursor, ToldMark, Usage,
};
pub use crate::sync::{PassOptions, PassReport};

/// A mailbox as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailboxView {
    /// Its id.
    pub id: MailboxId,
    /// Whose.
    pub account: AccountId,
    /// Whole path.
    pub name: String,
    /// What it is for.
    pub role: Option<Role>,
    /// On a server or only here.
    pub kind: MailboxKind,
    /// Whether it can hold messages.
    pub selectable: bool,
    /// Messages here.
    pub total: u64,
    /// Of these, unread.
    pub unread: u64,
    /// Messages on the server, when last told; more than `total` if the window does not reach all.
    pub on_server: Option<u32>,
    /// Whether the server holds messages that were not brought here: older ones, to be asked for.
    pub has_older: bool,
    /// Between the levels of the path.
    pub delimiter: Option<char>,
}

impl MailboxView {
    /// `held`: messages of the server's that are known here, also those that were moved away and not told yet.
    pub(super) fn new(row: MailboxRow, counts: store::Counts, held: u32) -> Self {
        Self {
            id: row.id,
            account: row.account,
            name: row.name,
            role: row.role,
            kind: row.kind,
            selectable: row.selectable,
            total: counts.total,
            unread: counts.unread,
            on_server: row.cursor.server_exists,
            has_older: row.cursor.server_exists.is_some_and(|there| there > held),
            delimiter: row.delimiter,
        }
    }
}

/// An operation as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OperationView {
    /// Its id.
    pub id: OperationId,
    /// Whose.
    pub account: AccountId,
    /// What.
    pub kind: OperationKind,
    /// How far.
    pub state: OperationState,
    /// On which message.
    pub placement: Option<PlacementId>,
    /// How often the server was told.
    pub attempts: u32,
    /// Why it failed or waits.
    pub last_error: Option<String>,
    /// Not before, milliseconds since 1970 UTC; 0: at once.
    pub not_before: i64,
}

impl From<OperationRow> for OperationView {
    fn from(row: OperationRow) -> Self {
        Self {
            id: row.id,
            account: row.account,
            kind: row.kind,
            state: row.state,
            placement: row.placement,
            attempts: row.attempts,
            last_error: row.last_error,
            not_before: row.not_before,
        }
    }
}

/// How an account stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountStatus {
    /// Whose.
    pub account: AccountId,
    /// Its address.
    pub address: String,
    /// IMAP or POP.
    pub protocol: Protocol,
    /// Whether the core was told that there is a network.
    pub online: bool,
    /// When a pass last ended well, milliseconds since 1970 UTC.
    pub last_success: Option<i64>,
    /// How the last pass ended: `ok`, or the kind of an error.
    pub last_outcome: Option<String>,
    /// When it began.
    pub last_attempt: Option<i64>,
    /// Operations the server still has to be told.
    pub waiting_operations: u64,
    /// Operations that were refused for good in the last ones.
    pub failed_operations: u64,
}

/// An account as a list shows it; there is no secret in it.
pub type AccountView = Account;
