//! What a user has on the server at one moment, for asserts.

use std::fmt;

use crate::mailbox::{Mailbox, Role};
use crate::message::Flags;

/// All mailboxes of a user, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The mailboxes.
    pub mailboxes: Vec<MailboxSnapshot>,
    /// Names subscribed to.
    pub subscribed: Vec<String>,
}

/// One mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxSnapshot {
    /// Its name, in Unicode.
    pub name: String,
    /// Its role.
    pub role: Option<Role>,
    /// UIDVALIDITY.
    pub uid_validity: u32,
    /// UIDNEXT.
    pub uid_next: u32,
    /// Messages by rising UID.
    pub messages: Vec<MessageSnapshot>,
}

/// One message.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageSnapshot {
    /// UID.
    pub uid: u32,
    /// Flags and keywords.
    pub flags: Flags,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for MessageSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = self.sha256.first_chunk().copied().map(u32::from_be_bytes).unwrap_or_default();
        write!(f, "{}:{:?}:{}b:{digest:08x}", self.uid, self.flags.names(), self.bytes.len())
    }
}

impl Snapshot {
    /// The mailbox with this name.
    pub fn mailbox(&self, name: &str) -> Option<&MailboxSnapshot> {
        self.mailboxes.iter().find(|mailbox| mailbox.name == name)
    }

    /// How many messages with exactly these bytes there are, in all mailboxes.
    pub fn copies_of(&self, bytes: &[u8]) -> usize {
        self.mailboxes
            .iter()
            .flat_map(|mailbox| &mailbox.messages)
            .filter(|message| message.bytes == bytes)
            .count()
    }
}

impl MailboxSnapshot {
    pub(crate) fn of(name: &str, mailbox: &Mailbox) -> Self {
        Self {
            name: name.to_owned(),
            role: mailbox.role,
            uid_validity: mailbox.uid_validity,
            uid_next: mailbox.uid_next,
            messages: mailbox
                .messages
                .iter()
                .map(|(uid, message)| MessageSnapshot {
                    uid: *uid,
                    flags: message.flags.clone(),
                    sha256: message.content.sha256(),
                    bytes: message.content.raw.clone(),
                })
                .collect(),
        }
    }

    /// The UIDs.
    pub fn uids(&self) -> Vec<u32> {
        self.messages.iter().map(|message| message.uid).collect()
    }

    /// The message with this UID.
    pub fn message(&self, uid: u32) -> Option<&MessageSnapshot> {
        self.messages.iter().find(|message| message.uid == uid)
    }
}
