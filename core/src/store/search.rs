//! Local full-text search: what is indexed, and a query as one statement.

use super::pages::{ROW, add_keywords, read_row};
use super::{ListRow, MessageRow, Page, PageCursor, StoreError, Write, blobs, bodies, generation, messages};
use crate::ids::{AccountId, MailboxId, MessageId};
use crate::message::{Address, Envelope};
use crate::mime;
use crate::ports::Files;
use crate::query::{Condition, Query, index_text, search_tokens};
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Characters of a text that are indexed.
const TEXT_LIMIT: usize = 200_000;

/// Messages that are not in the index yet, oldest first.
pub fn unindexed(db: &Connection, limit: u32) -> Result<Vec<MessageId>, StoreError> {
    let mut statement = db.prepare_cached("SELECT id FROM message WHERE indexed = 0 ORDER BY id LIMIT ?1")?;
    let rows = statement.query_map([limit], |r| r.get(0).map(MessageId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts messages into the index, with their text if it is here.
pub fn index_messages(w: &mut Write<'_>, ids: &[MessageId]) -> Result<(), StoreError> {
    for id in ids {
        let message = match messages::message(w, *id) {
            Ok(message) => message,
            // It went meanwhile.
            Err(StoreError::NotFound(_)) => continue,
            Err(e) => return Err(e),
        };
        let (text, level) = match text_of(w, w.files(), *id) {
            Ok(text) if text.is_empty() => (text, 1),
            Ok(text) => (text, 2),
            // A damaged body does not keep the overview from being found.
            Err(StoreError::DamagedBlob | StoreError::File(_)) => (String::new(), 1),
            Err(e) => return Err(e),
        };
        let text = if level == 2 { &text } else { &message.preview };
        index_text_of(w, *id, &message.envelope, text, level)?;
    }
    Ok(())
}

/// Counts a message as indexed by its envelope alone, read or not: what it holds could not be taken in.
pub fn give_up_indexing(w: &mut Write<'_>, id: MessageId) -> Result<(), StoreError> {
    w.prepare_cached("UPDATE message SET indexed = 1 WHERE id = ?1")?.execute([id.0])?;
    Ok(())
}

/// Lets the index merge its pieces half as often as FTS5 would: with many messages at once most of the time would go
/// there. Kept in the database; nothing is written if it is so already.
pub(super) fn merge_rarely(w: &mut Write<'_>) -> Result<(), StoreError> {
    const AUTOMERGE: i64 = 8;
    let is = w
        .prepare_cached("SELECT 1 FROM search_config WHERE k = 'automerge' AND v = ?1")?
        .exists([AUTOMERGE])?;
    if !is {
        w.prepare_cached("INSERT INTO search (search, rank) VALUES ('automerge', ?1)")?
            .execute([AUTOMERGE])?;
    }
    Ok(())
}

/// Puts one message into the index with what is at hand: its body's text (`level` 2) or its first words (1).
pub(super) fn index_text_of(
    w: &mut Write<'_>,
    id: MessageId,
    e: &Envelope,
    text: &str,
    level: i64,
) -> Result<(), StoreError> {
    let text: String = text.chars().take(TEXT_LIMIT).collect();
    let recipients = e.to.iter().chain(&e.cc).chain(&e.bcc);
    w.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([id.0])?;
    w.prepare_cached(
        "INSERT INTO search (rowid, subject, sender, recipients, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        id.0,
        index_text(&e.subject),
        index_text(&names(e.from.iter())),
        index_text(&names(recipients)),
        index_text(&text),
    ])?;
    w.prepare_cached("UPDATE message SET indexed = ?2 WHERE id = ?1")?.execute(params![id.0, level])?;
    Ok(())
}

fn names<'a>(addresses: impl Iterator<Item = &'a Address>) -> String {
    addresses.map(|a| format!("{} {}", a.name, a.address)).collect::<Vec<_>>().join(" ")
}

/// Indexes one message if that is still to be done. Done already: nothing is written.
pub fn index_if_waiting(w: &mut Write<'_>, id: MessageId) -> Result<(), StoreError> {
    let waits = w.prepare_cached("SELECT 1 FROM message WHERE id = ?1 AND indexed = 0")?.exists([id.0])?;
    if waits { index_messages(w, &[id]) } else { Ok(()) }
}

/// Keeps what the text of a message says now that its body parts are here: first words, and which pictures it shows. It
/// waits to be indexed anew.
pub fn keep_text_of_parts(w: &mut Write<'_>, id: MessageId) -> Result<(), StoreError> {
    let message = messages::message(w, id)?;
    let here = body_bytes(w, w.files(), &message)?;
    let Some(mut structure) = message.structure else { return Ok(()) };
    let body = mime::read_parts(&structure, &|section| here.get(section).map(Vec::as_slice));
    if let Some(html) = &body.html {
        mime::hide_referenced_pictures(&mut structure, html);
        messages::set_structure(w, id, &structure)?;
    }
    let preview = match (body.encrypted, mime::preview(&body.text)) {
        (Some(_), _) => String::new(),
        (None, preview) if preview.is_empty() => message.preview,
        (None, preview) => preview,
    };
    bodies::set_preview(w, id, &preview)
}

/// The text of a message as far as it is on this device; empty if it is not.
pub fn text_of(db: &Connection, files: &dyn Files, id: MessageId) -> Result<String, StoreError> {
    let message = messages::message(db, id)?;
    if let Some(raw) = message.raw {
        return Ok(mime::read(&blobs::read_blob(db, files, raw)?).text);
    }
    let Some(structure) = &message.structure else { return Ok(String::new()) };
    let here = body_bytes(db, files, &message)?;
    Ok(mime::read_parts(structure, &|section| here.get(section).map(Vec::as_slice)).text)
}

/// The bytes of a message's body as far as its parts are on this device, by section.
pub fn body_bytes(
    db: &Connection,
    files: &dyn Files,
    message: &MessageRow,
) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
    let mut here = BTreeMap::new();
    for part in message.structure.iter().flat_map(mime::body_parts) {
        if let Some((section, blob)) = message.fetched.iter().find(|(s, _)| *s == part.section) {
            here.insert(section.clone(), blobs::read_blob(db, files, *blob)?);
        }
    }
    Ok(here)
}

