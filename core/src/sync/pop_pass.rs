//! A pass over a POP maildrop: what is new is brought here, made durable, read back, and only then counted as stored.

use super::{EngineError, Network, PassReport, index_some};
use crate::account::Account;
use crate::ids::{MailboxId, MessageId};
use crate::mailbox::Role;
use crate::mime::{self, Readable};
use crate::plan::pop::{self as plan, Known, Step};
use crate::pop::{Limits, Piece, PopError, Session};
use crate::ports::Class;
use crate::store::{self, LedgerState, NewMessage, NewPlacement, Store, StoreError, Write};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};

/// Messages retrieved and committed together; a larger message goes alone.
const BATCH: usize = 32;
/// Bytes after which a batch is committed.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// A message larger than this stays on the server and is named in the report.
const LARGEST: u64 = 200 * 1024 * 1024;

/// A message whose bytes came in full.
struct Retrieved {
    uidl: Vec<u8>,
    raw: Vec<u8>,
    read: Readable,
}

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
    let listing = match session.uidl().await {
        Ok(listing) => listing,
        Err(PopError::Err { .. }) if !session.capabilities().uidl => {
            return Err(EngineError::Lacks("UIDL: its messages cannot be told apart"));
        }
        Err(e) => return Err(e.into()),
    };
    let id = account.id;
    let ledger = store.read(move |db, _| store::ledger(db, id)).await?;
    let unverified: Vec<_> = ledger
        .iter()
        .filter(|r| r.state == LedgerState::Retrieving)
        .filter_map(|r| Some((r.uidl.clone(), r.message?)))
        .collect();
    let verified = verify(store, account, unverified).await?;
    let known: BTreeMap<Vec<u8>, Known> =
        ledger.iter().map(|r| (r.uidl.clone(), known(r.state, verified.contains(&r.uidl)))).collect();
    let listing: Vec<(u32, Vec<u8>)> =
        listing.into_iter().map(|(n, uidl)| (n, uidl.as_bytes().to_vec())).collect();
    if listing.is_empty() {
        store
            .write_if_planted(store::PlantedBug::LedgerClearedOnEmpty, move |w| store::clear_ledger(w, id))
            .await?;
    }
    let steps = plan::steps(&known, &listing);
    note(store, account, &steps).await?;
    let listed: BTreeSet<Vec<u8>> = listing.iter().map(|(_, uidl)| uidl.clone()).collect();
    retrieve(store, account, session, &steps, &listed, report).await
}

fn known(state: LedgerState, verified: bool) -> Known {
    match state {
        _ if verified => Known::Stored,
        LedgerState::Listed | LedgerState::Partial | LedgerState::Retrieving => Known::Wanted,
        LedgerState::Stored => Known::Stored,
        LedgerState::Gone => Known::Gone,
        LedgerState::DeleSent | LedgerState::Unknown | LedgerState::Committed => Known::Deleting,
    }
}

/// Reads back what was written; what is whole becomes `stored`.
async fn verify(
    store: &Store,
    account: &Account,
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
    let id = account.id;
    store
        .write(Class::Durable, move |w| {
            for (uidl, message, size, sha256) in &whole {
                store::mark_stored(w, id, uidl, *message, *size, sha256)?;
            }
            Ok(())
        })
        .await?;
    Ok(verified)
}

/// Writes down what the listing says: new UIDLs, and those that came or went.
async fn note(store: &Store, account: &Account, steps: &[Step]) -> Result<(), EngineError> {
    if steps.is_empty() {
        return Ok(());
    }
    let (id, steps) = (account.id, steps.to_vec());
    store
        .write(Class::Cache, move |w| {
            for step in &steps {
                match step {
                    Step::Retrieve { uidl, .. } => store::note_uidl(w, id, uidl, None)?,
                    Step::MarkGone { uidl } => store::set_ledger_state(w, id, uidl, LedgerState::Gone)?,
                    Step::MarkStored { uidl } => store::set_ledger_state(w, id, uidl, LedgerState::Stored)?,
                }
            }
            Ok(())
        })
        .await?;
    Ok(())
}

