//! The window of a mailbox, walked downwards from the newest message; each chunk commits with its floor.

use super::EngineError;
use super::imap_mailbox::{MailboxPass, local_mailbox};
use super::rows::{Overview, apply_overviews};
use crate::account::Window;
use crate::ids::MailboxId;
use crate::imap::{FetchSet, UidSet, search_date};
use crate::plan::imap as plan;
use crate::ports::Class;
use crate::store::{self, PlantedBug};

impl MailboxPass<'_> {
    /// Fetches rows below the floor until the window has its depth.
    pub(super) async fn extend(&mut self) -> Result<(), EngineError> {
        let by_date = match self.account.window {
            Window::Days(days) => Some(self.rows_within(days).await?),
            Window::All | Window::Count(_) => None,
        };
        let mut held = match self.cursor.uidnext {
            None => 0,
            Some(_) => local_mailbox(self.store, self.mailbox).await?.1.held,
        };
        let mut deepened = false;
        loop {
            let exists = self.exists();
            let wanted = plan::wanted_rows(self.account.window, self.cursor.window_target, by_date, exists);
            let Some((low, high)) = plan::next_range(held, wanted, exists) else {
                // New mail may have pushed rows that wait for their UID below the window: looked for there, once,
                // before they are given up.
                if !deepened && held < exists && self.deepen_for_waiting(held).await? {
                    deepened = true;
                    continue;
                }
                break;
            };
            let mut rows = self.fetch_overviews(&FetchSet::Sequence(low, high)).await?;
            let floor = self.cursor.window_floor.filter(|_| held > 0);
            let anchored = floor.is_none() || rows.last().map(|r| r.uid.get()) == floor;
            if !anchored || rows.len() as u32 != high - low + 1 {
                // Numbers moved while we looked, or an answer was missing: ask which there are.
                rows = self.rows_below(floor, wanted.saturating_sub(held)).await?;
            }
            rows.retain(|r| floor.is_none_or(|floor| r.uid.get() < floor));
            if rows.is_empty() {
                break;
            }
            held += rows.len() as u32;
            self.write_window(rows, exists).await?;
        }
        Ok(())
    }

    /// Makes the window deeper by as many rows as wait for their UID. Says whether there are any.
    async fn deepen_for_waiting(&mut self, held: u32) -> Result<bool, EngineError> {
        let mailbox = self.mailbox;
        let waiting = self.store.read(move |db, _| store::still_awaiting(db, mailbox)).await?.len();
        let deeper = held.saturating_add(u32::try_from(waiting).unwrap_or(u32::MAX));
        if waiting > 0 {
            self.cursor.window_target = self.cursor.window_target.max(Some(deeper));
        }
        Ok(waiting > 0)
    }

    /// How many messages a window of days wants: all from the oldest one on that was received within it.
    async fn rows_within(&mut self, days: u32) -> Result<u32, EngineError> {
        // SINCE ignores zones, so one day more.
        let since = self.store.now_ms() / 1_000 - i64::from(days.saturating_add(1)) * 86_400;
        let found = self.search_uids(&format!("SINCE {}", search_date(since))).await?;
        let Some(oldest) = found.min() else { return Ok(0) };
        let from = self.search_uids(&format!("UID {oldest}:*")).await?;
        Ok(u32::try_from(from.len()).unwrap_or(u32::MAX))
    }

    /// The newest rows below a UID, by asking the server which there are. One that still cannot be read is listed
    /// without its headers, so that it is neither lost nor asked for again and again.
    async fn rows_below(&mut self, floor: Option<u32>, count: u32) -> Result<Vec<Overview>, EngineError> {
        let top = floor.map_or(u32::MAX, |floor| floor.saturating_sub(1));
        if top == 0 {
            return Ok(Vec::new());
        }
        let criteria = floor.map_or_else(|| "ALL".to_owned(), |_| format!("UID 1:{top}"));
        let there = self.search_uids(&criteria).await?.intersection(&UidSet::from_ranges([(1, top)]));
        let newest = there.newest(u64::from(count.clamp(1, plan::CHUNK_ROWS)));
        if newest.is_empty() {
            return Ok(Vec::new());
        }
        let mut rows = self.fetch_overviews(&FetchSet::Uids(newest.clone())).await?;
        rows.retain(|r| newest.contains(r.uid));
        for uid in newest.iter() {
            if rows.binary_search_by_key(&uid, |r| r.uid).is_err() {
                rows.push(Overview::unreadable(uid));
                rows.sort_by_key(|r| r.uid);
            }
        }
        Ok(rows)
    }

    async fn write_window(&mut self, rows: Vec<Overview>, exists: u32) -> Result<(), EngineError> {
        let lowest = rows.iter().map(|r| r.uid.get()).min();
        let highest = rows.iter().map(|r| r.uid.get().saturating_add(1)).max();
        let c = &mut self.cursor;
        if c.uidnext.is_none() {
            c.uidvalidity = self.server.uidvalidity;
            c.uidnext = self.server.uidnext.max(highest);
            c.highestmodseq = self.server.highestmodseq;
        }
        c.window_floor = match (c.window_floor, lowest) {
            (Some(floor), Some(lowest)) => Some(floor.min(lowest)),
            (floor, lowest) => floor.or(lowest),
        };
        c.server_exists = Some(exists);
        let (account, mailbox, cursor) = (self.account.id, self.mailbox, *c);
        self.store
            .write_if_planted(PlantedBug::CursorAhead, move |w| store::set_cursor(w, mailbox, &cursor))
            .await?;
        let applied = self
            .store
            .write(Class::Cache, move |w| {
                let applied = apply_overviews(w, account, mailbox, &rows)?;
                store::set_cursor(w, mailbox, &cursor)?;
                Ok(applied)
            })
            .await?;
        self.report.new += applied.new;
        self.report.changed += applied.changed;
        Ok(())
    }

    /// The window's depth is reached: rows that still wait for a UID are not on the server any more.
    pub(super) async fn finish_window(&mut self) -> Result<(), EngineError> {
        let exists = self.exists();
        let c = &mut self.cursor;
        c.uidvalidity = self.server.uidvalidity;
        if c.uidnext.is_none() {
            // An empty mailbox.
            c.uidnext = self.server.uidnext.or(Some(1));
            c.window_floor = c.uidnext;
            c.highestmodseq = self.server.highestmodseq;
        }
        c.server_exists = Some(exists);
        c.window_complete = true;
        let (mailbox, cursor) = (self.mailbox, *c);
        let removed = self
            .store
            .write(Class::Cache, move |w| {
                let removed = drop_awaiting(w, mailbox)?;
                store::set_cursor(w, mailbox, &cursor)?;
                Ok(removed)
            })
            .await?;
        self.report.removed += removed;
        Ok(())
    }
}

/// Rows whose UID was not found although everything they could be was looked at: the server holds them no longer.
pub(super) fn drop_awaiting(w: &mut store::Write<'_>, mailbox: MailboxId) -> Result<u64, store::StoreError> {
    if !store::unread_overviews(w, mailbox)?.is_empty() {
        // One of the messages that could not be read yet may be the one.
        return Ok(0);
    }
    let waiting = store::still_awaiting(w, mailbox)?;
    for id in &waiting {
        store::gone_from_server(w, *id)?;
    }
    Ok(waiting.len() as u64)
}
