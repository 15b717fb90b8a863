//! Whether a COPY whose answer was lost got through: what came into the target since is compared with the original.

use super::OperationError;
use super::remote::same_incarnation;
use super::transfer::Teller;
use crate::ids::{AccountId, MailboxId, OperationId, Uid, UidValidity};
use crate::imap::{FetchItems, FetchRow, FetchSet, ImapError, UidSet};
use crate::message::CanonicalKey;
use crate::mime;
use crate::store::{self, OperationRow, PlacementRow, StoreError};

/// What became of an earlier COPY.
pub(super) enum EarlierCopy {
    /// It did not get through, or was never sent.
    NotThere,
    /// The copy is in the target, under this UID if it can be told from others that are like it.
    There(Option<(UidValidity, Uid)>),
}

/// By what a copy is known: the canonical key and the size, as the server tells them.
#[derive(PartialEq, Eq)]
struct Looks {
    key: CanonicalKey,
    size: Option<u64>,
}

impl Looks {
    fn of(row: &FetchRow) -> Option<(Uid, Self)> {
        let key = mime::canonical_key(row.header_fields()?);
        Some((row.uid?, Self { key, size: row.size }))
    }

    fn items() -> FetchItems {
        let header_fields = mime::CANONICAL_FIELDS.iter().map(|f| (*f).to_owned()).collect();
        FetchItems { size: true, header_fields, ..FetchItems::default() }
    }
}

impl Teller<'_> {
    /// Looks for the copy of an earlier try. Equal headers and size count only among what came since that try, and not
    /// what other operations brought there: anyone can send a mail with the Message-ID of another one.
    pub(super) async fn find_copy(
        &mut self,
        operation: &mut OperationRow,
        original: &PlacementRow,
        uids: &UidSet,
        target: MailboxId,
        wire: &[u8],
    ) -> Result<EarlierCopy, OperationError> {
        let own = (operation.id, operation.account);
        let arguments = &mut operation.arguments;
        let Some(from) = arguments.target_uidnext.and_then(Uid::new) else {
            return Ok(EarlierCopy::NotThere);
        };
        let wanted = self.looks(&FetchSet::Uids(uids.clone())).await?.pop();
        let Some((_, wanted)) = wanted else { return Ok(EarlierCopy::NotThere) };
        self.deselect();
        let validity = self.session.select(wire, false).await?.uidvalidity;
        if arguments.target_uidvalidity.is_some_and(|before| before != validity.0) {
            // No UID says any more what came since.
            (arguments.target_uidnext, arguments.target_uidvalidity) = (None, None);
            return Ok(EarlierCopy::NotThere);
        }
        let mut like = self.looks(&FetchSet::UidsFrom(from)).await?;
        like.retain(|(uid, looks)| *uid >= from && *looks == wanted);
        like.sort_by_key(|(uid, _)| *uid);
        let like = like.into_iter().map(|(uid, _)| uid).collect();
        let (free, waiting) = self.unclaimed(own, like, original, target, validity).await?;
        if free.len() <= waiting {
            return Ok(EarlierCopy::NotThere);
        }
        // Others like it wait for their UIDs as well: which is whose, the pass over the target settles.
        let uid = free.first().filter(|_| waiting == 0);
        Ok(EarlierCopy::There(uid.map(|uid| (validity, *uid))))
    }

    async fn looks(&mut self, set: &FetchSet) -> Result<Vec<(Uid, Looks)>, ImapError> {
        let mut found = Vec::new();
        let items = Looks::items();
        self.session.fetch(set, &items, None, &mut |row| found.extend(Looks::of(&row))).await?;
        Ok(found)
    }

    /// Those of these UIDs that no other operation brought there, without a row here first; and how many messages like
    /// the original wait for a UID in the target.
    async fn unclaimed(
        &mut self,
        (own, account): (OperationId, AccountId),
        mut uids: Vec<Uid>,
        original: &PlacementRow,
        target: MailboxId,
        validity: UidValidity,
    ) -> Result<(Vec<Uid>, usize), StoreError> {
        let message = original.message;
        let read = self.store.read(move |db, _| {
            let same = same_incarnation(store::mailbox(db, target)?.cursor.uidvalidity, validity);
            let (mut free, mut seen) = (Vec::new(), Vec::new());
            let mut waiting = store::awaiting_like(db, target, message)?;
            // Another operation made its copy, and is not through with the original yet.
            let copied = |o: &OperationRow| o.id != own && o.target == Some(target) && o.arguments.copied;
            for other in store::open_operations(db, account)?.iter().filter(|o| copied(o)) {
                match other.arguments.copied_at() {
                    Some((its, uid)) if its == validity => uids.retain(|u| *u != uid),
                    Some(_) => {}
                    None => waiting += 1,
                }
            }
            for uid in uids {
                match store::placement_by_uid(db, target, uid)?.filter(|_| same) {
                    None => free.push(uid),
                    Some(row) if !store::was_brought(db, row.id, target)? => seen.push(uid),
                    Some(_) => {}
                }
            }
            free.append(&mut seen);
            Ok((free, waiting))
        });
        read.await
    }

    /// Notes from which UID on a copy will be found in the target.
    pub(super) async fn note_target(
        &mut self,
        operation: &mut OperationRow,
        wire: &[u8],
    ) -> Result<(), ImapError> {
        let (uidnext, validity) = match self.session.status(wire).await {
            Ok(status) => (status.uidnext, status.uidvalidity),
            Err(ImapError::Protocol { .. }) => (None, None),
            Err(e) => return Err(e),
        };
        let (uidnext, validity) = match (uidnext, validity) {
            (Some(uidnext), Some(validity)) => (Some(uidnext), validity),
            _ => self.next_by_select(wire).await?,
        };
        operation.arguments.target_uidnext = uidnext.map(Uid::get);
        operation.arguments.target_uidvalidity = Some(validity.0);
        Ok(())
    }

    /// For servers whose STATUS says too little.
    async fn next_by_select(&mut self, wire: &[u8]) -> Result<(Option<Uid>, UidValidity), ImapError> {
        self.deselect();
        let selected = self.session.select(wire, false).await?;
        let next = match selected.uidnext {
            Some(next) => Some(next),
            None => {
                let last = self.session.uid_search("ALL").await?.max();
                Uid::new(last.map_or(1, |last| last.get().saturating_add(1)))
            }
        };
        Ok((next, selected.uidvalidity))
    }
}
