//! The door: one object, [`Satchel`], and plain records. Every shell comes in here.

mod accounts;
mod errors;
mod list;
mod mail;
mod open;
mod reading;
mod records;
mod save;
mod slice;
mod syncing;

pub use accounts::{AccountRequest, AccountSettings, Password};
pub use list::{ListWindow, MessageList};
pub use open::{RealParts, open_home, read_home};
pub use reading::{Attachment, MessageContent, Progress};
pub use records::*;
pub use save::write_whole;
pub use slice::Slice;

use crate::error::MailError;
use crate::ids::AccountId;
use crate::net::OfflineSwitch;
use crate::ports::{Clock, CredentialStore, Dialer, EventSink, Random, StoreExecutor};
use crate::store::{ActivityRow, Ground, Lease, Planted, Store};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The outside things an engine stands on. A shell gets the real ones by [`open_home`]; tests bring their own.
pub struct Ports {
    /// Opens connections.
    pub dialer: Arc<dyn Dialer>,
    /// Runs store jobs, on a home that was opened by `store::open_writer` (or for reading only).
    pub executor: Arc<dyn StoreExecutor<Ground>>,
    /// Keeps passwords.
    pub credentials: Arc<dyn CredentialStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes keys.
    pub random: Arc<dyn Random>,
    /// Hears what changed.
    pub events: Arc<dyn EventSink>,
}

/// A mail core on one home. Cheap to clone; the home is held until the last clone is dropped.
#[derive(Clone)]
pub struct Satchel {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    dialer: Arc<dyn Dialer>,
    credentials: Arc<dyn CredentialStore>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    offline: OfflineSwitch,
    metered: std::sync::atomic::AtomicBool,
    /// One pass per account at a time.
    passes: Mutex<BTreeMap<AccountId, Arc<tokio::sync::Mutex<()>>>>,
    /// Facts of passes that wait for [`Satchel::settle`].
    facts: Mutex<Vec<(AccountId, ActivityRow)>>,
    set_aside: Option<String>,
    // Last, so that the home is free only after the store is closed.
    lease: Option<Lease>,
}

impl std::fmt::Debug for Satchel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Satchel").field("leased", &self.inner.lease.is_some()).finish_non_exhaustive()
    }
}

impl Satchel {
    /// An engine on these ports.
    pub fn new(ports: Ports, lease: Option<Lease>, set_aside: Option<String>, planted: Planted) -> Self {
        let offline = OfflineSwitch::new();
        let dialer = Arc::new(crate::net::SwitchedDialer::new(ports.dialer, offline.clone()));
        let store = Store::new(ports.executor, ports.events, Arc::clone(&ports.clock), planted);
        Self {
            inner: Arc::new(Inner {
                store,
                dialer,
                credentials: ports.credentials,
                clock: ports.clock,
                random: ports.random,
                offline,
                metered: std::sync::atomic::AtomicBool::new(false),
                passes: Mutex::default(),
                facts: Mutex::default(),
                set_aside,
                lease,
            }),
        }
    }

    /// Tells the core whether there is a network. Offline, every call that needs one answers [`MailError::Offline`] at
    /// once and tries nothing.
    pub fn set_offline(&self, offline: bool) {
        self.inner.offline.set_offline(offline);
    }

    /// Whether the core was told that there is no network.
    pub fn is_offline(&self) -> bool {
        self.inner.offline.is_offline()
    }

    /// Tells the core whether bytes cost the person money now. Passes then bring overviews, and of IMAP no body that
    /// was not asked for, whatever the account's policy says; what is held back is named in the report.
    pub fn set_metered(&self, metered: bool) {
        self.inner.metered.store(metered, std::sync::atomic::Ordering::Relaxed);
    }

    /// Whether the core was told that bytes cost money.
    pub fn is_metered(&self) -> bool {
        self.inner.metered.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The damaged database that was set aside when the home was opened, if any: a file name in the home. What could be
    /// read of it is here; the file itself was not deleted.
    pub fn damaged_database(&self) -> Option<&str> {
        self.inner.set_aside.as_deref()
    }

    fn store(&self) -> &Store {
        &self.inner.store
    }

    /// What the store says, for tests that look under the door.
    #[doc(hidden)]
    pub fn store_for_tests(&self) -> &Store {
        &self.inner.store
    }
}

fn not_found(what: &str) -> MailError {
    MailError::NotFound { what: what.to_owned() }
}
