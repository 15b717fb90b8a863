//! LIST and LSUB.

use std::collections::BTreeSet;

use super::list_options::{Return, Select};
use super::mailboxes::children;
use super::session::ImapSession;
use super::status::StatusItem;
use super::{Answer, Done, Grammar};
use crate::features::Extension;
use crate::reply::{Kind, Replies};
use crate::state::{State, User};

impl ImapSession {
    pub(crate) fn list(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        lsub: bool,
        out: &mut Replies,
    ) -> Answer {
        self.user(state)?;
        let mut select = Select { subscribed: lsub, ..Select::default() };
        let extended = self.features.has(Extension::ListExtended) || self.features.has(Extension::SpecialUse);
        let mut is_extended = false;
        if grammar.peek() == Some(b'(') && extended && !lsub {
            is_extended = true;
            select = self.list_selection(grammar)?;
            grammar.space()?;
        }
        let reference = grammar.astring()?;
        grammar.space()?;
        let patterns = if grammar.peek() == Some(b'(') && extended && !lsub {
            is_extended = true;
            grammar.list(Grammar::pattern)?
        } else {
            vec![grammar.pattern()?]
        };
        let mut wanted = Return {
            // Without options a server says what it can (RFC 6154 §2, RFC 3348).
            special_use: self.features.has(Extension::SpecialUse),
            ..Return::default()
        };
        if grammar.eat(b' ') {
            is_extended = true;
            let asked = self.list_return(grammar)?;
            wanted = Return { special_use: asked.special_use || wanted.special_use, ..asked };
        }
        grammar.end()?;
        wanted.children |= self.features.has(Extension::Children);
        wanted.subscribed |= select.subscribed && !lsub;
        self.condstore |= wanted.status.contains(&StatusItem::HighestModseq);
        if patterns == [Vec::new()] && !is_extended && !lsub {
            let delimiter = self.features.delimiter;
            out.untagged(&format!("LIST (\\Noselect) \"{delimiter}\" \"\""));
            return Ok(Done::text("List completed."));
        }
        let full = self.full_patterns(&reference, &patterns);
        let delimiter = self.features.delimiter;
        let user = self.user(state)?;
        let user = &*user;
        for name in candidates(user, &select, delimiter) {
            if full.iter().any(|pattern| matches(pattern, &name, delimiter)) {
                self.list_one(user, &name, lsub, &select, &wanted, out);
            }
        }
        if lsub {
            tell_parents(self, user, &full, out);
        }
        Ok(Done::text(if lsub { "Lsub completed." } else { "List completed." }))
    }

    /// Reference and pattern joined, INBOX in any case.
    fn full_patterns(&self, reference: &[u8], patterns: &[Vec<u8>]) -> Vec<String> {
        let reference = self.unicode_name(reference);
        patterns
            .iter()
            .map(|pattern| {
                let joined = format!("{reference}{}", self.unicode_name(pattern));
                if joined.eq_ignore_ascii_case("INBOX") { "INBOX".to_owned() } else { joined }
            })
            .collect()
    }

    fn list_one(
        &self,
        user: &User,
        name: &str,
        lsub: bool,
        select: &Select,
        wanted: &Return,
        out: &mut Replies,
    ) {
        let mailbox = user.mailboxes.get(name);
        let subscribed = user.subscribed.contains(name);
        let role = mailbox.and_then(|mailbox| mailbox.role);
        let below: Vec<&String> = children(user, name, self.features.delimiter).collect();
        let subscribed_below = select.recursive && below.iter().any(|child| user.subscribed.contains(*child));
        if (select.special_use && role.is_none()) || (select.subscribed && !subscribed && !subscribed_below) {
            return;
        }
        let mut attributes = Vec::new();
        match mailbox {
            None if lsub => attributes.push("\\Noselect"),
            None => attributes.push("\\NonExistent"),
            Some(mailbox) if mailbox.no_select => attributes.push("\\Noselect"),
            Some(_) => {}
        }
        if wanted.subscribed && subscribed && !lsub {
            attributes.push("\\Subscribed");
        }
        if wanted.children && !lsub {
            attributes.push(if below.is_empty() { "\\HasNoChildren" } else { "\\HasChildren" });
        }
        if let Some(role) = role.filter(|_| wanted.special_use && !lsub) {
            attributes.push(role.attribute());
        }
        self.write_list(name, lsub, &attributes, subscribed_below, out);
        if let Some(mailbox) = mailbox.filter(|mailbox| !mailbox.no_select && !wanted.status.is_empty()) {
            self.write_status(name, mailbox, &wanted.status, out);
        }
    }

