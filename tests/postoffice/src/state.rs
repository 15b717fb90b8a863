//! The users and their mail, behind one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::counters::{Counters, Entry};
use crate::faults::FaultTable;
use crate::features::Features;
use crate::mailbox::{Mailbox, Role};
use crate::message::Content;
use crate::mime;
use crate::smtp::Submitted;

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) password: String,
    pub(crate) mailboxes: BTreeMap<String, Mailbox>,
    pub(crate) subscribed: BTreeSet<String>,
    /// The connection that holds the maildrop.
    pub(crate) pop_lock: Option<u64>,
    pub(crate) pop_last_login: Option<i64>,
    next_mailbox: u64,
    pub(crate) next_validity: u32,
    next_email: u64,
    threads: BTreeMap<String, u64>,
}

impl User {
    fn new(password: &str) -> Self {
        let mut user = Self {
            password: password.to_owned(),
            mailboxes: BTreeMap::new(),
            subscribed: BTreeSet::new(),
            pop_lock: None,
            pop_last_login: None,
            next_mailbox: 1,
            next_validity: 1_700_000_001,
            next_email: 1,
            threads: BTreeMap::new(),
        };
        user.create("INBOX", None);
        user.subscribed.insert("INBOX".to_owned());
        user
    }

    /// Adds a mailbox; a mailbox of that name must not be there.
    pub(crate) fn create(&mut self, name: &str, role: Option<Role>) -> &mut Mailbox {
        let mailbox = Mailbox::new(self.next_mailbox, self.next_validity(), role);
        self.next_mailbox += 1;
        self.mailboxes.entry(name.to_owned()).insert_entry(mailbox).into_mut()
    }

    /// A UIDVALIDITY never used before for this user.
    pub(crate) fn next_validity(&mut self) -> u32 {
        self.next_validity += 1;
        self.next_validity - 1
    }

    /// Makes the shared content of a new message.
    pub(crate) fn content(&mut self, raw: Vec<u8>) -> Arc<Content> {
        let email = self.next_email;
        self.next_email += 1;
        let ids = mime::message_ids(&raw);
        let thread = ids.iter().find_map(|id| self.threads.get(id).copied()).unwrap_or(email);
        for id in ids {
            self.threads.entry(id).or_insert(thread);
        }
        Arc::new(Content::new(raw, email, thread))
    }

    /// The mailbox with this identity and its present name; `hint` is where it was seen last.
    pub(crate) fn by_id(&mut self, id: u64, hint: &str) -> Option<(&str, &mut Mailbox)> {
        let name = match self.mailboxes.get(hint) {
            Some(mailbox) if mailbox.id == id => hint.to_owned(),
            _ => self.mailboxes.iter().find(|(_, mailbox)| mailbox.id == id)?.0.clone(),
        };
        let (name, _) = self.mailboxes.get_key_value(&name)?;
        let name = name.clone();
        self.mailboxes.range_mut(name..).next().map(|(name, mailbox)| (name.as_str(), mailbox))
    }
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) features: Arc<Features>,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) journal: Vec<Entry>,
    pub(crate) counters: Counters,
    pub(crate) submitted: Vec<Submitted>,
    pub(crate) faults: FaultTable,
    pub(crate) next_connection: u64,
    /// Set by whoever changed mail; sessions that wait are woken when the lock is let go.
    pub(crate) changed: bool,
}

impl State {
    pub(crate) fn new(features: Features) -> Self {
        Self {
            features: Arc::new(features),
            users: BTreeMap::new(),
            journal: Vec::new(),
            counters: Counters::default(),
            submitted: Vec::new(),
            faults: FaultTable::default(),
            next_connection: 1,
            changed: false,
        }
    }

    pub(crate) fn add_user(&mut self, name: &str, password: &str) {
        self.users.insert(name.to_owned(), User::new(password));
    }

    /// Whether name and password belong together; a refusal is counted.
    pub(crate) fn check_login(&mut self, name: &str, password: &str) -> bool {
        let good = self.users.get(name).is_some_and(|user| user.password == password);
        if !good {
            self.counters.refused_logins += 1;
        }
        good
    }
}
