//! STORE, EXPUNGE and their UID forms.

use super::session::{ImapSession, selected};
use super::set::compact;
use super::view::{View, read_places};
use super::{Answer, Done, Grammar, Refuse};
use crate::features::Extension;
use crate::mailbox::Mailbox;
use crate::message::Flags;
use crate::reply::Replies;
use crate::state::State;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Set,
    Add,
    Remove,
}

impl Change {
    fn apply(self, flags: &mut Flags, names: &[String]) {
        if self == Self::Set {
            *flags = Flags::default();
        }
        for name in names {
            if self == Self::Remove { flags.remove(name) } else { flags.add(name) }
        }
    }
}

impl ImapSession {
    pub(crate) fn store(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        by_uid: bool,
        out: &mut Replies,
    ) -> Answer {
        let view = self.view.as_ref().ok_or_else(|| Refuse::bad("No mailbox selected"))?;
        let places = read_places(view, grammar, by_uid, &self.saved)?;
        grammar.space()?;
        let unchanged_since = self.unchanged_since(grammar)?;
        let (change, silent) = read_change(grammar)?;
        grammar.space()?;
        let names = if grammar.peek() == Some(b'(') {
            grammar.flag_list()?
        } else {
            let mut names = vec![grammar.flag()?];
            while grammar.eat(b' ') {
                names.push(grammar.flag()?);
            }
            names
        };
        grammar.end()?;
        let (new_keywords, mut word) = (self.features.new_keywords, self.wording());
        word.uid |= by_uid;
        let (view, mailbox) = selected(state, self.user.as_deref(), self.view.as_mut())?;
        if view.read_only {
            return Err(Refuse::no("Mailbox is read-only."));
        }
        let names = canonical(names, mailbox, new_keywords);
        // A change of others must reach the client before its own hides it.
        let (mut modified, mut changed) = (Vec::new(), Vec::new());
        for at in places {
            let Some(uid) = view.items.get(at).map(|item| item.uid) else { continue };
            let Some(message) = mailbox.messages.get(&uid) else { continue };
            if unchanged_since.is_some_and(|since| message.modseq > since) {
                modified.push(if by_uid { uid } else { at as u32 + 1 });
                continue;
            }
            changed.push((at, uid));
        }
        self.saved.retain(|uid| mailbox.messages.contains_key(uid));
        let told_by_others = apply(view, mailbox, &changed, change, &names);
        for (at, uid) in &changed {
            let Some(message) = mailbox.messages.get(uid) else { continue };
            if !silent || told_by_others.contains(uid) || (word.modseq && unchanged_since.is_some()) {
                view.write_flags(out, *at, *uid, message, word);
            } else if word.modseq {
                tell_modseq(view, out, *at, *uid, message.modseq, word.uid || word.vanished);
            }
        }
        if modified.is_empty() {
            return Ok(Done::text("Store completed."));
        }
        modified.sort_unstable();
        Ok(Done::coded(format!("MODIFIED {}", compact(&modified)), "Conditional store failed for some."))
    }

    fn unchanged_since(&mut self, grammar: &mut Grammar<'_>) -> Result<Option<u64>, Refuse> {
        if grammar.peek() != Some(b'(') {
            return Ok(None);
        }
        self.need(Extension::Condstore)?;
        let mut value = None;
        grammar.list(|grammar| {
            if grammar.word()? != "UNCHANGEDSINCE" {
                return Err(Refuse::bad("Unknown STORE modifier"));
            }
            grammar.space()?;
            value = Some(grammar.number()?);
            Ok(())
        })?;
        grammar.space()?;
        self.condstore = true;
        Ok(value)
    }

    pub(crate) fn uid_expunge(&mut self, state: &mut State, grammar: &mut Grammar<'_>) -> Answer {
        self.need(Extension::UidPlus)?;
        let view = self.view.as_ref().ok_or_else(|| Refuse::bad("No mailbox selected"))?;
        let places = read_places(view, grammar, true, &self.saved)?;
        grammar.end()?;
        let uids = places.iter().filter_map(|at| view.items.get(*at)).map(|item| item.uid).collect();
        self.expunge(state, Some(uids))
    }

    /// Removes what is marked `\Deleted`, of these UIDs only when some are given. The responses come with
    /// the updates behind the command.
    pub(crate) fn expunge(&mut self, state: &mut State, only: Option<Vec<u32>>) -> Answer {
        let qresync = self.qresync;
        let (view, mailbox) = selected(state, self.user.as_deref(), self.view.as_mut())?;
        if view.read_only {
            return Err(Refuse::no("Mailbox is read-only."));
        }
        let mut deleted = mailbox.deleted();
        if let Some(only) = only {
            deleted.retain(|uid| only.binary_search(uid).is_ok());
        }
        if deleted.is_empty() {
            return Ok(Done::text("Expunge completed."));
        }
        let modseq = mailbox.next_modseq();
        for uid in deleted {
            mailbox.remove(uid, modseq);
        }
        if qresync && !mailbox.no_modseq {
            return Ok(Done::coded(format!("HIGHESTMODSEQ {modseq}"), "Expunge completed."));
        }
        Ok(Done::text("Expunge completed."))
    }
}

/// Changes the flags; says which of the messages others had changed without this client knowing.
fn apply(
    view: &mut View,
    mailbox: &mut Mailbox,
    changed: &[(usize, u32)],
    change: Change,
    names: &[String],
) -> Vec<u32> {
    let mut foreign = Vec::new();
    let mut modseq = None;
    for (at, uid) in changed {
        let Some(message) = mailbox.messages.get(uid) else { continue };
        let mut flags = message.flags.clone();
        change.apply(&mut flags, names);
        if view.items.get(*at).is_some_and(|item| item.modseq != message.modseq) {
            foreign.push(*uid);
        }
        if flags == message.flags {
            let known = message.modseq;
            view.told(*at, known);
            continue;
        }
        let modseq = *modseq.get_or_insert_with(|| mailbox.next_modseq());
        if let Some(message) = mailbox.messages.get_mut(uid) {
            message.flags = flags;
            message.modseq = modseq;
        }
        view.told(*at, modseq);
    }
    foreign
}

fn tell_modseq(view: &View, out: &mut Replies, at: usize, uid: u32, modseq: u64, with_uid: bool) {
    debug_assert!(view.items.get(at).is_some());
    let uid = if with_uid { format!("UID {uid} ") } else { String::new() };
    out.untagged(&format!("{} FETCH ({uid}MODSEQ ({modseq}))", at + 1));
}

fn read_change(grammar: &mut Grammar<'_>) -> Result<(Change, bool), Refuse> {
    let change = if grammar.eat(b'+') {
        Change::Add
    } else if grammar.eat(b'-') {
        Change::Remove
    } else {
        Change::Set
    };
    match grammar.word()?.as_str() {
        "FLAGS" => Ok((change, false)),
        "FLAGS.SILENT" => Ok((change, true)),
        _ => Err(Refuse::bad("Unknown STORE item")),
    }
}

/// Keywords in the spelling the mailbox has for them; unknown ones become known, or are left out.
pub(crate) fn canonical(names: Vec<String>, mailbox: &mut Mailbox, new_keywords: bool) -> Vec<String> {
    names
        .into_iter()
        .filter_map(|name| {
            if name.starts_with('\\') {
                return Some(name);
            }
            if let Some(known) = mailbox.keywords.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
                return Some(known.clone());
            }
            new_keywords.then(|| {
                mailbox.keywords.insert(name.clone());
                name
            })
        })
        .collect()
}
