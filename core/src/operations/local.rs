//! The local halves for messages: the shown state and the intent, in one transaction.

use crate::ids::{MailboxId, OperationId, PlacementId};
use crate::mailbox::MailboxKind;
use crate::message::Flags;
use crate::store::{
    self, Arguments, NewOperation, NewPlacement, OperationKind, OperationRow, OperationState, PlacementRow,
    StoreError, Write,
};

fn invalid(field: &'static str, reason: impl Into<String>) -> StoreError {
    StoreError::Invalid { field, reason: reason.into() }
}

/// Whether a server has to be told of what happens to this placement.
fn on_a_server(w: &Write<'_>, row: &PlacementRow) -> Result<bool, StoreError> {
    Ok(row.server_mailbox.is_some() || store::mailbox(w, row.mailbox)?.kind == MailboxKind::Server)
}

/// A placement the person can see.
fn visible(w: &Write<'_>, id: PlacementId) -> Result<PlacementRow, StoreError> {
    let row = store::placement(w, id)?;
    if row.removed { Err(StoreError::NotFound("message")) } else { Ok(row) }
}

/// Whether the server has certainly heard nothing of it: only such an operation can be as if it never was.
pub(super) fn not_sent(operation: &OperationRow) -> bool {
    operation.state == OperationState::Waiting && operation.attempts == 0
}

/// Sets and clears flags. What was already so is no change; a waiting change of the same message is taken in.
pub fn flag(
    w: &mut Write<'_>,
    id: PlacementId,
    add: &[String],
    remove: &[String],
) -> Result<OperationId, StoreError> {
    let row = visible(w, id)?;
    let mut shown = row.flags.clone();
    add.iter().for_each(|f| shown.set(f, true));
    remove.iter().for_each(|f| shown.set(f, false));
    let (own_add, own_remove) = difference(&row.flags, &shown);
    let server = on_a_server(w, &row)?;
    let open = store::open_on_placement(w, id)?;
    let mut depends_on = None;
    // What goes out is the whole difference to what the server has, or will have once the earlier one is through.
    let mut base = row.server_flags.clone();
    if server {
        for earlier in open.iter().filter(|o| o.kind == OperationKind::Flag) {
            if not_sent(earlier) {
                store::set_operation_state(w, earlier.id, OperationState::Cancelled, None)?;
            } else {
                depends_on = Some(earlier.id);
                earlier.arguments.add.iter().for_each(|f| base.set(f, true));
                earlier.arguments.remove.iter().for_each(|f| base.set(f, false));
            }
        }
    }
    let (to_add, to_remove) = difference(&base, &shown);
    let state = match (server, to_add.is_empty() && to_remove.is_empty()) {
        (false, _) => OperationState::Done,
        (true, true) => OperationState::Cancelled,
        (true, false) => OperationState::Waiting,
    };
    let arguments = Arguments { add: to_add, remove: to_remove, own_add, own_remove, ..Arguments::default() };
    let operation = store::insert_operation(
        w,
        &NewOperation {
            account: store::mailbox(w, row.mailbox)?.account,
            kind: OperationKind::Flag,
            state,
            placement: Some(id),
            mailbox: Some(row.mailbox),
            target: None,
            arguments,
            depends_on,
        },
    )?;
    if shown != row.flags {
        store::show_flags(w, &row, &shown)?;
    }
    Ok(operation)
}

/// Flag names to set and to clear on the way from one state to another.
fn difference(from: &Flags, to: &Flags) -> (Vec<String>, Vec<String>) {
    let (before, after) = (from.names(), to.names());
    let only = |a: &[String], b: &[String]| a.iter().filter(|f| !b.contains(f)).cloned().collect();
    (only(&after, &before), only(&before, &after))
}

/// Moves a message: to `target`, or (deleting for good) to nowhere. A waiting move of the same message is taken in.
pub fn relocate(
    w: &mut Write<'_>,
    id: PlacementId,
    kind: OperationKind,
    target: Option<MailboxId>,
) -> Result<OperationId, StoreError> {
    let row = visible(w, id)?;
    if target == Some(row.mailbox) {
        return Err(invalid("mailbox", "the message is already there"));
    }
    let account = store::mailbox(w, row.mailbox)?.account;
    let server = on_a_server(w, &row)?;
    let mut depends_on = match target {
        Some(target) => check_target(w, target, account, server)?,
        None => None,
    };
    let mut state = if server { OperationState::Waiting } else { OperationState::Done };
    // What is deleted for good goes when all its copies are made: until then it may be the only one there is.
    let after = if target.is_none() { store::open_copies_of(w, account, id)? } else { Vec::new() };
    for earlier in store::open_on_placement(w, id)? {
        match earlier.kind {
            kind if kind.moves() && not_sent(&earlier) => {
                store::set_operation_state(w, earlier.id, OperationState::Cancelled, None)?;
            }
            OperationKind::Copy if not_sent(&earlier) && after.is_empty() => {
                return retarget_copy(w, &row, &earlier, kind, target);
            }
            OperationKind::Flag => {}
            _ => depends_on = Some(earlier.id),
        }
    }
    if server && depends_on.is_none() && target.is_some() && target == row.server_mailbox {
        // Back to where the server has it: nothing is to be told.
        state = OperationState::Cancelled;
    }
    let operation = store::insert_operation(
        w,
        &NewOperation {
            account,
            kind,
            state,
            placement: Some(id),
            mailbox: Some(row.mailbox),
            target,
            arguments: Arguments { after: after.into_iter().map(|o| o.0).collect(), ..Arguments::default() },
            depends_on,
        },
    )?;
    match target {
        Some(target) => store::show_in(w, &row, target)?,
        None if server => store::hide_placement(w, &row, true)?,
        None => store::drop_placement(w, id)?,
    }
    Ok(operation)
}

