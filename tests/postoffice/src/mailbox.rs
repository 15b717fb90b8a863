//! A mailbox: messages by UID, and the numbers by which clients notice changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::date::InternalDate;
use crate::message::{Content, DELETED, Flags, Message};

/// What a mailbox is for (RFC 6154).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `\All`.
    All,
    /// `\Archive`.
    Archive,
    /// `\Drafts`.
    Drafts,
    /// `\Flagged`.
    Flagged,
    /// `\Junk`.
    Junk,
    /// `\Sent`.
    Sent,
    /// `\Trash`.
    Trash,
}

impl Role {
    /// Its attribute in LIST.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::All => "\\All",
            Self::Archive => "\\Archive",
            Self::Drafts => "\\Drafts",
            Self::Flagged => "\\Flagged",
            Self::Junk => "\\Junk",
            Self::Sent => "\\Sent",
            Self::Trash => "\\Trash",
        }
    }

    pub(crate) fn named(attribute: &str) -> Option<Self> {
        [Self::All, Self::Archive, Self::Drafts, Self::Flagged, Self::Junk, Self::Sent, Self::Trash]
            .into_iter()
            .find(|role| role.attribute().eq_ignore_ascii_case(attribute))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    /// Never changes, also not by RENAME: how sessions and MAILBOXID name it.
    pub(crate) id: u64,
    pub(crate) uid_validity: u32,
    pub(crate) uid_next: u32,
    pub(crate) highest_modseq: u64,
    /// Goes up with every change, also when a test moves the MODSEQs backwards.
    pub(crate) version: u64,
    pub(crate) role: Option<Role>,
    pub(crate) messages: BTreeMap<u32, Message>,
    /// Expunged UIDs and the MODSEQ of their end, for VANISHED (EARLIER).
    pub(crate) tombstones: Vec<(u32, u64)>,
    /// Messages from this UID on were not yet `\Recent` in a session.
    pub(crate) recent_from: u32,
    pub(crate) keywords: BTreeSet<String>,
    /// `\Noselect`: a name that only holds children.
    pub(crate) no_select: bool,
    /// `[NOMODSEQ]`: this mailbox keeps no mod-sequences.
    pub(crate) no_modseq: bool,
}

impl Mailbox {
    pub(crate) fn new(id: u64, uid_validity: u32, role: Option<Role>) -> Self {
        Self {
            id,
            uid_validity,
            uid_next: 1,
            highest_modseq: 1,
            version: 1,
            role,
            messages: BTreeMap::new(),
            tombstones: Vec::new(),
            recent_from: 1,
            keywords: BTreeSet::new(),
            no_select: false,
            no_modseq: false,
        }
    }

    /// The MODSEQ for one change; all messages one command changes share it.
    pub(crate) fn next_modseq(&mut self) -> u64 {
        self.version += 1;
        self.highest_modseq += 1;
        self.highest_modseq
    }

    pub(crate) fn add(
        &mut self,
        content: Arc<Content>,
        flags: Flags,
        date: InternalDate,
        modseq: u64,
    ) -> u32 {
        let uid = self.uid_next;
        self.uid_next = self.uid_next.saturating_add(1);
        self.keywords.extend(flags.keywords.iter().cloned());
        self.messages.insert(uid, Message { flags, internal_date: date, modseq, content });
        uid
    }

    /// Takes the message out and remembers that it was there.
    pub(crate) fn remove(&mut self, uid: u32, modseq: u64) -> Option<Message> {
        let message = self.messages.remove(&uid)?;
        self.tombstones.push((uid, modseq));
        Some(message)
    }

    /// The UIDs marked `\Deleted`.
    pub(crate) fn deleted(&self) -> Vec<u32> {
        self.messages
            .iter()
            .filter(|(_, message)| message.flags.system & DELETED != 0)
            .map(|(uid, _)| *uid)
            .collect()
    }

    pub(crate) fn unseen(&self) -> usize {
        self.messages.values().filter(|message| message.flags.system & crate::message::SEEN == 0).count()
    }

    pub(crate) fn octets(&self) -> u64 {
        self.messages.values().map(|message| message.content.raw.len() as u64).sum()
    }

    /// A new UIDVALIDITY: nothing any client knows of this mailbox counts any more.
    pub(crate) fn invalidate(&mut self, uid_validity: u32, renumber: bool) {
        self.uid_validity = uid_validity;
        self.tombstones.clear();
        self.recent_from = 1;
        if renumber {
            let messages = std::mem::take(&mut self.messages);
            self.uid_next = 1;
            for message in messages.into_values() {
                let uid = self.uid_next;
                self.uid_next += 1;
                self.messages.insert(uid, message);
            }
        }
        let modseq = self.next_modseq();
        for message in self.messages.values_mut() {
            message.modseq = modseq;
        }
    }
}
