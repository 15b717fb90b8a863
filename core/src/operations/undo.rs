//! Taking back what a person did: before the server was told it is as if it never was, afterwards the opposite is done.

use super::local::{flag, relocate};
use crate::ids::OperationId;
use crate::store::{self, OperationKind, OperationState, StoreError, Write};

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
                if operation.attempts > 0 {
                    return Err(cannot("the server is being told just now"));
                }
                store::hide_placement(w, &row, false)?;
                id
            } else {
                let back = operation.mailbox.ok_or_else(|| cannot("the mailbox it came from is gone"))?;
                relocate(w, placement, OperationKind::Move, Some(back))?
            }
        }
        _ => return Err(cannot("it cannot be taken back")),
    };
    store::set_operation_state(w, id, OperationState::Undone, None)?;
    Ok(by)
}
