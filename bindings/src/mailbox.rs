//! Mailboxes, as they are shown.

use crate::mirror::mirrored;
use crate::types::count;
use satchel_core::client as core;
use satchel_core::ids::{AccountId, MailboxId};
use satchel_core::mailbox;

mirrored! {
    /// What a mailbox is for (RFC 6154).
    pub enum MailboxRole = mailbox::Role {
        /// New mail.
        Inbox,
        /// Unfinished mail.
        Drafts,
        /// Sent mail.
        Sent,
        /// Kept mail that is out of the way.
        Archive,
        /// Unwanted mail.
        Junk,
        /// Deleted mail.
        Trash,
        /// A view of everything.
        All,
        /// A view of flagged mail.
        Flagged,
        /// A view of what the server holds important.
        Important,
    }
}

mirrored! {
    /// Where a mailbox lives.
    pub enum MailboxKind = mailbox::MailboxKind {
        /// On a server; this device has a copy.
        Server,
        /// Only here.
        Local,
    }
}

/// A mailbox as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct MailboxView {
    /// Its id.
    pub id: MailboxId,
    /// Whose.
    pub account: AccountId,
    /// Whole path, such as `Projects/Boat`.
    pub name: String,
    /// The last level of the path: what a tree shows.
    pub title: String,
    /// Levels above it.
    pub depth: u32,
    /// What it is for.
    pub role: Option<MailboxRole>,
    /// On a server or only here.
    pub kind: MailboxKind,
    /// Whether it can hold messages.
    pub selectable: bool,
    /// Messages here.
    pub total: u32,
    /// Of these, unread.
    pub unread: u32,
    /// Messages on the server, when last told; more than `total` if the window does not reach all of them.
    pub on_server: Option<u32>,
    /// Whether older messages can be fetched.
    pub has_older: bool,
}

impl From<core::MailboxView> for MailboxView {
    fn from(it: core::MailboxView) -> Self {
        let levels: Vec<&str> =
            it.delimiter.map_or_else(|| vec![it.name.as_str()], |d| it.name.split(d).collect());
        Self {
            title: levels.last().copied().unwrap_or_default().to_owned(),
            depth: count(levels.len().saturating_sub(1) as u64),
            id: it.id,
            account: it.account,
            role: it.role.map(Into::into),
            kind: it.kind.into(),
            selectable: it.selectable,
            total: count(it.total),
            unread: count(it.unread),
            on_server: it.on_server,
            has_older: it.has_older,
            name: it.name,
        }
    }
}