async fn retrieve(
    store: &Store,
    account: &Account,
    session: &mut Session,
    steps: &[Step],
    listed: &BTreeSet<Vec<u8>>,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    let wanted: Vec<(u32, Vec<u8>)> = steps
        .iter()
        .filter_map(|s| match s {
            Step::Retrieve { number, uidl } => Some((*number, uidl.clone())),
            _ => None,
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let sizes: BTreeMap<u32, u64> =
        session.list().await?.into_iter().filter_map(|(n, size)| Some((n, size?))).collect();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for (number, uidl) in wanted {
        let size = sizes.get(&number).copied().unwrap_or(0);
        if size > LARGEST {
            report.left_over.push(format!("message {number} of {} MB is too large", size / 1_000_000));
            continue;
        }
        if !batch.is_empty() && (batch.len() >= BATCH || bytes + size > BATCH_BYTES) {
            fetch_batch(store, account, session, std::mem::take(&mut batch), listed, report).await?;
            bytes = 0;
        }
        bytes += size;
        batch.push((number, uidl));
    }
    fetch_batch(store, account, session, batch, listed, report).await
}

async fn fetch_batch(
    store: &Store,
    account: &Account,
    session: &mut Session,
    batch: Vec<(u32, Vec<u8>)>,
    listed: &BTreeSet<Vec<u8>>,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    let numbers: Vec<u32> = batch.iter().map(|(n, _)| *n).collect();
    let mut coming: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    let mut whole: BTreeSet<u32> = BTreeSet::new();
    let mut refused = Vec::new();
    let fetched = session
        .retrieve_many(&numbers, &mut |number, piece| match piece {
            Piece::Bytes(bytes) => coming.entry(number).or_default().extend_from_slice(bytes),
            Piece::Whole(_) => {
                coming.entry(number).or_default();
                whole.insert(number);
            }
            Piece::Refused(e) => refused.push(format!("message {number}: {e}")),
        })
        .await;
    report.left_over.extend(refused);
    // What came whole before the link was lost is kept.
    let retrieved: Vec<Retrieved> = batch
        .into_iter()
        .filter(|(n, _)| whole.contains(n))
        .filter_map(|(n, uidl)| {
            let raw = coming.remove(&n)?;
            let read = mime::read(&raw);
            Some(Retrieved { uidl, raw, read })
        })
        .collect();
    keep(store, account, retrieved, listed, report).await?;
    Ok(fetched?)
}

/// Raw bytes and row in one FULL commit, then read back, then `stored`.
async fn keep(
    store: &Store,
    account: &Account,
    retrieved: Vec<Retrieved>,
    listed: &BTreeSet<Vec<u8>>,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    if retrieved.is_empty() {
        return Ok(());
    }
    let (id, listed) = (account.id, listed.clone());
    let (written, new) = store
        .write(Class::Durable, move |w| {
            let inbox = store::mailbox_by_role(w, id, Role::Inbox)?.ok_or(StoreError::NotFound("inbox"))?;
            let mut written = Vec::new();
            let mut new = 0;
            for message in retrieved {
                let (message_id, is_new) = keep_one(w, id, inbox, &message, &listed)?;
                new += u64::from(is_new);
                written.push((message.uidl, message_id));
            }
            Ok((written, new))
        })
        .await?;
    report.new += new;
    verify(store, account, written).await?;
    Ok(())
}

fn keep_one(
    w: &mut Write<'_>,
    account: crate::ids::AccountId,
    inbox: MailboxId,
    message: &Retrieved,
    listed: &BTreeSet<Vec<u8>>,
) -> Result<(MessageId, bool), StoreError> {
    let hash = store::sha256(&message.raw);
    // The same bytes under another UIDL: a server that changed all of them, not a second message, unless the
    // first one is still listed beside it.
    if let Some((known, _)) = store::message_by_sha256(w, account, &hash)?
        && !store::ledger_of_message(w, known)?
            .iter()
            .any(|uidl| *uidl != message.uidl && listed.contains(uidl))
    {
        store::mark_retrieving(w, account, &message.uidl, known)?;
        return Ok((known, false));
    }
    let received_at = w.now_ms();
    let read = &message.read;
    let (id, thread) = store::insert_message(
        w,
        &NewMessage {
            account,
            key: mime::canonical_key(&message.raw),
            envelope: read.envelope.clone(),
            received_at,
            size: message.raw.len() as u64,
            emailid: None,
            sha256: Some(hash),
            preview: read.preview.clone(),
            structure: Some(read.structure.clone()),
            degraded: false,
        },
    )?;
    store::set_raw(w, id, &message.raw, false)?;
    store::insert_placement(
        w,
        &NewPlacement {
            message: id,
            thread,
            mailbox: inbox,
            sort_at: received_at,
            flags: crate::message::Flags::default(),
            on_server: None,
            modseq: None,
        },
    )?;
    store::mark_retrieving(w, account, &message.uidl, id)?;
    Ok((id, true))
}
