//! The server's list of mailboxes into ours: new ones, changed ones, and those that went.

use super::EngineError;
use crate::ids::{AccountId, MailboxId};
use crate::imap::{ListedMailbox, Listing, Session};
use crate::mailbox::{MailboxKind, Role};
use crate::operations::{self, personal_prefix, without_prefix};
use crate::ports::Class;
use crate::store::{self, MailboxRow, NewMailbox, OperationKind, OperationState, Store, StoreError, Write};
use std::collections::{BTreeMap, BTreeSet};

/// A listed mailbox and its row here.
pub struct Reconciled {
    /// The row.
    pub row: MailboxRow,
    /// What the server said.
    pub listed: ListedMailbox,
}

/// Brings the list of mailboxes up to date. Names are shown without the prefix of the personal namespace. An empty list, or one without INBOX, removes nothing: no server has none.
pub async fn reconcile_mailboxes(
    store: &Store,
    account: AccountId,
    session: &mut Session,
    listing: Listing,
) -> Result<Vec<Reconciled>, EngineError> {
    let prefix = prefix_of(store, account, session, &listing.mailboxes).await?;
    let known = Here::read(store, account).await?;
    let listed = listing.mailboxes;
    if differs(&known, &listed, &prefix) {
        let (list, complete) = (listed.clone(), listing.complete);
        store.write(Class::Cache, move |w| apply_list(w, account, &known, &list, &prefix, complete)).await?;
    }
    let rows = store.read(move |db, _| store::mailboxes(db, account)).await?;
    let mut by_wire: BTreeMap<Vec<u8>, ListedMailbox> =
        listed.into_iter().map(|l| (l.raw_name.clone(), l)).collect();
    let reconciled = rows.into_iter().filter_map(|row| {
        let listed = by_wire.remove(row.wire_name.as_deref()?)?;
        Some(Reconciled { row, listed })
    });
    Ok(reconciled.collect())
}

/// What was learned turns out wrong when no mailbox beside INBOX has the prefix: it is asked for again.
async fn prefix_of(
    store: &Store,
    account: AccountId,
    session: &mut Session,
    listed: &[ListedMailbox],
) -> Result<String, EngineError> {
    let prefix = personal_prefix(store, account, session, false).await?;
    let wrong = fits_nothing(&prefix, listed);
    if wrong { Ok(personal_prefix(store, account, session, true).await?) } else { Ok(prefix) }
}

fn fits_nothing(prefix: &str, listed: &[ListedMailbox]) -> bool {
    let mut others = listed.iter().filter(|l| l.role != Some(Role::Inbox)).peekable();
    !prefix.is_empty() && others.peek().is_some() && others.all(|l| without_prefix(prefix, &l.name) == l.name)
}

/// The mailboxes of an account as they are here.
struct Here {
    rows: Vec<MailboxRow>,
    /// Those whose new name the server does not know yet.
    renamed: BTreeSet<MailboxId>,
}

impl Here {
    async fn read(store: &Store, account: AccountId) -> Result<Self, StoreError> {
        let read = store.read(move |db, _| {
            Ok((store::all_mailboxes(db, account)?, store::open_operations(db, account)?))
        });
        let (rows, open) = read.await?;
        let renames = open.iter().filter(|o| o.kind == OperationKind::MailboxRename);
        Ok(Self { rows, renamed: renames.filter_map(|o| o.mailbox).collect() })
    }

    fn by_wire(&self) -> BTreeMap<&[u8], &MailboxRow> {
        self.rows.iter().filter_map(|m| Some((m.wire_name.as_deref()?, m))).collect()
    }

    fn is_taken(&self, name: &str) -> bool {
        self.rows.iter().any(|m| !m.removed && m.name == name)
    }

    /// The name to show for a mailbox that is still shown with its prefix, or beside one that had its name; `None` also
    /// if that name is taken.
    fn better_name(&self, row: &MailboxRow, l: &ListedMailbox, prefix: &str) -> Option<String> {
        let short = without_prefix(prefix, &l.name);
        let prefixed = row.name == l.name && short != l.name;
        let beside = row.name == store::beside_local(short) && !self.renamed.contains(&row.id);
        ((prefixed || beside) && !self.is_taken(short)).then(|| short.to_owned())
    }
}

