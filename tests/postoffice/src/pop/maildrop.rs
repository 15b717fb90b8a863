//! The messages of one POP session: numbered once, marked, and removed at the end.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::message::Content;
use crate::state::State;

pub(crate) struct Entry {
    pub(crate) uid: u32,
    pub(crate) unique: String,
    pub(crate) content: Arc<Content>,
}

/// INBOX as it was at login.
pub(crate) struct Maildrop {
    pub(crate) user: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) marked: BTreeSet<usize>,
    uid_validity: u32,
    connection: u64,
}

/// Why a maildrop cannot be opened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    InUse,
    TooSoon,
    NoUser,
}

impl Maildrop {
    pub(crate) fn open(state: &mut State, name: &str, connection: u64, now: i64) -> Result<Self, Closed> {
        let features = Arc::clone(&state.features);
        let user = state.users.get_mut(name).ok_or(Closed::NoUser)?;
        if features.pop.lock && user.pop_lock.is_some() {
            return Err(Closed::InUse);
        }
        let delay = features.pop.login_delay.filter(|_| features.pop.enforce_login_delay);
        let due = delay.zip(user.pop_last_login).map(|(delay, last)| last + i64::from(delay));
        if due.is_some_and(|due| now < due) {
            return Err(Closed::TooSoon);
        }
        user.pop_last_login = Some(now);
        user.pop_lock = Some(connection);
        let inbox = user.mailboxes.get("INBOX").ok_or(Closed::NoUser)?;
        let entries = inbox
            .messages
            .iter()
            .map(|(uid, message)| Entry {
                uid: *uid,
                unique: format!("{:08x}{:08x}", inbox.uid_validity, uid),
                content: Arc::clone(&message.content),
            })
            .collect();
        let uid_validity = inbox.uid_validity;
        Ok(Self { user: name.to_owned(), entries, marked: BTreeSet::new(), uid_validity, connection })
    }

    /// The message with this number, unless it is marked.
    pub(crate) fn get(&self, number: usize) -> Option<&Entry> {
        let at = number.checked_sub(1)?;
        if self.marked.contains(&at) { None } else { self.entries.get(at) }
    }

    /// Number and message of each one that is not marked.
    pub(crate) fn listed(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries
            .iter()
            .enumerate()
            .filter(|(at, _)| !self.marked.contains(at))
            .map(|(at, entry)| (at + 1, entry))
    }

    /// Removes what is marked.
    pub(crate) fn commit(&mut self, state: &mut State) {
        let Some(user) = state.users.get_mut(&self.user) else { return };
        let Some(inbox) = user.mailboxes.get_mut("INBOX") else { return };
        let marked = std::mem::take(&mut self.marked);
        if marked.is_empty() || inbox.uid_validity != self.uid_validity {
            return;
        }
        let modseq = inbox.next_modseq();
        for at in marked {
            if let Some(entry) = self.entries.get(at) {
                inbox.remove(entry.uid, modseq);
            }
        }
        state.changed = true;
    }

    pub(crate) fn unlock(&self, state: &mut State) {
        if let Some(user) = state.users.get_mut(&self.user)
            && user.pop_lock == Some(self.connection)
        {
            user.pop_lock = None;
        }
    }
}
