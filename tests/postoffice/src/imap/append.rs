//! APPEND, also of several messages (RFC 3502), also in UTF-8 (RFC 6855) and binary (RFC 3516).

use super::session::ImapSession;
use super::set::compact;
use super::store::canonical;
use super::{Answer, Done, Grammar, Refuse};
use crate::date::InternalDate;
use crate::features::Extension;
use crate::message::Flags;
use crate::state::State;

struct Upload {
    flags: Vec<String>,
    date: Option<InternalDate>,
    octets: Vec<u8>,
}

impl ImapSession {
    pub(crate) fn append(&mut self, state: &mut State, grammar: &mut Grammar<'_>) -> Answer {
        self.user(state)?;
        let name = self.mailbox_name(grammar)?;
        let mut uploads = Vec::new();
        while grammar.eat(b' ') {
            uploads.push(self.upload(grammar)?);
        }
        grammar.end()?;
        if uploads.is_empty() {
            return Err(Refuse::bad("Missing message"));
        }
        if uploads.len() > 1 {
            self.need(Extension::MultiAppend)?;
        }
        if uploads.iter().any(|upload| upload.octets.is_empty()) {
            return Err(Refuse::no("Can't save a zero byte message."));
        }
        let now = InternalDate::from(self.office.clock.now());
        let new_keywords = self.features.new_keywords;
        let user = self.user(state)?;
        if user.mailboxes.get(&name).is_none_or(|mailbox| mailbox.no_select) {
            return Err(Refuse::coded("TRYCREATE", "No such mailbox."));
        }
        let mut uids = Vec::new();
        let mut validity = 0;
        let mut shared_modseq = None;
        for upload in uploads {
            let content = user.content(upload.octets);
            let Some(mailbox) = user.mailboxes.get_mut(&name) else { continue };
            let modseq = *shared_modseq.get_or_insert_with(|| mailbox.next_modseq());
            let flags = Flags::new(canonical(upload.flags, mailbox, new_keywords));
            validity = mailbox.uid_validity;
            uids.push(mailbox.add(content, flags, upload.date.unwrap_or(now), modseq));
        }
        let code = format!("APPENDUID {validity} {}", compact(&uids));
        Ok(Done { code: self.features.has(Extension::UidPlus).then_some(code), text: "Append completed." })
    }

    fn upload(&self, grammar: &mut Grammar<'_>) -> Result<Upload, Refuse> {
        let mut flags = Vec::new();
        if grammar.peek() == Some(b'(') {
            flags = grammar.flag_list()?;
            grammar.space()?;
        }
        let mut date = None;
        if grammar.peek() == Some(b'"') {
            let text = grammar.string()?;
            let text = String::from_utf8_lossy(&text).into_owned();
            date = Some(InternalDate::parse(&text).ok_or_else(|| Refuse::bad("Invalid internal date."))?);
            grammar.space()?;
        }
        if self.utf8 && grammar.eat_word("UTF8") {
            grammar.space()?;
            grammar.expect(b'(')?;
            let octets = grammar.string()?;
            grammar.expect(b')')?;
            return Ok(Upload { flags, date, octets });
        }
        let literal8 = grammar.at_literal8();
        if literal8 {
            self.need(Extension::Binary)?;
        }
        let octets = grammar.string()?;
        if octets.contains(&0) && !literal8 {
            return Err(Refuse::bad("NUL in a literal"));
        }
        Ok(Upload { flags, date, octets })
    }
}
