//! What one session knows of its selected mailbox, and how it learns what others changed.

use std::collections::BTreeSet;

use super::set::{Set, compact};
use super::{Grammar, Refuse};
use crate::mailbox::Mailbox;
use crate::message::Message;
use crate::reply::{Kind, Replies};

/// A message as last told to the client; its place in the list is its sequence number less one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) uid: u32,
    pub(crate) modseq: u64,
}

/// How updates are worded.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wording {
    pub(crate) vanished: bool,
    pub(crate) uid: bool,
    pub(crate) modseq: bool,
}

/// Which updates may be told now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub(crate) expunge: bool,
    pub(crate) new: bool,
    pub(crate) flags: bool,
}

impl Allowed {
    pub(crate) const ALL: Self = Self { expunge: true, new: true, flags: true };
    pub(crate) const NO_EXPUNGE: Self = Self { expunge: false, new: true, flags: true };
}

#[derive(Debug)]
pub(crate) struct View {
    /// The mailbox's identity and the name it was selected by.
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) uid_validity: u32,
    pub(crate) read_only: bool,
    pub(crate) items: Vec<Item>,
    pub(crate) recent: BTreeSet<u32>,
    version: u64,
}

impl View {
    pub(crate) fn open(name: &str, mailbox: &mut Mailbox, read_only: bool) -> Self {
        let mut view = Self {
            id: mailbox.id,
            name: name.to_owned(),
            uid_validity: mailbox.uid_validity,
            read_only,
            items: Vec::with_capacity(mailbox.messages.len()),
            recent: BTreeSet::new(),
            version: mailbox.version,
        };
        view.take_new(mailbox);
        view
    }

    /// Adds the messages behind the last known one; says how many.
    fn take_new(&mut self, mailbox: &mut Mailbox) -> usize {
        let first = self.items.last().map_or(1, |item| item.uid.saturating_add(1));
        let before = self.items.len();
        for (&uid, message) in mailbox.messages.range(first..) {
            self.items.push(Item { uid, modseq: message.modseq });
            if uid >= mailbox.recent_from {
                self.recent.insert(uid);
            }
        }
        if !self.read_only {
            mailbox.recent_from = mailbox.uid_next;
        }
        self.items.len() - before
    }

    /// Tells what changed since the last time.
    pub(crate) fn update(
        &mut self,
        mailbox: &mut Mailbox,
        out: &mut Replies,
        word: Wording,
        allowed: Allowed,
    ) {
        if mailbox.version == self.version {
            return;
        }
        let mut all = true;
        if allowed.expunge {
            self.tell_expunged(mailbox, out, word);
        } else {
            all &= self.items.iter().all(|item| mailbox.messages.contains_key(&item.uid));
        }
        if allowed.new {
            if self.take_new(mailbox) > 0 {
                out.untagged(&format!("{} EXISTS", self.items.len()));
                out.untagged(&format!("{} RECENT", self.recent.len()));
            }
        } else {
            all = false;
        }
        if allowed.flags {
            self.tell_flags(mailbox, out, word);
        } else {
            all = false;
        }
        // What was not told keeps the view out of date.
        self.version = if all { mailbox.version } else { 0 };
    }

    fn tell_expunged(&mut self, mailbox: &Mailbox, out: &mut Replies, word: Wording) {
        let gone = |item: &Item| !mailbox.messages.contains_key(&item.uid);
        if word.vanished {
            let uids: Vec<u32> = self.items.iter().filter(|item| gone(item)).map(|item| item.uid).collect();
            if !uids.is_empty() {
                out.untagged(&format!("VANISHED {}", compact(&uids)));
            }
        } else {
            for at in (0..self.items.len()).rev() {
                if self.items.get(at).is_some_and(gone) {
                    out.untagged(&format!("{} EXPUNGE", at + 1));
                }
            }
        }
        self.items.retain(|item| !gone(item));
        self.recent.retain(|uid| mailbox.messages.contains_key(uid));
    }

    fn tell_flags(&mut self, mailbox: &Mailbox, out: &mut Replies, word: Wording) {
        for at in 0..self.items.len() {
            let Some(item) = self.items.get_mut(at) else { break };
            let Some(message) = mailbox.messages.get(&item.uid) else { continue };
            if message.modseq != item.modseq {
                item.modseq = message.modseq;
                let uid = item.uid;
                self.write_flags(out, at, uid, message, word);
            }
        }
    }

    /// `* n FETCH (FLAGS …)`.
    pub(crate) fn write_flags(
        &self,
        out: &mut Replies,
        at: usize,
        uid: u32,
        message: &Message,
        word: Wording,
    ) {
        let buffer = out.open(Kind::Untagged);
        buffer.extend_from_slice(format!("* {} FETCH (", at + 1).as_bytes());
        if word.uid || word.vanished {
            buffer.extend_from_slice(format!("UID {uid} ").as_bytes());
        }
        buffer.extend_from_slice(b"FLAGS ");
        self.write_flag_list(buffer, uid, message);
        if word.modseq {
            buffer.extend_from_slice(format!(" MODSEQ ({})", message.modseq).as_bytes());
        }
        buffer.extend_from_slice(b")\r\n");
    }

    pub(crate) fn write_flag_list(&self, buffer: &mut Vec<u8>, uid: u32, message: &Message) {
        let mut names = message.flags.names();
        if self.recent.contains(&uid) {
            names.push("\\Recent");
        }
        buffer.push(b'(');
        buffer.extend_from_slice(names.join(" ").as_bytes());
        buffer.push(b')');
    }

    /// Whether the client still counts messages that are gone.
    pub(crate) fn has_ghosts(&self, mailbox: &Mailbox) -> bool {
        self.version != mailbox.version
            && self.items.iter().any(|item| !mailbox.messages.contains_key(&item.uid))
    }

    /// The client knows this change already.
    pub(crate) fn told(&mut self, at: usize, modseq: u64) {
        if let Some(item) = self.items.get_mut(at) {
            item.modseq = modseq;
        }
    }

    pub(crate) fn index_of(&self, uid: u32) -> Option<usize> {
        self.items.binary_search_by_key(&uid, |item| item.uid).ok()
    }

    /// The places of a set, rising, each once. Sequence numbers beyond the end are an error, UIDs are not.
    pub(crate) fn places(&self, set: &Set, uid: bool, saved: &[u32]) -> Result<Vec<usize>, Refuse> {
        if *set == Set::Saved {
            return Ok(saved.iter().filter_map(|uid| self.index_of(*uid)).collect());
        }
        let last = if uid { self.items.last().map_or(0, |item| item.uid) } else { self.items.len() as u32 };
        let mut places = BTreeSet::new();
        for (low, high) in set.ranges(last) {
            if uid {
                let from = self.items.partition_point(|item| item.uid < low);
                let to = self.items.partition_point(|item| item.uid <= high);
                places.extend(from..to);
            } else if low == 0 || high as usize > self.items.len() {
                return Err(Refuse::bad("Invalid messageset"));
            } else {
                places.extend(low as usize - 1..high as usize);
            }
        }
        Ok(places.into_iter().collect())
    }
}

/// A set argument, resolved.
pub(crate) fn read_places(
    view: &View,
    grammar: &mut Grammar<'_>,
    uid: bool,
    saved: &[u32],
) -> Result<Vec<usize>, Refuse> {
    let set = grammar.set()?;
    view.places(&set, uid, saved)
}
