//! What a server says without being asked, collected between calls, bounded.

use super::fetch::FetchRow;
use super::parse::Untagged;
use super::uid_set::UidSet;
use crate::error::ServerText;

/// One piece of news.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// The selected mailbox has so many messages now.
    Exists(u32),
    /// The message of this sequence number is gone; higher ones move down.
    Expunge(u32),
    /// These UIDs are gone (RFC 7162). A hint: intersect it with what is known.
    Vanished(UidSet),
    /// Flags of one message, perhaps without its UID.
    Flags(Box<FetchRow>),
}

/// News of the selected mailbox in order, and what the server wants the person to read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unsolicited {
    /// News in the order they came.
    pub news: Vec<News>,
    /// Something was left out because a limit was passed: look at the mailbox anew.
    pub overflow: bool,
    /// ALERT texts (RFC 3501 §7.1), at most 10, only from inside TLS or an account that is insecure by choice.
    pub alerts: Vec<ServerText>,
    weight: usize,
}

impl Unsolicited {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.news.is_empty() && !self.overflow && self.alerts.is_empty()
    }
    /// Takes what speaks of the mailbox; gives `false` for what is of no use.
    pub(crate) fn collect(&mut self, untagged: Untagged, limit: usize) -> bool {
        let news = match untagged {
            Untagged::Exists(n) => News::Exists(n),
            Untagged::Expunge(n) => News::Expunge(n),
            Untagged::Vanished { uids, .. } => News::Vanished(uids),
            // Only the flags of it: a server may send whole messages that nobody asked for.
            Untagged::Fetch(row) => match row.flags_part() {
                Some(row) => News::Flags(Box::new(row)),
                None => return false,
            },
            _ => return false,
        };
        let weight = match &news {
            News::Vanished(uids) => uids.ranges().len().max(1),
            News::Flags(row) => 1 + row.flags.as_ref().map_or(0, |f| f.keywords.len()),
            _ => 1,
        };
        let full = self.weight + weight > limit;
        match (&news, self.news.last_mut()) {
            (News::Exists(n), Some(News::Exists(last))) => *last = *n,
            (News::Flags(row), Some(News::Flags(last))) if row.seq == last.seq && row.uid == last.uid => {
                last.clone_from(row);
            }
            _ if full => self.overflow = true,
            _ => {
                self.weight += weight;
                self.news.push(news);
            }
        }
        true
    }
    pub(crate) fn alert(&mut self, text: ServerText) {
        if self.alerts.len() < 10 && !text.is_empty() && !self.alerts.contains(&text) {
            self.alerts.push(text);
        }
    }
    /// Forgets news of a mailbox that is no longer selected.
    pub(crate) fn leave_mailbox(&mut self) {
        self.news.clear();
        self.weight = 0;
        self.overflow = false;
    }
}
