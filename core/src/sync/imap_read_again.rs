//! Messages whose overview could not be read: listed by their UID alone, and asked for again in a few later passes.

use super::EngineError;
use super::imap_mailbox::{MailboxPass, TOO_MANY, overview_items};
use super::rows::{Overview, apply_overviews};
use crate::ids::Uid;
use crate::imap::{FetchItems, FetchSet, UidSet};
use crate::ports::Class;
use crate::store;

/// Messages asked for in one command.
const CHUNK: u32 = 250;
/// Messages behind the last known UID that one answer lists: a batch, and what came in meanwhile.
const MOST_BLANK: u64 = 10_000;

impl MailboxPass<'_> {
    /// An answer was set aside, so a message may be missing among the rows: the cursor must not pass it. It is listed by
    /// its UID alone. (By sequence number the caller counts and asks again.)
    pub(super) async fn list_unreadable(
        &mut self,
        set: &FetchSet,
        rows: &mut Vec<Overview>,
    ) -> Result<(), EngineError> {
        let there = match set {
            FetchSet::Uids(uids) => self.search_uids(&format!("UID {uids}")).await?.intersection(uids),
            FetchSet::UidsFrom(first) => {
                let there = self.search_uids(&format!("UID {first}:*")).await?;
                let there = there.difference(&UidSet::from_ranges([(1, first.get().saturating_sub(1))]));
                if there.len() > MOST_BLANK {
                    // The next pass knows how many there are, and takes them in batches.
                    return Err(TOO_MANY);
                }
                there
            }
            FetchSet::Sequence(..) => return Ok(()),
        };
        let read: UidSet = rows.iter().map(|r| r.uid).collect();
        rows.extend(there.difference(&read).iter().map(Overview::unreadable));
        rows.sort_by_key(|r| r.uid);
        Ok(())
    }

    /// UIDs whose overview is to be asked for again, with the tries made so far.
    pub(super) async fn waiting_overviews(&mut self) -> Result<Vec<(Uid, u8)>, EngineError> {
        if !self.before.unread_overviews || self.before.cursor.uidvalidity != self.server.uidvalidity {
            return Ok(Vec::new());
        }
        let mailbox = self.mailbox;
        Ok(self.store.read(move |db, _| store::unread_overviews(db, mailbox)).await?)
    }

    /// Asks once more for overviews that could not be read. The last time only for what a row cannot do without: the
    /// MIME tree or the first words may be what the server writes wrongly.
    pub(super) async fn read_again(&mut self, waiting: Vec<(Uid, u8)>) -> Result<(), EngineError> {
        for last in [false, true] {
            let mut uids = UidSet::default();
            let of_these = waiting.iter().filter(|(_, tries)| (*tries >= store::RETRIES) == last);
            of_these.for_each(|(uid, _)| uids.insert(*uid));
            let items = if last { plain_items() } else { overview_items() };
            for set in uids.chunks(CHUNK) {
                self.ask_again(set, &items).await?;
            }
        }
        Ok(())
    }

    async fn ask_again(&mut self, set: UidSet, items: &FetchItems) -> Result<(), EngineError> {
        let (account, mailbox, tried) = (self.account.id, self.mailbox, set.clone());
        // Counted before it is asked for: a message that ends the connection must not do so in every pass.
        self.store.write(Class::Cache, move |w| store::count_try(w, mailbox, tried.iter())).await?;
        let mut rows = Vec::new();
        let wanted = FetchSet::Uids(set.clone());
        let asked =
            self.session.fetch_kept(&wanted, items, &mut |row| rows.extend(Overview::from_fetch(row))).await;
        match asked {
            Ok(_) => {}
            Err(e) if e.session_lives() => log::debug!("an overview was refused again"),
            Err(e) => return Err(e.into()),
        }
        rows.retain(|r: &Overview| set.contains(r.uid));
        if rows.is_empty() {
            return Ok(());
        }
        let applied =
            self.store.write(Class::Cache, move |w| apply_overviews(w, account, mailbox, &rows)).await?;
        self.report.new += applied.new;
        self.report.changed += applied.changed;
        Ok(())
    }
}

/// The overview without MIME tree and first words.
fn plain_items() -> FetchItems {
    FetchItems { structure: false, preview: false, ..overview_items() }
}
