//! Lists, and what a person does to mail. Everything here answers from the device at once; servers are told by the
//! next pass.

use super::Satchel;
use super::records::{MailboxView, OperationView};
use crate::error::MailError;
use crate::ids::{AccountId, MailboxId, OperationId, PlacementId, ThreadId};
use crate::mailbox::{MailboxKind, Role};
use crate::operations;
use crate::ports::Class;
use crate::query;
use crate::store::{
    self, LedgerRow, ListRow, MailboxRow, OperationKind, OperationState, Page, PageCursor, Scope, StoreError,
    Usage, Write,
};
use rusqlite::Connection;

impl Satchel {
    /// The mailboxes of an account: roles first, then by name.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub async fn mailboxes(&self, account: AccountId) -> Result<Vec<MailboxView>, MailError> {
        let read = self.store().read(move |db, _| {
            store::account(db, account)?;
            store::mailboxes(db, account)?.into_iter().map(|row| view(db, row)).collect()
        });
        Ok(read.await?)
    }

    /// One mailbox.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub async fn mailbox(&self, id: MailboxId) -> Result<MailboxView, MailError> {
        Ok(self.store().read(move |db, _| view(db, shown_mailbox(db, id)?)).await?)
    }

    /// A page of the messages of a mailbox, newest first. `limit` is held to 1…100; `before` is the `next` of the page
    /// before.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub async fn messages(
        &self,
        mailbox: MailboxId,
        limit: u32,
        before: Option<PageCursor>,
    ) -> Result<Page, MailError> {
        let read = self.store().read(move |db, _| {
            shown_mailbox(db, mailbox)?;
            store::message_page(db, mailbox, limit, before)
        });
        Ok(read.await?)
    }

    /// A page of the conversations of a mailbox, by their newest message there.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub async fn threads(
        &self,
        mailbox: MailboxId,
        limit: u32,
        before: Option<PageCursor>,
    ) -> Result<Page, MailError> {
        let read = self.store().read(move |db, _| {
            shown_mailbox(db, mailbox)?;
            store::thread_page(db, mailbox, limit, before)
        });
        Ok(read.await?)
    }

    /// All messages of a conversation, over all mailboxes, oldest first; at most 1,000.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn thread(&self, id: ThreadId) -> Result<Vec<ListRow>, MailError> {
        Ok(self.store().read(move |db, _| store::thread_rows(db, id)).await?)
    }

    /// One row of a list.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub async fn message_row(&self, id: PlacementId) -> Result<ListRow, MailError> {
        Ok(self.store().read(move |db, _| store::list_row(db, id)).await?)
    }

    /// What a query finds on this device, newest first. The language: `from: to: cc: subject: has:attachment is:unread
    /// is:flagged before: after: in:` and words.
    ///
    /// # Errors
    /// `InvalidInput` (the query), `Storage`.
    pub async fn search(
        &self,
        text: &str,
        account: Option<AccountId>,
        limit: u32,
        before: Option<PageCursor>,
    ) -> Result<Page, MailError> {
        let query = query::parse(text)?;
        if text.trim().is_empty() {
            return Err(MailError::InvalidInput {
                field: "query".into(),
                reason: "say what to look for".into(),
            });
        }
        let scope = Scope { account, mailbox: None };
        Ok(self.store().read(move |db, _| store::search(db, &query, scope, limit, before)).await?)
    }

    /// Sets and clears flags: `\Seen`, `\Flagged`, `\Answered`, `\Draft`, or a keyword (RFC 3501 §2.3.2).
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`. All or none of the messages are changed.
    pub async fn flag(
        &self,
        ids: &[PlacementId],
        add: &[String],
        remove: &[String],
    ) -> Result<Vec<OperationView>, MailError> {
        for name in add.iter().chain(remove) {
            check_flag(name)?;
        }
        let (add, remove) = (add.to_vec(), remove.to_vec());
        self.for_each(ids, move |w, id| operations::flag(w, id, &add, &remove)).await
    }

    /// Moves messages to another mailbox of the same account.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`.
    pub async fn move_to(&self, ids: &[PlacementId], to: MailboxId) -> Result<Vec<OperationView>, MailError> {
        self.for_each(ids, move |w, id| operations::relocate(w, id, OperationKind::Move, Some(to))).await
    }

    /// Copies messages to another mailbox of the same account.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`.
    pub async fn copy_to(&self, ids: &[PlacementId], to: MailboxId) -> Result<Vec<OperationView>, MailError> {
        self.for_each(ids, move |w, id| operations::copy(w, id, to)).await
    }

    /// Moves messages to the account's archive, which is made if there is none.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`.
    pub async fn archive(&self, ids: &[PlacementId]) -> Result<Vec<OperationView>, MailError> {
        self.for_each(ids, |w, id| to_role(w, id, OperationKind::Archive, Role::Archive)).await
    }

    /// Moves messages to the account's junk mailbox, which is made if there is none.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`.
    pub async fn junk(&self, ids: &[PlacementId]) -> Result<Vec<OperationView>, MailError> {
        self.for_each(ids, |w, id| to_role(w, id, OperationKind::Junk, Role::Junk)).await
    }

    /// Moves messages to the trash, which is made if there is none; those that are there already are deleted for good.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`.
    pub async fn delete(&self, ids: &[PlacementId]) -> Result<Vec<OperationView>, MailError> {
        self.for_each(ids, |w, id| {
            let row = store::placement(w, id)?;
            if store::mailbox(w, row.mailbox)?.role == Some(Role::Trash) {
                operations::relocate(w, id, OperationKind::Delete, None)
            } else {
                to_role(w, id, OperationKind::Delete, Role::Trash)
            }
        })
        .await
    }

    /// Takes an operation back, also while a pass runs: what the server was not told of yet is not told any more; of
    /// what it is being told, the opposite follows. A deletion for good that is being told cannot be taken back.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput` if it cannot be taken back, `Storage`.
    pub async fn undo(&self, id: OperationId) -> Result<OperationView, MailError> {
        let done = self.store().write(Class::Durable, move |w| {
            let by = operations::undo(w, id)?;
            store::operation(w, by)
        });
        Ok(done.await?.into())
    }

    /// Takes several operations back, the latest first; all of them or, with an error, none. Those that were refused or
    /// taken back already are left out.
    ///
    /// # Errors
    /// As [`Satchel::undo`].
    pub async fn undo_all(&self, ids: &[OperationId]) -> Result<Vec<OperationView>, MailError> {
        let ids = ids.to_vec();
        let done = self.store().write(Class::Durable, move |w| {
            let mut rows = Vec::with_capacity(ids.len());
            for id in ids.into_iter().rev() {
                let state = store::operation(w, id)?.state;
                if matches!(state, OperationState::Failed | OperationState::Undone) {
                    continue;
                }
                let by = operations::undo(w, id)?;
                rows.push(store::operation(w, by)?);
            }
            if rows.is_empty() {
                let reason = "nothing of it is left to be taken back".to_owned();
                return Err(StoreError::Invalid { field: "operation", reason });
            }
            Ok(rows)
        });
        Ok(done.await?.into_iter().map(OperationView::from).collect())
    }

    /// The newest operations, open ones first; at most 200.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn operations(&self) -> Result<Vec<OperationView>, MailError> {
        let rows = self.store().read(|db, _| store::recent_operations(db, 200)).await?;
        Ok(rows.into_iter().map(OperationView::from).collect())
    }

    /// Makes a mailbox: on the server with the next pass, or only here. Accounts that use POP have only local ones.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`.
    pub async fn create_mailbox(
        &self,
        account: AccountId,
        name: &str,
        local: bool,
    ) -> Result<(MailboxView, OperationView), MailError> {
        let name = name.to_owned();
        let made = self.store().write(Class::Durable, move |w| {
            let pop = store::account(w, account)?.protocol == crate::account::Protocol::Pop;
            let kind = if local || pop { MailboxKind::Local } else { MailboxKind::Server };
            let (mailbox, operation) = operations::create_mailbox(w, account, &name, kind)?;
            Ok((store::mailbox(w, mailbox)?, store::operation(w, operation)?))
        });
        let (mailbox, operation) = made.await?;
        // It is new: nothing is in it.
        Ok((MailboxView::new(mailbox, store::Counts::default(), 0), operation.into()))
    }

    /// Renames a mailbox and those below it.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`.
    pub async fn rename_mailbox(&self, id: MailboxId, name: &str) -> Result<OperationView, MailError> {
        let name = name.to_owned();
        let done = self.store().write(Class::Durable, move |w| {
            let operation = operations::rename_mailbox(w, id, &name)?;
            store::operation(w, operation)
        });
        Ok(done.await?.into())
    }

    /// Deletes an empty mailbox.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput` if it holds messages, `Storage`.
    pub async fn delete_mailbox(&self, id: MailboxId) -> Result<OperationView, MailError> {
        let done = self.store().write(Class::Durable, move |w| {
            let operation = operations::remove_mailbox(w, id)?;
            store::operation(w, operation)
        });
        Ok(done.await?.into())
    }

    /// The POP ledger of an account: what became of each message of the maildrop.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub async fn pop_state(&self, account: AccountId) -> Result<Vec<LedgerRow>, MailError> {
        let read = self.store().read(move |db, _| {
            store::account(db, account)?;
            store::ledger(db, account)
        });
        Ok(read.await?)
    }

    /// How much room the store takes.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn storage(&self) -> Result<Usage, MailError> {
        Ok(self.store().read(|db, _| store::usage(db)).await?)
    }

    async fn for_each(
        &self,
        ids: &[PlacementId],
        f: impl Fn(&mut Write<'_>, PlacementId) -> Result<OperationId, StoreError> + Send + 'static,
    ) -> Result<Vec<OperationView>, MailError> {
        let ids = ids.to_vec();
        let done = self.store().write(Class::Durable, move |w| {
            let mut rows = Vec::with_capacity(ids.len());
            for id in ids {
                let operation = f(w, id)?;
                rows.push(store::operation(w, operation)?);
            }
            Ok(rows)
        });
        Ok(done.await?.into_iter().map(OperationView::from).collect())
    }
}

