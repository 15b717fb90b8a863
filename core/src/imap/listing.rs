//! From LIST and STATUS lines to mailboxes with roles.

use super::flight::MailboxStatus;
use super::mailbox_name;
use super::parse::{ListLine, StatusLine};
use crate::mailbox::Role;
use std::collections::{BTreeMap, BTreeSet};

/// All mailboxes of an account.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing {
    /// In the order of the server, each raw name once.
    pub mailboxes: Vec<ListedMailbox>,
    /// `false`: some line could not be read, so nothing may be concluded from a mailbox that is missing here.
    pub complete: bool,
}

/// One mailbox.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListedMailbox {
    /// For showing; `INBOX` in capitals.
    pub name: String,
    /// As on the wire: what SELECT and the others take.
    pub raw_name: Vec<u8>,
    /// Separator of levels, if there are levels.
    pub delimiter: Option<char>,
    /// As on the wire: `\HasNoChildren`, `\Sent` …
    pub attributes: Vec<String>,
    /// By attribute (RFC 6154), else guessed by name; each role at most once.
    pub role: Option<Role>,
    /// Whether it can be selected.
    pub selectable: bool,
    /// Counts, if the server gave them.
    pub status: Option<MailboxStatus>,
}

impl From<StatusLine> for MailboxStatus {
    fn from(line: StatusLine) -> Self {
        Self {
            messages: line.messages,
            unseen: line.unseen,
            uidnext: line.uidnext,
            uidvalidity: line.uidvalidity,
            highestmodseq: line.highestmodseq,
            mailbox_id: line.mailbox_id,
        }
    }
}

/// INBOX in any case is one name (RFC 3501 §5.1).
fn key(raw: &[u8]) -> Vec<u8> {
    if raw.eq_ignore_ascii_case(b"INBOX") { b"INBOX".to_vec() } else { raw.to_vec() }
}

/// Joins lines and counts. A name given twice is one mailbox with the attributes of both.
pub(crate) fn listing(lines: Vec<ListLine>, statuses: Vec<StatusLine>, complete: bool) -> Listing {
    let mut counts: BTreeMap<Vec<u8>, MailboxStatus> =
        statuses.into_iter().map(|s| (key(&s.name), s.into())).collect();
    let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut mailboxes: Vec<ListedMailbox> = Vec::with_capacity(lines.len());
    for line in lines {
        let raw_name = key(&line.name);
        if let Some(known) = places.get(&raw_name).and_then(|i| mailboxes.get_mut(*i)) {
            known.attributes.extend(line.attributes);
            known.attributes.truncate(200);
            continue;
        }
        places.insert(raw_name.clone(), mailboxes.len());
        mailboxes.push(ListedMailbox {
            name: mailbox_name::decode(&raw_name),
            status: counts.remove(&raw_name),
            raw_name,
            delimiter: line.delimiter,
            attributes: line.attributes,
            role: None,
            selectable: true,
        });
    }
    for mailbox in &mut mailboxes {
        let has = |name: &str| mailbox.attributes.iter().any(|a| a.eq_ignore_ascii_case(name));
        mailbox.selectable = !has("\\Noselect") && !has("\\NonExistent");
    }
    give_roles(&mut mailboxes);
    Listing { mailboxes, complete }
}

fn give_roles(mailboxes: &mut [ListedMailbox]) {
    let mut taken = BTreeSet::new();
    for mailbox in mailboxes.iter_mut().filter(|m| m.raw_name == b"INBOX") {
        mailbox.role = Some(Role::Inbox);
        taken.insert(Role::Inbox);
    }
    for mailbox in mailboxes.iter_mut().filter(|m| m.role.is_none() && m.selectable) {
        let said = mailbox.attributes.iter().filter(|a| a.starts_with('\\'));
        mailbox.role =
            said.filter_map(|a| Role::from_attribute(a)).find(|r| *r != Role::Inbox && taken.insert(*r));
    }
    for mailbox in mailboxes.iter_mut().filter(|m| m.role.is_none() && m.selectable) {
        mailbox.role = guess(mailbox).filter(|r| *r != Role::Inbox && taken.insert(*r));
    }
}

/// Only for a name at the top, or right under INBOX or a bracketed root such as `[Gmail]`: `Projects/Archive` is no
/// archive.
fn guess(mailbox: &ListedMailbox) -> Option<Role> {
    let mut levels = match mailbox.delimiter {
        Some(delimiter) => mailbox.name.rsplitn(3, delimiter),
        None => return Role::from_name(&mailbox.name),
    };
    let last = levels.next()?;
    match (levels.next(), levels.next()) {
        (None, None) => {}
        (Some(root), None) if root.eq_ignore_ascii_case("INBOX") || root.starts_with('[') => {}
        _ => return None,
    }
    Role::from_name(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, attributes: &[&str]) -> ListLine {
        ListLine {
            attributes: attributes.iter().map(|a| (*a).to_owned()).collect(),
            delimiter: Some('/'),
            name: name.as_bytes().to_vec(),
        }
    }
    fn roles(lines: Vec<ListLine>) -> Vec<Option<Role>> {
        listing(lines, Vec::new(), true).mailboxes.into_iter().map(|m| m.role).collect()
    }

    #[test]
    fn an_attribute_beats_a_name_and_each_role_is_given_once() {
        let lines = vec![
            line("Sent", &[]),
            line("Sent Items", &["\\Sent"]),
            line("inbox", &["\\HasNoChildren"]),
            line("Projects/Archive", &[]),
            line("INBOX/Trash", &[]),
            line("[Gmail]/Spam", &["\\Junk"]),
            line("Junk", &["\\junk"]),
            line("Drafts", &["\\Noselect"]),
        ];
        use Role::{Inbox, Junk, Sent, Trash};
        let want = [None, Some(Sent), Some(Inbox), None, Some(Trash), Some(Junk), None, None];
        assert_eq!(roles(lines), want);
    }

    #[test]
    fn a_mailbox_called_inbox_by_attribute_only_is_not_the_inbox() {
        assert_eq!(roles(vec![line("Other", &["\\Inbox"]), line("a/INBOX", &[])]), [None, None]);
    }

    #[test]
    fn a_name_listed_twice_is_one_mailbox() {
        let found = listing(vec![line("INBOX", &[]), line("Inbox", &["\\Marked"])], Vec::new(), true);
        assert_eq!(found.mailboxes.len(), 1);
        assert_eq!(found.mailboxes[0].attributes, ["\\Marked"]);
    }
}