/// Where a search looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// Only this account.
    pub account: Option<AccountId>,
    /// Only this mailbox.
    pub mailbox: Option<MailboxId>,
}

/// One page of what a query finds, newest first; a query without terms finds nothing. A phrase is found where all its words are.
pub fn search(
    db: &Connection,
    query: &Query,
    scope: Scope,
    limit: u32,
    before: Option<PageCursor>,
) -> Result<Page, StoreError> {
    let limit = limit.clamp(1, 100);
    if query.terms.is_empty() {
        return Ok(Page { rows: Vec::new(), next: None, generation: generation(db)? });
    }
    let mut sql = Statement::default();
    if let Some(account) = scope.account {
        sql.and("m.account_id = ?", account.0);
    }
    if let Some(mailbox) = scope.mailbox {
        sql.and("p.mailbox_id = ?", mailbox.0);
    }
    if let Some(before) = before {
        sql.and("(p.sort_at, p.id) < (?, ?)", before.sort_at);
        sql.values.push(Value::Integer(before.placement.0));
    }
    for term in &query.terms {
        sql.term(&term.condition, term.negated);
    }
    if !sql.matches.is_empty() {
        let expression = sql.matches.join(" AND ");
        sql.and("p.message_id IN (SELECT rowid FROM search WHERE search MATCH ?)", expression);
    }
    let mut rows: Vec<ListRow> = db
        .prepare_cached(&sql.text(limit + 1))?
        .query_map(rusqlite::params_from_iter(sql.values), read_row)?
        .collect::<Result<_, _>>()?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    add_keywords(db, &mut rows)?;
    let last = rows.last().filter(|_| more);
    let next = last.map(|r| PageCursor { sort_at: r.received_at, placement: r.placement });
    Ok(Page { rows, next, generation: generation(db)? })
}

#[derive(Default)]
struct Statement {
    conditions: String,
    values: Vec<Value>,
    matches: Vec<String>,
}

