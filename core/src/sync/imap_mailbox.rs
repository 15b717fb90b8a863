//! One IMAP mailbox in a pass: selected, planned, and brought up to date in one transaction per batch.

use super::rows::{Overview, apply_overviews};
use super::{EngineError, PassReport};
use crate::account::Account;
use crate::ids::{MailboxId, ModSeq, Uid};
use crate::imap::{FetchItems, FetchRow, FetchSet, News, Session, UidSet};
use crate::mailbox::Cursor;
use crate::message::Flags;
use crate::mime;
use crate::plan::imap::{self as plan, LocalMailbox, ServerMailbox, Step};
use crate::ports::Class;
use crate::store::{self, MailboxRow, PlantedBug, Store};
use std::collections::BTreeMap;

/// New rows fetched and written at once; the cursor moves with each such batch.
pub(super) const BATCH: u32 = 250;

/// Mail that came in since the server last told a count: it may be named before it is announced.
const UNANNOUNCED: u64 = 1_000;
/// No mailbox has more messages, whatever EXISTS says.
const MOST_MESSAGES: u64 = 10_000_000;
/// The mailbox is left to a later pass; the others go on.
pub(super) const TOO_MANY: EngineError =
    EngineError::Lacks("a list of messages that agrees with their number");

/// One mailbox under work: what the server said, and the cursor as it will be.
pub(super) struct MailboxPass<'a> {
    pub(super) session: &'a mut Session,
    pub(super) store: &'a Store,
    pub(super) account: &'a Account,
    pub(super) mailbox: MailboxId,
    pub(super) report: &'a mut PassReport,
    pub(super) server: ServerMailbox,
    /// As it was when the pass came; what vanished is judged by it.
    pub(super) before: LocalMailbox,
    pub(super) cursor: Cursor,
    exists: u32,
    /// The most messages the mailbox had at any time of the pass.
    peak: u32,
}

/// What the steps gathered and one transaction will write.
#[derive(Default)]
struct Delta {
    new: Vec<Overview>,
    /// Rows from the old UIDNEXT on that were written in batches before.
    written: u32,
    flags: Vec<(Uid, Flags, Option<ModSeq>)>,
    /// UIDs of the old window that are there, once they had to be asked for.
    present: Option<UidSet>,
}

/// What the store knows of a mailbox, for the planner.
pub(super) async fn local_mailbox(
    store: &Store,
    id: MailboxId,
) -> Result<(MailboxRow, LocalMailbox), EngineError> {
    let read = store.read(move |db, _| {
        let row = store::mailbox(db, id)?;
        let held = match (row.cursor.window_floor, row.cursor.uidnext) {
            (Some(floor), Some(uidnext)) => store::held_between(db, id, floor, uidnext)?,
            _ => 0,
        };
        let rows = store::held_on_server(db, id)?;
        let local = LocalMailbox {
            cursor: row.cursor,
            held,
            rows,
            awaiting: store::any_awaiting(db, id)?,
            unread_overviews: !store::unread_overviews(db, id)?.is_empty(),
        };
        Ok((row, local))
    });
    Ok(read.await?)
}

impl<'a> MailboxPass<'a> {
    /// Selects the mailbox.
    pub(super) async fn open(
        session: &'a mut Session,
        store: &'a Store,
        account: &'a Account,
        mailbox: MailboxId,
        report: &'a mut PassReport,
    ) -> Result<Self, EngineError> {
        let (row, before) = local_mailbox(store, mailbox).await?;
        let wire_name = row.wire_name.ok_or(EngineError::NotFound("mailbox"))?;
        let condstore = session.capabilities().condstore();
        let selected = session.select(&wire_name, condstore).await?;
        let server = ServerMailbox {
            uidvalidity: Some(selected.uidvalidity),
            uidnext: selected.uidnext.map(Uid::get),
            exists: selected.exists,
            highestmodseq: selected.highestmodseq,
        };
        let exists = server.exists;
        Ok(Self {
            session,
            store,
            account,
            mailbox,
            report,
            server,
            cursor: before.cursor,
            before,
            exists,
            peak: exists,
        })
    }

    /// Brings the mailbox up to date; with `older`, so many rows further back.
    pub(super) async fn run(&mut self, older: u32) -> Result<(), EngineError> {
        if older > 0 {
            let target = self.before.held.saturating_add(older);
            self.cursor.window_target = Some(target.max(self.cursor.window_target.unwrap_or(0)));
            self.cursor.window_complete = false;
            self.before.cursor = self.cursor;
        }
        // Taken before the steps: what this pass cannot read is asked for again by the next one.
        let again = self.waiting_overviews().await?;
        self.steps().await?;
        self.read_again(again).await
    }

