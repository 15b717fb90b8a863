//! What an operation is: its kind, its state, and what it needs to be told and taken back.

use crate::ids::{Uid, UidValidity};
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
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

impl OperationKind {
    pub(super) const ALL: [Self; 9] = [
        Self::Flag,
        Self::Move,
        Self::Copy,
        Self::Archive,
        Self::Junk,
        Self::Delete,
        Self::MailboxCreate,
        Self::MailboxRename,
        Self::MailboxDelete,
    ];
    /// snake_case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Move => "move",
            Self::Copy => "copy",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Delete => "delete",
            Self::MailboxCreate => "mailbox_create",
            Self::MailboxRename => "mailbox_rename",
            Self::MailboxDelete => "mailbox_delete",
        }
    }
    /// Whether the placement changes its mailbox.
    pub fn moves(self) -> bool {
        matches!(self, Self::Move | Self::Archive | Self::Junk | Self::Delete)
    }
}

/// How far it came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Done here, the server not told yet.
    Waiting,
    /// The server is being told; after a crash or a cut, whether it heard is found out first.
    Sending,
    /// Done on the server too (or nothing was to be told).
    Done,
    /// The server refused for good; what was done here was taken back.
    Failed,
    /// A later operation made it needless before the server was told.
    Cancelled,
    /// Taken back by the person.
    Undone,
}

impl OperationState {
    pub(super) const ALL: [Self; 6] =
        [Self::Waiting, Self::Sending, Self::Done, Self::Failed, Self::Cancelled, Self::Undone];
    /// snake_case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Undone => "undone",
        }
    }
    /// Whether the server still has to be told.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Sending)
    }
}

/// What an operation needs beside its ids, by kind.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Arguments {
    /// Flags to set (`flag`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// Flags to clear (`flag`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
    /// Of these, what this very click set: earlier waiting ones were taken in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_add: Vec<String>,
    /// What this very click cleared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_remove: Vec<String>,
    /// The placement a copy was made of (`copy`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<i64>,
    /// The name before (`mailbox_rename`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    /// The name afterwards (`mailbox_create`, `mailbox_rename`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_name: Option<String>,
    /// The name as the server writes it, before a rename reached it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wire_name: Option<Vec<u8>>,
    /// UIDNEXT of the target before it was first told: a copy that arrived has a UID from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_uidnext: Option<u32>,
    /// UIDVALIDITY of the target then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_uidvalidity: Option<u32>,
    /// The server was told in two steps and the first one is done: the copy is there, the original is not gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub copied: bool,
    /// The UID of that copy, if the server told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copied_uid: Option<u32>,
    /// The UIDVALIDITY under which it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copied_uidvalidity: Option<u32>,
    /// Not before these are done either: the copies of a message that is deleted for good.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<i64>,
}

impl Arguments {
    /// Where the copy is in the target, if the server told it.
    pub fn copied_at(&self) -> Option<(UidValidity, Uid)> {
        Some((UidValidity(self.copied_uidvalidity?), Uid::new(self.copied_uid?)?))
    }

    /// The copy is in the target.
    pub fn set_copied(&mut self, at: Option<(UidValidity, Uid)>) {
        self.copied = true;
        self.copied_uidvalidity = at.map(|(validity, _)| validity.0);
        self.copied_uid = at.map(|(_, uid)| uid.get());
    }
}
