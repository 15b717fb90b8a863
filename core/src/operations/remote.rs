//! The remote halves: the server is told, in order; one that fails blocks only what depends on it.

use super::namespace::{personal_prefix, personal_wire_name};
use super::transfer::{Outcome, Teller, still_here};
use super::{OperationError, revert_local};
use crate::ids::{AccountId, MailboxId, OperationId, UidValidity};
use crate::imap::{FlagAction, ImapError, Session, UidSet, encode_mailbox_name as encode_name};
use crate::message::Flags;
use crate::ports::Class;
use crate::store::{self, Dependency, OperationKind, OperationRow, PlacementRow, Store, StoreError};

/// What telling the server brought.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// Operations that are through.
    pub done: u64,
    /// Operations that the server refused for good; what they did here was taken back.
    pub failed: u64,
    /// Operations that wait for a UID that the pass over their mailbox will find.
    pub early: u64,
    /// Operations that the server refused for now, in words.
    pub postponed: Vec<String>,
}

/// First wait after a refusal that may pass, milliseconds; doubled each time.
const FIRST_WAIT_MS: i64 = 60_000;
/// Longest wait.
const LONGEST_WAIT_MS: i64 = 6 * 3_600_000;

/// Tells the server what waits, oldest first.
pub async fn apply_remote(
    store: &Store,
    account: AccountId,
    session: &mut Session,
) -> Result<Told, OperationError> {
    let mut told = Told::default();
    let open = store.read(move |db, _| store::open_operations(db, account)).await?;
    let mut teller = Teller::new(store, session);
    for listed in open {
        // An earlier one may have changed it.
        let id = listed.id;
        let operation = store.read(move |db, _| store::operation(db, id)).await?;
        if !operation.state.is_open() || operation.not_before > store.now_ms() {
            continue;
        }
        let builds_on = operation.clone();
        match store.read(move |db, _| store::dependency(db, &builds_on)).await? {
            Dependency::Clear => {}
            Dependency::Waits => continue,
            Dependency::Failed => {
                told.failed += fail(store, &operation, "what it builds on failed before").await?;
                continue;
            }
        }
        match teller.tell(&operation).await {
            Ok(Outcome::Done) => told.done += 1,
            Ok(Outcome::Early) => told.early += 1,
            Ok(Outcome::Overtaken) => {}
            Ok(Outcome::Impossible(why)) => told.failed += fail(store, &operation, why).await?,
            Err(OperationError::Imap(e)) if e.session_lives() => {
                if may_pass(&e) {
                    // What the try learned (that the copy is there) must outlive it.
                    let operation = store.read(move |db, _| store::operation(db, id)).await?;
                    postpone(store, &operation, &e).await?;
                    told.postponed.push(format!("{} (operation {id}): {e}", operation.kind.as_str()));
                } else {
                    told.failed += fail(store, &operation, &e.to_string()).await?;
                }
            }
            Err(e) => return Err(e),
        }
    }
    Ok(told)
}

/// Codes of RFC 5530 that speak of now, not of ever.
fn may_pass(e: &ImapError) -> bool {
    matches!(e.code(), Some("UNAVAILABLE" | "INUSE" | "SERVERBUG" | "LIMIT" | "EXPIRED"))
}

async fn postpone(store: &Store, operation: &OperationRow, e: &ImapError) -> Result<(), StoreError> {
    let (id, why) = (operation.id, e.to_string());
    let doublings = operation.attempts.min(10);
    let wait = (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS);
    let not_before = store.now_ms() + wait;
    let arguments = operation.arguments.clone();
    store
        .write(Class::Cache, move |w| {
            if store::begin_attempt(w, id, &arguments)? {
                store::postpone(w, id, not_before, &why)?;
            }
            Ok(())
        })
        .await
}

