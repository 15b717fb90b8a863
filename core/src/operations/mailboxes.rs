//! The local halves for mailboxes: create, rename, delete.

use crate::ids::{AccountId, MailboxId, OperationId};
use crate::mailbox::{MailboxKind, Role};
use crate::store::{
    self, Arguments, MailboxRow, NewMailbox, NewOperation, OperationKind, OperationRow, OperationState,
    StoreError, Write,
};

fn invalid(field: &'static str, reason: impl Into<String>) -> StoreError {
    StoreError::Invalid { field, reason: reason.into() }
}

fn check_name(name: &str, delimiter: Option<char>) -> Result<(), StoreError> {
    if name.trim().is_empty() || name.len() > 1_000 || name.chars().any(char::is_control) {
        return Err(invalid("name", "use 1 to 1,000 characters, no control characters"));
    }
    let empty_level = delimiter.is_some_and(|d| name.split(d).any(str::is_empty));
    if empty_level || name.eq_ignore_ascii_case("inbox") || name.contains(['*', '%']) {
        return Err(invalid("name", "no empty level, not INBOX, and neither * nor %"));
    }
    Ok(())
}

fn record(
    w: &mut Write<'_>,
    row: &MailboxRow,
    kind: OperationKind,
    arguments: Arguments,
    depends_on: Option<OperationId>,
) -> Result<OperationId, StoreError> {
    let server = row.kind == MailboxKind::Server;
    store::insert_operation(
        w,
        &NewOperation {
            account: row.account,
            kind,
            state: if server { OperationState::Waiting } else { OperationState::Done },
            placement: None,
            // A local mailbox that was deleted is no more.
            mailbox: (server || kind != OperationKind::MailboxDelete).then_some(row.id),
            target: None,
            arguments,
            depends_on,
        },
    )
}

/// Makes a mailbox: only here, or here now and on the server with the next pass.
pub fn create_mailbox(
    w: &mut Write<'_>,
    account: AccountId,
    name: &str,
    kind: MailboxKind,
) -> Result<(MailboxId, OperationId), StoreError> {
    let known = store::mailboxes(w, account)?;
    let delimiter = known.iter().find_map(|m| m.delimiter);
    check_name(name, delimiter)?;
    let id = store::insert_mailbox(
        w,
        &NewMailbox {
            account,
            kind,
            name: name.to_owned(),
            wire_name: None,
            delimiter: if kind == MailboxKind::Server { delimiter } else { Some('/') },
            role: None,
            selectable: true,
        },
    )?;
    let row = store::mailbox(w, id)?;
    let arguments = Arguments { to_name: Some(name.to_owned()), ..Arguments::default() };
    let operation = record(w, &row, OperationKind::MailboxCreate, arguments, None)?;
    Ok((id, operation))
}

/// Open operations on a mailbox itself, and whether the first of them still waits unsent.
fn open_on_mailbox(w: &Write<'_>, row: &MailboxRow) -> Result<Vec<OperationRow>, StoreError> {
    let mut open = store::open_operations(w, row.account)?;
    open.retain(|o| {
        o.mailbox == Some(row.id)
            && matches!(
                o.kind,
                OperationKind::MailboxCreate | OperationKind::MailboxRename | OperationKind::MailboxDelete
            )
    });
    Ok(open)
}

fn changeable(w: &Write<'_>, id: MailboxId) -> Result<MailboxRow, StoreError> {
    let row = store::mailbox(w, id)?;
    if row.removed {
        return Err(StoreError::NotFound("mailbox"));
    }
    if row.role == Some(Role::Inbox) {
        return Err(invalid("mailbox", "the inbox can be neither renamed nor deleted"));
    }
    Ok(row)
}

/// Renames a mailbox and, with it, those below it.
pub fn rename_mailbox(w: &mut Write<'_>, id: MailboxId, name: &str) -> Result<OperationId, StoreError> {
    let row = changeable(w, id)?;
    check_name(name, row.delimiter)?;
    let open = open_on_mailbox(w, &row)?;
    rename_here(w, &row, name)?;
    let from_name = Some(row.name.clone());
    let arguments = Arguments {
        from_name,
        to_name: Some(name.to_owned()),
        wire_name: row.wire_name.clone(),
        ..Arguments::default()
    };
    record(w, &row, OperationKind::MailboxRename, arguments, open.last().map(|o| o.id))
}

/// Renames the row and those below it, here only. A name that is taken is refused.
fn rename_here(w: &mut Write<'_>, row: &MailboxRow, name: &str) -> Result<(), StoreError> {
    rename_with(w, row, name, store::rename_mailbox)
}

/// Gives the row and those below it their names back, here only. A name that is taken meanwhile refuses nothing.
pub fn rename_back(w: &mut Write<'_>, row: &MailboxRow, name: &str) -> Result<(), StoreError> {
    let free = store::free_name(w, row.account, name, Some(row.id))?;
    rename_with(w, row, &free, store::rename_to_free)
}

fn rename_with(
    w: &mut Write<'_>,
    row: &MailboxRow,
    name: &str,
    rename: fn(&mut Write<'_>, MailboxId, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    rename(w, row.id, name)?;
    if let Some(delimiter) = row.delimiter {
        let prefix = format!("{}{delimiter}", row.name);
        for child in store::all_mailboxes(w, row.account)? {
            if child.kind == row.kind
                && let Some(rest) = child.name.strip_prefix(&prefix)
            {
                rename(w, child.id, &format!("{name}{delimiter}{rest}"))?;
            }
        }
    }
    Ok(())
}

/// Deletes an empty mailbox. One with messages, or with mailboxes below it, is refused: they would be gone for good.
pub fn remove_mailbox(w: &mut Write<'_>, id: MailboxId) -> Result<OperationId, StoreError> {
    let row = changeable(w, id)?;
    let on_server = row.cursor.server_exists.unwrap_or(0);
    if store::counts(w, id)?.total > 0 || on_server > 0 {
        return Err(invalid("mailbox", "it still holds messages: move or delete them first"));
    }
    if let Some(delimiter) = row.delimiter {
        let prefix = format!("{}{delimiter}", row.name);
        if store::mailboxes(w, row.account)?.iter().any(|m| m.name.starts_with(&prefix)) {
            return Err(invalid("mailbox", "there are mailboxes below it: delete them first"));
        }
    }
    if row.kind == MailboxKind::Local {
        let operation = record(w, &row, OperationKind::MailboxDelete, Arguments::default(), None)?;
        store::delete_mailbox(w, id)?;
        return Ok(operation);
    }
    let open = open_on_mailbox(w, &row)?;
    let never_told = row.wire_name.is_none() && open.iter().all(|o| o.attempts == 0);
    let operation =
        record(w, &row, OperationKind::MailboxDelete, Arguments::default(), open.last().map(|o| o.id))?;
    if never_told {
        for earlier in open {
            store::set_operation_state(w, earlier.id, OperationState::Cancelled, None)?;
        }
        store::set_operation_state(w, operation, OperationState::Cancelled, None)?;
        store::delete_mailbox(w, id)?;
    } else {
        store::hide_mailbox(w, id, true)?;
    }
    Ok(operation)
}
