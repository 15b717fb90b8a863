//! Passes, status, storage and the POP ledger, as they are shown.

use crate::account::AccountProtocol;
use crate::message::MessageView;
use crate::mirror::{all, mirrored};
use crate::types::{ByteCount, Timestamp, count, milliseconds};
use satchel_core::client as core;
use satchel_core::ids::{AccountId, MailboxId, MessageId};
use std::fmt::Write;
use std::time::Duration;

/// What a pass should do beyond the usual.
#[derive(Clone, PartialEq, Eq, Debug, Default, uniffi::Record)]
pub struct SyncRequest {
    /// Only this mailbox.
    #[uniffi(default = None)]
    pub mailbox: Option<MailboxId>,
    /// So many rows older than those that are here, in that mailbox (or in the inbox).
    #[uniffi(default = 0)]
    pub older: u32,
    /// What is not done by then is left over, and named in the report.
    #[uniffi(default = None)]
    pub deadline: Option<Duration>,
}

/// What a pass did.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct SyncReportView {
    /// How often the link's delay was waited for.
    pub turns: u32,
    /// Bytes sent.
    pub bytes_up: ByteCount,
    /// Bytes received.
    pub bytes_down: ByteCount,
    /// Rows that came.
    pub new_messages: u32,
    /// Rows whose flags changed.
    pub changed: u32,
    /// Rows that went because the server no longer holds them.
    pub removed: u32,
    /// Operations the server was told.
    pub operations_done: u32,
    /// Operations the server refused for good; what was done here was taken back.
    pub operations_failed: u32,
    /// What was left for the next pass, in words.
    pub left_over: Vec<String>,
    /// A deadline came, or the network went, before everything was looked at.
    pub cut_short: bool,
    /// How long it took.
    pub duration: Duration,
}

impl From<core::PassReport> for SyncReportView {
    fn from(it: core::PassReport) -> Self {
        Self {
            turns: count(it.turns),
            bytes_up: it.bytes_up.into(),
            bytes_down: it.bytes_down.into(),
            new_messages: count(it.new),
            changed: count(it.changed),
            removed: count(it.removed),
            operations_done: count(it.operations_done),
            operations_failed: count(it.operations_failed),
            left_over: it.left_over,
            cut_short: it.cut_short,
            duration: milliseconds(it.duration_ms),
        }
    }
}

/// What a slice of background work did for one account.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct SliceView {
    /// Whose.
    pub account: AccountId,
    /// What the pass did, if it came to an end or to its deadline.
    pub report: Option<SyncReportView>,
    /// Why there was none, in a sentence.
    pub problem: Option<String>,
    /// Whether the person has to do something, such as signing in again.
    pub needs_person: bool,
    /// Unread mail in the inbox that the person was not told of, newest first; at most 50.
    pub fresh: Vec<MessageView>,
    /// How many there are.
    pub fresh_count: u32,
    /// Hand it to `told` once the person was told of them; until then they are fresh again in each slice.
    pub told: Option<String>,
}

impl From<core::Slice> for SliceView {
    fn from(it: core::Slice) -> Self {
        let needs_person = it.needs_person();
        let problem = it.done.as_ref().err().map(ToString::to_string);
        Self {
            account: it.account,
            report: it.done.ok().map(Into::into),
            problem,
            needs_person,
            fresh: all(it.fresh.rows),
            fresh_count: count(it.fresh.count),
            told: it.fresh.mark.map(|mark| mark.to_string()),
        }
    }
}

impl SliceView {
    /// An account whose pass did not come back, whatever holds it up.
    pub(crate) fn late(account: AccountId) -> Self {
        Self {
            account,
            report: None,
            problem: Some("it did not end in time; the next slice goes on".to_owned()),
            needs_person: false,
            fresh: Vec::new(),
            fresh_count: 0,
            told: None,
        }
    }
}

/// How an account stands.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct AccountStatusView {
    /// Whose.
    pub account: AccountId,
    /// Its address.
    pub address: String,
    /// IMAP or POP.
    pub protocol: AccountProtocol,
    /// When a pass last ended well.
    pub last_success: Option<Timestamp>,
    /// When the last pass began.
    pub last_attempt: Option<Timestamp>,
    /// The kind of error it ended in, such as `authentication`; absent if it ended well or there was none.
    pub last_problem: Option<String>,
    /// Operations the server still has to be told.
    pub waiting_operations: u32,
    /// Of the last ones, those that were refused for good.
    pub failed_operations: u32,
}

impl From<core::AccountStatus> for AccountStatusView {
    fn from(it: core::AccountStatus) -> Self {
        Self {
            account: it.account,
            address: it.address,
            protocol: it.protocol.into(),
            last_success: it.last_success.map(Timestamp),
            last_attempt: it.last_attempt.map(Timestamp),
            last_problem: it.last_outcome.filter(|outcome| outcome != "ok"),
            waiting_operations: count(it.waiting_operations),
            failed_operations: count(it.failed_operations),
        }
    }
}

/// How much room the store takes.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct UsageView {
    /// The database file with everything in it.
    pub database: ByteCount,
    /// Bodies and parts kept as files.
    pub body_files: ByteCount,
    /// Bodies and parts kept in the database.
    pub body_rows: ByteCount,
    /// Of all bodies: what exists nowhere else.
    pub sole_copies: ByteCount,
    /// Of all bodies: what can be fetched again.
    pub evictable: ByteCount,
    /// What a later version might tell besides.
    #[cfg(feature = "newer-for-tests")]
    pub of_a_later_version: u32,
}

impl From<core::Usage> for UsageView {
    fn from(it: core::Usage) -> Self {
        Self {
            database: it.database.into(),
            body_files: it.body_files.into(),
            body_rows: it.body_rows.into(),
            sole_copies: it.sole_copies.into(),
            evictable: it.evictable.into(),
            #[cfg(feature = "newer-for-tests")]
            of_a_later_version: 1,
        }
    }
}

mirrored! {
    /// What became of a message of a maildrop (POP).
    pub enum LedgerState = core::LedgerState {
        /// Seen in a listing.
        Listed,
        /// The message is here without its bytes, which were lost; the server may still have them.
        Partial,
        /// Its bytes are on the way.
        Retrieving,
        /// Its bytes are durable here, read back and hashed.
        Stored,
        /// Marked for deletion in the session that runs.
        DeleSent,
        /// The link was lost after QUIT: the next listing decides.
        Unknown,
        /// Deleted on the server, and the server said so.
        Committed,
        /// Stored here and no longer listed there.
        Gone,
    }
}

/// One row of the POP ledger.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct LedgerView {
    /// The server's unique id; bytes that are not text are shown as U+FFFD.
    pub uidl: String,
    /// Where it stands.
    pub state: LedgerState,
    /// The message, while it is here.
    pub message: Option<MessageId>,
    /// Its size.
    pub size: Option<ByteCount>,
    /// When it was first in a listing.
    pub first_seen: Timestamp,
    /// SHA-256 of the raw bytes in lower-case hex, once they were stored.
    pub sha256: Option<String>,
}

impl From<core::LedgerRow> for LedgerView {
    fn from(it: core::LedgerRow) -> Self {
        Self {
            uidl: String::from_utf8_lossy(&it.uidl).into_owned(),
            state: it.state.into(),
            message: it.message,
            size: it.size.map(Into::into),
            first_seen: Timestamp(it.first_seen),
            sha256: it.sha256.map(|hash| hex(&hash)),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
