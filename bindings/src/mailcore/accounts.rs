//! Accounts: listing, adding, changing, removing.

use super::MailCore;
use crate::account::{AccountChangeRequest, AccountRequest, AccountView};
use crate::error::MailError;
use crate::mirror::all;
use crate::types::count;
use satchel_core::ids::AccountId;

#[uniffi::export]
impl MailCore {
    /// All accounts, oldest first.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub async fn accounts(&self) -> Result<Vec<AccountView>, MailError> {
        self.engine.read(|core| async move { Ok(all(core.accounts().await?)) }).await
    }

    /// One account.
    ///
    /// # Errors
    /// `NotFound`, `Storage`, `Closed`.
    pub async fn account(&self, id: AccountId) -> Result<AccountView, MailError> {
        self.engine.read(move |core| async move { Ok(core.account(id).await?.into()) }).await
    }

    /// Adds an account. Nothing is kept unless the server took the password (with `prove`).
    ///
    /// # Errors
    /// `InvalidInput`, `Authentication`, `Network`, `Tls`, `ServerRejected`, `Storage`, `Closed`.
    pub async fn add_account(&self, request: AccountRequest) -> Result<AccountView, MailError> {
        let request = request.try_into()?;
        self.engine.write(|core| async move { Ok(core.add_account(request).await?.into()) }).await
    }

    /// Changes settings of an account; they apply from the next pass on. A new password is proved by a login first; if
    /// that fails, nothing is changed.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, with a password also `Authentication`, `Network`, `Tls`, `ServerRejected`; `Storage`,
    /// `Closed`.
    pub async fn change_account(
        &self,
        id: AccountId,
        change: AccountChangeRequest,
    ) -> Result<AccountView, MailError> {
        let settings = (&change).try_into()?;
        let changed = move |core: satchel_core::client::Satchel| async move {
            if let Some(password) = change.password {
                core.sign_in(id, password.0).await?;
            }
            Ok(core.change_account(id, settings).await?.into())
        };
        self.engine.write(changed).await
    }

    /// How many messages exist on this device only: what `remove_account` would take away for good. Tell the person.
    ///
    /// # Errors
    /// `NotFound`, `Storage`, `Closed`.
    pub async fn sole_copies(&self, id: AccountId) -> Result<u32, MailError> {
        self.engine.read(move |core| async move { Ok(count(core.sole_copies(id).await?)) }).await
    }

    /// Removes an account, its mail on this device and its password. The server is not touched. Refused while there is
    /// mail that exists only here, unless `discard_sole_copies`.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput` (sole copies), `Storage`, `Closed`.
    pub async fn remove_account(&self, id: AccountId, discard_sole_copies: bool) -> Result<(), MailError> {
        self.engine.write(move |core| async move { core.remove_account(id, discard_sole_copies).await }).await
    }
}
