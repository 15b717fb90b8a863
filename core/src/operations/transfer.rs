//! Telling the server of moves, copies and deletions so that a lost answer neither doubles nor loses a message.

use super::OperationError;
use super::find_copy::EarlierCopy;
use super::remote::{one, same_incarnation};
use crate::ids::{MailboxId, PlacementId, Uid, UidValidity};
use crate::imap::{CopyUid, FlagAction, Session, UidSet};
use crate::ports::Class;
use crate::store::{self, OperationRow, OperationState, PlacementRow, PlantedBug, Store, StoreError, Write};

/// How telling one operation went.
pub(super) enum Outcome {
    /// The server knows.
    Done,
    /// The message's UID, or its mailbox, is not known yet: the pass will find it.
    Early,
    /// It cannot be told any more, and why.
    Impossible(&'static str),
    /// The person took it back before anything went out.
    Overtaken,
}

/// Tells operations over one session; remembers what is selected.
pub(super) struct Teller<'a> {
    pub(super) store: &'a Store,
    pub(super) session: &'a mut Session,
    selected: Option<(MailboxId, bool)>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(store: &'a Store, session: &'a mut Session) -> Self {
        Self { store, session, selected: None }
    }

    pub(super) fn deselect(&mut self) {
        self.selected = None;
    }

    /// The placement an operation is about, or what to do without it.
    pub(super) async fn placement(
        &mut self,
        operation: &OperationRow,
    ) -> Result<Result<PlacementRow, Outcome>, StoreError> {
        let Some(id) = operation.placement else {
            return Ok(Err(Outcome::Impossible("the message is no longer on the server")));
        };
        match self.store.read(move |db, _| store::placement(db, id)).await {
            Ok(row) => Ok(Ok(row)),
            Err(StoreError::NotFound(_)) => Ok(Err(Outcome::Impossible("the message is no longer here"))),
            Err(e) => Err(e),
        }
    }

    /// Selects the mailbox in which the server holds a placement. `None`: its UID is not known, or the mailbox has
    /// another incarnation by now.
    pub(super) async fn select_for(&mut self, row: &PlacementRow) -> Result<Option<UidSet>, OperationError> {
        let (Some(mailbox), Some(uids)) = (row.server_mailbox, one(row)) else { return Ok(None) };
        Ok(self.select(mailbox).await?.then_some(uids))
    }

    async fn select(&mut self, mailbox: MailboxId) -> Result<bool, OperationError> {
        if let Some((selected, same)) = self.selected
            && selected == mailbox
        {
            return Ok(same);
        }
        self.selected = None;
        let known = self.store.read(move |db, _| store::mailbox(db, mailbox)).await?;
        let Some(wire) = known.wire_name else { return Ok(false) };
        let selected = self.session.select(&wire, false).await?;
        let same = same_incarnation(known.cursor.uidvalidity, selected.uidvalidity);
        self.selected = Some((mailbox, same));
        Ok(same)
    }

    /// Notes, durably, that the server is about to be told; from then on nobody takes the operation back unnoticed.
    /// `false`: somebody did, and nothing may be sent.
    pub(super) async fn begin(&mut self, operation: &OperationRow) -> Result<bool, StoreError> {
        let (id, arguments) = (operation.id, operation.arguments.clone());
        let write = self.store.write(Class::Durable, move |w| {
            let begun = store::begin_attempt(w, id, &arguments)?;
            if begun && w.planted().has(PlantedBug::OperationDoneBeforeSent) {
                store::set_operation_state(w, id, OperationState::Done, None)?;
            }
            Ok(begun)
        });
        write.await
    }

