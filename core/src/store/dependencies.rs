//! What operations wait for: earlier ones on the same message, and the copies of a message that is deleted for good.

use super::intents::{OperationKind, OperationState};
use super::operations::{OperationRow, arguments_json, open_operations, operation};
use super::{StoreError, Write};
use crate::ids::{AccountId, OperationId, PlacementId};
use rusqlite::{Connection, params};

/// Copies of this placement that the server still has to make.
pub fn open_copies_of(
    db: &Connection,
    account: AccountId,
    original: PlacementId,
) -> Result<Vec<OperationId>, StoreError> {
    let open = open_operations(db, account)?.into_iter();
    let copies = open.filter(|o| o.kind == OperationKind::Copy && o.arguments.copy_of == Some(original.0));
    Ok(copies.map(|o| o.id).collect())
}

/// How that stands what an operation builds on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dependency {
    /// All of it is through, or is not wanted any more.
    Clear,
    /// Some of it is still to be told.
    Waits,
    /// Some of it was refused for good.
    Failed,
}

/// How that stands what an operation builds on.
pub fn dependency(db: &Connection, of: &OperationRow) -> Result<Dependency, StoreError> {
    let after = of.arguments.after.iter().copied().map(OperationId);
    let mut found = Dependency::Clear;
    for id in of.depends_on.into_iter().chain(after) {
        match operation(db, id) {
            Ok(earlier) if earlier.state == OperationState::Failed => return Ok(Dependency::Failed),
            Ok(earlier) if earlier.state.is_open() => found = Dependency::Waits,
            Ok(_) | Err(StoreError::NotFound(_)) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(found)
}

/// What was to wait for one operation waits for another one that took its place.
pub fn redirect_dependents(
    w: &mut Write<'_>,
    account: AccountId,
    from: OperationId,
    to: OperationId,
) -> Result<(), StoreError> {
    for mut waiting in open_operations(w, account)? {
        if waiting.id == to
            || !(waiting.depends_on == Some(from) || waiting.arguments.after.contains(&from.0))
        {
            continue;
        }
        let depends_on = waiting.depends_on.map(|on| if on == from { to } else { on });
        waiting.arguments.after.iter_mut().filter(|id| **id == from.0).for_each(|id| *id = to.0);
        w.prepare_cached("UPDATE operation SET depends_on = ?2, arguments = ?3 WHERE id = ?1")?
            .execute(params![waiting.id.0, depends_on.map(|on| on.0), arguments_json(&waiting.arguments)?])?;
    }
    Ok(())
}