impl Statement {
    /// First which rows, by what little they are chosen and sorted by; then all that is shown, of those few. A message is
    /// read for the choice only if a condition asks something of it.
    fn text(&self, limit: u32) -> String {
        let message =
            if self.conditions.contains("m.") { " JOIN message m ON m.id = p.message_id" } else { "" };
        format!(
            "WITH chosen AS MATERIALIZED (
                SELECT p.id FROM placement p{message} WHERE p.removed_at IS NULL{}
                ORDER BY p.sort_at DESC, p.id DESC LIMIT {limit})
             SELECT {ROW} FROM chosen JOIN placement p ON p.id = chosen.id JOIN message m ON m.id = p.message_id
             ORDER BY p.sort_at DESC, p.id DESC",
            self.conditions
        )
    }

    fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.conditions.push_str(" AND ");
        self.conditions.push_str(condition);
        self.values.push(value.into());
    }

    fn plain(&mut self, condition: &str, negated: bool) {
        self.conditions.push_str(if negated { " AND NOT (" } else { " AND (" });
        self.conditions.push_str(condition);
        self.conditions.push(')');
    }

    fn valued(&mut self, condition: &str, negated: bool, value: impl Into<Value>) {
        self.plain(condition, negated);
        self.values.push(value.into());
    }

    fn words(&mut self, column: Option<&str>, text: &str, negated: bool) {
        let tokens = search_tokens(text);
        // Each word also as the beginning of a longer one. Tokens hold no quotation mark, and are quoted all the same.
        let words: Vec<String> =
            tokens.split_whitespace().map(|t| format!("\"{}\"*", t.replace(['"', '*'], ""))).collect();
        if words.is_empty() {
            // Nothing an index could hold: in no message, and so in none to be left out.
            if !negated {
                self.plain("0", false);
            }
            return;
        }
        let all = words.join(" AND ");
        let expression = match column {
            Some(column) => format!("({{{column}}} : ({all}))"),
            None => format!("({all})"),
        };
        if negated {
            self.and("p.message_id NOT IN (SELECT rowid FROM search WHERE search MATCH ?)", expression);
        } else {
            self.matches.push(expression);
        }
    }

    fn term(&mut self, condition: &Condition, negated: bool) {
        match condition {
            Condition::Word(text) | Condition::Phrase(text) => self.words(None, text, negated),
            Condition::From(text) => self.words(Some("sender"), text, negated),
            Condition::To(text) | Condition::Cc(text) => self.words(Some("recipients"), text, negated),
            Condition::Subject(text) => self.words(Some("subject"), text, negated),
            Condition::In(name) => {
                let within =
                    "p.mailbox_id IN (SELECT id FROM mailbox WHERE name = ? COLLATE NOCASE OR role = ?)";
                self.valued(within, negated, name.clone());
                self.values.push(Value::Text(name.to_lowercase()));
            }
            Condition::HasAttachment => self.plain("m.has_attachments", negated),
            Condition::Unread => self.plain("p.flags & 1 = 0", negated),
            Condition::Read => self.plain("p.flags & 1", negated),
            Condition::Flagged => self.plain("p.flags & 4", negated),
            Condition::Answered => self.plain("p.flags & 2", negated),
            Condition::Before(day) => self.valued("p.sort_at < ?", negated, day.starts_at(0) * 1_000),
            Condition::After(day) => self.valued("p.sort_at >= ?", negated, day.starts_at(0) * 1_000),
            Condition::Larger(size) => self.valued("m.size > ?", negated, clamp(*size)),
            Condition::Smaller(size) => self.valued("m.size < ?", negated, clamp(*size)),
        }
    }
}

fn clamp(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> Connection {
        let mut db = Connection::open_in_memory().unwrap();
        super::super::schema::set_up_writer(&mut db).unwrap();
        db
    }

    #[test]
    fn each_character_a_word_may_hold_stays_inside_its_word() {
        let db = database();
        let mut ask = db.prepare("SELECT 1 FROM search WHERE search MATCH ?1").unwrap();
        let mut split: Vec<char> = Vec::new();
        for c in ('\0'..=char::MAX).filter(|c| c.is_alphanumeric()) {
            for text in [format!("x{c}x"), c.to_string()] {
                // A token that is cut in two is a phrase, and the index has no phrases.
                if search_tokens(&text).split_whitespace().any(|token| ask.exists([token]).is_err()) {
                    split.push(c);
                }
            }
        }
        assert!(split.is_empty(), "{split:?}");
    }

    #[test]
    fn whatever_a_person_types_is_answered() {
        let db = database();
        let long = "日本語".repeat(2_000);
        let many = "word ".repeat(3_000);
        let table = [
            "𞤀𞤣𞤤𞤢𞤥 𐓏𐓘𐓻𐓘𐓻𐓟 ᲐᲑᲒ ꓐꓑꓒ ᦀᦰᦱ x\u{19b0}x",
            "🅐🅑 a🅐b Ⓐ ₁₂ ½ ﷽ 🎉 👩‍👩‍👧 e\u{301}\u{302}",
            "!!! ??? --- ...",
            "\"",
            "\"\"\"",
            "\"open phrase",
            "'; DROP TABLE message; --",
            "a\"b\"c * ** a* *a \"a*\"",
            "NEAR(a b, 5) AND OR NOT a AND",
            "NOT NOT",
            "subject:sender {subject} : x ^x +y (z",
            "body:x sender:y rowid:1 rank:z",
            "from:*** subject:🎉 -to:\"!\"",
            "in:\"\\\" -in:*",
            "a\0b \u{feff} \u{202e}x",
            "%%% ___ [a-z] \\",
            "-- - -",
            &long,
            &many,
        ];
        for text in table {
            for text in [text.to_owned(), format!("\"{text}"), format!("-{text}"), format!("from:x{text}")] {
                let query: Query = text.parse().unwrap_or_else(|e| panic!("{text:?}: {e}"));
                let found = search(&db, &query, Scope::default(), 10, None);
                assert!(found.unwrap_or_else(|e| panic!("{text:?}: {e}")).rows.is_empty(), "{text:?}");
            }
        }
    }
}
