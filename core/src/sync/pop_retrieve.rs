//! Brings messages of a maildrop: each is durable, with its row, before it counts; one that ends the link stops no other.

use super::pop_pass::verify;
use super::{EngineError, PassReport};
use crate::ids::{AccountId, MailboxId, MessageId};
use crate::mailbox::Role;
use crate::mime::{self, Readable};
use crate::plan::pop::Step;
use crate::pop::Session;
use crate::ports::Class;
use crate::store::{self, NewMessage, NewPlacement, Store, StoreError, Write};
use std::collections::{BTreeMap, BTreeSet};

/// Messages asked for together, and committed together at most.
const BATCH: usize = 32;
/// Bytes, announced or come, after which a batch is committed.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// A message larger than this stays on the server and is named in the report.
const LARGEST: u64 = 200 * 1024 * 1024;

/// What a retrieval needs to know.
pub(super) struct Retrieval<'a> {
    pub(super) store: &'a Store,
    pub(super) account: AccountId,
    /// UIDLs of the listing of this session.
    pub(super) listed: BTreeSet<Vec<u8>>,
    /// Sizes as announced; they may lie.
    pub(super) sizes: BTreeMap<u32, u64>,
}

/// A message whose bytes came in full.
struct Retrieved {
    uidl: Vec<u8>,
    raw: Vec<u8>,
    read: Readable,
}

type Batch = Vec<(u32, Vec<u8>)>;

fn names(batch: &[(u32, Vec<u8>)]) -> Vec<Vec<u8>> {
    batch.iter().map(|(_, uidl)| uidl.clone()).collect()
}

impl Retrieval<'_> {
    /// Retrieves in the plan's order, batch by batch.
    pub(super) async fn run(
        &self,
        session: &mut Session,
        steps: &[Step],
        report: &mut PassReport,
    ) -> Result<(), EngineError> {
        let (mut batch, mut bytes): (Batch, u64) = (Vec::new(), 0);
        for step in steps {
            let Step::Retrieve { number, uidl, alone } = step else { continue };
            let size = self.sizes.get(number).copied().unwrap_or(0);
            if size > LARGEST {
                report.left_over.push(format!("message {number} of {} MB is too large", size / 1_000_000));
                continue;
            }
            let full = batch.len() >= BATCH || bytes.saturating_add(size) > BATCH_BYTES;
            if !batch.is_empty() && (*alone || full) {
                self.batch(session, std::mem::take(&mut batch), report).await?;
                bytes = 0;
            }
            bytes = bytes.saturating_add(size);
            batch.push((*number, uidl.clone()));
        }
        if batch.is_empty() { Ok(()) } else { self.batch(session, batch, report).await }
    }

    /// Asks for a batch. Each is counted before; that count stays only with the one on whose way the link broke.
    async fn batch(
        &self,
        session: &mut Session,
        batch: Batch,
        report: &mut PassReport,
    ) -> Result<(), EngineError> {
        let (account, asked) = (self.account, names(&batch));
        self.store.write(Class::Cache, move |w| store::count_retrievals(w, account, &asked)).await?;
        let mut innocent = Vec::new();
        let done = self.take(session, &batch, &mut innocent, report).await;
        if !innocent.is_empty() {
            self.store.write(Class::Cache, move |w| store::uncount_retrievals(w, account, &innocent)).await?;
        }
        done
    }

    async fn take(
        &self,
        session: &mut Session,
        batch: &[(u32, Vec<u8>)],
        innocent: &mut Vec<Vec<u8>>,
        report: &mut PassReport,
    ) -> Result<(), EngineError> {
        let mut in_turn = session.retrieve_in_turn(batch.iter().map(|(n, _)| *n).collect())?;
        let (mut came, mut bytes): (Vec<Retrieved>, u64) = (Vec::new(), 0);
        for (at, (number, uidl)) in batch.iter().enumerate() {
            let mut raw = Vec::new();
            match in_turn.next(&mut |part| raw.extend_from_slice(part)).await {
                Ok(Ok(_)) => {
                    bytes = bytes.saturating_add(raw.len() as u64);
                    let read = mime::read(&raw);
                    came.push(Retrieved { uidl: uidl.clone(), raw, read });
                }
                Ok(Err(refused)) => {
                    report.left_over.push(format!("message {number}: {refused}"));
                    innocent.push(uidl.clone());
                }
                Err(broken) => {
                    innocent.extend(names(batch.get(at + 1..).unwrap_or_default()));
                    // What came whole before the link was lost is kept.
                    self.keep(came, report).await?;
                    return Err(broken.into());
                }
            }
            // Announced sizes may lie, or be missing: what has come decides.
            if bytes > BATCH_BYTES {
                bytes = 0;
                if let Err(e) = self.keep(std::mem::take(&mut came), report).await {
                    if !lies_in_a_message(&e) {
                        innocent.extend(names(batch));
                    }
                    return Err(e);
                }
            }
        }
        in_turn.end()?;
        let kept = self.keep(came, report).await;
        if kept.as_ref().is_err_and(|e| !lies_in_a_message(e)) {
            innocent.extend(names(batch));
        }
        kept
    }

    /// Raw bytes and row in one FULL commit, then read back, then `stored`.
    async fn keep(&self, came: Vec<Retrieved>, report: &mut PassReport) -> Result<(), EngineError> {
        if came.is_empty() {
            return Ok(());
        }
        let (account, listed) = (self.account, self.listed.clone());
        let (written, new) = self
            .store
            .write(Class::Durable, move |w| {
                let inbox = store::mailbox_by_role(w, account, Role::Inbox)?;
                let inbox = inbox.ok_or(StoreError::NotFound("inbox"))?;
                let (mut written, mut new) = (Vec::new(), 0);
                for message in came {
                    let (id, is_new) = keep_one(w, account, inbox, &message, &listed)?;
                    new += u64::from(is_new);
                    written.push((message.uidl, id));
                }
                Ok((written, new))
            })
            .await?;
        report.new += new;
        verify(self.store, account, written).await?;
        Ok(())
    }
}