    async fn steps(&mut self) -> Result<(), EngineError> {
        let mut delta = Delta::default();
        for step in plan::steps(&self.before, &self.server) {
            match step {
                Step::Rematch => self.rematch().await?,
                Step::FetchNew { from } => self.fetch_new(from, &mut delta).await?,
                Step::FlagsSince { modseq, from } => self.fetch_flags(from, Some(modseq), &mut delta).await?,
                Step::FlagScan { from } => self.fetch_flags(from, None, &mut delta).await?,
                Step::Extend => {
                    self.write_delta(std::mem::take(&mut delta)).await?;
                    self.extend().await?;
                    return self.finish_window().await;
                }
            }
        }
        self.write_delta(delta).await
    }

    /// How many messages the mailbox has by now: as selected, with what the server said unasked since.
    pub(super) fn exists(&mut self) -> u32 {
        for news in self.session.take_unsolicited().news {
            match news {
                News::Exists(n) => self.exists = n,
                News::Expunge(_) => self.exists = self.exists.saturating_sub(1),
                // Only comes with QRESYNC, which is not switched on.
                News::Vanished(_) | News::Flags(_) => {}
            }
            self.peak = self.peak.max(self.exists);
        }
        self.exists
    }

    /// How many messages an answer may name. A set of UIDs is a few bytes on the wire and four thousand million
    /// messages if the server says so; what a pass makes of it costs memory and turns for each of them.
    pub(super) fn most_messages(&mut self) -> u64 {
        self.exists();
        u64::from(self.peak).saturating_add(UNANNOUNCED).min(MOST_MESSAGES)
    }

    /// UIDs that match; an answer that names more messages than there are is not believed.
    pub(super) async fn search_uids(&mut self, criteria: &str) -> Result<UidSet, EngineError> {
        let found = self.session.uid_search(criteria).await?;
        if found.len() > self.most_messages() { Err(TOO_MANY) } else { Ok(found) }
    }

    async fn rematch(&mut self) -> Result<(), EngineError> {
        let (mailbox, rows) = (self.mailbox, self.before.rows);
        self.cursor = Cursor {
            uidvalidity: self.server.uidvalidity,
            window_target: Some(rows.max(self.cursor.window_target.unwrap_or(0))),
            ..Cursor::default()
        };
        let cursor = self.cursor;
        let drop_rows = self.store.planted().has(PlantedBug::UidvalidityDropsLocal);
        self.store
            .write(Class::Cache, move |w| {
                store::forget_uids(w, mailbox)?;
                if drop_rows {
                    for id in store::still_awaiting(w, mailbox)? {
                        store::drop_placement(w, id)?;
                    }
                }
                store::set_cursor(w, mailbox, &cursor)
            })
            .await?;
        self.before = LocalMailbox { cursor, held: 0, rows, awaiting: true, unread_overviews: false };
        Ok(())
    }

    pub(super) async fn fetch_overviews(&mut self, set: &FetchSet) -> Result<Vec<Overview>, EngineError> {
        let items = overview_items();
        let mut rows = Vec::new();
        let end =
            self.session.fetch_kept(set, &items, &mut |row| rows.extend(Overview::from_fetch(row))).await?;
        rows.sort_by_key(|r: &Overview| r.uid);
        rows.dedup_by_key(|r| r.uid);
        if end.lost > 0 {
            self.list_unreadable(set, &mut rows).await?;
        }
        Ok(rows)
    }

    /// Rows from `from` on, oldest first, so that the cursor can move with each batch.
    async fn fetch_new(&mut self, from: u32, delta: &mut Delta) -> Result<(), EngineError> {
        let far = self.server.uidnext.map_or(u32::MAX, |next| next.saturating_sub(from));
        let sets = if far > BATCH {
            let there = self.search_uids(&format!("UID {from}:*")).await?;
            there.difference(&UidSet::from_ranges([(1, from.saturating_sub(1))]))
        } else {
            UidSet::from_ranges([(from, u32::MAX)])
        };
        let single = far <= BATCH;
        let mut sets = sets.chunks(if single { u32::MAX } else { BATCH }).peekable();
        while let Some(set) = sets.next() {
            let set = match Uid::new(from) {
                Some(from) if single => FetchSet::UidsFrom(from),
                _ => FetchSet::Uids(set),
            };
            let mut rows = self.fetch_overviews(&set).await?;
            rows.retain(|r| r.uid.get() >= from);
            let next = rows.iter().map(|r| r.uid.get().saturating_add(1)).max();
            self.cursor.uidnext = next.max(self.cursor.uidnext);
            if sets.peek().is_some() {
                delta.written += rows.len() as u32;
                self.write_batch(rows).await?;
            } else {
                delta.new = rows;
            }
        }
        self.cursor.uidnext = self.server.uidnext.max(self.cursor.uidnext);
        Ok(())
    }

