//! Passes, and how accounts and the store stand.

use super::MailCore;
use crate::engine::CancelToken;
use crate::error::MailError;
use crate::mirror::all;
use crate::report::{AccountStatusView, LedgerView, SliceView, SyncReportView, SyncRequest, UsageView};
use satchel_core::client::PassOptions;
use satchel_core::ids::AccountId;
use std::sync::Arc;
use std::time::Duration;

#[uniffi::export]
impl MailCore {
    /// Brings an account up to date: tells the server what waits, and reads what is new. A second pass of the same
    /// account waits for the first. Ended early, by a deadline or by hand, it loses nothing: a later one goes on.
    ///
    /// # Errors
    /// `Authentication`, `Network`, `Tls`, `ServerRejected`, `Offline`, `NotFound`, `Storage`, `Cancelled`, `Closed`.
    pub async fn sync(
        &self,
        account: AccountId,
        request: SyncRequest,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SyncReportView, MailError> {
        let options = PassOptions { mailbox: request.mailbox, older: request.older };
        let pass = move |core: satchel_core::client::Satchel| async move {
            core.sync(account, &options, request.deadline).await
        };
        Ok(self.engine.read_until(cancel, pass).await?.into())
    }

    /// One slice of work in the background: all accounts at once, until the deadline; what was done is durable when it
    /// returns. Give it some seconds less than the system gives you.
    ///
    /// # Errors
    /// `Storage`, `Cancelled`, `Closed`. What went wrong with an account stands in its view.
    pub async fn run_until(
        &self,
        deadline: Duration,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<SliceView>, MailError> {
        let slice = self.engine.read_until(cancel, move |core| async move { core.run_until(deadline).await });
        Ok(all(slice.await?))
    }

    /// Writes the facts of passes that are kept in memory. Call it before the app is put to sleep.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub async fn settle(&self) -> Result<(), MailError> {
        self.engine.write(|core| async move { core.settle().await }).await
    }

    /// How each account stands.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub async fn status(&self) -> Result<Vec<AccountStatusView>, MailError> {
        self.engine.read(|core| async move { Ok(all(core.status().await?)) }).await
    }

    /// How much room the store takes.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub async fn storage(&self) -> Result<UsageView, MailError> {
        self.engine.read(|core| async move { Ok(core.storage().await?.into()) }).await
    }

    /// What became of each message of a POP account's maildrop.
    ///
    /// # Errors
    /// `NotFound`, `Storage`, `Closed`.
    pub async fn pop_state(&self, account: AccountId) -> Result<Vec<LedgerView>, MailError> {
        self.engine.read(move |core| async move { Ok(all(core.pop_state(account).await?)) }).await
    }
}
