//! Passes, and how accounts and the store stand.

use super::MailCore;
use crate::engine::{CancelToken, Cancellable, Engine};
use crate::error::MailError;
use crate::mirror::all;
use crate::report::{AccountStatusView, LedgerView, SliceView, SyncReportView, SyncRequest, UsageView};
use satchel_core::client::{PassOptions, Satchel, Slice};
use satchel_core::error::MailError as CoreError;
use satchel_core::ids::AccountId;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A pass ends by itself at its deadline; so much later it is not waited for.
const GRACE: Duration = Duration::from_secs(1);

/// Longer than any slice; a moment too far away cannot be told.
const A_DAY: Duration = Duration::from_hours(24);

async fn slice_by(
    account: AccountId,
    task: Cancellable<Slice>,
    last: Instant,
    engine: &Engine,
) -> Result<SliceView, MailError> {
    match engine.by(last, task.outcome()).await? {
        Some(slice) => Ok(slice?.into()),
        None => Ok(SliceView::late(account)),
    }
}

async fn settled(core: Satchel) -> Result<(), CoreError> {
    core.settle_softly().await;
    Ok(())
}

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
        let pass = move |core: Satchel| async move { core.sync(account, &options, request.deadline).await };
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
        let engine = Arc::clone(&self.engine);
        let cancel = cancel.unwrap_or_else(|| Arc::new(CancelToken::new()));
        let mut running = Vec::new();
        for account in engine.read(|core| async move { core.accounts().await }).await? {
            // A task for each: one that waits for an unlocked device holds up no other.
            let core = engine.core()?;
            let slice = async move { Ok::<_, MailError>(core.slice(account.id, deadline).await) };
            running.push((account.id, engine.spawn_cancellable(&cancel, slice)?));
        }
        let last = Instant::now() + deadline.min(A_DAY) + GRACE;
        let mut slices = Vec::new();
        for (account, task) in running {
            slices.push(slice_by(account, task, last, &engine).await?);
        }
        engine.write(settled).await?;
        Ok(slices)
    }

    /// What a slice named as fresh was told to the person: it is not named again. The token is that slice's.
    ///
    /// # Errors
    /// `InvalidInput` (the token), `NotFound` if the account is gone, `Storage`, `Closed`.
    pub async fn told(&self, token: String) -> Result<(), MailError> {
        let mark = token.parse().map_err(|_| MailError::invalid("token", "use the one that a slice gave"))?;
        self.engine.write(move |core| async move { core.told(mark).await }).await
    }

    /// The person has seen what is here, so that none of it is fresh: call it when the app is left.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub async fn told_everything(&self) -> Result<(), MailError> {
        self.engine.write(|core| async move { core.told_everything().await }).await
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