    pub(crate) fn write_list(
        &self,
        name: &str,
        lsub: bool,
        attributes: &[&str],
        child_info: bool,
        out: &mut Replies,
    ) {
        let buffer = out.open(Kind::Untagged);
        let word = if lsub { "LSUB" } else { "LIST" };
        let (attributes, delimiter) = (attributes.join(" "), self.features.delimiter);
        buffer.extend_from_slice(format!("* {word} ({attributes}) \"{delimiter}\" ").as_bytes());
        self.write_name(buffer, name);
        if child_info {
            buffer.extend_from_slice(b" (\"CHILDINFO\" (\"SUBSCRIBED\"))");
        }
        buffer.extend_from_slice(b"\r\n");
    }
}

/// INBOX first, then by name; subscriptions include names that no longer exist.
fn candidates(user: &User, select: &Select, delimiter: char) -> Vec<String> {
    let mut names: BTreeSet<String> = user.mailboxes.keys().cloned().collect();
    if select.subscribed {
        names.extend(user.subscribed.iter().cloned());
    }
    let key = |name: &String| (name != "INBOX", name.replace(delimiter, "\u{1}"));
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by_key(key);
    names
}

/// LSUB with `%`: a subscribed child of a parent that is not subscribed shows the parent (RFC 3501 §6.3.9).
fn tell_parents(session: &ImapSession, user: &User, patterns: &[String], out: &mut Replies) {
    let delimiter = session.features.delimiter;
    let mut told = BTreeSet::new();
    for name in &user.subscribed {
        for (at, _) in name.match_indices(delimiter) {
            let parent = name.get(..at).unwrap_or_default();
            let shown =
                patterns.iter().any(|pattern| pattern.contains('%') && matches(pattern, parent, delimiter));
            if shown && !user.subscribed.contains(parent) && told.insert(parent) {
                session.write_list(parent, true, &["\\Noselect"], false, out);
            }
        }
    }
}

/// Whether a name matches a pattern; `*` matches anything, `%` anything but the delimiter.
fn matches(pattern: &str, name: &str, delimiter: char) -> bool {
    // One row of a table per pattern character: linear in each, also for `*a*a*a*a*b`.
    let name: Vec<char> = name.chars().collect();
    let mut row = vec![false; name.len() + 1];
    if let Some(first) = row.first_mut() {
        *first = true;
    }
    for wanted in pattern.chars() {
        let mut next = vec![false; name.len() + 1];
        let mut running = false;
        for at in 0..=name.len() {
            let here = row.get(at).copied().unwrap_or(false);
            let before = at.checked_sub(1).and_then(|at| name.get(at));
            let value = match wanted {
                '*' => {
                    running |= here;
                    running
                }
                '%' => {
                    running = here || (running && before.is_some_and(|last| *last != delimiter));
                    running
                }
                _ => {
                    before == Some(&wanted)
                        && at.checked_sub(1).and_then(|at| row.get(at)).copied().unwrap_or(false)
                }
            };
            if let Some(cell) = next.get_mut(at) {
                *cell = value;
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_the_rfc_says() {
        for (pattern, name, expected) in [
            ("*", "a/b/c", true),
            ("%", "a", true),
            ("%", "a/b", false),
            ("a/%", "a/b", true),
            ("a/%", "a/b/c", false),
            ("a/*", "a/b/c", true),
            ("%/c", "a/b/c", false),
            ("%/%/c", "a/b/c", true),
            ("*c", "a/b/c", true),
            ("", "", true),
            ("a", "A", false),
        ] {
            assert_eq!(matches(pattern, name, '/'), expected, "{pattern} {name}");
        }
        let name = "a".repeat(5000);
        assert!(!matches(&"*a".repeat(200), &name.replace('a', "b"), '/'));
        assert!(matches("*a*a*a*", &name, '/'));
    }
}
