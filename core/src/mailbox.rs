//! Mailboxes: names, roles (RFC 6154) and kinds.

use crate::ids::{ModSeq, UidValidity};
use std::str::FromStr;

/// What a mailbox is for (RFC 6154 special use; INBOX of RFC 3501).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Role {
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
    /// A view of everything; never synced of itself.
    All,
    /// A view of flagged mail; never synced of itself.
    Flagged,
    /// A view of what a server holds important; never synced of itself.
    Important,
}

impl Role {
    /// All of them, in the order a list shows them.
    pub const ALL: [Self; 9] = [
        Self::Inbox,
        Self::Drafts,
        Self::Sent,
        Self::Archive,
        Self::Junk,
        Self::Trash,
        Self::All,
        Self::Flagged,
        Self::Important,
    ];

    /// Lower-case name: `inbox`, `drafts` …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Drafts => "drafts",
            Self::Sent => "sent",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Trash => "trash",
            Self::All => "all",
            Self::Flagged => "flagged",
            Self::Important => "important",
        }
    }

    /// From a LIST attribute such as `\Sent`; servers differ in case.
    pub fn from_attribute(attribute: &str) -> Option<Self> {
        match attribute.trim_start_matches('\\').to_ascii_lowercase().as_str() {
            "inbox" => Some(Self::Inbox),
            "drafts" => Some(Self::Drafts),
            "sent" => Some(Self::Sent),
            "archive" => Some(Self::Archive),
            "junk" | "spam" => Some(Self::Junk),
            "trash" => Some(Self::Trash),
            "all" | "allmail" => Some(Self::All),
            "flagged" | "starred" => Some(Self::Flagged),
            "important" => Some(Self::Important),
            _ => None,
        }
    }

    /// Guess from a name's last level, for servers without SPECIAL-USE.
    pub fn from_name(last_level: &str) -> Option<Self> {
        match last_level.to_lowercase().as_str() {
            "inbox" => Some(Self::Inbox),
            "drafts" | "draft" | "entwürfe" | "brouillons" | "borradores" => Some(Self::Drafts),
            "sent" | "sent items" | "sent messages" | "sent mail" | "gesendet" | "gesendete objekte"
            | "envoyés" | "enviados" => Some(Self::Sent),
            "archive" | "archives" | "archiv" => Some(Self::Archive),
            "junk" | "spam" | "junk e-mail" | "junk mail" | "bulk mail" => Some(Self::Junk),
            "trash" | "deleted items" | "deleted messages" | "papierkorb" | "corbeille" | "papelera" => {
                Some(Self::Trash)
            }
            _ => None,
        }
    }

    /// Whether the mailbox only shows messages that live in others.
    pub fn is_view(self) -> bool {
        matches!(self, Self::All | Self::Flagged | Self::Important)
    }
}

impl FromStr for Role {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|r| r.as_str() == s).ok_or(())
    }
}

/// Where a mailbox lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum MailboxKind {
    /// On a server; this device has a copy.
    Server,
    /// Only here.
    Local,
}

impl MailboxKind {
    /// `server` or `local`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Local => "local",
        }
    }
}

/// How far a mailbox was synced. Moves only in the transaction of the changes it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cursor {
    /// Incarnation the UIDs belong to.
    pub uidvalidity: Option<UidValidity>,
    /// Every message from `window_floor` up to here (exclusive) is known.
    pub uidnext: Option<u32>,
    /// Flags are as of this modification sequence.
    pub highestmodseq: Option<ModSeq>,
    /// Lowest UID of the window, once a row is here.
    pub window_floor: Option<u32>,
    /// The window's whole depth was reached.
    pub window_complete: bool,
    /// Rows a person paged back to; `None`: the account's window.
    pub window_target: Option<u32>,
    /// EXISTS when the cursor last moved.
    pub server_exists: Option<u32>,
    /// UNSEEN when last told.
    pub server_unseen: Option<u32>,
}
