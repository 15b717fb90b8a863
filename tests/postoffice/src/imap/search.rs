//! SEARCH and UID SEARCH, with ESEARCH (RFC 4731) and SEARCHRES (RFC 5182).

use std::fmt::Write as _;

use super::search_keys::{Compare, Key, read_keys};
use super::session::{ImapSession, selected};
use super::set::{Set, Window, compact};
use super::view::View;
use super::{Answer, Done, Grammar, Refuse};
use crate::date::header_day;
use crate::features::Extension;
use crate::message::Message;
use crate::mime::{Fields, Shape, decode_words, decoded_text};
use crate::reply::Replies;
use crate::state::State;

#[derive(Debug, Default)]
struct Wanted {
    extended: bool,
    min: bool,
    max: bool,
    all: bool,
    count: bool,
    save: bool,
    partial: Option<(Window, String)>,
}

/// A message that matched.
struct Hit {
    number: u32,
    uid: u32,
    modseq: u64,
}

impl ImapSession {
    pub(crate) fn search(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        by_uid: bool,
        tag: &str,
        out: &mut Replies,
    ) -> Answer {
        if self.view.is_none() {
            return Err(Refuse::bad("No mailbox selected"));
        }
        let wanted = self.search_return(grammar)?;
        let answer = self.search_keyed(state, grammar, by_uid, tag, &wanted, out);
        if wanted.save && matches!(answer, Err(Refuse::No(..))) {
            self.saved.clear();
        }
        answer
    }

    fn search_keyed(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        by_uid: bool,
        tag: &str,
        wanted: &Wanted,
        out: &mut Replies,
    ) -> Answer {
        if grammar.eat_word("CHARSET") {
            grammar.space()?;
            let charset = grammar.text()?.to_ascii_uppercase();
            if !matches!(charset.as_str(), "US-ASCII" | "UTF-8") {
                return Err(Refuse::coded("BADCHARSET (US-ASCII UTF-8)", "Unknown charset."));
            }
            grammar.space()?;
        }
        let key = read_keys(grammar, &self.features)?;
        let names_modseq = key.names_modseq();
        self.condstore |= names_modseq;
        let now = self.office.clock.now();
        let (view, mailbox) = selected(state, self.user.as_deref(), self.view.as_mut())?;
        if names_modseq && mailbox.no_modseq {
            return Err(Refuse::bad("No mod-sequences in this mailbox"));
        }
        let search = Search { view, saved: &self.saved, now };
        let mut hits = Vec::new();
        for (at, item) in view.items.iter().enumerate() {
            let Some(message) = mailbox.messages.get(&item.uid) else { continue };
            if search.matches(&key, at, item.uid, message) {
                let number = if by_uid { item.uid } else { at as u32 + 1 };
                hits.push(Hit { number, uid: item.uid, modseq: message.modseq });
            }
        }
        let modseq = hits.iter().map(|hit| hit.modseq).max().filter(|_| names_modseq);
        if wanted.extended {
            self.tell_extended(&hits, wanted, by_uid, tag, modseq, out);
        } else {
            let mut line = "SEARCH".to_owned();
            for hit in &hits {
                line.push(' ');
                line.push_str(&hit.number.to_string());
            }
            if let Some(modseq) = modseq {
                _ = write!(line, " (MODSEQ {modseq})");
            }
            out.untagged(&line);
        }
        Ok(Done::text("Search completed."))
    }

    fn tell_extended(
        &mut self,
        hits: &[Hit],
        wanted: &Wanted,
        by_uid: bool,
        tag: &str,
        modseq: Option<u64>,
        out: &mut Replies,
    ) {
        let (first, last) = (hits.first(), hits.last());
        if wanted.save {
            let ends_only = (wanted.min || wanted.max) && !wanted.all && !wanted.count;
            self.saved = if ends_only {
                let min = first.filter(|_| wanted.min).map(|hit| hit.uid);
                let max = last.filter(|_| wanted.max).map(|hit| hit.uid);
                let mut ends: Vec<u32> = min.into_iter().chain(max).collect();
                ends.dedup();
                ends
            } else {
                hits.iter().map(|hit| hit.uid).collect()
            };
        }
        if !(wanted.min || wanted.max || wanted.all || wanted.count || wanted.partial.is_some()) {
            return;
        }
        let mut line = format!("ESEARCH (TAG \"{tag}\")");
        if by_uid {
            line.push_str(" UID");
        }
        if let Some(first) = first.filter(|_| wanted.min) {
            _ = write!(line, " MIN {}", first.number);
        }
        if let Some(last) = last.filter(|_| wanted.max) {
            _ = write!(line, " MAX {}", last.number);
        }
        if wanted.count {
            _ = write!(line, " COUNT {}", hits.len());
        }
        if wanted.all && !hits.is_empty() {
            let numbers: Vec<u32> = hits.iter().map(|hit| hit.number).collect();
            _ = write!(line, " ALL {}", compact(&numbers));
        }
        if let Some((window, text)) = &wanted.partial {
            let part = hits.get(window.of(hits.len())).unwrap_or_default();
            let numbers: Vec<u32> = part.iter().map(|hit| hit.number).collect();
            let set = if numbers.is_empty() { "NIL".to_owned() } else { compact(&numbers) };
            _ = write!(line, " PARTIAL ({text} {set})");
        }
        if let Some(modseq) = modseq {
            _ = write!(line, " MODSEQ {modseq}");
        }
        out.untagged(&line);
    }