fn keep_one(
    w: &mut Write<'_>,
    account: AccountId,
    inbox: MailboxId,
    message: &Retrieved,
    listed: &BTreeSet<Vec<u8>>,
) -> Result<(MessageId, bool), StoreError> {
    let hash = store::sha256(&message.raw);
    if let Some(known) = same_message(w, account, message, &hash, listed)? {
        if !is_whole(w, known)? {
            store::set_raw(w, known, &message.raw, false)?;
            store::set_structure(w, known, &message.read.structure)?;
            store::set_preview(w, known, &message.read.preview)?;
        }
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

/// The message that these bytes are, if it has a row already: the one this UIDL brought and whose bytes were lost here,
/// or one of the same bytes under another UIDL: a server that changed all of them, not a second message, unless that
/// other one is still listed beside it.
fn same_message(
    w: &mut Write<'_>,
    account: AccountId,
    message: &Retrieved,
    hash: &[u8; 32],
    listed: &BTreeSet<Vec<u8>>,
) -> Result<Option<MessageId>, StoreError> {
    let of_bytes = store::messages_of_bytes(w, account, hash)?;
    let brought = store::ledger_row(w, account, &message.uidl)?.and_then(|row| row.message);
    if let Some(brought) = brought {
        // Some servers write into the header of what they hold: other bytes of the same message.
        let key = mime::canonical_key(&message.raw);
        if of_bytes.contains(&brought) || (!is_whole(w, brought)? && store::has_key(w, brought, &key)?) {
            return Ok(Some(brought));
        }
    }
    for id in of_bytes {
        let others = store::ledger_of_message(w, id)?;
        if !others.iter().any(|uidl| *uidl != message.uidl && listed.contains(uidl)) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Whether the raw bytes of a message are here as they came.
fn is_whole(w: &mut Write<'_>, id: MessageId) -> Result<bool, StoreError> {
    let Some(raw) = store::message(w, id)?.raw else { return Ok(false) };
    match store::read_blob(w, w.files(), raw) {
        Ok(_) => Ok(true),
        Err(StoreError::DamagedBlob | StoreError::File(_)) => Ok(false),
        Err(e) => Err(e),
    }
}

/// Whether one of the messages is what cannot be kept: then each comes alone next time, and the others are not held up.
fn lies_in_a_message(error: &EngineError) -> bool {
    match error {
        EngineError::Store(StoreError::Panicked) => true,
        EngineError::Store(e) => e.is_contradiction(),
        _ => false,
    }
}
