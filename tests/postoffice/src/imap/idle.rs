//! IDLE (RFC 2177), and what is told without a command.

use super::session::{ImapSession, Mode};
use super::view::Allowed;
use super::{Answer, Done, Refuse};
use crate::features::Extension;
use crate::reply::{Kind, Replies};
use crate::serve::Command;
use crate::state::State;

impl ImapSession {
    /// IDLE and its DONE; `None` while idling.
    pub(crate) fn idle(&mut self, state: &mut State, command: &Command, out: &mut Replies) -> Option<Answer> {
        if matches!(self.mode, Mode::Idle(_)) {
            self.mode = Mode::Command;
            if command.bytes.trim_ascii().eq_ignore_ascii_case(b"DONE") {
                self.updates(state, out, Allowed::ALL);
                return Some(Ok(Done::text("Idle completed.")));
            }
            return Some(Err(Refuse::bad("Expected DONE.")));
        }
        if let Err(refuse) = self.need(Extension::Idle) {
            return Some(Err(refuse));
        }
        if self.user.is_none() || !command.bytes.is_empty() {
            return Some(Err(Refuse::bad("Can't idle now")));
        }
        self.mode = Mode::Idle(command.tag.clone());
        out.line(Kind::Continuation, "+ idling");
        self.updates(state, out, Allowed::ALL);
        None
    }

    /// Something changed in the office: tells it when IDLE or NOTIFY asked for that.
    pub(crate) fn news(&mut self, state: &mut State, out: &mut Replies) {
        let idle = matches!(self.mode, Mode::Idle(_));
        let allowed = match &self.watch {
            _ if idle => Some(Allowed::ALL),
            Some(watch) => watch.selected_now(),
            None => None,
        };
        if let Some(allowed) = allowed {
            self.updates(state, out, allowed);
        }
        if let Some(watch) = self.watch.take() {
            self.watch = Some(self.tell_others(watch, state, out));
        }
    }
}
