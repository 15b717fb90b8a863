//! A credential store that forgets everything with the process: for tests and the demo.

use crate::ports::{CredentialError, CredentialStore};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Secrets in memory only.
#[derive(Default)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    secrets: BTreeMap<String, SecretString>,
    locked: bool,
}

impl MemoryStore {
    /// Empty and unlocked.
    pub fn new() -> Self {
        Self::default()
    }
    /// `true`: every call answers [`CredentialError::Locked`] until unlocked, as a phone's does before the first
    /// unlock after a start. Nothing is lost meanwhile.
    pub fn set_locked(&self, locked: bool) {
        self.lock().locked = locked;
    }
    /// How many secrets there are.
    pub fn len(&self) -> usize {
        self.lock().secrets.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn unlocked(&self) -> Result<MutexGuard<'_, Inner>, CredentialError> {
        let inner = self.lock();
        if inner.locked { Err(CredentialError::Locked) } else { Ok(inner) }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} secrets)", self.len())
    }
}

impl CredentialStore for MemoryStore {
    fn get(&self, key: &str) -> Result<Option<SecretString>, CredentialError> {
        Ok(self.unlocked()?.secrets.get(key).cloned())
    }
    fn set(&self, key: &str, secret: &SecretString) -> Result<(), CredentialError> {
        self.unlocked()?.secrets.insert(key.to_owned(), secret.clone());
        Ok(())
    }
    fn delete(&self, key: &str) -> Result<(), CredentialError> {
        self.unlocked()?.secrets.remove(key);
        Ok(())
    }
}
