//! The system's keyring: Secret Service, Keychain, or the store a phone's shell hands over.

use crate::ports::{CredentialError, CredentialStore};
use keyring_core::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;

const SERVICE: &str = "satchel";
const NO_KEYRING: &str = "there is no keyring here, or it does not answer (on Linux: no Secret Service on D-Bus); start \
                          one, or use --credential-store file";

/// Secrets in a keyring, each under the service `satchel` and the account's random key. Blocks, and may show the
/// system's own dialogue.
pub struct KeyringStore {
    inner: Arc<keyring_core::CredentialStore>,
}

impl KeyringStore {
    /// The desktop's keyring. Phones have no such call: their shell hands a store over.
    ///
    /// Where no keyring runs the error is a sentence that names the way out.
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    pub fn system() -> Result<Self, CredentialError> {
        match keyring::Entry::store_status() {
            Ok(()) => {}
            Err(Error::NoStorageAccess(_)) => return Err(CredentialError::Locked),
            Err(_) => return Err(CredentialError::Failed(NO_KEYRING.into())),
        }
        let inner =
            keyring_core::get_default_store().ok_or_else(|| CredentialError::Failed(NO_KEYRING.into()))?;
        Ok(Self { inner })
    }

    /// Over any store of the keyring family (Android's keystore, the iOS keychain).
    pub fn over(inner: Arc<keyring_core::CredentialStore>) -> Self {
        Self { inner }
    }

    fn entry(&self, key: &str) -> Result<Entry, CredentialError> {
        self.inner.build(SERVICE, key, None).map_err(|e| failure(&e))
    }
}

impl fmt::Debug for KeyringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyringStore({})", self.inner.vendor())
    }
}

impl CredentialStore for KeyringStore {
    fn get(&self, key: &str) -> Result<Option<SecretString>, CredentialError> {
        match self.entry(key)?.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }
    fn set(&self, key: &str, secret: &SecretString) -> Result<(), CredentialError> {
        self.entry(key)?.set_password(secret.expose_secret()).map_err(|e| failure(&e))
    }
    fn delete(&self, key: &str) -> Result<(), CredentialError> {
        match self.entry(key)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }
}

// The kinds only. Some of these errors carry the secret itself (BadEncoding) and all may carry a keyring's words.
fn failure(error: &Error) -> CredentialError {
    let reason = match error {
        Error::NoStorageAccess(_) => return CredentialError::Locked,
        Error::PlatformFailure(_) | Error::NoDefaultStore => NO_KEYRING,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "what the keyring holds for this account is damaged; log in again"
        }
        Error::TooLong(..) => "the secret is longer than this keyring takes",
        Error::Invalid(..) => "the keyring takes no such secret",
        Error::Ambiguous(_) => {
            "the keyring holds several secrets for this account; remove those of satchel by hand"
        }
        _ => "the keyring refused",
    };
    CredentialError::Failed(reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_of_a_keyring_repeats_the_secret_and_a_locked_one_says_so() {
        let canary = "canary-4711";
        let boxed = || -> Box<dyn std::error::Error + Send + Sync> { canary.into() };
        for error in [
            Error::PlatformFailure(boxed()),
            Error::BadEncoding(canary.into()),
            Error::BadDataFormat(canary.into(), boxed()),
            Error::Invalid(canary.into(), canary.into()),
            Error::BadStoreFormat(canary.into()),
        ] {
            let ours = failure(&error);
            assert!(!format!("{ours} {ours:?}").contains(canary), "{ours}");
        }
        assert!(matches!(failure(&Error::NoStorageAccess(boxed())), CredentialError::Locked));
        assert!(failure(&Error::PlatformFailure(boxed())).to_string().contains("--credential-store file"));
    }
}