fn differs(known: &Here, listed: &[ListedMailbox], prefix: &str) -> bool {
    let by_wire = known.by_wire();
    by_wire.len() != listed.len()
        || listed.iter().any(|l| {
            by_wire
                .get(l.raw_name.as_slice())
                .is_none_or(|row| !same(row, l) || known.better_name(row, l, prefix).is_some())
        })
}

fn same(row: &MailboxRow, l: &ListedMailbox) -> bool {
    row.delimiter == l.delimiter && row.role == l.role && row.selectable == l.selectable
}

fn apply_list(
    w: &mut Write<'_>,
    account: AccountId,
    known: &Here,
    listed: &[ListedMailbox],
    prefix: &str,
    complete: bool,
) -> Result<(), StoreError> {
    let mut gone = known.by_wire();
    for l in listed {
        match gone.remove(l.raw_name.as_slice()) {
            Some(row) => {
                if !same(row, l) {
                    store::note_listed(w, row, &l.raw_name, l.delimiter, l.role, l.selectable)?;
                }
                if let Some(name) = known.better_name(row, l, prefix) {
                    rename(w, row, &name)?;
                }
            }
            None => adopt_or_insert(w, account, known, l, prefix)?,
        }
    }
    let has_inbox = listed.iter().any(|l| l.role == Some(Role::Inbox));
    if has_inbox && complete {
        for row in gone.into_values() {
            remove(w, row.id)?;
        }
    }
    Ok(())
}

/// Those below a mailbox lose their prefix each by itself, and follow it when it gets its own name back.
fn rename(w: &mut Write<'_>, row: &MailboxRow, name: &str) -> Result<(), StoreError> {
    if row.name == store::beside_local(name) {
        operations::rename_back(w, row, name)
    } else {
        store::rename_to_free(w, row.id, name)
    }
}

/// A mailbox that was made here and whose answer was lost is found under its name.
fn adopt_or_insert(
    w: &mut Write<'_>,
    account: AccountId,
    known: &Here,
    l: &ListedMailbox,
    prefix: &str,
) -> Result<(), StoreError> {
    let shown = without_prefix(prefix, &l.name);
    let made_here = known.rows.iter().find(|m| {
        m.kind == MailboxKind::Server
            && m.wire_name.is_none()
            && !m.removed
            && without_prefix(prefix, &m.name) == shown
    });
    if let Some(row) = made_here {
        return store::note_listed(w, row, &l.raw_name, l.delimiter, l.role, l.selectable);
    }
    let name = if known.is_taken(shown) { store::beside_local(shown) } else { shown.to_owned() };
    let new = NewMailbox {
        account,
        kind: MailboxKind::Server,
        name,
        wire_name: Some(l.raw_name.clone()),
        delimiter: l.delimiter,
        role: l.role,
        selectable: l.selectable,
    };
    match store::insert_mailbox(w, &new) {
        // Two names that look alike once decoded: the second one keeps its wire name as its shown name.
        Err(StoreError::Invalid { .. }) => {
            let name = store::free_name(w, account, &String::from_utf8_lossy(&l.raw_name), None)?;
            store::insert_mailbox(w, &NewMailbox { name, ..new }).map(drop)
        }
        other => other.map(drop),
    }
}

/// The server no longer has this mailbox. What was on its way into it goes back to where the server holds it.
fn remove(w: &mut Write<'_>, id: MailboxId) -> Result<(), StoreError> {
    for operation in store::open_operations(w, store::mailbox(w, id)?.account)? {
        if operation.kind == OperationKind::MailboxDelete && operation.mailbox == Some(id) {
            // What was wanted; the answer was lost, or another client was faster.
            store::set_operation_state(w, operation.id, OperationState::Done, None)?;
        } else if operation.target == Some(id) || operation.mailbox == Some(id) {
            operations::revert_local(w, &operation, "the mailbox is no longer on the server")?;
        }
    }
    store::delete_mailbox(w, id)
}
