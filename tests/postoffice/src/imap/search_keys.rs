//! The keys of a SEARCH, read into a tree (RFC 3501 §6.4.4, RFC 5032, RFC 7162, RFC 8474).

use super::set::Set;
use super::{Grammar, Refuse};
use crate::date::day_number;
use crate::features::{Extension, Features};

/// Levels of NOT, OR and parentheses.
const MAX_DEPTH: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Before,
    On,
    Since,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    All,
    /// A flag or keyword, set or not set.
    Flag(String, bool),
    Recent(bool),
    New,
    /// INTERNALDATE's day.
    Arrived(Compare, i64),
    /// The Date header's day.
    Sent(Compare, i64),
    Larger(u64),
    Smaller(u64),
    /// A header field holds this text, in lower case.
    Header(String, String),
    Body(String),
    Text(String),
    Sequence(Set),
    Uid(Set),
    Modseq(u64),
    EmailId(String),
    ThreadId(String),
    /// Seconds before now.
    Older(u64),
    Younger(u64),
    Not(Box<Key>),
    Or(Box<Key>, Box<Key>),
    And(Vec<Key>),
}

impl Key {
    /// Whether MODSEQ is asked for anywhere.
    pub(crate) fn names_modseq(&self) -> bool {
        match self {
            Self::Modseq(_) => true,
            Self::Not(key) => key.names_modseq(),
            Self::Or(left, right) => left.names_modseq() || right.names_modseq(),
            Self::And(keys) => keys.iter().any(Self::names_modseq),
            _ => false,
        }
    }
}

/// All keys up to the end.
pub(crate) fn read_keys(grammar: &mut Grammar<'_>, features: &Features) -> Result<Key, Refuse> {
    let mut keys = vec![read_key(grammar, features, 0)?];
    while grammar.eat(b' ') {
        if grammar.is_end() {
            break;
        }
        keys.push(read_key(grammar, features, 0)?);
    }
    grammar.end()?;
    Ok(Key::And(keys))
}

fn read_key(grammar: &mut Grammar<'_>, features: &Features, depth: usize) -> Result<Key, Refuse> {
    if depth > MAX_DEPTH {
        return Err(Refuse::bad("Search is nested too deep"));
    }
    if grammar.peek() == Some(b'(') {
        let keys = grammar.list(|grammar| read_key(grammar, features, depth + 1))?;
        return Ok(Key::And(keys));
    }
    if grammar.at_set() {
        return Ok(Key::Sequence(saved_allowed(grammar.set()?, features)?));
    }
    let word = grammar.word()?;
    let deeper = |grammar: &mut Grammar<'_>| {
        grammar.space()?;
        read_key(grammar, features, depth + 1).map(Box::new)
    };
    match word.as_str() {
        "NOT" => return Ok(Key::Not(deeper(grammar)?)),
        "OR" => {
            let left = deeper(grammar)?;
            return Ok(Key::Or(left, deeper(grammar)?));
        }
        _ => {}
    }
    if let Some(key) = flag_key(&word) {
        return Ok(key);
    }
    grammar.space()?;
    argument_key(&word, grammar, features)
}

fn flag_key(word: &str) -> Option<Key> {
    let flag = |name: &str, set| Some(Key::Flag(name.to_owned(), set));
    match word {
        "ALL" => Some(Key::All),
        "ANSWERED" => flag("\\Answered", true),
        "DELETED" => flag("\\Deleted", true),
        "DRAFT" => flag("\\Draft", true),
        "FLAGGED" => flag("\\Flagged", true),
        "SEEN" => flag("\\Seen", true),
        "UNANSWERED" => flag("\\Answered", false),
        "UNDELETED" => flag("\\Deleted", false),
        "UNDRAFT" => flag("\\Draft", false),
        "UNFLAGGED" => flag("\\Flagged", false),
        "UNSEEN" => flag("\\Seen", false),
        "NEW" => Some(Key::New),
        "OLD" => Some(Key::Recent(false)),
        "RECENT" => Some(Key::Recent(true)),
        _ => None,
    }
}

fn argument_key(word: &str, grammar: &mut Grammar<'_>, features: &Features) -> Result<Key, Refuse> {
    let lower = |grammar: &mut Grammar<'_>| grammar.text().map(|text| text.to_lowercase());
    let header =
        |name: &str, grammar: &mut Grammar<'_>| lower(grammar).map(|text| Key::Header(name.to_owned(), text));
    Ok(match word {
        "KEYWORD" => Key::Flag(grammar.flag()?, true),
        "UNKEYWORD" => Key::Flag(grammar.flag()?, false),
        "BEFORE" => Key::Arrived(Compare::Before, date(grammar)?),
        "ON" => Key::Arrived(Compare::On, date(grammar)?),
        "SINCE" => Key::Arrived(Compare::Since, date(grammar)?),
        "SENTBEFORE" => Key::Sent(Compare::Before, date(grammar)?),
        "SENTON" => Key::Sent(Compare::On, date(grammar)?),
        "SENTSINCE" => Key::Sent(Compare::Since, date(grammar)?),
        "LARGER" => Key::Larger(grammar.number()?),
        "SMALLER" => Key::Smaller(grammar.number()?),
        "BCC" | "CC" | "FROM" | "SUBJECT" | "TO" => header(word, grammar)?,
        "HEADER" => {
            let name = grammar.text()?;
            grammar.space()?;
            header(&name, grammar)?
        }
        "BODY" => Key::Body(lower(grammar)?),
        "TEXT" => Key::Text(lower(grammar)?),
        "UID" => Key::Uid(saved_allowed(grammar.set()?, features)?),
        "MODSEQ" if features.has(Extension::Condstore) => {
            if grammar.peek() == Some(b'"') {
                // The entry name and type narrow what RFC 7162 lets a server ignore.
                grammar.string()?;
                grammar.space()?;
                grammar.word()?;
                grammar.space()?;
            }
            Key::Modseq(grammar.number()?)
        }
        "EMAILID" if features.has(Extension::ObjectId) => Key::EmailId(grammar.text()?),
        "THREADID" if features.has(Extension::ObjectId) => Key::ThreadId(grammar.text()?),
        "OLDER" if features.has(Extension::Within) => Key::Older(grammar.number()?),
        "YOUNGER" if features.has(Extension::Within) => Key::Younger(grammar.number()?),
        _ => return Err(Refuse::Bad(format!("Unknown search key {word}"))),
    })
}

fn saved_allowed(set: Set, features: &Features) -> Result<Set, Refuse> {
    if set == Set::Saved && !features.has(Extension::SearchRes) {
        return Err(Refuse::bad("Invalid messageset"));
    }
    Ok(set)
}

fn date(grammar: &mut Grammar<'_>) -> Result<i64, Refuse> {
    day_number(&grammar.text()?).ok_or_else(|| Refuse::bad("Invalid date"))
}