    fn search_return(&self, grammar: &mut Grammar<'_>) -> Result<Wanted, Refuse> {
        let mut wanted = Wanted::default();
        if !grammar.eat_word("RETURN") {
            return Ok(wanted);
        }
        if !self.features.has(Extension::Esearch) && !self.features.has(Extension::SearchRes) {
            return Err(Refuse::bad("Unknown search key RETURN"));
        }
        grammar.space()?;
        wanted.extended = true;
        grammar.list(|grammar| {
            match grammar.word()?.as_str() {
                "MIN" => wanted.min = true,
                "MAX" => wanted.max = true,
                "ALL" => wanted.all = true,
                "COUNT" => wanted.count = true,
                "SAVE" if self.features.has(Extension::SearchRes) => wanted.save = true,
                "PARTIAL" if self.features.has(Extension::Partial) => {
                    grammar.space()?;
                    wanted.partial = Some(grammar.window()?);
                }
                _ => return Err(Refuse::bad("Unknown SEARCH return option")),
            }
            Ok(())
        })?;
        grammar.space()?;
        let asked = wanted.min || wanted.max || wanted.count || wanted.save || wanted.partial.is_some();
        wanted.all |= !asked;
        Ok(wanted)
    }
}

struct Search<'a> {
    view: &'a View,
    saved: &'a [u32],
    now: i64,
}

impl Search<'_> {
    /// Keys nest at most as deep as their reader allows, so recursion is bounded.
    fn matches(&self, key: &Key, at: usize, uid: u32, message: &Message) -> bool {
        let content = &message.content;
        let age = || u64::try_from(self.now - message.internal_date.unix).unwrap_or(0);
        match key {
            Key::All => true,
            Key::Flag(name, set) => message.flags.has(name) == *set,
            Key::Recent(set) => self.view.recent.contains(&uid) == *set,
            Key::New => self.view.recent.contains(&uid) && !message.flags.has("\\Seen"),
            Key::Arrived(compare, day) => is_day(*compare, message.internal_date.day(), *day),
            Key::Sent(compare, day) => {
                let sent = header_value(message, "Date").and_then(|value| header_day(&value));
                sent.is_some_and(|sent| is_day(*compare, sent, *day))
            }
            Key::Larger(size) => content.raw.len() as u64 > *size,
            Key::Smaller(size) => (content.raw.len() as u64) < *size,
            Key::Header(name, text) => header_holds(message, name, text),
            Key::Body(text) => body_holds(message, text),
            Key::Text(text) => all_headers_hold(message, text) || body_holds(message, text),
            Key::Sequence(Set::Saved) | Key::Uid(Set::Saved) => self.saved.binary_search(&uid).is_ok(),
            Key::Sequence(set) => set.contains(at as u32 + 1, self.view.items.len() as u32),
            Key::Uid(set) => set.contains(uid, self.view.items.last().map_or(0, |item| item.uid)),
            Key::Modseq(value) => message.modseq >= *value,
            Key::EmailId(id) => *id == format!("M{}", content.email_id),
            Key::ThreadId(id) => *id == format!("T{}", content.thread_id),
            Key::Older(seconds) => age() >= *seconds,
            Key::Younger(seconds) => age() <= *seconds,
            Key::Not(key) => !self.matches(key, at, uid, message),
            Key::Or(left, right) => {
                self.matches(left, at, uid, message) || self.matches(right, at, uid, message)
            }
            Key::And(keys) => keys.iter().all(|key| self.matches(key, at, uid, message)),
        }
    }
}

fn is_day(compare: Compare, day: i64, wanted: i64) -> bool {
    match compare {
        Compare::Before => day < wanted,
        Compare::On => day == wanted,
        Compare::Since => day >= wanted,
    }
}

fn fields(message: &Message) -> Fields<'_> {
    Fields::new(message.content.header())
}

fn header_value(message: &Message, name: &str) -> Option<String> {
    fields(message).first(name).map(|value| String::from_utf8_lossy(&value).into_owned())
}

/// An empty text asks only whether the field is there.
fn header_holds(message: &Message, name: &str, text: &str) -> bool {
    fields(message).all(name).any(|value| holds(&decode_words(&value), text))
}

fn all_headers_hold(message: &Message, text: &str) -> bool {
    let structure = message.content.structure();
    structure.parts.iter().any(|part| {
        let header = message.content.raw.get(part.header.clone()).unwrap_or_default();
        Fields::new(header).each().any(|(_, field)| holds(&decode_words(field), text))
    })
}

fn body_holds(message: &Message, text: &str) -> bool {
    let structure = message.content.structure();
    let texts = structure.parts.iter().filter(|part| part.shape == Shape::Text);
    texts.into_iter().any(|part| holds(&decoded_text(&message.content.raw, part), text))
}

fn holds(value: &str, text: &str) -> bool {
    value.to_lowercase().contains(text)
}
