//! The handle tests hold: users, mail and switches of one post office.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::watch;

use crate::clock::Clock;
use crate::counters::{Counters, Entry};
use crate::date::InternalDate;
use crate::features::Features;
use crate::mailbox::{Mailbox, Role};
use crate::message::Flags;
use crate::smtp::Submitted;
use crate::snapshot::{MailboxSnapshot, Snapshot};
use crate::state::{State, User};
use crate::tls::TestCa;

/// What a test asked for is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfficeError {
    /// No user of that name.
    #[error("no user {0}")]
    NoUser(String),
    /// No mailbox of that name.
    #[error("no mailbox {0}")]
    NoMailbox(String),
    /// No message with that UID.
    #[error("no message with UID {0}")]
    NoMessage(u32),
    /// The name is taken.
    #[error("mailbox {0} exists already")]
    Exists(String),
}

#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) change: watch::Sender<u64>,
    pub(crate) tls: OnceLock<TestCa>,
}

/// One post office. Clones are handles to the same one.
#[derive(Clone)]
pub struct PostOffice {
    pub(crate) shared: Arc<Shared>,
    pub(crate) clock: Clock,
}

impl std::fmt::Debug for PostOffice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostOffice").finish_non_exhaustive()
    }
}

impl Default for PostOffice {
    fn default() -> Self {
        Self::new(Features::default())
    }
}

impl PostOffice {
    /// An office without users. Its clock starts at 2026-01-05 10:00 UTC and runs with tokio's.
    pub fn new(features: Features) -> Self {
        Self::with_clock_part(features, Clock::default())
    }

    /// An office whose clock is `now`: seconds since 1970.
    pub fn with_clock(features: Features, now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self::with_clock_part(features, Clock::from_fn(now))
    }

    fn with_clock_part(features: Features, clock: Clock) -> Self {
        Self::with_state(State::new(features), clock)
    }

    pub(crate) fn with_state(state: State, clock: Clock) -> Self {
        let shared = Shared { state: Mutex::new(state), change: watch::Sender::new(0), tls: OnceLock::new() };
        Self { shared: Arc::new(shared), clock }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the state; sessions that wait for news are woken when something changed.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        let result = work(&mut state);
        if std::mem::take(&mut state.changed) {
            self.shared.change.send_modify(|version| *version += 1);
        }
        result
    }

    fn with_user<R>(
        &self,
        user: &str,
        work: impl FnOnce(&mut User) -> Result<R, OfficeError>,
    ) -> Result<R, OfficeError> {
        self.with(|state| {
            state.changed = true;
            work(state.users.get_mut(user).ok_or_else(|| OfficeError::NoUser(user.to_owned()))?)
        })
    }

    fn with_mailbox<R>(
        &self,
        user: &str,
        mailbox: &str,
        work: impl FnOnce(&mut Mailbox) -> Result<R, OfficeError>,
    ) -> Result<R, OfficeError> {
        self.with_user(user, |user| {
            let found = user.mailboxes.get_mut(mailbox);
            work(found.ok_or_else(|| OfficeError::NoMailbox(mailbox.to_owned()))?)
        })
    }

    /// Adds a user with an empty INBOX, or replaces one.
    pub fn add_user(&self, name: &str, password: &str) {
        self.with(|state| state.add_user(name, password));
    }

    /// Gives a user another password (or bearer token).
    pub fn set_password(&self, user: &str, password: &str) -> Result<(), OfficeError> {
        self.with_user(user, |user| {
            password.clone_into(&mut user.password);
            Ok(())
        })
    }

    /// Changes the switches for connections made from now on.
    pub fn set_features(&self, features: Features) {
        self.with(|state| state.features = Arc::new(features));
    }

    /// The switches as they are.
    pub fn features(&self) -> Features {
        self.with(|state| (*state.features).clone())
    }

    /// Puts a message into a mailbox and says its UID. Bytes are kept as they are: give CRLF line ends.
    pub fn deliver<S: AsRef<str>>(
        &self,
        user: &str,
        mailbox: &str,
        raw: impl Into<Vec<u8>>,
        flags: impl IntoIterator<Item = S>,
        internal_date: impl Into<InternalDate>,
    ) -> Result<u32, OfficeError> {
        let (raw, flags) = (raw.into(), Flags::new(flags));
        self.with_user(user, |user| {
            let content = user.content(raw);
            let found = user.mailboxes.get_mut(mailbox);
            let mailbox = found.ok_or_else(|| OfficeError::NoMailbox(mailbox.to_owned()))?;
            let modseq = mailbox.next_modseq();
            Ok(mailbox.add(content, flags, internal_date.into(), modseq))
        })
    }

    /// Puts an unread message into INBOX, dated by the office's clock, and says its UID.
    pub fn deliver_now(&self, user: &str, raw: impl Into<Vec<u8>>) -> Result<u32, OfficeError> {
        self.deliver(user, "INBOX", raw, [""; 0], self.clock.now())
    }

    /// Makes a mailbox and subscribes to it.
    pub fn create_mailbox(&self, user: &str, name: &str, role: Option<Role>) -> Result<(), OfficeError> {
        self.with_user(user, |user| {
            if user.mailboxes.contains_key(name) {
                return Err(OfficeError::Exists(name.to_owned()));
            }
            user.create(name, role);
            user.subscribed.insert(name.to_owned());
            Ok(())
        })
    }

    /// Deletes a mailbox with its mail, as another client would.
    pub fn delete_mailbox(&self, user: &str, name: &str) -> Result<(), OfficeError> {
        self.with_user(user, |user| {
            let removed = user.mailboxes.remove(name);
            removed.map(drop).ok_or_else(|| OfficeError::NoMailbox(name.to_owned()))
        })
    }