    /// Writes a batch of new rows; of the cursor only what they stand for moves.
    async fn write_batch(&mut self, rows: Vec<Overview>) -> Result<(), EngineError> {
        let (account, mailbox) = (self.account.id, self.mailbox);
        let (mut cursor, below) = (self.cursor, plan::below_window(&self.before));
        let (applied, cursor) = self
            .store
            .write(Class::Cache, move |w| {
                let applied = apply_overviews(w, account, mailbox, &rows)?;
                // EXISTS and the count of held rows belong together, also when the pass ends here.
                let (floor, uidnext) = (cursor.window_floor.unwrap_or(1), cursor.uidnext.unwrap_or(1));
                cursor.server_exists =
                    Some(below.saturating_add(store::held_between(w, mailbox, floor, uidnext)?));
                store::set_cursor(w, mailbox, &cursor)?;
                Ok((applied, cursor))
            })
            .await?;
        self.cursor = cursor;
        self.report.new += applied.new;
        self.report.changed += applied.changed;
        Ok(())
    }

    async fn fetch_flags(
        &mut self,
        from: u32,
        since: Option<ModSeq>,
        delta: &mut Delta,
    ) -> Result<(), EngineError> {
        let Some(uidnext) = self.before.cursor.uidnext else { return Ok(()) };
        let set = FetchSet::Uids(UidSet::from_ranges([(from, uidnext.saturating_sub(1))]));
        let items = FetchItems::flags_only();
        // By UID: a server may name one message any number of times.
        let (mut seen, mut room) = (BTreeMap::new(), self.session.room());
        let (most, mut over) = (self.most_messages(), false);
        let mut keep = |row: FetchRow| {
            let (Some(uid), Some(flags)) = (row.uid, row.flags) else { return };
            if uid.get() < from || uid.get() >= uidnext {
                return;
            }
            let words = flags.keywords.iter().map(String::len).sum();
            match room.checked_sub(words) {
                Some(left) if (seen.len() as u64) < most => {
                    room = left;
                    seen.insert(uid, (flags, row.modseq));
                }
                _ => over = true,
            }
        };
        self.session.fetch(&set, &items, since, &mut keep).await?;
        if over {
            // A part of the flags would say that the other messages are gone.
            return Err(TOO_MANY);
        }
        let seen: Vec<_> = seen.into_iter().map(|(uid, (flags, modseq))| (uid, flags, modseq)).collect();
        if since.is_none() {
            let mut present = UidSet::default();
            seen.iter().for_each(|(uid, ..)| present.insert(*uid));
            delta.present = Some(present);
        }
        delta.flags = seen;
        Ok(())
    }

    /// When the counts do not add up, the server's UIDs of the old window decide; rows that were missed are fetched.
    async fn compare(&mut self, delta: &mut Delta, exists: u32) -> Result<(), EngineError> {
        let new = delta.new.len() as u32 + delta.written;
        if !plan::rows_vanished(&self.before, new, exists) {
            delta.present = None;
            return Ok(());
        }
        let (Some(floor), Some(uidnext)) = (self.before.cursor.window_floor, self.before.cursor.uidnext)
        else {
            return Ok(());
        };
        let mailbox = self.mailbox;
        let known = self.store.read(move |db, _| store::known_uids(db, mailbox)).await?;
        let known: UidSet = known.into_iter().map(|(uid, _)| uid).collect();
        let window = UidSet::from_ranges([(floor, uidnext.saturating_sub(1))]);
        let there = match &delta.present {
            Some(present) => present.clone(),
            None => self.search_uids(&format!("UID {floor}:*")).await?,
        };
        delta.present = Some(there.intersection(&window));
        // Also what is new may have been missed: an answer that was left out tells nothing of itself.
        let looked_at =
            UidSet::from_ranges([(floor, self.cursor.uidnext.unwrap_or(uidnext).saturating_sub(1))]);
        let gathered: UidSet = delta.new.iter().map(|r| r.uid).collect();
        let missed = there.intersection(&looked_at).difference(&known).difference(&gathered);
        if missed.is_empty() { Ok(()) } else { self.fetch_missed(&missed, uidnext, delta).await }
    }

    /// May be many, so they are written as they come. What is new goes first, for the cursor has passed it.
    async fn fetch_missed(
        &mut self,
        missed: &UidSet,
        uidnext: u32,
        delta: &mut Delta,
    ) -> Result<(), EngineError> {
        let gathered = std::mem::take(&mut delta.new);
        delta.written = delta.written.saturating_add(gathered.len() as u32);
        if !gathered.is_empty() {
            self.write_batch(gathered).await?;
        }
        for set in missed.chunks(BATCH) {
            let rows = self.fetch_overviews(&FetchSet::Uids(set)).await?;
            let new = rows.iter().filter(|r| r.uid.get() >= uidnext).count() as u32;
            delta.written = delta.written.saturating_add(new);
            self.write_batch(rows).await?;
        }
        Ok(())
    }

