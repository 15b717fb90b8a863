//! Answers that flew in with the login: each serves the first call that asks for just that.
//!
//! The engine asks one thing after the other; who opens the session guesses what that will be. A wrong guess costs the
//! bytes of its answer: the call then goes out as ever. Once any command went out, answers from before it say nothing.

use super::Session;
use super::run::Each;
use crate::imap::flight::{FetchSet, Flight, Replies, Reply, Request};

/// Requests of the first flight and what came of them.
#[derive(Default)]
pub(super) struct Early(Vec<(Request, Reply)>);

impl Session {
    /// Keeps the answers of the first flight for the calls that will ask for them. A refused one is asked anew.
    pub(crate) fn keep_early(&mut self, flight: Flight, replies: Replies) {
        let answered = flight.requests.into_iter().zip(replies);
        self.early = Early(answered.filter_map(|(request, reply)| Some((request, reply.ok()?))).collect());
    }

    /// The answer, if it is here; all others are dropped if it is not.
    pub(super) fn take_early(&mut self, asked: &[Request], each: Each<'_>) -> Option<Replies> {
        let found = match asked {
            [asked] => self.early.0.iter().position(|(early, _)| self.answers(early, asked)),
            _ => None,
        };
        let Some(at) = found else {
            self.early.0.clear();
            return None;
        };
        let reply = match self.early.0.remove(at).1 {
            Reply::Fetched { rows, end } => {
                rows.into_iter().for_each(|row| each(0, row));
                Reply::Fetched { rows: Vec::new(), end }
            }
            other => other,
        };
        Some(vec![Ok(reply)])
    }

    fn answers(&self, early: &Request, asked: &Request) -> bool {
        match (early, asked) {
            // All from a UID on: a range says the same if the mailbox has no UID behind it.
            (
                Request::Fetch { set: FetchSet::Uids(range), items: a, changed_since: None },
                Request::Fetch { set: FetchSet::UidsFrom(first), items: b, changed_since: None },
            ) => {
                let next = self.selected.as_ref().and_then(|(_, selected)| selected.uidnext);
                let covers = |(low, high): (u32, u32)| {
                    low == first.get() && next.is_some_and(|next| next.get() <= high.saturating_add(1))
                };
                a == b && matches!(range.ranges(), [one] if covers(*one))
            }
            _ => early == asked,
        }
    }
}
