//! Passes from the outside: one per account at a time, bounded, with the facts kept for status.

use super::Satchel;
use super::errors::engine_error;
use super::records::AccountStatus;
use crate::account::{Account, Bodies, Protocol};
use crate::error::MailError;
use crate::event::Change;
use crate::ids::AccountId;
use crate::ports::Class;
use crate::store::{self, ActivityRow, OperationState, Store};
use crate::sync::{ImapPass, Network, PassOptions, PassReport, imap_pass, pop_pass};
use std::sync::Arc;
use std::time::Duration;

/// Facts kept in memory until the next [`Satchel::settle`].
const FACTS: usize = 200;

/// Says that a pass runs until it is dropped, so that one whose caller went away is not said to run for ever.
struct Running<'a> {
    store: &'a Store,
    account: AccountId,
}

impl<'a> Running<'a> {
    fn begin(store: &'a Store, account: AccountId) -> Self {
        store.tell(Change::Syncing { account, running: true });
        Self { store, account }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.store.tell(Change::Syncing { account: self.account, running: false });
    }
}

impl Satchel {
    pub(super) fn pass_lock(&self, account: AccountId) -> Arc<tokio::sync::Mutex<()>> {
        let mut passes = self.inner.passes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(passes.entry(account).or_default())
    }

    /// Brings an account up to date. With a deadline what is left over is named in the report, and nothing that was
    /// done is lost. A second pass of the same account waits for the first one.
    ///
    /// # Errors
    /// `Authentication`, `Network`, `Tls`, `ServerRejected`, `Offline`, `NotFound`, `Storage`. What was committed
    /// before stands.
    pub async fn sync(
        &self,
        id: AccountId,
        options: &PassOptions,
        deadline: Option<Duration>,
    ) -> Result<PassReport, MailError> {
        let account = self.account(id).await?;
        let (at, begun) = (self.inner.clock.wall_ms(), self.inner.clock.boot());
        let network = Network::new(self.inner.dialer.clone());
        let mut report = PassReport::default();
        let lock = self.pass_lock(id);
        let run = async {
            // The deadline covers waiting for another pass as well.
            let _one_at_a_time = lock.lock().await;
            let _told = Running::begin(self.store(), id);
            self.pass(&account, &network, options, &mut report).await
        };
        let done = match deadline {
            None => run.await,
            Some(deadline) => match tokio::time::timeout(deadline, run).await {
                Ok(done) => done,
                Err(_) => {
                    report.cut_short = true;
                    report.left_over.push("the deadline came before everything was looked at".to_owned());
                    Ok(())
                }
            },
        };
        report.turns = network.counts.turns();
        report.bytes_up = network.counts.sent();
        report.bytes_down = network.counts.received();
        report.duration_ms = self.inner.clock.boot().saturating_sub(begun).as_millis() as u64;
        self.note_fact(id, at, &report, done.as_ref().err().map_or("ok", |e| e.kind()));
        done.map(|()| report)
    }

    async fn pass(
        &self,
        account: &Account,
        network: &Network,
        options: &PassOptions,
        report: &mut PassReport,
    ) -> Result<(), MailError> {
        let to_mail_error = |e| engine_error(e, account);
        if self.is_offline() {
            return Err(MailError::Offline { what: format!("the mail on {}", account.incoming.host) });
        }
        let password = self.credentials().password(account).map_err(to_mail_error)?;
        let sparing;
        let account =
            if self.is_metered() && account.protocol == Protocol::Imap && account.bodies != Bodies::OnOpen {
                report.left_over.push("bodies wait for a network that is not metered".to_owned());
                sparing = Account { bodies: Bodies::OnOpen, ..account.clone() };
                &sparing
            } else {
                account
            };
        match account.protocol {
            Protocol::Imap => {
                let pass = ImapPass { store: self.store(), account, network, password: &password };
                imap_pass(&pass, options, report).await.map_err(to_mail_error)
            }
            Protocol::Pop => {
                let passed = pop_pass(self.store(), account, network, &password, report).await;
                passed.map_err(to_mail_error)
            }
        }
    }

    fn note_fact(&self, account: AccountId, at: i64, report: &PassReport, outcome: &str) {
        let detail = serde_json::json!({
            "turns": report.turns, "bytes_up": report.bytes_up, "bytes_down": report.bytes_down,
            "new": report.new, "changed": report.changed, "removed": report.removed,
        });
        let fact = ActivityRow {
            kind: "pass".to_owned(),
            at,
            duration_ms: report.duration_ms as i64,
            outcome: outcome.to_owned(),
            detail: detail.to_string(),
        };
        let mut facts = self.inner.facts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if facts.len() < FACTS {
            facts.push((account, fact));
        }
    }

    /// Writes the facts of passes that were kept in memory, so that an unchanged pass writes nothing. Call it at the
    /// end of a slice of work, before the app is put to sleep.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn settle(&self) -> Result<(), MailError> {
        let facts = {
            let mut facts = self.inner.facts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            std::mem::take(&mut *facts)
        };
        if facts.is_empty() {
            return Ok(());
        }
        self.store()
            .write(Class::Cache, move |w| {
                for (account, fact) in &facts {
                    // The account may be gone by now.
                    if store::account(w, *account).is_ok() {
                        store::insert_activity(w, *account, fact)?;
                    }
                }
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// How each account stands.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn status(&self) -> Result<Vec<AccountStatus>, MailError> {
        self.settle_if_leased().await?;
        let online = !self.is_offline();
        let read = self.store().read(move |db, _| {
            let mut all = Vec::new();
            for account in store::accounts(db)? {
                let last = store::activity(db, account.id, 1)?.into_iter().next();
                let operations = store::recent_operations(db, 200)?;
                let of_account = operations.iter().filter(|o| o.account == account.id);
                let failed = of_account.filter(|o| o.state == OperationState::Failed).count();
                all.push(AccountStatus {
                    account: account.id,
                    address: account.address,
                    protocol: account.protocol,
                    online,
                    last_success: store::last_success(db, account.id)?,
                    last_outcome: last.as_ref().map(|a| a.outcome.clone()),
                    last_attempt: last.map(|a| a.at),
                    waiting_operations: store::open_operations(db, account.id)?.len() as u64,
                    failed_operations: failed as u64,
                });
            }
            Ok(all)
        });
        Ok(read.await?)
    }

    async fn settle_if_leased(&self) -> Result<(), MailError> {
        if self.inner.lease.is_some() { self.settle().await } else { Ok(()) }
    }
}
