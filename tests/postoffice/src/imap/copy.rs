//! COPY and MOVE (RFC 6851), with COPYUID (RFC 4315).

use super::session::{ImapSession, selected};
use super::set::compact;
use super::view::read_places;
use super::{Answer, Done, Grammar, Refuse};
use crate::features::Extension;
use crate::message::Message;
use crate::reply::Replies;
use crate::state::State;

impl ImapSession {
    pub(crate) fn copy(&mut self, state: &mut State, grammar: &mut Grammar<'_>, by_uid: bool) -> Answer {
        let (uids, target) = self.source_and_target(state, grammar, by_uid)?;
        let code = self.copy_into(state, &uids, &target)?;
        Ok(Done { code, text: "Copy completed." })
    }

    /// The expunges follow with the updates behind the command; COPYUID comes before them, untagged.
    pub(crate) fn move_messages(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        by_uid: bool,
        out: &mut Replies,
    ) -> Answer {
        self.need(Extension::Move)?;
        let (uids, target) = self.source_and_target(state, grammar, by_uid)?;
        if self.view.as_ref().is_some_and(|view| view.read_only) {
            return Err(Refuse::no("Mailbox is read-only."));
        }
        let code = self.copy_into(state, &uids, &target)?;
        if let Some(code) = code {
            out.untagged(&format!("OK [{code}] Moved UIDs."));
        }
        let qresync = self.qresync;
        let (_, mailbox) = selected(state, self.user.as_deref(), self.view.as_mut())?;
        if uids.is_empty() {
            return Ok(Done::text("Move completed."));
        }
        let modseq = mailbox.next_modseq();
        for uid in uids {
            mailbox.remove(uid, modseq);
        }
        if qresync && !mailbox.no_modseq {
            return Ok(Done::coded(format!("HIGHESTMODSEQ {modseq}"), "Move completed."));
        }
        Ok(Done::text("Move completed."))
    }

    /// The UIDs that are there, rising, and the name of a mailbox that exists.
    fn source_and_target(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        by_uid: bool,
    ) -> Result<(Vec<u32>, String), Refuse> {
        let view = self.view.as_ref().ok_or_else(|| Refuse::bad("No mailbox selected"))?;
        let places = read_places(view, grammar, by_uid, &self.saved)?;
        grammar.space()?;
        let target = self.mailbox_name(grammar)?;
        grammar.end()?;
        let (view, mailbox) = selected(state, self.user.as_deref(), self.view.as_mut())?;
        let asked = places.iter().filter_map(|at| view.items.get(*at)).map(|item| item.uid);
        let uids: Vec<u32> = asked.filter(|uid| mailbox.messages.contains_key(uid)).collect();
        if uids.len() < places.len() && !by_uid {
            return Err(Refuse::coded("EXPUNGEISSUED", "Some of the messages are gone."));
        }
        let found = self.user(state)?.mailboxes.get(&target).filter(|mailbox| !mailbox.no_select);
        if found.is_none() {
            return Err(Refuse::coded("TRYCREATE", "No such mailbox."));
        }
        Ok((uids, target))
    }

    fn copy_into(&mut self, state: &mut State, uids: &[u32], target: &str) -> Result<Option<String>, Refuse> {
        let (_, mailbox) = selected(state, self.user.as_deref(), self.view.as_mut())?;
        let messages: Vec<Message> =
            uids.iter().filter_map(|uid| mailbox.messages.get(uid)).cloned().collect();
        let user = self.user(state)?;
        let Some(target) = user.mailboxes.get_mut(target) else {
            return Err(Refuse::coded("TRYCREATE", "No such mailbox."));
        };
        if messages.is_empty() {
            return Ok(None);
        }
        let modseq = target.next_modseq();
        let copied: Vec<u32> = messages
            .into_iter()
            .map(|message| target.add(message.content, message.flags, message.internal_date, modseq))
            .collect();
        let code = format!("COPYUID {} {} {}", target.uid_validity, compact(uids), compact(&copied));
        Ok(self.features.has(Extension::UidPlus).then_some(code))
    }
}