    async fn wire_name(&mut self, mailbox: MailboxId) -> Result<Option<Vec<u8>>, StoreError> {
        let read = self.store.read(move |db, _| store::mailbox(db, mailbox));
        match read.await {
            Ok(row) => Ok(row.wire_name),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Moves a message from where the server holds it to the operation's target.
    pub(super) async fn tell_move(&mut self, operation: &OperationRow) -> Result<Outcome, OperationError> {
        let row = match self.placement(operation).await? {
            Ok(row) => row,
            Err(outcome) => return Ok(outcome),
        };
        let Some(target) = operation.target else {
            return Ok(Outcome::Impossible("the mailbox it was moved to is gone"));
        };
        if row.server_mailbox == Some(target) {
            self.finish(operation).await?;
            return Ok(Outcome::Done);
        }
        let Some(wire) = self.wire_name(target).await? else { return Ok(Outcome::Early) };
        let Some(uids) = self.select_for(&row).await? else { return Ok(Outcome::Early) };
        if operation.attempts > 0 && !self.still_there(&uids).await? {
            // An earlier try got through and its answer was lost; or another client was faster.
            let placement = row.id;
            self.store.write(Class::Durable, move |w| store::gone_from_server(w, placement)).await?;
            return Ok(Outcome::Done);
        }
        if self.session.capabilities().has("MOVE") {
            if !self.begin(operation).await? {
                return Ok(Outcome::Overtaken);
            }
            let copied = self.session.move_(&uids, &wire).await?;
            self.arrived(operation, &row, target, landed(copied.as_ref(), row.uid)).await?;
            return Ok(Outcome::Done);
        }
        let operation = match self.copy_once(operation, &row, &uids, target, &wire).await? {
            Ok(operation) => operation,
            Err(outcome) => return Ok(outcome),
        };
        if self.select_for(&row).await?.is_none() {
            return Ok(Outcome::Early);
        }
        self.remove_original(&uids).await?;
        self.arrived(&operation, &row, target, operation.arguments.copied_at()).await?;
        Ok(Outcome::Done)
    }

    /// Copies a message; the new placement learns its UID.
    pub(super) async fn tell_copy(&mut self, operation: &OperationRow) -> Result<Outcome, OperationError> {
        let copy = match self.placement(operation).await? {
            Ok(row) => row,
            Err(outcome) => return Ok(outcome),
        };
        let Some(target) = operation.target else {
            return Ok(Outcome::Impossible("the mailbox it was copied to is gone"));
        };
        let Some(original) = operation.arguments.copy_of.map(PlacementId) else {
            return Ok(Outcome::Impossible("the original is no longer here"));
        };
        let original = match self.store.read(move |db, _| store::placement(db, original)).await {
            Ok(row) => row,
            Err(StoreError::NotFound(_)) => {
                return Ok(Outcome::Impossible("the original is no longer on the server"));
            }
            Err(e) => return Err(e.into()),
        };
        let Some(wire) = self.wire_name(target).await? else { return Ok(Outcome::Early) };
        let Some(uids) = self.select_for(&original).await? else { return Ok(Outcome::Early) };
        let operation = match self.copy_once(operation, &original, &uids, target, &wire).await? {
            Ok(operation) => operation,
            Err(outcome) => return Ok(outcome),
        };
        self.arrived(&operation, &copy, target, operation.arguments.copied_at()).await?;
        Ok(Outcome::Done)
    }

    /// Deletes a message for good.
    pub(super) async fn tell_delete(&mut self, operation: &OperationRow) -> Result<Outcome, OperationError> {
        let Ok(row) = self.placement(operation).await? else {
            // It was deleted elsewhere: what was wanted.
            self.finish(operation).await?;
            return Ok(Outcome::Done);
        };
        let Some(uids) = self.select_for(&row).await? else { return Ok(Outcome::Early) };
        if !self.begin(operation).await? {
            return Ok(Outcome::Overtaken);
        }
        self.remove_original(&uids).await?;
        let (id, placement) = (operation.id, row.id);
        self.store
            .write(Class::Durable, move |w| {
                store::finish_operation(w, id)?;
                match still_here(w, placement)? {
                    Some(_) => store::drop_placement(w, placement),
                    None => Ok(()),
                }
            })
            .await?;
        Ok(Outcome::Done)
    }

    /// COPY, at most once: an earlier try whose answer was lost is looked for in the target first. Or what
    /// becomes of the operation without it.
    async fn copy_once(
        &mut self,
        operation: &OperationRow,
        original: &PlacementRow,
        uids: &UidSet,
        target: MailboxId,
        wire: &[u8],
    ) -> Result<Result<OperationRow, Outcome>, OperationError> {
        let mut operation = operation.clone();
        if operation.arguments.copied {
            return Ok(Ok(operation));
        }
        let earlier = if operation.attempts > 0 {
            self.find_copy(&mut operation, original, uids, target, wire).await?
        } else {
            EarlierCopy::NotThere
        };
        let at = match earlier {
            EarlierCopy::There(at) => at,
            EarlierCopy::NotThere => {
                if operation.arguments.target_uidnext.is_none() {
                    self.note_target(&mut operation, wire).await?;
                }
                if self.select_for(original).await?.is_none() {
                    return Ok(Err(Outcome::Early));
                }
                if !self.begin(&operation).await? {
                    return Ok(Err(Outcome::Overtaken));
                }
                let copied = self.session.copy(uids, wire).await?;
                landed(copied.as_ref(), original.uid)
            }
        };
        operation.arguments.set_copied(at);
        let (id, arguments) = (operation.id, operation.arguments.clone());
        self.store.write(Class::Durable, move |w| store::set_arguments(w, id, &arguments)).await?;
        Ok(Ok(operation))
    }

    async fn still_there(&mut self, uids: &UidSet) -> Result<bool, OperationError> {
        Ok(!self.session.uid_search(&format!("UID {uids}")).await?.is_empty())
    }

    /// `\Deleted` and expunged, without taking along what others marked: with UIDPLUS by UID; without it only if ours is
    /// the only marked one, otherwise it stays marked.
    async fn remove_original(&mut self, uids: &UidSet) -> Result<(), OperationError> {
        self.session.store_flags(uids, FlagAction::Add, &["\\Deleted".to_owned()], None).await?;
        if self.session.capabilities().has("UIDPLUS") {
            self.session.uid_expunge(uids).await?;
        } else {
            let marked = self.session.uid_search("DELETED").await?;
            if marked.difference(uids).is_empty() {
                self.session.expunge().await?;
            }
        }
        Ok(())
    }

    /// The server holds the placement in the target now.
    async fn arrived(
        &mut self,
        operation: &OperationRow,
        row: &PlacementRow,
        target: MailboxId,
        at: Option<(UidValidity, Uid)>,
    ) -> Result<(), OperationError> {
        let (id, placement) = (operation.id, row.id);
        self.store.write(Class::Durable, move |w| store::arrive(w, id, placement, target, at)).await?;
        Ok(())
    }

    async fn finish(&mut self, operation: &OperationRow) -> Result<(), OperationError> {
        let id = operation.id;
        self.store.write(Class::Durable, move |w| store::finish_operation(w, id)).await?;
        Ok(())
    }
}

/// The placement, unless it went while the server was told.
pub(super) fn still_here(w: &Write<'_>, id: PlacementId) -> Result<Option<PlacementRow>, StoreError> {
    match store::placement(w, id) {
        Ok(row) => Ok(Some(row)),
        Err(StoreError::NotFound(_)) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Where a message landed in the target, if the server told.
fn landed(copied: Option<&CopyUid>, from: Option<Uid>) -> Option<(UidValidity, Uid)> {
    let copied = copied?;
    let (_, landed) = copied.pairs.iter().find(|(source, _)| Some(*source) == from)?;
    Some((copied.uidvalidity, *landed))
}