    /// Renames a mailbox; its UIDVALIDITY and UIDs stay.
    pub fn rename(&self, user: &str, from: &str, to: &str) -> Result<(), OfficeError> {
        self.with_user(user, |user| {
            if user.mailboxes.contains_key(to) {
                return Err(OfficeError::Exists(to.to_owned()));
            }
            let mailbox =
                user.mailboxes.remove(from).ok_or_else(|| OfficeError::NoMailbox(from.to_owned()))?;
            user.mailboxes.insert(to.to_owned(), mailbox);
            if user.subscribed.remove(from) {
                user.subscribed.insert(to.to_owned());
            }
            Ok(())
        })
    }

    /// Replaces the flags of a message, as another client would.
    pub fn set_flags<S: AsRef<str>>(
        &self,
        user: &str,
        mailbox: &str,
        uid: u32,
        flags: impl IntoIterator<Item = S>,
    ) -> Result<(), OfficeError> {
        let flags = Flags::new(flags);
        self.with_mailbox(user, mailbox, |mailbox| {
            let modseq = mailbox.next_modseq();
            let message = mailbox.messages.get_mut(&uid).ok_or(OfficeError::NoMessage(uid))?;
            message.modseq = modseq;
            mailbox.keywords.extend(flags.keywords.iter().cloned());
            message.flags = flags;
            Ok(())
        })
    }

    /// Removes a message for good, as another client would.
    pub fn expunge(&self, user: &str, mailbox: &str, uid: u32) -> Result<(), OfficeError> {
        self.with_mailbox(user, mailbox, |mailbox| {
            let modseq = mailbox.next_modseq();
            mailbox.remove(uid, modseq).map(drop).ok_or(OfficeError::NoMessage(uid))
        })
    }

    /// Moves a message, as another client would, and says its new UID.
    pub fn move_message(&self, user: &str, from: &str, uid: u32, to: &str) -> Result<u32, OfficeError> {
        self.with_user(user, |user| {
            if !user.mailboxes.contains_key(to) {
                return Err(OfficeError::NoMailbox(to.to_owned()));
            }
            let found = user.mailboxes.get_mut(from);
            let source = found.ok_or_else(|| OfficeError::NoMailbox(from.to_owned()))?;
            let modseq = source.next_modseq();
            let message = source.remove(uid, modseq).ok_or(OfficeError::NoMessage(uid))?;
            let found = user.mailboxes.get_mut(to);
            let target = found.ok_or_else(|| OfficeError::NoMailbox(to.to_owned()))?;
            let modseq = target.next_modseq();
            Ok(target.add(message.content, message.flags, message.internal_date, modseq))
        })
    }

    /// Gives the mailbox a UIDVALIDITY it never had and says it; with `renumber`, UIDs start at 1 again.
    pub fn change_uidvalidity(&self, user: &str, mailbox: &str, renumber: bool) -> Result<u32, OfficeError> {
        self.with_user(user, |user| {
            let validity = user.next_validity();
            let found = user.mailboxes.get_mut(mailbox);
            let found = found.ok_or_else(|| OfficeError::NoMailbox(mailbox.to_owned()))?;
            found.invalidate(validity, renumber);
            Ok(validity)
        })
    }

    /// Sets every MODSEQ of the mailbox, also backwards, as a restored backup would.
    pub fn reset_modseq(&self, user: &str, mailbox: &str, modseq: u64) -> Result<(), OfficeError> {
        self.with_mailbox(user, mailbox, |mailbox| {
            mailbox.version += 1;
            mailbox.highest_modseq = modseq;
            for message in mailbox.messages.values_mut() {
                message.modseq = modseq;
            }
            Ok(())
        })
    }

    /// Lets the mailbox keep no mod-sequences: SELECT says `[NOMODSEQ]`.
    pub fn set_nomodseq(&self, user: &str, mailbox: &str, none: bool) -> Result<(), OfficeError> {
        self.with_mailbox(user, mailbox, |mailbox| {
            mailbox.no_modseq = none;
            Ok(())
        })
    }

    /// Jumps UIDNEXT forward, to make holes and large UIDs.
    pub fn set_uidnext(&self, user: &str, mailbox: &str, uid_next: u32) -> Result<(), OfficeError> {
        self.with_mailbox(user, mailbox, |mailbox| {
            mailbox.uid_next = mailbox.uid_next.max(uid_next);
            mailbox.version += 1;
            Ok(())
        })
    }

    /// What the user has now.
    pub fn snapshot(&self, user: &str) -> Result<Snapshot, OfficeError> {
        let state = self.lock();
        let user = state.users.get(user).ok_or_else(|| OfficeError::NoUser(user.to_owned()))?;
        Ok(Snapshot {
            mailboxes: user
                .mailboxes
                .iter()
                .map(|(name, mailbox)| MailboxSnapshot::of(name, mailbox))
                .collect(),
            subscribed: user.subscribed.iter().cloned().collect(),
        })
    }

    /// Mail that was submitted, in order.
    pub fn submitted(&self) -> Vec<Submitted> {
        self.lock().submitted.clone()
    }

    /// Every command received, in order.
    pub fn log(&self) -> Vec<Entry> {
        self.lock().journal.clone()
    }

    /// Forgets the log.
    pub fn clear_log(&self) {
        self.lock().journal.clear();
    }

    /// The sums so far.
    pub fn counters(&self) -> Counters {
        self.lock().counters.clone()
    }
}