    /// Writes what the steps gathered, and the cursor, in one transaction. Nothing gathered: nothing written.
    async fn write_delta(&mut self, mut delta: Delta) -> Result<(), EngineError> {
        if self.before.cursor.uidnext.is_none() {
            return Ok(());
        }
        let exists = self.exists();
        self.compare(&mut delta, exists).await?;
        let new = delta.new.len() as u32 + delta.written;
        let mut cursor = self.cursor;
        cursor.highestmodseq = self.server.highestmodseq;
        cursor.server_exists = Some(exists);
        // Moved here by an earlier pass, UID unknown: this delta would have shown it. A rematch is settled later.
        let settle = self.before.awaiting && cursor.window_complete;
        let nothing =
            delta.new.is_empty() && delta.present.is_none() && cursor == self.before.cursor && !settle;
        if nothing && delta.flags.is_empty() {
            return Ok(());
        }
        let (account, mailbox, before) = (self.account.id, self.mailbox, self.before);
        self.store
            .write_if_planted(PlantedBug::CursorAhead, move |w| store::set_cursor(w, mailbox, &cursor))
            .await?;
        let (changed_here, cursor_moves) = (self.differing(&delta.flags).await?, cursor != before.cursor);
        if nothing && changed_here.is_empty() && !cursor_moves {
            return Ok(());
        }
        let (applied, removed) = self
            .store
            .write(Class::Cache, move |w| {
                let applied = apply_overviews(w, account, mailbox, &delta.new)?;
                for (uid, flags, modseq) in &delta.flags {
                    if let Some(known) = store::placement_by_uid(w, mailbox, *uid)? {
                        store::set_server_flags(w, &known, flags, *modseq)?;
                    }
                }
                let mut removed = match &delta.present {
                    None => 0,
                    Some(present) => remove_vanished(w, mailbox, &before, present, new, exists)?,
                };
                if settle {
                    removed += super::imap_window::drop_awaiting(w, mailbox)?;
                }
                store::set_cursor(w, mailbox, &cursor)?;
                Ok((applied, removed))
            })
            .await?;
        self.cursor = cursor;
        self.report.new += applied.new;
        self.report.changed += applied.changed + changed_here.len() as u64;
        self.report.removed += removed;
        Ok(())
    }

    /// Which of these flags differ from what the server was known to have: a scan that found nothing writes nothing.
    async fn differing(&mut self, flags: &[(Uid, Flags, Option<ModSeq>)]) -> Result<Vec<Uid>, EngineError> {
        if flags.is_empty() {
            return Ok(Vec::new());
        }
        let (mailbox, flags) = (self.mailbox, flags.to_vec());
        let read = self.store.read(move |db, _| {
            let mut differing = Vec::new();
            for (uid, flags, _) in &flags {
                if store::placement_by_uid(db, mailbox, *uid)?
                    .is_some_and(|known| known.server_flags != *flags)
                {
                    differing.push(*uid);
                }
            }
            Ok(differing)
        });
        Ok(read.await?)
    }
}

/// All that a row of a list needs. The header fields make the canonical key, and by the same reader as for POP the
/// envelope, so that a message is the same row whichever way it came; ENVELOPE would say most of it twice.
pub(super) fn overview_items() -> FetchItems {
    let fields = mime::CANONICAL_FIELDS.iter().chain(&["Sender", "Reply-To", "To", "Cc", "Bcc", "List-Id"]);
    FetchItems {
        envelope: false,
        preview: true,
        header_fields: fields.map(|f| (*f).to_owned()).collect(),
        ..FetchItems::overview()
    }
}

fn remove_vanished(
    w: &mut store::Write<'_>,
    mailbox: MailboxId,
    before: &LocalMailbox,
    present: &UidSet,
    new: u32,
    exists: u32,
) -> Result<u64, store::StoreError> {
    let listed = u32::try_from(present.len()).unwrap_or(u32::MAX);
    if !plan::may_remove(before, listed, new, exists) {
        log::warn!("the server's list of messages contradicts its count; nothing is removed in this pass");
        return Ok(0);
    }
    let window = before.cursor.window_floor.unwrap_or(1)..before.cursor.uidnext.unwrap_or(1);
    let mut removed = 0;
    for (uid, id) in store::known_uids(w, mailbox)? {
        if window.contains(&uid.get()) && !present.contains(uid) {
            store::gone_from_server(w, id)?;
            removed += 1;
        }
    }
    Ok(removed)
}
