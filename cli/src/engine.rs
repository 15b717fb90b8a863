//! Opens the home: for reading beside whoever runs there, or with the engine lease.

use crate::args::CredentialPlace;
use crate::output::Failure;
use satchel_core::client::{RealParts, Satchel, open_home, read_home};
use satchel_core::credentials::{FileStore, KeyringStore};
use satchel_core::error::MailError;
use satchel_core::event::Event;
use satchel_core::ports::{CredentialError, CredentialStore, EventSink};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::sync::broadcast;

/// Events kept for a slow reader; one that falls further behind is told that it missed some.
const EVENTS: usize = 4096;

/// Hands events to whoever listens.
#[derive(Clone, Debug)]
pub(crate) struct Feed(broadcast::Sender<Event>);

impl Feed {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(EVENTS))
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}

impl EventSink for Feed {
    fn event(&self, event: Event) {
        // Nobody listening is no error.
        let _ = self.0.send(event);
    }
}

/// A home and how to open it.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) home: PathBuf,
    pub(crate) credentials: CredentialPlace,
    pub(crate) feed: Feed,
}

impl Door {
    pub(crate) fn new(home: PathBuf, credentials: CredentialPlace) -> Self {
        Self { home, credentials, feed: Feed::new() }
    }

    fn parts(&self) -> RealParts {
        RealParts {
            credentials: Arc::new(LazyStore::new(self.credentials, &self.home)),
            events: Arc::new(self.feed.clone()),
            dialer: None,
        }
    }

    /// For reading, also beside a running engine. It tries no connection.
    pub(crate) fn reader(&self) -> Result<Satchel, Failure> {
        let satchel = read_home(&self.home, self.parts())?;
        satchel.set_offline(true);
        Ok(satchel)
    }

    /// With the lease. A home that is not there is made only if the command begins one.
    pub(crate) fn engine(&self, begins: bool) -> Result<Satchel, Failure> {
        if !begins && let Err(error @ MailError::NotFound { .. }) = read_home(&self.home, self.parts()) {
            return Err(error.into());
        }
        Ok(open_home(&self.home, self.parts())?)
    }
}

/// A credential store that is opened when a password is first needed: reading mail asks no keyring.
struct LazyStore {
    place: CredentialPlace,
    home: PathBuf,
    opened: OnceLock<Box<dyn CredentialStore>>,
}

impl LazyStore {
    fn new(place: CredentialPlace, home: &Path) -> Self {
        Self { place, home: home.to_owned(), opened: OnceLock::new() }
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&dyn CredentialStore) -> Result<T, CredentialError>,
    ) -> Result<T, CredentialError> {
        // A keyring may wait for the person to unlock it; other tasks go on meanwhile.
        tokio::task::block_in_place(|| {
            if self.opened.get().is_none() {
                let opened: Box<dyn CredentialStore> = match self.place {
                    CredentialPlace::File => Box::new(FileStore::new(&self.home)),
                    CredentialPlace::Keyring => Box::new(KeyringStore::system()?),
                };
                let _ = self.opened.set(opened);
            }
            let none = || CredentialError::Failed("it cannot be opened".to_owned());
            work(self.opened.get().ok_or_else(none)?.as_ref())
        })
    }
}

impl std::fmt::Debug for LazyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LazyStore({:?})", self.place)
    }
}

impl CredentialStore for LazyStore {
    fn get(&self, key: &str) -> Result<Option<SecretString>, CredentialError> {
        self.with(|store| store.get(key))
    }
    fn set(&self, key: &str, secret: &SecretString) -> Result<(), CredentialError> {
        self.with(|store| store.set(key, secret))
    }
    fn delete(&self, key: &str) -> Result<(), CredentialError> {
        self.with(|store| store.delete(key))
    }
}