/// Takes back here what the server refuses, unless the person has done so. Says how many operations failed by that.
async fn fail(store: &Store, operation: &OperationRow, why: &str) -> Result<u64, StoreError> {
    let (id, why) = (operation.id, why.to_owned());
    let write = store.write(Class::Durable, move |w| {
        let current = store::operation(w, id)?;
        if !current.state.is_open() {
            return Ok(0);
        }
        revert_local(w, &current, &why)?;
        Ok(1)
    });
    write.await
}

/// What the server says of the mail in a mailbox.
enum Emptiness {
    Empty,
    Holds,
    Gone,
    Unknown,
}

/// What the server's list says of a name.
#[derive(PartialEq, Eq)]
enum Presence {
    /// Nothing, and the list is whole.
    Gone,
    /// It cannot hold mail.
    NameOnly,
    /// It is there, or may be.
    Mailbox,
}

impl Teller<'_> {
    async fn tell(&mut self, operation: &OperationRow) -> Result<Outcome, OperationError> {
        match operation.kind {
            OperationKind::Flag => self.tell_flags(operation).await,
            OperationKind::Copy => self.tell_copy(operation).await,
            OperationKind::Move | OperationKind::Archive | OperationKind::Junk => {
                self.tell_move(operation).await
            }
            OperationKind::Delete if operation.target.is_some() => self.tell_move(operation).await,
            OperationKind::Delete => self.tell_delete(operation).await,
            OperationKind::MailboxCreate => self.tell_create(operation).await,
            OperationKind::MailboxRename => self.tell_rename(operation).await,
            OperationKind::MailboxDelete => self.tell_mailbox_delete(operation).await,
        }
    }

    async fn tell_flags(&mut self, operation: &OperationRow) -> Result<Outcome, OperationError> {
        let row = match self.placement(operation).await? {
            Ok(row) => row,
            Err(outcome) => return Ok(outcome),
        };
        let Some(uids) = self.select_for(&row).await? else { return Ok(Outcome::Early) };
        if !self.begin(operation).await? {
            return Ok(Outcome::Overtaken);
        }
        let (add, remove) = (operation.arguments.add.clone(), operation.arguments.remove.clone());
        if !add.is_empty() {
            self.session.store_flags(&uids, FlagAction::Add, &add, None).await?;
        }
        if !remove.is_empty() {
            self.session.store_flags(&uids, FlagAction::Remove, &remove, None).await?;
        }
        let (id, placement) = (operation.id, row.id);
        self.store
            .write(Class::Cache, move |w| {
                store::finish_operation(w, id)?;
                let Some(row) = still_here(w, placement)? else { return Ok(()) };
                let mut server: Flags = row.server_flags.clone();
                add.iter().for_each(|f| server.set(f, true));
                remove.iter().for_each(|f| server.set(f, false));
                store::set_server_flags(w, &row, &server, None)
            })
            .await?;
        Ok(Outcome::Done)
    }

    async fn tell_create(&mut self, operation: &OperationRow) -> Result<Outcome, OperationError> {
        let (Some(id), Some(name)) = (operation.mailbox, operation.arguments.to_name.clone()) else {
            return Ok(Outcome::Impossible("the mailbox is no longer here"));
        };
        if let Some(outcome) = self.stands_in_the_way(operation, &name).await? {
            return Ok(outcome);
        }
        if !self.begin(operation).await? {
            return Ok(Outcome::Overtaken);
        }
        let prefix = personal_prefix(self.store, operation.account, self.session, false).await?;
        let mut name = name;
        let mut wire = personal_wire_name(&prefix, &name);
        match self.session.create(&wire).await {
            Ok(()) => {}
            Err(e) if e.session_lives() => {
                let exists = e.code() == Some("ALREADYEXISTS") || self.is_listed(&wire).await?;
                if !exists {
                    // Some servers keep everything below INBOX and say so only by refusing.
                    let below = format!("INBOX{}{name}", self.delimiter().await?);
                    let below_wire = encode_name(&below);
                    let refused = !prefix.is_empty() || name.starts_with("INBOX");
                    if refused || self.session.create(&below_wire).await.is_err() {
                        return Err(e.into());
                    }
                    (name, wire) = (below, below_wire);
                }
            }
            Err(e) => return Err(e.into()),
        }
        // Other clients show only what is subscribed; one that cannot be subscribed is still a mailbox.
        match self.session.subscribe(&wire, true).await {
            Err(e) if !e.session_lives() => return Err(e.into()),
            _ => {}
        }
        let operation = operation.id;
        self.store
            .write(Class::Durable, move |w| {
                let row = store::mailbox(w, id)?;
                if row.name != name
                    && row.name == name.trim_start_matches("INBOX").trim_start_matches(['.', '/'])
                {
                    store::rename_to_free(w, id, &name)?;
                }
                store::note_listed(w, &row, &wire, row.delimiter, row.role, true)?;
                store::finish_operation(w, operation)
            })
            .await?;
        Ok(Outcome::Done)
    }

    /// A mailbox that is known here has this name on the server: what waits for it may make the name free; without that
    /// two rows would stand for one mailbox.
    async fn stands_in_the_way(
        &mut self,
        operation: &OperationRow,
        name: &str,
    ) -> Result<Option<Outcome>, OperationError> {
        let prefix = personal_prefix(self.store, operation.account, self.session, false).await?;
        let wire = personal_wire_name(&prefix, name);
        let (account, own) = (operation.account, operation.mailbox);
        let read = self.store.read(move |db, _| {
            Ok((store::all_mailboxes(db, account)?, store::open_operations(db, account)?))
        });
        let (mailboxes, open) = read.await?;
        let other = mailboxes.iter().find(|m| m.wire_name.as_ref() == Some(&wire) && Some(m.id) != own);
        let Some(other) = other else { return Ok(None) };
        let may_go = |o: &OperationRow| {
            matches!(o.kind, OperationKind::MailboxRename | OperationKind::MailboxDelete)
                && o.mailbox == Some(other.id)
        };
        let waits = open.iter().any(may_go);
        let why = "the server has a mailbox of this name already";
        Ok(Some(if waits { Outcome::Early } else { Outcome::Impossible(why) }))
    }

    async fn tell_rename(&mut self, operation: &OperationRow) -> Result<Outcome, OperationError> {
        let (Some(id), Some(name)) = (operation.mailbox, operation.arguments.to_name.clone()) else {
            return Ok(Outcome::Impossible("the mailbox is no longer here"));
        };
        let row = self.store.read(move |db, _| store::mailbox(db, id)).await?;
        let Some(old) = row.wire_name.clone() else { return Ok(Outcome::Early) };
        if !self.begin(operation).await? {
            return Ok(Outcome::Overtaken);
        }
        let prefix = personal_prefix(self.store, operation.account, self.session, false).await?;
        // A mailbox that others share stays outside.
        let personal = old.starts_with(prefix.as_bytes());
        let wire = if personal { personal_wire_name(&prefix, &name) } else { encode_name(&name) };
        self.deselect();
        match self.session.rename(&old, &wire).await {
            Ok(()) => {}
            // The answer to an earlier try was lost: the new name is there and the old one is not.
            Err(e) if e.session_lives() && self.is_listed(&wire).await? && !self.is_listed(&old).await? => {}
            Err(e) => return Err(e.into()),
        }
        let (operation, delimiter) = (operation.id, row.delimiter);
        self.store
            .write(Class::Durable, move |w| {
                for mailbox in store::all_mailboxes(w, row.account)? {
                    let Some(before) = &mailbox.wire_name else { continue };
                    let Some(rest) = before.strip_prefix(old.as_slice()) else { continue };
                    let below = delimiter.is_some_and(|d| rest.starts_with(d.to_string().as_bytes()));
                    if mailbox.id == id || below {
                        let after = [wire.as_slice(), rest].concat();
                        store::note_listed(w, &mailbox, &after, delimiter, mailbox.role, mailbox.selectable)?;
                    }
                }
                store::finish_operation(w, operation)
            })
            .await?;
        Ok(Outcome::Done)
    }

    async fn tell_mailbox_delete(&mut self, operation: &OperationRow) -> Result<Outcome, OperationError> {
        let Some(id) = operation.mailbox else { return Ok(Outcome::Done) };
        let row = self.store.read(move |db, _| store::mailbox(db, id)).await?;
        let Some(wire) = row.wire_name.clone() else { return Ok(Outcome::Early) };
        match self.emptiness(&wire).await? {
            Emptiness::Empty => {}
            // An earlier try got through and its answer was lost; or another client was faster.
            Emptiness::Gone => return self.mailbox_gone(operation.id, id).await,
            Emptiness::Holds => {
                return Ok(Outcome::Impossible("new messages came into it: move or delete them first"));
            }
            Emptiness::Unknown => {
                return Ok(Outcome::Impossible("the server does not say whether it is empty"));
            }
        }
        if !self.begin(operation).await? {
            return Ok(Outcome::Overtaken);
        }
        self.deselect();
        match self.session.delete(&wire).await {
            Ok(()) => {}
            Err(e) if e.session_lives() && self.presence(&wire).await? == Presence::Gone => {}
            Err(e) => return Err(e.into()),
        }
        self.mailbox_gone(operation.id, id).await
    }

    async fn mailbox_gone(
        &mut self,
        operation: OperationId,
        id: MailboxId,
    ) -> Result<Outcome, OperationError> {
        self.store
            .write(Class::Durable, move |w| {
                store::finish_operation(w, operation)?;
                store::delete_mailbox(w, id)
            })
            .await?;
        Ok(Outcome::Done)
    }

    /// Another client may have put mail there since it was looked at, and deleting would take it along: only a mailbox
    /// that the server says is empty, or that cannot hold mail, is empty.
    async fn emptiness(&mut self, wire: &[u8]) -> Result<Emptiness, ImapError> {
        let refused = match self.session.status(wire).await {
            Ok(status) => match status.messages {
                Some(0) => return Ok(Emptiness::Empty),
                Some(_) => return Ok(Emptiness::Holds),
                None => None,
            },
            Err(ImapError::Protocol { .. }) => None,
            Err(e) if e.session_lives() => Some(e),
            Err(e) => return Err(e),
        };
        match (self.presence(wire).await?, refused) {
            (Presence::Gone, _) => Ok(Emptiness::Gone),
            (Presence::NameOnly, _) => Ok(Emptiness::Empty),
            (Presence::Mailbox, Some(e)) => Err(e),
            (Presence::Mailbox, None) => Ok(Emptiness::Unknown),
        }
    }

    async fn presence(&mut self, wire: &[u8]) -> Result<Presence, ImapError> {
        let listing = self.session.list().await?;
        Ok(match listing.mailboxes.iter().find(|m| m.raw_name == wire) {
            Some(listed) if listed.selectable => Presence::Mailbox,
            Some(_) => Presence::NameOnly,
            None if listing.complete => Presence::Gone,
            None => Presence::Mailbox,
        })
    }

    async fn is_listed(&mut self, wire: &[u8]) -> Result<bool, ImapError> {
        let listing = self.session.list().await?;
        Ok(listing.mailboxes.iter().any(|m| m.raw_name == wire))
    }

    async fn delimiter(&mut self) -> Result<char, ImapError> {
        let listing = self.session.list().await?;
        Ok(listing.mailboxes.iter().find_map(|m| m.delimiter).unwrap_or('.'))
    }
}

/// Whether a placement's UID is of the mailbox incarnation that is selected.
pub(super) fn same_incarnation(known: Option<UidValidity>, selected: UidValidity) -> bool {
    known == Some(selected)
}

/// One UID as a set.
pub(super) fn one(row: &PlacementRow) -> Option<UidSet> {
    row.uid.map(|uid| UidSet::range(uid, uid))
}
