//! A slice of work in the background, and new mail that the person is to be told of, once.

use super::Satchel;
use crate::error::{MailError, TlsProblem};
use crate::ids::AccountId;
use crate::ports::Class;
use crate::store::{self, Fresh, ToldMark};
use crate::sync::{PassOptions, PassReport};
use std::time::Duration;

/// What a slice did for one account.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Whose.
    pub account: AccountId,
    /// How its pass ended.
    pub done: Result<PassReport, MailError>,
    /// New mail that the person was not told of, also by an earlier slice that was cut off.
    pub fresh: Fresh,
}

impl Slice {
    /// Whether the person has to do something before mail comes again. What may be a hotel's login page in between does
    /// not count.
    pub fn needs_person(&self) -> bool {
        match &self.done {
            Err(MailError::Authentication { .. }) => true,
            Err(MailError::Tls { problem, .. }) => {
                matches!(problem, TlsProblem::NotThePinnedOne | TlsProblem::StartTlsMissing)
            }
            _ => false,
        }
    }
}

impl Satchel {
    /// Brings all accounts up to date at once, each waiting for its own server, and writes what there is to be written
    /// before it returns. What the deadline left over is named in the reports.
    ///
    /// # Errors
    /// `Storage` if the accounts cannot be read. What became of each account stands in its slice.
    pub async fn run_until(&self, deadline: Duration) -> Result<Vec<Slice>, MailError> {
        let accounts = self.accounts().await?;
        let slices = accounts.iter().map(|account| Box::pin(self.slice(account.id, deadline)));
        let done = futures_util::future::join_all(slices).await;
        self.settle_softly().await;
        Ok(done)
    }

    /// The same for one account, without writing the facts of the pass.
    pub async fn slice(&self, account: AccountId, deadline: Duration) -> Slice {
        let done = self.sync(account, &PassOptions::default(), Some(deadline)).await;
        let fresh = self.fresh(account).await.unwrap_or_else(|error| {
            log::warn!("new mail could not be counted: {}", error.kind());
            Fresh::default()
        });
        Slice { account, done, fresh }
    }

    /// Writes the facts of passes; a failure is noted and costs nothing but them.
    pub async fn settle_softly(&self) {
        if let Err(error) = self.settle().await {
            log::warn!("the facts of passes could not be written: {}", error.kind());
        }
    }

    /// New mail in the inbox that the person was not told of. For an account that is asked for the first time what is
    /// here counts as told.
    async fn fresh(&self, account: AccountId) -> Result<Fresh, MailError> {
        let read = self.store().read(move |db, _| {
            Ok((store::told(db, account)?, store::told_mark_now(db, account)?, store::fresh(db, account)?))
        });
        let (told, now, fresh) = read.await?;
        if told.is_none() {
            self.told(now).await?;
        }
        Ok(fresh)
    }

    /// The person was told of what stood before this mark.
    ///
    /// # Errors
    /// `NotFound` if the account is gone, `Storage`.
    pub async fn told(&self, mark: ToldMark) -> Result<(), MailError> {
        Ok(self.store().write(Class::Durable, move |w| store::set_told(w, mark)).await?)
    }

    /// The person has seen what is here: nothing of it is fresh any more.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn told_everything(&self) -> Result<(), MailError> {
        let told = self.store().write(Class::Durable, |w| {
            for account in store::accounts(w)? {
                let mark = store::told_mark_now(w, account.id)?;
                store::set_told(w, mark)?;
            }
            Ok(())
        });
        Ok(told.await?)
    }
}
