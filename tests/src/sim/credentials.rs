//! The `CredentialStore` port in memory, which can be locked or broken.

use satchel_core::ports::{CredentialError, CredentialStore};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether the store can be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Condition {
    /// Yes.
    #[default]
    Works,
    /// The person has not unlocked the device.
    Locked,
    /// The key is gone, or there is no service.
    Failed,
}

/// Secrets in memory; a copy is what survives a crash, as a device's keystore does.
#[derive(Debug, Default)]
pub struct SimCredentials(Mutex<Kept>);

type Kept = (BTreeMap<String, SecretString>, Condition);

impl Clone for SimCredentials {
    fn clone(&self) -> Self {
        let inner = self.inner();
        Self(Mutex::new((inner.0.clone(), inner.1)))
    }
}

impl SimCredentials {
    fn inner(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Locks, breaks or mends it.
    pub fn set_condition(&self, condition: Condition) {
        self.inner().1 = condition;
    }
    /// Under which keys there are secrets.
    pub fn keys(&self) -> Vec<String> {
        self.inner().0.keys().cloned().collect()
    }
    fn usable(&self) -> Result<MutexGuard<'_, Kept>, CredentialError> {
        let inner = self.inner();
        match inner.1 {
            Condition::Works => Ok(inner),
            Condition::Locked => Err(CredentialError::Locked),
            Condition::Failed => Err(CredentialError::Failed("the simulated store is broken".into())),
        }
    }
}

impl CredentialStore for SimCredentials {
    fn get(&self, key: &str) -> Result<Option<SecretString>, CredentialError> {
        Ok(self.usable()?.0.get(key).cloned())
    }
    fn set(&self, key: &str, secret: &SecretString) -> Result<(), CredentialError> {
        self.usable()?.0.insert(key.to_owned(), secret.clone());
        Ok(())
    }
    fn delete(&self, key: &str) -> Result<(), CredentialError> {
        self.usable()?.0.remove(key);
        Ok(())
    }
}
