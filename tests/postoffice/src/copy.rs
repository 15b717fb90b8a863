//! Copies of an office and digests of it, for harnesses that begin again and again from one state.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::mailbox::Mailbox;
use crate::office::PostOffice;
use crate::state::State;

impl PostOffice {
    /// An office of its own with the same users, mail, switches and clock. Faults, connections (and the locks they
    /// hold), the log and the sums stay behind.
    #[must_use]
    pub fn copy(&self) -> Self {
        let state = self.with(|state| {
            let mut copy = State::new((*state.features).clone());
            copy.features = Arc::clone(&state.features);
            copy.users = state.users.clone();
            copy.users.values_mut().for_each(|user| user.pop_lock = None);
            copy.submitted.clone_from(&state.submitted);
            copy
        });
        Self::with_state(state, self.clock.clone())
    }

    /// Equal states have equal digests. The log, the sums and the time are left out: no client can notice them.
    pub fn digest(&self) -> u64 {
        self.with(|state| {
            let mut into = DefaultHasher::new();
            for (name, user) in &state.users {
                (name, &user.password, user.next_validity, &user.subscribed).hash(&mut into);
                for (name, mailbox) in &user.mailboxes {
                    name.hash(&mut into);
                    hash_mailbox(mailbox, &mut into);
                }
            }
            state.submitted.len().hash(&mut into);
            into.finish()
        })
    }
}

fn hash_mailbox(mailbox: &Mailbox, into: &mut impl Hasher) {
    (mailbox.id, mailbox.uid_validity, mailbox.uid_next, mailbox.highest_modseq).hash(into);
    (mailbox.recent_from, mailbox.no_select, mailbox.no_modseq).hash(into);
    (&mailbox.keywords, &mailbox.tombstones).hash(into);
    for (uid, message) in &mailbox.messages {
        (uid, message.flags.system, &message.flags.keywords, message.modseq).hash(into);
        (message.content.email_id, message.content.sha256()).hash(into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Features;

    #[test]
    fn a_copy_has_the_digest_of_its_original_until_one_of_them_changes() {
        let office = PostOffice::new(Features::rich());
        office.add_user("bob", "secret");
        let uid = office.deliver_now("bob", "Subject: a\r\n\r\nb\r\n").unwrap();
        let copy = office.copy();
        assert_eq!(copy.digest(), office.digest());
        copy.set_flags("bob", "INBOX", uid, ["\\Seen"]).unwrap();
        assert_ne!(copy.digest(), office.digest());
        assert!(
            office.snapshot("bob").unwrap().mailbox("INBOX").unwrap().messages[0].flags.names().is_empty()
        );
    }
}
