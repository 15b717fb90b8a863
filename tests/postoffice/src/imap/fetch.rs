//! FETCH and UID FETCH.

use super::fetch_items::{Item, Section};
use super::section::{Found, binary, octets, partial};
use super::select::vanished_since;
use super::session::{ImapSession, selected};
use super::set::{Set, Window, compact};
use super::view::View;
use super::{Answer, Done, Grammar, Refuse};
use crate::features::Extension;
use crate::mailbox::Mailbox;
use crate::message::{Message, SEEN};
use crate::mime::{preview, string};
use crate::reply::{Kind, Replies};
use crate::state::State;

/// The modifiers behind the items (RFC 7162).
#[derive(Debug, Default)]
struct Modifiers {
    changed_since: Option<u64>,
    vanished: bool,
    partial: Option<Window>,
}

impl ImapSession {
    pub(crate) fn fetch(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        by_uid: bool,
        out: &mut Replies,
    ) -> Answer {
        if self.view.is_none() {
            return Err(Refuse::bad("No mailbox selected"));
        }
        let set = grammar.set()?;
        grammar.space()?;
        let mut items = self.fetch_items(grammar)?;
        let modifiers = self.modifiers(grammar, by_uid)?;
        grammar.end()?;
        if by_uid && !items.contains(&Item::Uid) {
            items.insert(0, Item::Uid);
        }
        if modifiers.changed_since.is_some() && !items.contains(&Item::Modseq) {
            items.push(Item::Modseq);
        }
        let wants_modseq = items.contains(&Item::Modseq);
        self.condstore |= wants_modseq;
        let qresync = self.qresync;
        let (view, mailbox) = selected(state, self.user.as_deref(), self.view.as_mut())?;
        if mailbox.no_modseq && wants_modseq {
            return Err(Refuse::bad("No mod-sequences in this mailbox"));
        }
        let mut places = view.places(&set, by_uid, &self.saved)?;
        if let Some(window) = modifiers.partial {
            places = places.get(window.of(places.len())).unwrap_or_default().to_vec();
        }
        if modifiers.vanished {
            tell_vanished(mailbox, &set, modifiers.changed_since.unwrap_or(0), out);
        }
        if qresync && !items.contains(&Item::Uid) {
            items.push(Item::Uid);
        }
        let (seen, unknown) = fetch_all(view, mailbox, &places, &items, modifiers.changed_since, out);
        state.changed |= seen;
        if unknown {
            return Err(Refuse::coded("UNKNOWN-CTE", "A part has an unknown transfer encoding."));
        }
        Ok(Done::text("Fetch completed."))
    }

    fn modifiers(&self, grammar: &mut Grammar<'_>, by_uid: bool) -> Result<Modifiers, Refuse> {
        let mut modifiers = Modifiers::default();
        if !grammar.eat(b' ') {
            return Ok(modifiers);
        }
        let (qresync, features) = (self.qresync, &self.features);
        grammar.list(|grammar| {
            match grammar.word()?.as_str() {
                "PARTIAL" if features.has(Extension::Partial) && by_uid => {
                    grammar.space()?;
                    modifiers.partial = Some(grammar.window()?.0);
                }
                "CHANGEDSINCE" if features.has(Extension::Condstore) => {
                    grammar.space()?;
                    modifiers.changed_since = Some(grammar.number()?);
                }
                "VANISHED" if by_uid && qresync => modifiers.vanished = true,
                _ => return Err(Refuse::bad("Unknown FETCH modifier")),
            }
            Ok(())
        })?;
        if modifiers.vanished && modifiers.changed_since.is_none() {
            return Err(Refuse::bad("VANISHED needs CHANGEDSINCE"));
        }
        Ok(modifiers)
    }
}

fn tell_vanished(mailbox: &Mailbox, set: &Set, since: u64, out: &mut Replies) {
    let gone = vanished_since(mailbox, since, |uid| *set == Set::Saved || set.contains(uid, u32::MAX));
    if !gone.is_empty() {
        out.untagged(&format!("VANISHED (EARLIER) {}", compact(&gone)));
    }
}

