//! Taking back what a person did: before the server was told it is as if it never was, afterwards the opposite is done.

use super::local::{flag, not_sent, relocate, unhide};
use crate::ids::OperationId;
use crate::store::{self, OperationKind, OperationState, PlacementRow, StoreError, Write};

fn cannot(reason: &str) -> StoreError {
    StoreError::Invalid { field: "operation", reason: reason.to_owned() }
}

/// Takes an operation back. Says which operation does so: a new one, or the same if it had not gone out.
pub fn undo(w: &mut Write<'_>, id: OperationId) -> Result<OperationId, StoreError> {
    let operation = store::operation(w, id)?;
    match operation.state {
        OperationState::Undone => return Err(cannot("it was already taken back")),
        OperationState::Failed => return Err(cannot("it failed and was taken back then")),
        _ => {}
    }
    let placement = operation.placement.ok_or_else(|| match operation.kind {
        OperationKind::Delete => cannot("the message was deleted for good"),
        OperationKind::MailboxCreate | OperationKind::MailboxRename | OperationKind::MailboxDelete => {
            cannot("changes of mailboxes are not taken back: make the opposite change")
        }
        _ => cannot("the message is no longer here"),
    })?;
    let by = match operation.kind {
        OperationKind::Flag => {
            flag(w, placement, &operation.arguments.own_remove, &operation.arguments.own_add)?
        }
        OperationKind::Copy => {
            let row = store::placement(w, placement)?;
            // The copy is what was not wanted; the original stays untouched.
            let local = operation.state == OperationState::Done && row.server_mailbox.is_none();
            if local {
                store::drop_placement(w, placement)?;
                id
            } else {
                relocate(w, placement, OperationKind::Delete, None)?
            }
        }
        kind if kind.moves() => {
            let row = store::placement(w, placement)?;
            if row.removed {
                undelete(w, id, &row)?
            } else {
                let back = operation.mailbox.ok_or_else(|| cannot("the mailbox it came from is gone"))?;
                relocate(w, placement, OperationKind::Move, Some(back))?
            }
        }
        _ => return Err(cannot("it cannot be taken back")),
    };
    // One that is still open was sent, or others build on it: how it ended is to be found out before the opposite is
    // told, which waits for it.
    if !store::operation(w, id)?.state.is_open() {
        store::set_operation_state(w, id, OperationState::Undone, None)?;
    }
    Ok(by)
}

/// Takes back a deletion for good that the server was not told of.
fn undelete(w: &mut Write<'_>, id: OperationId, row: &PlacementRow) -> Result<OperationId, StoreError> {
    let open = store::open_on_placement(w, row.id)?;
    let deleting = open.iter().find(|o| o.kind == OperationKind::Delete && o.target.is_none());
    if let Some(deleting) = deleting {
        if deleting.id != id {
            return Err(cannot("the message was deleted for good afterwards: take that back first"));
        }
        if !not_sent(deleting) {
            return Err(cannot("the server is being told just now"));
        }
    }
    store::set_operation_state(w, id, OperationState::Undone, None)?;
    Ok(unhide(w, row)?.unwrap_or(id))
}
