//! NOTIFY (RFC 5465): which changes are told as they happen, in this mailbox and in others.

use std::collections::{BTreeMap, BTreeSet};

use super::fetch_items::Item;
use super::session::ImapSession;
use super::status::StatusItem;
use super::view::Allowed;
use super::{Answer, Done, Grammar, Refuse};
use crate::features::Extension;
use crate::reply::Replies;
use crate::state::{State, User};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Which {
    Selected,
    SelectedDelayed,
    Inboxes,
    Personal,
    Subscribed,
    Subtree(Vec<String>),
    Mailboxes(Vec<String>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Events {
    new: bool,
    /// What is fetched of a new message in the selected mailbox.
    items: Vec<Item>,
    expunge: bool,
    flags: bool,
    name: bool,
    subscription: bool,
}

/// What a client asked to be told, and what it was told so far.
#[derive(Debug)]
pub(crate) struct Watch {
    groups: Vec<(Which, Events)>,
    known: BTreeMap<u64, Known>,
    subscribed: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    name: String,
    version: u64,
    uid_next: u32,
    messages: usize,
}

impl Watch {
    /// What may be told of the selected mailbox without a command.
    pub(crate) fn selected_now(&self) -> Option<Allowed> {
        self.groups.iter().find_map(|(which, events)| {
            let expunge = match which {
                Which::Selected => events.expunge,
                Which::SelectedDelayed => false,
                _ => return None,
            };
            Some(Allowed { expunge, new: events.new, flags: events.flags })
        })
    }

    /// What is fetched of each new message in the selected mailbox.
    pub(crate) fn new_items(&self) -> &[Item] {
        let selected =
            self.groups.iter().find(|(which, _)| matches!(which, Which::Selected | Which::SelectedDelayed));
        selected.map_or(&[], |(_, events)| &events.items)
    }

    /// The events asked for a mailbox; the first group that names it decides (RFC 5465 §3.1).
    fn events_of(&self, user: &User, name: &str, delimiter: char) -> Events {
        let found = self.groups.iter().find(|(which, _)| match which {
            Which::Selected | Which::SelectedDelayed => false,
            Which::Inboxes => name == "INBOX",
            Which::Personal => true,
            Which::Subscribed => user.subscribed.contains(name),
            Which::Mailboxes(names) => names.iter().any(|each| each == name),
            Which::Subtree(names) => names.iter().any(|each| {
                name == each || name.strip_prefix(each).is_some_and(|rest| rest.starts_with(delimiter))
            }),
        });
        found.map(|(_, events)| events.clone()).unwrap_or_default()
    }
}

impl ImapSession {
    pub(crate) fn notify(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        out: &mut Replies,
    ) -> Answer {
        self.need(Extension::Notify)?;
        self.user(state)?;
        if grammar.eat_word("NONE") {
            grammar.end()?;
            self.watch = None;
            return Ok(Done::text("NOTIFY completed."));
        }
        if !grammar.eat_word("SET") {
            return Err(Refuse::bad("Expected SET or NONE"));
        }
        grammar.space()?;
        let status = grammar.eat_word("STATUS");
        if status {
            grammar.space()?;
        }
        let mut groups = vec![self.event_group(grammar)?];
        while grammar.eat(b' ') {
            groups.push(self.event_group(grammar)?);
        }
        grammar.end()?;
        let user = self.user(state)?;
        let watch = Watch { groups, known: known(user), subscribed: user.subscribed.clone() };
        if status {
            for (name, mailbox) in &user.mailboxes {
                let events = watch.events_of(user, name, self.features.delimiter);
                let selected = self.view.as_ref().is_some_and(|view| view.id == mailbox.id);
                if (events.new || events.expunge) && !selected && !mailbox.no_select {
                    self.write_status(name, mailbox, &self.event_items(), out);
                }
            }
        }
        self.watch = Some(watch);
        Ok(Done::text("NOTIFY completed."))
    }

    fn event_items(&self) -> Vec<StatusItem> {
        let mut items =
            vec![StatusItem::Messages, StatusItem::UidNext, StatusItem::UidValidity, StatusItem::Unseen];
        if self.features.has(Extension::Condstore) {
            items.push(StatusItem::HighestModseq);
        }
        items
    }

    /// `(which events)`.
    fn event_group(&self, grammar: &mut Grammar<'_>) -> Result<(Which, Events), Refuse> {
        grammar.expect(b'(')?;
        let which = match grammar.word()?.as_str() {
            "SELECTED" => Which::Selected,
            "SELECTED-DELAYED" => Which::SelectedDelayed,
            "INBOXES" => Which::Inboxes,
            "PERSONAL" => Which::Personal,
            "SUBSCRIBED" => Which::Subscribed,
            "SUBTREE" => Which::Subtree(self.names(grammar)?),
            "MAILBOXES" => Which::Mailboxes(self.names(grammar)?),
            _ => return Err(Refuse::bad("Unknown mailbox specifier")),
        };
        grammar.space()?;
        let mut events = Events::default();
        if !grammar.eat_word("NONE") {
            self.read_events(grammar, &mut events)?;
        }
        grammar.expect(b')')?;
        if events.new != events.expunge {
            return Err(Refuse::bad("MessageNew and MessageExpunge go together"));
        }
        Ok((which, events))
    }

    fn names(&self, grammar: &mut Grammar<'_>) -> Result<Vec<String>, Refuse> {
        grammar.space()?;
        if grammar.peek() == Some(b'(') {
            return grammar.list(|grammar| self.mailbox_name(grammar));
        }
        Ok(vec![self.mailbox_name(grammar)?])
    }

    fn read_events(&self, grammar: &mut Grammar<'_>, events: &mut Events) -> Result<(), Refuse> {
        grammar.expect(b'(')?;
        loop {
            match grammar.word()?.as_str() {
                "MESSAGENEW" => {
                    events.new = true;
                    if grammar.eat(b' ') {
                        if grammar.peek() != Some(b'(') {
                            continue;
                        }
                        events.items = self.fetch_items(grammar)?;
                        if !events.items.contains(&Item::Uid) {
                            events.items.insert(0, Item::Uid);
                        }
                    }
                }
                "MESSAGEEXPUNGE" => events.expunge = true,
                "FLAGCHANGE" => events.flags = true,
                "MAILBOXNAME" => events.name = true,
                "SUBSCRIPTIONCHANGE" => events.subscription = true,
                _ => {
                    let text =
                        "BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange)";
                    return Err(Refuse::coded(text, "Unknown event"));
                }
            }
            if grammar.eat(b')') {
                return Ok(());
            }
            grammar.space()?;
        }
    }

    /// Tells what happened in mailboxes that are not selected.
    pub(crate) fn tell_others(&self, mut watch: Watch, state: &mut State, out: &mut Replies) -> Watch {
        let Ok(user) = self.user(state) else { return watch };
        let user = &*user;
        let delimiter = self.features.delimiter;
        let now = known(user);
        let selected = self.view.as_ref().map(|view| view.id);
        for (id, mailbox) in &now {
            let before = watch.known.get(id);
            if before == Some(mailbox) {
                continue;
            }
            let events = watch.events_of(user, &mailbox.name, delimiter);
            let renamed = before.is_none_or(|before| before.name != mailbox.name);
            if renamed && events.name {
                self.write_list(&mailbox.name, false, &[], false, out);
                if let Some(before) = before {
                    let tail = out.tail();
                    // OLDNAME goes before the line end (RFC 5465 §5.4).
                    tail.truncate(tail.len() - 2);
                    tail.extend_from_slice(b" (\"OLDNAME\" (");
                    self.write_name(tail, &before.name);
                    tail.extend_from_slice(b"))\r\n");
                }
            }
            let Some(before) = before else { continue };
            let arrived = events.new && mailbox.uid_next != before.uid_next;
            let gone = events.expunge && mailbox.messages < before.messages;
            let flags = events.flags && mailbox.version != before.version;
            if (arrived || gone || flags)
                && selected != Some(*id)
                && let Some(found) = user.mailboxes.get(&mailbox.name)
            {
                self.write_status(&mailbox.name, found, &self.event_items(), out);
            }
        }
        for (_, old) in watch.known.iter().filter(|(id, _)| !now.contains_key(id)) {
            if watch.events_of(user, &old.name, delimiter).name {
                self.write_list(&old.name, false, &["\\NonExistent"], false, out);
            }
        }
        for name in user.subscribed.symmetric_difference(&watch.subscribed) {
            if watch.events_of(user, name, delimiter).subscription {
                let attributes: &[&str] =
                    if user.subscribed.contains(name) { &["\\Subscribed"] } else { &[] };
                self.write_list(name, false, attributes, false, out);
            }
        }
        watch.known = now;
        watch.subscribed.clone_from(&user.subscribed);
        watch
    }
}

fn known(user: &User) -> BTreeMap<u64, Known> {
    user.mailboxes
        .iter()
        .map(|(name, mailbox)| {
            let known = Known {
                name: name.clone(),
                version: mailbox.version,
                uid_next: mailbox.uid_next,
                messages: mailbox.messages.len(),
            };
            (mailbox.id, known)
        })
        .collect()
}