/// Writes all responses; says whether `\Seen` was set and whether a transfer encoding was unknown.
pub(crate) fn fetch_all(
    view: &mut View,
    mailbox: &mut Mailbox,
    places: &[usize],
    items: &[Item],
    changed_since: Option<u64>,
    out: &mut Replies,
) -> (bool, bool) {
    let reads = items.iter().any(|item| matches!(item, Item::Section(section) if !section.peek));
    let marks = reads && !view.read_only;
    let mut modseq = None;
    let mut unknown = false;
    for &at in places {
        let Some(uid) = view.items.get(at).map(|item| item.uid) else { continue };
        let Some(message) = mailbox.messages.get(&uid) else { continue };
        if changed_since.is_some_and(|since| message.modseq <= since) {
            continue;
        }
        let mut marked = false;
        if marks && message.flags.system & SEEN == 0 {
            let modseq = *modseq.get_or_insert_with(|| mailbox.next_modseq());
            if let Some(message) = mailbox.messages.get_mut(&uid) {
                message.flags.system |= SEEN;
                message.modseq = modseq;
                marked = true;
            }
            view.told(at, modseq);
        }
        let Some(message) = mailbox.messages.get(&uid) else { continue };
        let flags = if marked && !items.contains(&Item::Flags) { &[Item::Flags][..] } else { &[] };
        let buffer = out.open(Kind::Untagged);
        buffer.extend_from_slice(format!("* {} FETCH (", at + 1).as_bytes());
        for (number, item) in items.iter().chain(flags).enumerate() {
            if number > 0 {
                buffer.push(b' ');
            }
            unknown |= !write_item(buffer, view, uid, message, item);
        }
        buffer.extend_from_slice(b")\r\n");
    }
    (modseq.is_some(), unknown)
}

/// Writes one item; `false` when it cannot be decoded.
fn write_item(out: &mut Vec<u8>, view: &View, uid: u32, message: &Message, item: &Item) -> bool {
    let content = &message.content;
    match item {
        Item::Flags => {
            out.extend_from_slice(b"FLAGS ");
            view.write_flag_list(out, uid, message);
        }
        Item::Uid => out.extend_from_slice(format!("UID {uid}").as_bytes()),
        Item::InternalDate => {
            out.extend_from_slice(format!("INTERNALDATE \"{}\"", message.internal_date.text()).as_bytes());
        }
        Item::Size => out.extend_from_slice(format!("RFC822.SIZE {}", content.raw.len()).as_bytes()),
        Item::Envelope => {
            out.extend_from_slice(b"ENVELOPE ");
            out.extend_from_slice(content.envelope());
        }
        Item::Structure(extended) => {
            out.extend_from_slice(if *extended { b"BODYSTRUCTURE " } else { b"BODY " });
            out.extend_from_slice(content.outline(*extended));
        }
        Item::Modseq => out.extend_from_slice(format!("MODSEQ ({})", message.modseq).as_bytes()),
        Item::EmailId => out.extend_from_slice(format!("EMAILID (M{})", content.email_id).as_bytes()),
        Item::ThreadId => out.extend_from_slice(format!("THREADID (T{})", content.thread_id).as_bytes()),
        Item::Preview => {
            out.extend_from_slice(b"PREVIEW ");
            string(out, preview(&content.raw, content.structure()).as_bytes());
        }
        Item::Section(section) => return write_section(out, message, section),
        Item::BinarySize(path, label) => {
            out.extend_from_slice(label);
            let size = match binary(content, path) {
                Found::Octets(octets) => octets.len(),
                Found::Missing => 0,
                Found::UnknownEncoding => {
                    out.extend_from_slice(b" 0");
                    return false;
                }
            };
            out.extend_from_slice(format!(" {size}").as_bytes());
        }
    }
    true
}

fn write_section(out: &mut Vec<u8>, message: &Message, section: &Section) -> bool {
    out.extend_from_slice(&section.label);
    if let Some((start, _)) = section.partial {
        out.extend_from_slice(format!("<{start}>").as_bytes());
    }
    out.push(b' ');
    match octets(&message.content, section) {
        Found::Octets(octets) => {
            let octets = partial(&octets, section.partial);
            let binary = section.binary && octets.contains(&0);
            let mark = if binary { "~" } else { "" };
            out.extend_from_slice(format!("{mark}{{{}}}\r\n", octets.len()).as_bytes());
            out.extend_from_slice(octets);
            true
        }
        Found::Missing => {
            out.extend_from_slice(b"NIL");
            true
        }
        Found::UnknownEncoding => {
            out.extend_from_slice(b"NIL");
            false
        }
    }
}
