//! SELECT, EXAMINE, CLOSE, UNSELECT, with CONDSTORE and QRESYNC (RFC 7162).

use super::session::{ImapSession, selected};
use super::set::{Set, compact};
use super::view::View;
use super::{Answer, Done, Grammar, Refuse};
use crate::features::Extension;
use crate::mailbox::Mailbox;
use crate::message::SEEN;
use crate::reply::Replies;
use crate::state::State;

/// What a client says it knows: `(QRESYNC (uidvalidity modseq uids …))`.
#[derive(Debug)]
struct Known {
    uid_validity: u32,
    modseq: u64,
    uids: Option<Set>,
}

impl ImapSession {
    pub(crate) fn select(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        read_only: bool,
        out: &mut Replies,
    ) -> Answer {
        let name = self.mailbox_name(grammar)?;
        let known = self.select_parameters(grammar)?;
        grammar.end()?;
        let condstore = self.features.has(Extension::Condstore);
        if self.view.take().is_some() && condstore {
            out.untagged("OK [CLOSED] Previous mailbox is now closed.");
        }
        self.saved.clear();
        let user = self.user(state)?;
        let mailbox = user.mailboxes.get_mut(&name).filter(|mailbox| !mailbox.no_select);
        let mailbox = mailbox.ok_or_else(|| Refuse::coded("NONEXISTENT", "No such mailbox."))?;
        let view = View::open(&name, mailbox, read_only);
        self.announce(&view, mailbox, out);
        if let Some(known) = known.filter(|known| known.uid_validity == mailbox.uid_validity) {
            self.resynchronize(&view, mailbox, &known, out);
        }
        self.view = Some(view);
        let (code, text) =
            if read_only { ("READ-ONLY", "Examine completed.") } else { ("READ-WRITE", "Select completed.") };
        Ok(Done::coded(code.to_owned(), text))
    }

    fn select_parameters(&mut self, grammar: &mut Grammar<'_>) -> Result<Option<Known>, Refuse> {
        let mut known = None;
        if !grammar.eat(b' ') {
            return Ok(None);
        }
        self.need(Extension::Condstore)?;
        let qresync = self.qresync;
        let parameters = grammar.list(|grammar| {
            let word = grammar.word()?;
            match word.as_str() {
                "CONDSTORE" => Ok(()),
                "QRESYNC" if qresync => {
                    grammar.space()?;
                    known = Some(read_known(grammar)?);
                    Ok(())
                }
                "QRESYNC" => Err(Refuse::bad("QRESYNC not enabled")),
                _ => Err(Refuse::bad("Unknown parameter")),
            }
        })?;
        self.condstore |= !parameters.is_empty();
        Ok(known)
    }

    fn announce(&self, view: &View, mailbox: &Mailbox, out: &mut Replies) {
        let mut flags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft".to_owned();
        for keyword in &mailbox.keywords {
            flags.push(' ');
            flags.push_str(keyword);
        }
        out.untagged(&format!("FLAGS ({flags})"));
        let new = if self.features.new_keywords { " \\*" } else { "" };
        let permanent = if view.read_only { String::new() } else { format!("{flags}{new}") };
        out.untagged(&format!("OK [PERMANENTFLAGS ({permanent})] Flags permitted."));
        out.untagged(&format!("{} EXISTS", view.items.len()));
        out.untagged(&format!("{} RECENT", view.recent.len()));
        let unseen = mailbox.messages.values().position(|message| message.flags.system & SEEN == 0);
        if let Some(at) = unseen {
            out.untagged(&format!("OK [UNSEEN {}] First unseen.", at + 1));
        }
        out.untagged(&format!("OK [UIDVALIDITY {}] UIDs valid", mailbox.uid_validity));
        if self.features.select_uidnext {
            out.untagged(&format!("OK [UIDNEXT {}] Predicted next UID", mailbox.uid_next));
        }
        if self.features.has(Extension::Condstore) {
            if mailbox.no_modseq {
                out.untagged("OK [NOMODSEQ] No permanent mod-sequences");
            } else {
                out.untagged(&format!("OK [HIGHESTMODSEQ {}] Highest", mailbox.highest_modseq));
            }
        }
        if self.features.has(Extension::ObjectId) {
            out.untagged(&format!("OK [MAILBOXID (F{})] Ok", mailbox.id));
        }
    }

    fn resynchronize(&self, view: &View, mailbox: &Mailbox, known: &Known, out: &mut Replies) {
        if mailbox.no_modseq {
            return;
        }
        let gone = vanished_since(mailbox, known.modseq, |uid| {
            known.uids.as_ref().is_none_or(|set| set.contains(uid, u32::MAX))
        });
        if !gone.is_empty() {
            out.untagged(&format!("VANISHED (EARLIER) {}", compact(&gone)));
        }
        for (at, item) in view.items.iter().enumerate() {
            let Some(message) = mailbox.messages.get(&item.uid) else { continue };
            let asked = known.uids.as_ref().is_none_or(|set| set.contains(item.uid, u32::MAX));
            if message.modseq > known.modseq && asked {
                view.write_flags(out, at, item.uid, message, self.wording());
            }
        }
    }

    pub(crate) fn close(&mut self, state: &mut State, expunge: bool) -> Answer {
        if !expunge {
            self.need(Extension::Unselect)?;
        }
        let (view, mailbox) = selected(state, self.user.as_deref(), self.view.as_mut())?;
        if expunge && !view.read_only {
            let deleted = mailbox.deleted();
            if !deleted.is_empty() {
                let modseq = mailbox.next_modseq();
                for uid in deleted {
                    mailbox.remove(uid, modseq);
                }
            }
        }
        self.view = None;
        self.saved.clear();
        Ok(Done::text("Closed."))
    }
}

fn read_known(grammar: &mut Grammar<'_>) -> Result<Known, Refuse> {
    grammar.expect(b'(')?;
    let uid_validity = grammar.number32()?;
    grammar.space()?;
    let modseq = grammar.number()?;
    let mut uids = None;
    if grammar.eat(b' ') {
        if grammar.at_set() {
            uids = Some(grammar.set()?);
            grammar.eat(b' ');
        }
        if grammar.eat(b'(') {
            // The message sequence match data only narrows what is told; telling more is allowed.
            grammar.set()?;
            grammar.space()?;
            grammar.set()?;
            grammar.expect(b')')?;
        }
    }
    grammar.expect(b')')?;
    Ok(Known { uid_validity, modseq, uids })
}

/// UIDs expunged after this MODSEQ, rising, each once, none that is there.
pub(crate) fn vanished_since(mailbox: &Mailbox, modseq: u64, asked: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut gone: Vec<u32> = mailbox
        .tombstones
        .iter()
        .filter(|(uid, at)| *at > modseq && asked(*uid) && !mailbox.messages.contains_key(uid))
        .map(|(uid, _)| *uid)
        .collect();
    gone.sort_unstable();
    gone.dedup();
    gone
}
