//! STATUS (RFC 3501 §6.3.10, RFC 7162, RFC 8438, RFC 8474).

use super::session::ImapSession;
use super::{Answer, Done, Grammar, Refuse};
use crate::features::Extension;
use crate::mailbox::Mailbox;
use crate::reply::{Kind, Replies};
use crate::state::State;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusItem {
    Messages,
    Recent,
    UidNext,
    UidValidity,
    Unseen,
    HighestModseq,
    Size,
    MailboxId,
    Deleted,
}

impl ImapSession {
    pub(crate) fn status(
        &mut self,
        state: &mut State,
        grammar: &mut Grammar<'_>,
        out: &mut Replies,
    ) -> Answer {
        self.user(state)?;
        let name = self.mailbox_name(grammar)?;
        grammar.space()?;
        let items = self.status_items(grammar)?;
        grammar.end()?;
        self.condstore |= items.contains(&StatusItem::HighestModseq);
        let user = self.user(state)?;
        let mailbox = user.mailboxes.get(&name).filter(|mailbox| !mailbox.no_select);
        let mailbox = mailbox.ok_or_else(|| Refuse::coded("NONEXISTENT", "No such mailbox."))?;
        self.write_status(&name, mailbox, &items, out);
        Ok(Done::text("Status completed."))
    }

    pub(crate) fn status_items(&self, grammar: &mut Grammar<'_>) -> Result<Vec<StatusItem>, Refuse> {
        let items = grammar.list(|grammar| {
            Ok(match grammar.word()?.as_str() {
                "MESSAGES" => StatusItem::Messages,
                "RECENT" => StatusItem::Recent,
                "UIDNEXT" => StatusItem::UidNext,
                "UIDVALIDITY" => StatusItem::UidValidity,
                "UNSEEN" => StatusItem::Unseen,
                "HIGHESTMODSEQ" if self.features.has(Extension::Condstore) => StatusItem::HighestModseq,
                "SIZE" if self.features.has(Extension::StatusSize) => StatusItem::Size,
                "MAILBOXID" if self.features.has(Extension::ObjectId) => StatusItem::MailboxId,
                "DELETED" => StatusItem::Deleted,
                word => return Err(Refuse::Bad(format!("Unknown STATUS item {word}"))),
            })
        })?;
        if items.is_empty() { Err(Refuse::bad("Empty STATUS list")) } else { Ok(items) }
    }

    pub(crate) fn write_status(
        &self,
        name: &str,
        mailbox: &Mailbox,
        items: &[StatusItem],
        out: &mut Replies,
    ) {
        let words: Vec<String> = items
            .iter()
            .map(|item| match item {
                StatusItem::Messages => format!("MESSAGES {}", mailbox.messages.len()),
                StatusItem::Recent => {
                    format!("RECENT {}", mailbox.messages.range(mailbox.recent_from..).count())
                }
                StatusItem::UidNext => format!("UIDNEXT {}", mailbox.uid_next),
                StatusItem::UidValidity => format!("UIDVALIDITY {}", mailbox.uid_validity),
                StatusItem::Unseen => format!("UNSEEN {}", mailbox.unseen()),
                StatusItem::HighestModseq => {
                    let modseq = if mailbox.no_modseq { 0 } else { mailbox.highest_modseq };
                    format!("HIGHESTMODSEQ {modseq}")
                }
                StatusItem::Size => format!("SIZE {}", mailbox.octets()),
                StatusItem::MailboxId => format!("MAILBOXID (F{})", mailbox.id),
                StatusItem::Deleted => format!("DELETED {}", mailbox.deleted().len()),
            })
            .collect();
        let buffer = out.open(Kind::Untagged);
        buffer.extend_from_slice(b"* STATUS ");
        self.write_name(buffer, name);
        buffer.extend_from_slice(format!(" ({})\r\n", words.join(" ")).as_bytes());
    }
}
