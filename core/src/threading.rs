//! Which conversation a message belongs to, from ids alone: a subject never joins or merges anything.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::ids::ThreadId;
use crate::message::Envelope;

/// Ids of one message that are looked at, its own not counted: the first one and the last 99. The thread's root and
/// its newest answers are what joins; a chain may be of any length.
pub const REFERENCES: usize = 100;

/// A message identifier as a table keeps it: the first 16 bytes of its SHA-256. Ids are written by strangers; their
/// hashes are short and all of one length. The key of a table is (account, this).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdHash(
    /// The bytes.
    pub [u8; 16],
);

impl IdHash {
    /// Hash of a message identifier; brackets and white space around it do not count, case does. `None` if it is empty.
    pub fn of(message_id: &str) -> Option<Self> {
        let id = message_id.trim().trim_start_matches('<').trim_end_matches('>').trim();
        if id.is_empty() {
            return None;
        }
        let whole: [u8; 32] = Sha256::digest(id.as_bytes()).into();
        whole.first_chunk().map(|half| Self(*half))
    }
}

impl fmt::Debug for IdHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdHash(")?;
        self.0.iter().take(4).try_for_each(|b| write!(f, "{b:02x}"))?;
        f.write_str("…)")
    }
}

/// The ids a message brings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ThreadIds {
    /// Message-ID.
    pub message_id: Option<String>,
    /// In-Reply-To.
    pub in_reply_to: Vec<String>,
    /// References, oldest first.
    pub references: Vec<String>,
}

impl From<&Envelope> for ThreadIds {
    fn from(envelope: &Envelope) -> Self {
        Self {
            message_id: envelope.message_id.clone(),
            in_reply_to: envelope.in_reply_to.clone(),
            references: envelope.references.clone(),
        }
    }
}

/// Where a message goes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Placement {
    /// The thread it joins; `None` makes a new one.
    pub join: Option<ThreadId>,
    /// Threads that turn out to be the same and become part of `join`, in ascending order; never `join` itself.
    pub merge: Vec<ThreadId>,
    /// Ids that from now on belong to the thread: its own first, then those it names, each once, at most 101.
    pub remember: Vec<IdHash>,
}

/// Places a message. `known` says to which thread an id belongs; it is asked at most 101 times, each id once. Of
/// several threads the oldest (lowest id) is joined, so that the answer does not depend on the order of messages.
pub fn place(ids: &ThreadIds, known: impl Fn(&IdHash) -> Option<ThreadId>) -> Placement {
    let mut remember = Vec::new();
    let mut seen = BTreeSet::new();
    let own = ids.message_id.as_deref().and_then(IdHash::of);
    let all = ids.references.len() + ids.in_reply_to.len();
    // In-Reply-To stands last: it names the parent, as the last reference does.
    let named = ids.references.iter().chain(&ids.in_reply_to).enumerate();
    let named =
        named.filter(|(at, _)| *at == 0 || at + REFERENCES > all).filter_map(|(_, id)| IdHash::of(id));
    for hash in own.into_iter().chain(named) {
        if seen.insert(hash) {
            remember.push(hash);
        }
    }
    let mut threads: BTreeSet<ThreadId> = remember.iter().filter_map(known).collect();
    let join = threads.pop_first();
    Placement { join, merge: threads.into_iter().collect(), remember }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeMap;

    use super::*;

    fn ids(message_id: &str, references: &[&str]) -> ThreadIds {
        ThreadIds {
            message_id: (!message_id.is_empty()).then(|| message_id.to_owned()),
            in_reply_to: Vec::new(),
            references: references.iter().map(|r| (*r).to_owned()).collect(),
        }
    }

    /// A store in small: places messages one after the other and says which thread each landed in.
    #[derive(Default)]
    struct Store {
        table: BTreeMap<IdHash, ThreadId>,
        messages: Vec<ThreadId>,
        next: i64,
    }

    impl Store {
        fn add(&mut self, ids: &ThreadIds) -> ThreadId {
            let placement = place(ids, |hash| self.table.get(hash).copied());
            let thread = placement.join.unwrap_or_else(|| {
                self.next += 1;
                ThreadId(self.next)
            });
            for of in self.table.values_mut().chain(&mut self.messages) {
                if placement.merge.contains(of) {
                    *of = thread;
                }
            }
            for hash in placement.remember {
                self.table.insert(hash, thread);
            }
            self.messages.push(thread);
            thread
        }
    }

    #[test]
    fn a_conversation_comes_together_in_any_order() {
        let all = [ids("a", &[]), ids("b", &["a"]), ids("c", &["a", "b"]), ids("d", &["c"])];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [3, 0, 2, 1], [1, 3, 0, 2], [2, 0, 3, 1]] {
            let mut store = Store::default();
            for at in order {
                store.add(&all[at]);
            }
            assert!(store.messages.iter().all(|t| *t == store.messages[0]), "{order:?} {:?}", store.messages);
        }
    }

    #[test]
    fn a_missing_link_merges_two_threads_into_the_older() {
        let known = BTreeMap::from([
            (IdHash::of("a").unwrap(), ThreadId(7)),
            (IdHash::of("z").unwrap(), ThreadId(3)),
        ]);
        let placement = place(&ids("m", &["a", "z"]), |h| known.get(h).copied());
        assert_eq!(placement.join, Some(ThreadId(3)));
        assert_eq!(placement.merge, [ThreadId(7)]);
    }

    #[test]
    fn loops_self_references_and_duplicates_do_no_harm() {
        let mut store = Store::default();
        let a = store.add(&ids("a", &["b", "a", "b", "<b>", " b "]));
        let b = store.add(&ids("b", &["a", "b"]));
        assert_eq!(a, b);
        assert_eq!(place(&ids("a", &["b", "a", "b", "<b>", " b "]), |_| None).remember.len(), 2);
        // The same Message-ID twice, by mistake or on purpose, is one conversation, not one message.
        assert_eq!(store.add(&ids("a", &[])), a);
        assert_eq!(store.messages.len(), 3);
    }

    #[test]
    fn strangers_stay_apart() {
        let mut store = Store::default();
        let one = store.add(&ids("", &[]));
        let two = store.add(&ids("", &[]));
        let three = store.add(&ids(" <> ", &["", "<>"]));
        assert!(one != two && two != three);
        assert!(place(&ids("", &["", "<>"]), |_| None).remember.is_empty());
        assert_ne!(store.add(&ids("A@x", &[])), store.add(&ids("a@x", &[])));
    }

    #[test]
    fn in_reply_to_joins_where_references_are_missing() {
        let mut store = Store::default();
        let a = store.add(&ids("a", &[]));
        let answer = ThreadIds { in_reply_to: vec!["a".to_owned()], ..ids("b", &[]) };
        assert_eq!(store.add(&answer), a);
        let long = ThreadIds { in_reply_to: vec!["a".to_owned()], ..ids("c", &["x"; 500]) };
        assert_eq!(store.add(&long), a);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_asked_a_hundred_and_one_times() {
        let references: Vec<String> = (0..100_000).map(|i| format!("{i}@x")).collect();
        let chain = ThreadIds { message_id: Some("m@x".to_owned()), references, in_reply_to: Vec::new() };
        let asked = Cell::new(0);
        let placement = place(&chain, |hash| {
            asked.set(asked.get() + 1);
            (*hash == IdHash::of("99901@x")?).then_some(ThreadId(5))
        });
        assert_eq!((asked.get(), placement.remember.len()), (101, 101));
        assert_eq!(placement.join, Some(ThreadId(5)));
        assert_eq!(placement.remember.get(1), IdHash::of("0@x").as_ref());
    }
}
