//! The way back: when the server refuses for good, what is shown is what the server has, and the reason is kept.

use super::mailboxes::rename_back;
use crate::ids::MailboxId;
use crate::store::{self, MailboxRow, OperationKind, OperationRow, OperationState, StoreError, Write};

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
            // An earlier move that is on its way still brings it somewhere.
            let open = store::open_on_placement(w, row.id)?;
            let earlier = open.iter().rev().find(|o| o.kind.moves() && o.id < operation.id);
            let back = earlier.and_then(|o| o.target).or(row.server_mailbox);
            if let Some(back) = back
                && back != row.mailbox
            {
                store::show_in(w, &row, back)?;
            }
        }
        (OperationKind::MailboxCreate, _) => revert_create(w, operation)?,
        (OperationKind::MailboxRename, _) => revert_rename(w, operation)?,
        (OperationKind::MailboxDelete, _) => {
            if let Some(row) = still_here(w, operation.mailbox)? {
                store::hide_mailbox(w, row.id, false)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn still_here(w: &Write<'_>, id: Option<MailboxId>) -> Result<Option<MailboxRow>, StoreError> {
    let Some(id) = id else { return Ok(None) };
    match store::mailbox(w, id) {
        Ok(row) => Ok(Some(row)),
        Err(StoreError::NotFound(_)) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Later renames of the same mailbox fail with this one: each would bring back a name the server never knew.
fn revert_rename(w: &mut Write<'_>, operation: &OperationRow) -> Result<(), StoreError> {
    let Some(row) = still_here(w, operation.mailbox)? else { return Ok(()) };
    for later in store::open_operations(w, operation.account)? {
        if later.kind == OperationKind::MailboxRename
            && later.mailbox == Some(row.id)
            && later.id > operation.id
        {
            let why = "an earlier rename of this mailbox failed";
            store::set_operation_state(w, later.id, OperationState::Failed, Some(why))?;
        }
    }
    match &operation.arguments.from_name {
        Some(name) => rename_back(w, &row, name),
        None => Ok(()),
    }
}

/// A mailbox that cannot be made takes with it what was on its way into it.
fn revert_create(w: &mut Write<'_>, operation: &OperationRow) -> Result<(), StoreError> {
    let Some(mailbox) = operation.mailbox else { return Ok(()) };
    for waiting in store::open_operations(w, operation.account)? {
        if waiting.target == Some(mailbox) {
            revert_local(w, &waiting, "the mailbox could not be made on the server")?;
        }
    }
    // What was moved into it and then deleted for good has no target any more, and is still the server's elsewhere:
    // it must not go with the mailbox, for the server was not told.
    for row in store::placements_shown_in(w, mailbox)? {
        if let Some(there) = row.server_mailbox.filter(|there| *there != mailbox) {
            store::show_in(w, &row, there)?;
        }
    }
    store::delete_mailbox(w, mailbox)
}