/// A keyword is an atom (RFC 3501 §9 `flag-keyword`); of system flags only those a person may set.
fn check_flag(name: &str) -> Result<(), MailError> {
    let system = ["\\Seen", "\\Flagged", "\\Answered", "\\Draft"];
    let atom = !name.is_empty()
        && name.len() <= 255
        && name.bytes().all(|b| b.is_ascii_graphic() && !b"(){%*\"\\]".contains(&b));
    if atom || system.contains(&name) {
        return Ok(());
    }
    Err(MailError::InvalidInput {
        field: "flag".into(),
        reason: "use seen, flagged, answered, draft, or a keyword of letters and digits".into(),
    })
}

fn view(db: &Connection, row: MailboxRow) -> Result<MailboxView, StoreError> {
    let (counts, held) = (store::counts(db, row.id)?, store::held_on_server(db, row.id)?);
    Ok(MailboxView::new(row, counts, held))
}

/// A mailbox that the person has not deleted.
fn shown_mailbox(db: &Connection, id: MailboxId) -> Result<MailboxRow, StoreError> {
    let row = store::mailbox(db, id)?;
    if row.removed { Err(StoreError::NotFound("mailbox")) } else { Ok(row) }
}

/// Moves to the account's mailbox of a role; one is made if there is none, so that nothing is deleted for want of it.
fn to_role(
    w: &mut Write<'_>,
    id: PlacementId,
    kind: OperationKind,
    role: Role,
) -> Result<OperationId, StoreError> {
    let row = store::placement(w, id)?;
    let from = store::mailbox(w, row.mailbox)?;
    let target = match store::mailbox_by_role(w, from.account, role)? {
        Some(target) => target,
        None => {
            let name = match role {
                Role::Archive => "Archive",
                Role::Junk => "Junk",
                _ => "Trash",
            };
            let (made, _) = operations::create_mailbox(w, from.account, name, from.kind)?;
            let made = store::mailbox(w, made)?;
            store::set_role(w, &made, role)?;
            made.id
        }
    };
    operations::relocate(w, id, kind, Some(target))
}
