//! A logged-in connection: typed commands in which NO, BAD and a lost connection are always errors.

mod bodies;
mod commands;
mod early;
mod open;
mod run;
mod section;

use super::capability::Capabilities;
use super::command::Context;
use super::error::ImapError;
use super::flight::{Flight, Replies, Reply, Request, Selected};
use super::guard::Guard;
use super::limits::Limits;
use super::listing::Listing;
use super::unsolicited::Unsolicited;
use std::fmt;
use std::time::Duration;

pub use open::OpenOptions;
pub use section::SectionEnd;

/// One connection to an IMAP server, logged in.
///
/// Every call waits for its own answer. A call that is dropped half-way leaves the connection in the middle of an
/// answer, so every later call then fails with [`ImapError::Closed`]: open a new session. The same holds after any error
/// for which [`ImapError::session_lives`] is `false`.
pub struct Session {
    wire: async_imap::Session<Guard>,
    capabilities: Capabilities,
    limits: Limits,
    timeout: Duration,
    next_tag: u64,
    /// The command under way; still set at the next call if that one was dropped, or after a broken connection.
    under_way: Option<&'static str>,
    unsolicited: Unsolicited,
    selected: Option<(Vec<u8>, Selected)>,
    qresync: bool,
    early: early::Early,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("capabilities", &self.capabilities)
            .field("under_way", &self.under_way)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// What the server offers, as it said after the login.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
    /// Whether another call can work.
    pub fn is_alive(&self) -> bool {
        self.under_way.is_none() && self.wire.get_ref().end().is_none()
    }
    /// The selected mailbox by its raw name, as it was when it was selected.
    pub fn selected(&self) -> Option<(&[u8], &Selected)> {
        self.selected.as_ref().map(|(name, selected)| (name.as_slice(), selected))
    }
    /// What the server said unasked since the last time this was called.
    pub fn take_unsolicited(&mut self) -> Unsolicited {
        std::mem::take(&mut self.unsolicited)
    }
    /// Bytes of rows that a caller may keep; what [`Session::fetch_kept`] hands out is within it.
    pub fn room(&self) -> usize {
        self.limits.kept
    }
    fn context(&self) -> Context<'_> {
        Context { capabilities: &self.capabilities, known: true, qresync: self.qresync }
    }

    /// Sends all requests in one write and brings their results in order. The outer error is the connection's: then no
    /// result is known. A LIST on a server without LIST-STATUS takes one turn more, for the counts.
    pub async fn fly(&mut self, flight: Flight) -> Result<Replies, ImapError> {
        let mut rows = Kept::new(self.limits.kept);
        let mut keep = |index: usize, row| rows.push(index, row);
        let mut replies = self.run(flight.requests.clone(), &mut keep, None).await?;
        rows.put(&mut replies);
        self.fill_listings(&flight.requests, &mut replies).await?;
        Ok(replies)
    }

    /// One request, its one reply.
    async fn ask(&mut self, request: Request) -> Result<Reply, ImapError> {
        let mut ignore = |_, _| {};
        let replies = self.run(vec![request], &mut ignore, None).await?;
        replies.into_iter().next().unwrap_or(Err(ImapError::Protocol { why: "no reply" }))
    }

    /// Gives counts to listings that have none yet, and asks anew, more plainly, where a guess was refused.
    async fn fill_listings(&mut self, asked: &[Request], replies: &mut Replies) -> Result<(), ImapError> {
        for (request, reply) in asked.iter().zip(replies.iter_mut()) {
            if *request != Request::List {
                continue;
            }
            let refused = matches!(reply, Err(ImapError::Bad { .. } | ImapError::No { .. }));
            if refused {
                let again = if self.context().list_status() { Request::List } else { Request::PlainList };
                *reply = self.ask(again).await;
                if matches!(reply, Err(ImapError::Bad { .. })) {
                    *reply = self.ask(Request::PlainList).await;
                }
            }
            if let Ok(Reply::Listing(listing)) = reply {
                self.fill_counts(listing).await?;
            }
        }
        Ok(())
    }

    /// STATUS of every selectable mailbox without counts, in one write. A refused one keeps none.
    async fn fill_counts(&mut self, listing: &mut Listing) -> Result<(), ImapError> {
        const MOST: usize = 1_000;
        let bare = |m: &super::ListedMailbox| m.selectable && m.status.is_none();
        // With LIST-STATUS a mailbox without counts is one that refused them.
        if listing.mailboxes.iter().any(|m| m.status.is_some()) {
            return Ok(());
        }
        let names: Vec<Vec<u8>> =
            listing.mailboxes.iter().filter(|m| bare(m)).take(MOST).map(|m| m.raw_name.clone()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let requests = names.into_iter().map(Request::Status).collect();
        let mut ignore = |_, _| {};
        let replies = self.run(requests, &mut ignore, None).await?;
        for (mailbox, reply) in listing.mailboxes.iter_mut().filter(|m| bare(m)).zip(replies) {
            if let Ok(Reply::Status(status)) = reply {
                mailbox.status = Some(status);
            }
        }
        Ok(())
    }
}

/// Rows that wait for their flight to land.
struct Kept {
    rows: Vec<(usize, super::FetchRow)>,
    room: usize,
    dropped: Vec<usize>,
}

impl Kept {
    fn new(room: usize) -> Self {
        Self { rows: Vec::new(), room, dropped: Vec::new() }
    }
    fn push(&mut self, index: usize, row: super::FetchRow) {
        match self.room.checked_sub(row.weight()) {
            Some(room) => {
                self.room = room;
                self.rows.push((index, row));
            }
            None if self.dropped.contains(&index) => {}
            None => self.dropped.push(index),
        }
    }
    /// Gives each row to its reply; what found no room is told as lost.
    fn put(self, replies: &mut Replies) {
        for (index, row) in self.rows {
            if let Some(Ok(Reply::Fetched { rows, .. })) = replies.get_mut(index) {
                rows.push(row);
            }
        }
        for index in self.dropped {
            if let Some(Ok(Reply::Fetched { rows, end })) = replies.get_mut(index) {
                end.lost += end.rows.saturating_sub(rows.len() as u64);
            }
        }
    }
}

#[cfg(test)]
mod tests;
