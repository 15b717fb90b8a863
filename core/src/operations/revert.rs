//! The way back: when the server refuses for good, what is shown is what the server has, and the reason is kept.

use super::mailboxes::rename_here;
use crate::store::{self, OperationKind, OperationRow, OperationState, StoreError, Write};

/// Takes back what an operation did here and keeps the reason. What depended on it fails as well when its turn comes.
pub fn revert_local(w: &mut Write<'_>, operation: &OperationRow, why: &str) -> Result<(), StoreError> {
    // First the state: the shown flags are the server's with what still waits on top.
    store::set_operation_state(w, operation.id, OperationState::Failed, Some(why))?;
    let placement = match operation.placement {
        Some(id) => match store::placement(w, id) {
            Ok(row) => Some(row),
            Err(StoreError::NotFound(_)) => None,
            Err(e) => return Err(e),
        },
        None => None,
    };
    match (operation.kind, placement) {
        (OperationKind::Flag, Some(row)) => {
            let shown = store::with_waiting_flags(w, row.id, &row.server_flags)?;
            if shown != row.flags {
                store::show_flags(w, &row, &shown)?;
            }
        }
        (OperationKind::Copy, Some(row)) if row.server_mailbox.is_none() => store::drop_placement(w, row.id)?,
        (kind, Some(row)) if kind.moves() => {
            if row.removed {
                store::hide_placement(w, &row, false)?;
            }
            if let Some(back) = row.server_mailbox
                && back != row.mailbox
            {
                store::show_in(w, &row, back)?;
            }
        }
        (OperationKind::MailboxCreate, _) => revert_create(w, operation)?,
        (OperationKind::MailboxRename, _) => {
            if let (Some(id), Some(name)) = (operation.mailbox, &operation.arguments.from_name) {
                let row = store::mailbox(w, id)?;
                rename_here(w, &row, name)?;
            }
        }
        (OperationKind::MailboxDelete, _) => {
            if let Some(id) = operation.mailbox {
                store::hide_mailbox(w, id, false)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A mailbox that cannot be made takes with it what was on its way into it.
fn revert_create(w: &mut Write<'_>, operation: &OperationRow) -> Result<(), StoreError> {
    let Some(mailbox) = operation.mailbox else { return Ok(()) };
    for waiting in store::open_operations(w, operation.account)? {
        if waiting.target == Some(mailbox) {
            revert_local(w, &waiting, "the mailbox could not be made on the server")?;
        }
    }
    store::delete_mailbox(w, mailbox)
}
