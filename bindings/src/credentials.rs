//! The shell's place for passwords: Keystore or Keychain behind a trait.

use crate::types::Secret;
use satchel_core::ports::{CredentialError, CredentialStore};
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;

/// Why a password could not be had or kept.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum VaultError {
    /// Locked until the person unlocks the device: nothing is wrong, try again later.
    #[error("the credential store is locked")]
    Locked,
    /// It is not there, or it failed.
    #[error("the credential store failed")]
    Failed {
        /// What went wrong, without any secret.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for VaultError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // What the exception says may hold what was to be kept.
        Self::Failed { reason: "it ended in an exception".to_owned() }
    }
}

/// Keeps passwords and tokens by a key that is random per account. Secrets pass through; keep them in the platform's own
/// store and nowhere else. Called on threads of the library's; it may wait for the device to be unlocked.
#[uniffi::export(foreign)]
pub trait CredentialVault: Send + Sync {
    /// The secret; absent if there is none under that key.
    ///
    /// # Errors
    /// `Locked`, `Failed`.
    fn get(&self, key: String) -> Result<Option<Secret>, VaultError>;
    /// Keeps a secret, replacing an older one.
    ///
    /// # Errors
    /// `Locked`, `Failed`.
    fn set(&self, key: String, secret: Secret) -> Result<(), VaultError>;
    /// Forgets a secret; one that is not there is no error.
    ///
    /// # Errors
    /// `Locked`, `Failed`.
    fn delete(&self, key: String) -> Result<(), VaultError>;
}

/// The core's port, over the shell's vault.
pub(crate) struct Vault(pub(crate) Arc<dyn CredentialVault>);

impl Vault {
    /// The vault may wait for the person; other work goes on meanwhile.
    fn ask<T>(work: impl FnOnce() -> Result<T, VaultError>) -> Result<T, CredentialError> {
        tokio::task::block_in_place(work).map_err(|error| match error {
            VaultError::Locked => CredentialError::Locked,
            VaultError::Failed { reason } => CredentialError::Failed(reason),
        })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl CredentialStore for Vault {
    fn get(&self, key: &str) -> Result<Option<SecretString>, CredentialError> {
        Ok(Self::ask(|| self.0.get(key.to_owned()))?.map(|secret| secret.0))
    }
    fn set(&self, key: &str, secret: &SecretString) -> Result<(), CredentialError> {
        Self::ask(|| self.0.set(key.to_owned(), Secret(secret.clone())))
    }
    fn delete(&self, key: &str) -> Result<(), CredentialError> {
        Self::ask(|| self.0.delete(key.to_owned()))
    }
}
