//! CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE.

use super::session::ImapSession;
use super::{Answer, Done, Grammar, Refuse};
use crate::features::Extension;
use crate::mailbox::{Mailbox, Role};
use crate::state::{State, User};

impl ImapSession {
    pub(crate) fn create(&mut self, state: &mut State, grammar: &mut Grammar<'_>) -> Answer {
        self.user(state)?;
        let name = self.mailbox_name(grammar)?;
        let mut role = None;
        if grammar.eat(b' ') {
            self.need(Extension::CreateSpecialUse)?;
            grammar.list(|grammar| {
                if grammar.word()? != "USE" {
                    return Err(Refuse::bad("Unknown CREATE parameter"));
                }
                grammar.space()?;
                for attribute in grammar.flag_list()? {
                    let known = Role::named(&attribute);
                    role = Some(known.ok_or_else(|| Refuse::coded("USEATTR", "Unknown special use."))?);
                }
                Ok(())
            })?;
        }
        grammar.end()?;
        let delimiter = self.features.delimiter;
        let name = name.trim_end_matches(delimiter);
        self.check_new_name(name)?;
        let object_id = self.features.has(Extension::ObjectId);
        let user = self.user(state)?;
        match user.mailboxes.get_mut(name) {
            Some(mailbox) if mailbox.no_select => mailbox.no_select = false,
            Some(_) => return Err(Refuse::coded("ALREADYEXISTS", "Mailbox exists already.")),
            None => {
                create_parents(user, name, delimiter);
                user.create(name, role);
            }
        }
        let id = user.mailboxes.get(name).map_or(0, |mailbox| mailbox.id);
        Ok(Done { code: object_id.then(|| format!("MAILBOXID (F{id})")), text: "Create completed." })
    }

    fn check_new_name(&self, name: &str) -> Result<(), Refuse> {
        let features = &self.features;
        let twice: String = [features.delimiter; 2].iter().collect();
        let outside = !features.prefix.is_empty() && !name.starts_with(&features.prefix);
        let broken = name.is_empty()
            || name.starts_with(features.delimiter)
            || name.contains(&twice)
            || name.chars().any(|character| character.is_control() || matches!(character, '%' | '*'));
        if broken || outside {
            return Err(Refuse::coded("CANNOT", "Invalid mailbox name."));
        }
        Ok(())
    }

    /// A mailbox with children keeps its name, empty and `\Noselect`.
    pub(crate) fn delete(&mut self, state: &mut State, grammar: &mut Grammar<'_>) -> Answer {
        let name = self.mailbox_name(grammar)?;
        grammar.end()?;
        let delimiter = self.features.delimiter;
        let user = self.user(state)?;
        if name == "INBOX" {
            return Err(Refuse::coded("CANNOT", "INBOX can't be deleted."));
        }
        let found = user.mailboxes.get(&name);
        let found = found.ok_or_else(|| Refuse::coded("NONEXISTENT", "No such mailbox."))?;
        let has_children = children(user, &name, delimiter).next().is_some();
        if has_children && found.no_select {
            return Err(Refuse::coded("HASCHILDREN", "Mailbox has children, delete them first."));
        }
        user.mailboxes.remove(&name);
        if has_children {
            user.create(&name, None).no_select = true;
        }
        if self.view.as_ref().is_some_and(|view| view.name == name) {
            self.view = None;
        }
        Ok(Done::text("Delete completed."))
    }

    /// Renaming INBOX moves its mail and leaves it empty; other mailboxes take their children along.
    pub(crate) fn rename(&mut self, state: &mut State, grammar: &mut Grammar<'_>) -> Answer {
        let from = self.mailbox_name(grammar)?;
        grammar.space()?;
        let to = self.mailbox_name(grammar)?;
        grammar.end()?;
        let delimiter = self.features.delimiter;
        self.user(state)?;
        self.check_new_name(&to)?;
        let user = self.user(state)?;
        if !user.mailboxes.contains_key(&from) {
            return Err(Refuse::coded("NONEXISTENT", "No such mailbox."));
        }
        if user.mailboxes.contains_key(&to) {
            return Err(Refuse::coded("ALREADYEXISTS", "Target mailbox exists already."));
        }
        if to.starts_with(&format!("{from}{delimiter}")) && from != "INBOX" {
            return Err(Refuse::coded("CANNOT", "Can't rename a mailbox under itself."));
        }
        create_parents(user, &to, delimiter);
        if from == "INBOX" {
            rename_inbox(user, &to);
            return Ok(Done::text("Rename completed."));
        }
        let below: Vec<String> = children(user, &from, delimiter).cloned().collect();
        for old in below.into_iter().chain([from.clone()]) {
            let new = format!("{to}{}", old.get(from.len()..).unwrap_or_default());
            if let Some(mailbox) = user.mailboxes.remove(&old) {
                user.mailboxes.insert(new, mailbox);
            }
        }
        if let Some(view) = self.view.as_mut().filter(|view| view.name == from) {
            view.name = to;
        }
        Ok(Done::text("Rename completed."))
    }

    pub(crate) fn subscribe(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        subscribe: bool,
    ) -> Answer {
        let name = self.mailbox_name(grammar)?;
        grammar.end()?;
        let user = self.user(state)?;
        if subscribe {
            if !user.mailboxes.contains_key(&name) {
                return Err(Refuse::coded("NONEXISTENT", "No such mailbox."));
            }
            user.subscribed.insert(name);
        } else {
            user.subscribed.remove(&name);
        }
        Ok(Done::text("Completed."))
    }
}

pub(crate) fn children<'u>(
    user: &'u User,
    name: &str,
    delimiter: char,
) -> impl Iterator<Item = &'u String> + use<'u> {
    let prefix = format!("{name}{delimiter}");
    let start = prefix.clone();
    user.mailboxes.range(start..).map(|(name, _)| name).take_while(move |name| name.starts_with(&prefix))
}

fn create_parents(user: &mut User, name: &str, delimiter: char) {
    for (at, _) in name.match_indices(delimiter) {
        let parent = name.get(..at).unwrap_or_default();
        if !parent.is_empty() && !user.mailboxes.contains_key(parent) {
            user.create(parent, None).no_select = true;
        }
    }
}

fn rename_inbox(user: &mut User, to: &str) {
    let Some(inbox) = user.mailboxes.get_mut("INBOX") else { return };
    let modseq = inbox.next_modseq();
    let uids: Vec<u32> = inbox.messages.keys().copied().collect();
    let moved: Vec<_> = uids.into_iter().filter_map(|uid| inbox.remove(uid, modseq)).collect();
    let target: &mut Mailbox = user.create(to, None);
    let modseq = target.next_modseq();
    for message in moved {
        target.add(message.content, message.flags, message.internal_date, modseq);
    }
}
