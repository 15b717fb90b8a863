//! Keeps passwords and tokens: the system's keyring, or a file of mode 0600. Every call here blocks (disk, D-Bus,
//! a dialogue to unlock): async code calls it on a blocking thread.

mod environment;
mod file;
mod keyring;
mod memory;

pub use environment::read_environment;
pub use file::FileStore;
pub use keyring::KeyringStore;
pub use memory::MemoryStore;

use crate::account::CredentialRef;
use crate::ports::{CredentialError, CredentialStore};
use secrecy::SecretString;

/// The secret an account refers to, wherever it is; `None` if it is not there. Blocks.
pub fn secret_of(
    reference: &CredentialRef,
    store: &dyn CredentialStore,
) -> Result<Option<SecretString>, CredentialError> {
    match reference {
        CredentialRef::Stored(key) => store.get(key),
        CredentialRef::Environment(name) => read_environment(name),
    }
}
