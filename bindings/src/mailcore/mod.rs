//! [`MailCore`]: the one object a shell opens.

mod accounts;
mod actions;
mod mailboxes;
mod reading;
mod syncing;

use crate::credentials::{CredentialVault, Vault};
use crate::engine::{Engine, guarded};
use crate::error::MailError;
use crate::event::{Feed, MailObserver};
use crate::network::{NetworkState, NetworkWatch, set_servers};
use crate::subscription::Subscription;
use satchel_core::client::{RealParts, open_home};
use satchel_core::net::{SystemResolver, TcpDialer};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Where and how to open a mail core.
#[derive(Clone, Debug, uniffi::Record)]
pub struct OpenRequest {
    /// Folder of the mail store, made if there is none; the app's own. Only `cache` in it may be left out of backups: the
    /// rest may hold mail that exists nowhere else.
    pub home: String,
}

/// A mail core on one home. The home is held until [`MailCore::shutdown`], or until nothing refers to this any more.
#[derive(Debug, uniffi::Object)]
pub struct MailCore {
    engine: Arc<Engine>,
    network: Mutex<NetworkState>,
}

#[uniffi::export]
impl MailCore {
    /// Opens a home, making it if there is none. Call it once per process and home, not on the main thread: it blocks
    /// for some milliseconds, longer after a crash. A damaged store is set aside and what can be read of it kept.
    ///
    /// # Errors
    /// `Storage`: the home is in use, cannot be written, is full, or was written by a newer version. Nothing is lost.
    #[uniffi::constructor]
    pub fn open(
        request: OpenRequest,
        vault: Arc<dyn CredentialVault>,
        network: Option<Arc<dyn NetworkWatch>>,
    ) -> Result<Arc<Self>, MailError> {
        guarded(|| {
            let resolver = Arc::new(SystemResolver::new());
            let dialer = Arc::new(TcpDialer::new(Arc::clone(&resolver) as Arc<_>));
            let open = |feed: Arc<Feed>| {
                let parts =
                    RealParts { credentials: Arc::new(Vault(vault)), events: feed, dialer: Some(dialer) };
                open_home(Path::new(&request.home), parts)
            };
            let engine = Engine::start(resolver, open)?;
            let core = Self { engine: Arc::new(engine), network: Mutex::new(ONLINE) };
            if let Some(Ok(state)) = network.map(|watch| watch.state()) {
                core.network_changed(state)?;
            }
            Ok(Arc::new(core))
        })
    }

    /// Whether this was not shut down. The cheapest call there is.
    ///
    /// # Errors
    /// None today.
    pub fn is_open(&self) -> Result<bool, MailError> {
        Ok(self.engine.core().is_ok())
    }

    /// Ends reads and downloads, waits for writes, writes what is to be written and lets go of the home, so that another
    /// process may open it. Every later call answers `Closed`. Doing it twice is no error; the second waits for the first.
    ///
    /// # Errors
    /// `Storage`: something could not be written, and the home is free all the same; or, `InUse`, a callback of the app's
    /// did not return for ten seconds, and the home is free when it does.
    pub async fn shutdown(&self) -> Result<(), MailError> {
        self.engine.shut_down().await
    }

    /// Tells what changes, from now on, until the subscription is ended or dropped. Subscribe first, then read: a change
    /// between the two would be missed otherwise.
    ///
    /// # Errors
    /// `Closed`, `Internal` if no thread can be had.
    pub fn subscribe(&self, observer: Arc<dyn MailObserver>) -> Result<Arc<Subscription>, MailError> {
        guarded(|| {
            self.engine.core()?;
            let subscription = Subscription::start(observer)?;
            self.engine.feed.add(subscription.dispatcher());
            Ok(Arc::new(subscription))
        })
    }

    /// Tells the core how the network is now. Coming back starts nothing by itself: call `sync`.
    ///
    /// # Errors
    /// `Closed`.
    pub fn network_changed(&self, state: NetworkState) -> Result<(), MailError> {
        guarded(|| {
            let core = self.engine.core()?;
            core.set_offline(!state.online);
            core.set_metered(state.metered);
            set_servers(&self.engine.resolver, &state.dns_servers);
            *self.network.lock().unwrap_or_else(PoisonError::into_inner) = state;
            self.engine.feed.tell(crate::event::Changes::network_changed);
            Ok(())
        })
    }

    /// How the network is, as far as the core was told.
    ///
    /// # Errors
    /// `Closed`.
    pub fn network(&self) -> Result<NetworkState, MailError> {
        self.engine.core()?;
        Ok(self.network.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// The damaged database that was set aside when the home was opened, if any: a file name in the home. Say so; the
    /// file was not deleted.
    ///
    /// # Errors
    /// `Closed`.
    pub fn damaged_database(&self) -> Result<Option<String>, MailError> {
        Ok(self.engine.core()?.damaged_database().map(str::to_owned))
    }

    /// Fails on purpose, deep inside: lets an app try how it shows and reports `Internal`. Nothing is harmed.
    ///
    /// # Errors
    /// `Internal`, always; `Closed`.
    #[allow(clippy::panic, reason = "that is what it is for")]
    pub async fn provoke_internal_error(&self) -> Result<(), MailError> {
        self.engine.read(|_| async { panic!("provoked") }).await
    }
}

/// What is taken for granted until the shell says otherwise.
const ONLINE: NetworkState = NetworkState { online: true, metered: false, dns_servers: Vec::new() };
