//! What a pass needs of the world: a dialer that counts, and the account's password.

use super::EngineError;
use crate::account::{Account, CredentialRef, Protocol};
use crate::net::{CountingDialer, Counts};
use crate::ports::{CredentialStore, Dialer};
use crate::{imap, pop};
use secrecy::SecretString;
use std::sync::Arc;

/// The network as one pass sees it: every byte and every turn is counted.
#[derive(Debug)]
pub struct Network {
    /// Dials and counts.
    pub dialer: CountingDialer,
    /// What was counted so far.
    pub counts: Arc<Counts>,
}

impl Network {
    /// Counts from zero.
    pub fn new(dialer: Arc<dyn Dialer>) -> Self {
        let counts = Arc::new(Counts::default());
        Self { dialer: CountingDialer::new(dialer, Arc::clone(&counts)), counts }
    }
}

/// Logs in and out again: proof that server, name and password are right.
pub async fn prove_login(
    network: &Network,
    account: &Account,
    password: &SecretString,
) -> Result<(), EngineError> {
    let (dialer, server, trust) = (&network.dialer, &account.incoming, &account.trust);
    match account.protocol {
        Protocol::Imap => {
            let (session, _) =
                imap::Session::open(dialer, server, trust, password, imap::OpenOptions::default()).await?;
            // The login is proved; how the goodbye goes changes nothing.
            let _ = session.logout().await;
        }
        Protocol::Pop => {
            let session = pop::Session::open(dialer, server, trust, password, pop::Limits::default()).await?;
            let _ = session.quit().await;
        }
    }
    Ok(())
}

/// Where passwords come from.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// For those that are kept.
    pub store: Arc<dyn CredentialStore>,
}

impl Credentials {
    /// The account's password, from the credential store or the environment.
    pub fn password(&self, account: &Account) -> Result<SecretString, EngineError> {
        let found = match &account.credential {
            CredentialRef::Stored(key) => self.store.get(key)?,
            CredentialRef::Environment(name) => crate::credentials::read_environment(name)?,
        };
        found.ok_or(EngineError::NoPassword)
    }
}
