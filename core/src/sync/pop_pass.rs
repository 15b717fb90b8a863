//! A pass over a POP maildrop: what is new is brought here, made durable, read back, and only then counted as stored.

use super::pop_retrieve::Retrieval;
use super::{EngineError, Network, PassReport, index_some};
use crate::account::Account;
use crate::ids::{AccountId, MessageId};
use crate::plan::pop::{self as plan, Asked, Known, Step};
use crate::pop::{Limits, PopError, Session};
use crate::ports::Class;
use crate::store::{self, LedgerRow, LedgerState, Store, StoreError};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};

/// A message that was asked for so often in vain is let be for a while.
const TRIES: u32 = 3;
/// How long, milliseconds.
const LET_BE_MS: i64 = 24 * 3_600_000;

/// Runs one pass. The report holds what was done also when the pass ends with an error.
pub async fn pop_pass(
    store: &Store,
    account: &Account,
    network: &Network,
    password: &SecretString,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    let mut session =
        Session::open(&network.dialer, &account.incoming, &account.trust, password, Limits::default())
            .await?;
    let done = run(store, account, &mut session, report).await;
    // Nothing is marked for deletion with the rule "leave", so QUIT decides nothing; its answer is still read.
    if session.is_usable() {
        let quit = session.quit().await;
        done?;
        quit?;
    } else {
        done?;
    }
    index_some(store).await?;
    Ok(())
}

async fn run(
    store: &Store,
    account: &Account,
    session: &mut Session,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    let (listing, nameless) = match session.unique_ids().await {
        Ok(listing) => listing,
        Err(PopError::Err { .. }) if !session.capabilities().uidl => {
            return Err(EngineError::Lacks("UIDL: its messages cannot be told apart"));
        }
        Err(e) => return Err(e.into()),
    };
    for number in nameless {
        report.left_over.push(format!("message {number}: the server gives it no unique id"));
    }
    let id = account.id;
    let ledger = store.read(move |db, _| store::ledger(db, id)).await?;
    let unverified: Vec<_> = ledger
        .iter()
        .filter(|r| r.state == LedgerState::Retrieving)
        .filter_map(|r| Some((r.uidl.clone(), r.message?)))
        .collect();
    let verified = verify(store, account.id, unverified).await?;
    let now = store.now_ms();
    let known: BTreeMap<Vec<u8>, Known> =
        ledger.iter().map(|r| (r.uidl.clone(), known(r, verified.contains(&r.uidl), now))).collect();
    let listing: Vec<(u32, Vec<u8>)> =
        listing.into_iter().map(|(n, uidl)| (n, uidl.as_bytes().to_vec())).collect();
    if listing.is_empty() {
        store
            .write_if_planted(store::PlantedBug::LedgerClearedOnEmpty, move |w| store::clear_ledger(w, id))
            .await?;
    }
    let steps = plan::steps(&known, &listing);
    for step in &steps {
        if let Step::LeaveOver { number, why } = step {
            report.left_over.push(format!("message {number}: {why}"));
        }
    }
    let listed: BTreeSet<Vec<u8>> = listing.iter().map(|(_, uidl)| uidl.clone()).collect();
    let sizes: BTreeMap<u32, u64> = if steps.iter().any(|s| matches!(s, Step::Retrieve { .. })) {
        session.list().await?.into_iter().filter_map(|(n, size)| Some((n, size?))).collect()
    } else {
        BTreeMap::new()
    };
    let long_seen = |r: &&LedgerRow| listed.contains(&r.uidl) && now - r.last_seen >= store::SEEN_EXACT_MS;
    let seen: Vec<Vec<u8>> = ledger.iter().filter(long_seen).map(|r| r.uidl.clone()).collect();
    note(store, account, &steps, &sizes, seen).await?;
    Retrieval { store, account: account.id, listed, sizes }.run(session, &steps, report).await
}

fn known(row: &LedgerRow, verified: bool, now: i64) -> Known {
    // A clock that ran ahead and was put right must not hold mail back.
    let lately = row.tried_at.is_some_and(|at| (0..LET_BE_MS).contains(&(now - at)));
    let let_be = row.tries >= TRIES && lately;
    let asked = match row.tries {
        0 => Asked::Never,
        _ if let_be => Asked::TooOften,
        _ => Asked::Before,
    };
    match row.state {
        _ if verified => Known::Stored,
        // The person deleted it before its lost bytes came again.
        LedgerState::Partial if row.message.is_none() => Known::Stored,
        LedgerState::Listed | LedgerState::Partial | LedgerState::Retrieving => Known::Wanted(asked),
        LedgerState::Stored => Known::Stored,
        LedgerState::Gone if row.sha256.is_none() => Known::Missed(asked),
        LedgerState::Gone => Known::Gone,
        LedgerState::DeleSent | LedgerState::Unknown | LedgerState::Committed => Known::Deleting,
    }
}

/// Reads back what was written; what is whole becomes `stored`.
pub(super) async fn verify(
    store: &Store,
    account: AccountId,
    written: Vec<(Vec<u8>, MessageId)>,
) -> Result<BTreeSet<Vec<u8>>, EngineError> {
    if written.is_empty() {
        return Ok(BTreeSet::new());
    }
    let whole = store
        .read(move |db, files| {
            let mut whole = Vec::new();
            for (uidl, message) in written {
                let Some(raw) = store::message(db, message)?.raw else { continue };
                match store::read_blob(db, files, raw) {
                    Ok(bytes) => whole.push((uidl, message, bytes.len() as u64, store::sha256(&bytes))),
                    Err(StoreError::DamagedBlob | StoreError::File(_)) => {
                        log::error!("a message was not readable after it was written; it is fetched again");
                    }
                    Err(e) => return Err(e),
                }
            }
            Ok(whole)
        })
        .await?;
    let verified = whole.iter().map(|(uidl, ..)| uidl.clone()).collect();
    store
        .write(Class::Durable, move |w| {
            for (uidl, message, size, sha256) in &whole {
                store::mark_stored(w, account, uidl, *message, *size, sha256)?;
            }
            Ok(())
        })
        .await?;
    Ok(verified)
}

/// Writes down what the listing says: new UIDLs, those that came or went, and those that are still there.
async fn note(
    store: &Store,
    account: &Account,
    steps: &[Step],
    sizes: &BTreeMap<u32, u64>,
    seen: Vec<Vec<u8>>,
) -> Result<(), EngineError> {
    if seen.is_empty() && steps.iter().all(|s| matches!(s, Step::LeaveOver { .. })) {
        return Ok(());
    }
    let (id, steps, sizes) = (account.id, steps.to_vec(), sizes.clone());
    store
        .write(Class::Cache, move |w| {
            store::saw_uidls(w, id, &seen)?;
            for step in &steps {
                match step {
                    Step::Retrieve { uidl, number, .. } => {
                        store::note_uidl(w, id, uidl, sizes.get(number).copied())?;
                    }
                    Step::LeaveOver { .. } => {}
                    Step::MarkGone { uidl } => store::set_ledger_state(w, id, uidl, LedgerState::Gone)?,
                    Step::MarkStored { uidl } => {
                        store::set_ledger_state(w, id, uidl, LedgerState::Stored)?;
                        store::saw_uidls(w, id, std::slice::from_ref(uidl))?;
                    }
                }
            }
            Ok(())
        })
        .await?;
    Ok(())
}
