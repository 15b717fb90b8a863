//! The single commands, typed.

use super::Session;
use crate::ids::ModSeq;
use crate::imap::capability::Capabilities;
use crate::imap::error::ImapError;
use crate::imap::fetch::FetchRow;
use crate::imap::flight::{
    AppendUid, FetchEnd, FetchItems, FetchSet, FlagAction, Flight, MailboxStatus, Reply, Request, Selected,
    StoreEnd,
};
use crate::imap::listing::Listing;
use crate::imap::parse::{CopyUid, Namespace};
use crate::imap::uid_set::UidSet;
use std::time::Duration;

/// The reply of another kind than asked for: a fault of this layer, told as one.
fn other<T>() -> Result<T, ImapError> {
    Err(ImapError::Protocol { why: "a reply of another kind" })
}

impl Session {
    /// All mailboxes with roles and counts: one turn with LIST-STATUS (RFC 5819), two without.
    pub async fn list(&mut self) -> Result<Listing, ImapError> {
        match self.fly(Flight::new().list()).await?.pop() {
            Some(Ok(Reply::Listing(listing))) => Ok(listing),
            Some(Err(error)) => Err(error),
            _ => other(),
        }
    }
    /// Counts of one mailbox that is not selected.
    pub async fn status(&mut self, raw_name: impl AsRef<[u8]>) -> Result<MailboxStatus, ImapError> {
        match self.ask(Request::Status(raw_name.as_ref().to_vec())).await? {
            Reply::Status(status) => Ok(status),
            _ => other(),
        }
    }
    /// Opens a mailbox for reading and writing. With `condstore`, mod-sequences are switched on where there are any.
    pub async fn select(
        &mut self,
        raw_name: impl AsRef<[u8]>,
        condstore: bool,
    ) -> Result<Selected, ImapError> {
        match self.ask(Request::Select { name: raw_name.as_ref().to_vec(), condstore }).await? {
            Reply::Selected(selected) => Ok(selected),
            _ => other(),
        }
    }
    /// Rows of the selected mailbox, each handed to `each` as it comes. A message that is gone meanwhile has no row.
    /// `changed_since` (CONDSTORE) brings only messages whose MODSEQ is higher, and with QRESYNC what vanished.
    pub async fn fetch(
        &mut self,
        set: &FetchSet,
        items: &FetchItems,
        changed_since: Option<ModSeq>,
        each: &mut (dyn FnMut(FetchRow) + Send),
    ) -> Result<FetchEnd, ImapError> {
        let request = Request::Fetch { set: set.clone(), items: items.clone(), changed_since };
        let mut hand = |_, row| each(row);
        match self.run(vec![request], &mut hand, None).await?.pop() {
            Some(Ok(Reply::Fetched { end, .. })) => Ok(end),
            Some(Err(error)) => Err(error),
            _ => other(),
        }
    }
    /// The same for a caller that keeps every row: what passes [`super::super::Limits::kept`] in bytes is not handed out
    /// but told as lost, so that no server fills the memory.
    pub async fn fetch_kept(
        &mut self,
        set: &FetchSet,
        items: &FetchItems,
        each: &mut (dyn FnMut(FetchRow) + Send),
    ) -> Result<FetchEnd, ImapError> {
        let (mut room, mut dropped) = (self.limits.kept, 0);
        let mut hand = |row: FetchRow| match room.checked_sub(row.weight()) {
            Some(left) => {
                room = left;
                each(row);
            }
            None => dropped += 1,
        };
        let mut end = self.fetch(set, items, None, &mut hand).await?;
        end.rows = end.rows.saturating_sub(dropped);
        end.lost = end.lost.saturating_add(dropped);
        Ok(end)
    }
    /// UIDs that match `criteria`, which are wire words (`ALL`, `SINCE 1-Feb-2026`, `HEADER MESSAGE-ID "<a@b>"`),
    /// printable ASCII only. An answer that is missing or unreadable is an error, never an empty set.
    pub async fn uid_search(&mut self, criteria: &str) -> Result<UidSet, ImapError> {
        match self.ask(Request::Search { criteria: criteria.to_owned() }).await? {
            Reply::Found(uids) => Ok(uids),
            _ => other(),
        }
    }
    /// Sets or clears flags by their wire names. With `unchanged_since` (CONDSTORE), messages modified later are left
    /// alone and named in [`StoreEnd::modified`].
    pub async fn store_flags(
        &mut self,
        uids: &UidSet,
        action: FlagAction,
        names: &[String],
        unchanged_since: Option<ModSeq>,
    ) -> Result<StoreEnd, ImapError> {
        let request = Request::Store { uids: uids.clone(), action, names: names.to_vec(), unchanged_since };
        match self.ask(request).await? {
            Reply::Stored(end) => Ok(end),
            _ => other(),
        }
    }
    /// Copies messages. `None` if the server does not say where to (no UIDPLUS).
    pub async fn copy(
        &mut self,
        uids: &UidSet,
        raw_name: impl AsRef<[u8]>,
    ) -> Result<Option<CopyUid>, ImapError> {
        match self.ask(Request::Copy { uids: uids.clone(), name: raw_name.as_ref().to_vec() }).await? {
            Reply::Copied(copied) => Ok(copied),
            _ => other(),
        }
    }
    /// Moves messages (RFC 6851); [`ImapError::Missing`] without MOVE: then copy, flag `\Deleted`, expunge by UID.
    pub async fn move_(
        &mut self,
        uids: &UidSet,
        raw_name: impl AsRef<[u8]>,
    ) -> Result<Option<CopyUid>, ImapError> {
        match self.ask(Request::Move { uids: uids.clone(), name: raw_name.as_ref().to_vec() }).await? {
            Reply::Copied(copied) => Ok(copied),
            _ => other(),
        }
    }
    /// Removes these messages if they are flagged `\Deleted` (RFC 4315); [`ImapError::Missing`] without UIDPLUS.
    pub async fn uid_expunge(&mut self, uids: &UidSet) -> Result<(), ImapError> {
        self.ask(Request::UidExpunge(uids.clone())).await.map(|_| ())
    }
    /// Removes every message flagged `\Deleted`, also those that another client flagged. Ask the person first.
    pub async fn expunge(&mut self) -> Result<(), ImapError> {
        self.ask(Request::Expunge).await.map(|_| ())
    }
    /// Puts a message into a mailbox. `internal_date` in seconds since 1970 UTC. `None` without UIDPLUS.
    pub async fn append(
        &mut self,
        raw_name: impl AsRef<[u8]>,
        flags: &[String],
        internal_date: Option<i64>,
        bytes: &[u8],
    ) -> Result<Option<AppendUid>, ImapError> {
        let request = Request::Append {
            name: raw_name.as_ref().to_vec(),
            flags: flags.to_vec(),
            internal_date,
            bytes: bytes.to_vec(),
        };
        match self.ask(request).await? {
            Reply::Appended(at) => Ok(at),
            _ => other(),
        }
    }
    /// Makes a mailbox. Write its name with [`super::super::encode_mailbox_name`] first.
    pub async fn create(&mut self, raw_name: impl AsRef<[u8]>) -> Result<(), ImapError> {
        self.ask(Request::Create(raw_name.as_ref().to_vec())).await.map(|_| ())
    }
    /// Renames a mailbox and those below it. Renaming INBOX moves its messages instead (RFC 3501 §6.3.5).
    pub async fn rename(&mut self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<(), ImapError> {
        let (from, to) = (from.as_ref().to_vec(), to.as_ref().to_vec());
        self.ask(Request::Rename { from, to }).await.map(|_| ())
    }
    /// Deletes a mailbox with its messages.
    pub async fn delete(&mut self, raw_name: impl AsRef<[u8]>) -> Result<(), ImapError> {
        self.ask(Request::Delete(raw_name.as_ref().to_vec())).await.map(|_| ())
    }
    /// Subscribes to a mailbox, or ends it.
    pub async fn subscribe(&mut self, raw_name: impl AsRef<[u8]>, on: bool) -> Result<(), ImapError> {
        let name = raw_name.as_ref().to_vec();
        self.ask(if on { Request::Subscribe(name) } else { Request::Unsubscribe(name) }).await.map(|_| ())
    }
    /// Lets the server say what is new; see [`Session::take_unsolicited`].
    pub async fn noop(&mut self) -> Result<(), ImapError> {
        self.ask(Request::Noop).await.map(|_| ())
    }
    /// Closes the mailbox and expunges nothing (RFC 3691); [`ImapError::Missing`] without UNSELECT.
    pub async fn unselect(&mut self) -> Result<(), ImapError> {
        if !self.capabilities.has("UNSELECT") {
            return Err(ImapError::Missing { capability: "UNSELECT" });
        }
        self.ask(Request::Unselect).await.map(|_| ())
    }
    /// Switches extensions on and says which are (RFC 5161).
    pub async fn enable(&mut self, names: &[&str]) -> Result<Capabilities, ImapError> {
        if !self.capabilities.has("ENABLE") {
            return Err(ImapError::Missing { capability: "ENABLE" });
        }
        match self.ask(Request::Enable(names.iter().map(|n| (*n).to_owned()).collect())).await? {
            Reply::Enabled(names) => Ok(names),
            _ => other(),
        }
    }
    /// Personal, other users' and shared namespaces (RFC 2342).
    pub async fn namespaces(
        &mut self,
    ) -> Result<(Vec<Namespace>, Vec<Namespace>, Vec<Namespace>), ImapError> {
        match self.ask(Request::Namespace).await? {
            Reply::Namespaces(personal, others, shared) => Ok((personal, others, shared)),
            _ => other(),
        }
    }
    /// Says goodbye and does not wait for the answer: nothing depends on it, and a turn costs time.
    pub async fn leave(mut self) {
        if self.is_alive() {
            self.next_tag += 1;
            let goodbye = format!("S{} LOGOUT\r\n", self.next_tag);
            // A lost goodbye changes nothing: everything that counts was answered before.
            let _ = self.wire.get_mut().send(goodbye.as_bytes(), Duration::from_secs(5)).await;
        }
    }
    /// Says goodbye and waits for the answer at most five seconds. The session is over however that goes: an error here
    /// may be ignored.
    pub async fn logout(mut self) -> Result<(), ImapError> {
        self.timeout = self.timeout.min(Duration::from_secs(5));
        if !self.is_alive() {
            return Ok(());
        }
        match self.ask(Request::Logout).await {
            // Many servers hang up behind their BYE and before the tagged reply.
            Ok(_) | Err(ImapError::Protocol { .. } | ImapError::Bye { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