/// A copy that the server was not told of yet goes elsewhere, or nowhere.
fn retarget_copy(
    w: &mut Write<'_>,
    row: &PlacementRow,
    copying: &OperationRow,
    kind: OperationKind,
    target: Option<MailboxId>,
) -> Result<OperationId, StoreError> {
    store::set_operation_state(w, copying.id, OperationState::Cancelled, None)?;
    let state = if target.is_some() { OperationState::Waiting } else { OperationState::Cancelled };
    let operation = store::insert_operation(
        w,
        &NewOperation {
            account: copying.account,
            kind: if target.is_some() { OperationKind::Copy } else { kind },
            state,
            placement: Some(row.id),
            mailbox: copying.mailbox,
            target,
            arguments: copying.arguments.clone(),
            depends_on: copying.depends_on,
        },
    )?;
    match target {
        Some(target) => {
            // The original is deleted after this one, too.
            store::redirect_dependents(w, copying.account, copying.id, operation)?;
            store::show_in(w, row, target)?;
        }
        None => store::drop_placement(w, row.id)?,
    }
    Ok(operation)
}

/// Whether a mailbox can take the message; says which operation has to make it first.
fn check_target(
    w: &Write<'_>,
    target: MailboxId,
    account: crate::ids::AccountId,
    server: bool,
) -> Result<Option<OperationId>, StoreError> {
    let mailbox = store::mailbox(w, target)?;
    if mailbox.account != account {
        return Err(invalid("mailbox", "it belongs to another account"));
    }
    if mailbox.removed || !mailbox.selectable {
        return Err(invalid("mailbox", "it cannot hold messages"));
    }
    match (server, mailbox.kind) {
        (true, MailboxKind::Local) => Err(invalid(
            "mailbox",
            "it is only on this device, and the message is on the server: save a copy of it instead",
        )),
        (false, MailboxKind::Server) => {
            Err(invalid("mailbox", "it is on the server, and the message is only on this device"))
        }
        (false, MailboxKind::Local) => Ok(None),
        (true, MailboxKind::Server) if mailbox.wire_name.is_some() => Ok(None),
        (true, MailboxKind::Server) => Ok(store::open_operations(w, account)?
            .into_iter()
            .find(|o| o.kind == OperationKind::MailboxCreate && o.mailbox == Some(target))
            .map(|o| o.id)),
    }
}

/// Shows a message again whose deletion for good was not told yet. A move that the deletion had taken in waits anew:
/// says which operation brings the message to where it is shown.
pub(super) fn unhide(w: &mut Write<'_>, row: &PlacementRow) -> Result<Option<OperationId>, StoreError> {
    store::hide_placement(w, row, false)?;
    let on_its_way = |o: &OperationRow| o.kind.moves() || o.kind == OperationKind::Copy;
    let Some(held) = row.server_mailbox.filter(|held| *held != row.mailbox) else { return Ok(None) };
    if store::open_on_placement(w, row.id)?.iter().any(on_its_way) {
        return Ok(None);
    }
    let shown = store::mailbox(w, row.mailbox)?;
    if shown.removed || !shown.selectable {
        store::show_in(w, row, held)?;
        return Ok(None);
    }
    let new = NewOperation {
        account: shown.account,
        kind: OperationKind::Move,
        state: OperationState::Waiting,
        placement: Some(row.id),
        mailbox: Some(held),
        target: Some(row.mailbox),
        arguments: Arguments::default(),
        depends_on: check_target(w, row.mailbox, shown.account, true)?,
    };
    store::insert_operation(w, &new).map(Some)
}

/// Copies a message to another mailbox.
pub fn copy(w: &mut Write<'_>, id: PlacementId, target: MailboxId) -> Result<OperationId, StoreError> {
    let row = visible(w, id)?;
    let account = store::mailbox(w, row.mailbox)?.account;
    let server = on_a_server(w, &row)?;
    let mut depends_on = check_target(w, target, account, server)?;
    let earlier = store::open_on_placement(w, id)?;
    if let Some(last) = earlier.iter().rev().find(|o| o.kind != OperationKind::Flag) {
        depends_on = Some(last.id);
    }
    let new = store::insert_placement(
        w,
        &NewPlacement {
            message: row.message,
            thread: row.thread,
            mailbox: target,
            sort_at: row.sort_at,
            flags: row.flags.clone(),
            on_server: None,
            modseq: None,
        },
    )?;
    store::insert_operation(
        w,
        &NewOperation {
            account,
            kind: OperationKind::Copy,
            state: if server { OperationState::Waiting } else { OperationState::Done },
            placement: Some(new),
            mailbox: Some(row.mailbox),
            target: Some(target),
            arguments: Arguments { copy_of: Some(id.0), ..Arguments::default() },
            depends_on,
        },
    )
}
