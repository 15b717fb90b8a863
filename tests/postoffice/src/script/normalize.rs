//! From one server's wording to facts that compare across servers.

use std::collections::{BTreeMap, BTreeSet};

use super::value::{Value, read};
use crate::date::InternalDate;
use crate::imap::compact_set;

/// What the runner keeps between steps to make sense of numbers.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) uid_validity: String,
    pub(super) modseq: String,
    pub(super) marked: String,
    /// Messages in the selected mailbox.
    pub(super) exists: u32,
    /// The numbers messages had when the step began, for EXPUNGE.
    numbers: Vec<u32>,
    /// Ids of objects by kind, in the order they came up.
    objects: BTreeMap<&'static str, Vec<String>>,
}

impl Known {
    pub(super) fn begin_step(&mut self) {
        self.numbers = (1..=self.exists).collect();
    }

    /// The first id of a kind that came up, for commands that search by it.
    pub(super) fn first_object(&self, kind: &str) -> &str {
        self.objects.get(kind).and_then(|ids| ids.first()).map_or("none", String::as_str)
    }

    /// Ids are each server's own words; which of them are the same one is what compares.
    fn object(&mut self, kind: &'static str, id: &str) -> String {
        let ids = self.objects.entry(kind).or_default();
        let at = ids.iter().position(|known| known == id).unwrap_or_else(|| {
            ids.push(id.to_owned());
            ids.len() - 1
        });
        format!("{} {}", kind.to_lowercase(), at + 1)
    }
}

/// How to show what one untagged response says.
pub(super) struct Wish<'a> {
    /// The command, in capitals.
    pub(super) command: &'a str,
    /// Only mailboxes with this in their name are the script's own.
    pub(super) own: &'a str,
    pub(super) prefix: &'a str,
    pub(super) delimiter: char,
}

/// Adds the facts of one untagged response (without `* `).
pub(super) fn untagged(response: &[u8], wish: &Wish<'_>, known: &mut Known, facts: &mut BTreeSet<String>) {
    let upper =
        String::from_utf8_lossy(response.get(..5.min(response.len())).unwrap_or_default()).to_uppercase();
    if upper.starts_with("OK ")
        || upper.starts_with("NO ")
        || upper.starts_with("BYE")
        || upper.starts_with("BAD ")
    {
        code(&String::from_utf8_lossy(response), known, facts);
        return;
    }
    let values = read(response);
    let word = |at: usize| values.get(at).and_then(Value::atom).unwrap_or_default().to_uppercase();
    let number: Option<u32> = word(0).parse().ok();
    match (number, word(1).as_str(), word(0).as_str()) {
        (Some(number), "FETCH", _) => fetch(number, values.get(2), wish, known, facts),
        (Some(number), "EXISTS", _) => known.exists = number,
        (Some(number), "EXPUNGE", _) => {
            known.exists = known.exists.saturating_sub(1);
            let at = number as usize - 1;
            if at < known.numbers.len() {
                facts.insert(format!("expunged number {}", known.numbers.remove(at)));
            }
        }
        (_, _, "VANISHED") => {
            let earlier = values.get(1).is_some_and(|value| !value.list().is_empty());
            let set = values.last().map(Value::text).unwrap_or_default();
            if !earlier {
                known.exists = known.exists.saturating_sub(expand(&set).len() as u32);
            }
            facts.insert(format!("vanished{} {}", if earlier { " earlier" } else { "" }, compacted(&set)));
        }
        (_, _, "SEARCH") => {
            let mut found: Vec<u32> =
                values.iter().skip(1).filter_map(|value| value.atom()?.parse().ok()).collect();
            found.sort_unstable();
            facts.insert(format!("search {}", compact_set(&found)));
        }
        (_, _, "ESEARCH") => esearch(&values, facts),
        (_, _, "LIST" | "LSUB") => list(&values, wish, facts),
        (_, _, "STATUS") => status(&values, wish, known, facts),
        (_, _, "ENABLED") => {
            for value in values.iter().skip(1) {
                facts.insert(format!("enabled {}", value.text().to_uppercase()));
            }
        }
        _ => {}
    }
}

/// Adds the facts of a response code, tagged or not.
pub(super) fn code(line: &str, known: &mut Known, facts: &mut BTreeSet<String>) {
    let Some((_, rest)) = line.split_once('[') else { return };
    let Some((inside, _)) = rest.split_once(']') else { return };
    let mut words = inside.split(' ');
    let name = words.next().unwrap_or_default().to_uppercase();
    let words: Vec<&str> = words.collect();
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    match name.as_str() {
        "UIDVALIDITY" => word(0).clone_into(&mut known.uid_validity),
        "HIGHESTMODSEQ" => word(0).clone_into(&mut known.modseq),
        "COPYUID" => {
            facts.insert(format!("copyuid {} {}", compacted(word(1)), compacted(word(2))));
        }
        "APPENDUID" => {
            facts.insert(format!("appenduid {}", compacted(word(1))));
        }
        "MODIFIED" => {
            facts.insert(format!("modified {}", compacted(word(0))));
        }
        "UIDNEXT" => {
            facts.insert(format!("uidnext {}", word(0)));
        }
        "MAILBOXID" => {
            facts.insert(known.object("MAILBOXID", word(0).trim_matches(['(', ')'])));
        }
        "READ-ONLY" | "READ-WRITE" | "TRYCREATE" => {
            facts.insert(name.to_lowercase());
        }
        _ => {}
    }
}

fn expand(set: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    for piece in set.split(',') {
        let (low, high) = piece.split_once(':').unwrap_or((piece, piece));
        if let (Ok(low), Ok(high)) = (low.parse::<u32>(), high.parse::<u32>()) {
            // Only as many as a script can have made: a set may name four thousand million.
            numbers.extend((low.min(high)..=low.max(high)).take(10_000));
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn compacted(set: &str) -> String {
    compact_set(&expand(set))
}

fn fetch(
    number: u32,
    items: Option<&Value>,
    wish: &Wish<'_>,
    known: &mut Known,
    facts: &mut BTreeSet<String>,
) {
    let items = items.map(Value::list).unwrap_or_default();
    let pairs: Vec<(String, &Value)> = items
        .chunks(2)
        .filter_map(|pair| Some((pair.first()?.text().to_uppercase(), pair.get(1)?)))
        .collect();
    let uid = pairs.iter().find(|(name, _)| name == "UID").map(|(_, uid)| uid.text());
    // A server may add UID on its own; the number is what both know.
    let who = match uid {
        Some(uid) if wish.command.starts_with("UID ") => format!("uid {uid}"),
        _ => format!("number {number}"),
    };
    for (name, value) in pairs {
        if let Some(fact) = fetch_item(&name, value, wish, known) {
            facts.insert(format!("{who} {fact}"));
        }
    }
}

fn fetch_item(name: &str, value: &Value, wish: &Wish<'_>, known: &mut Known) -> Option<String> {
    let collapse = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(match name {
        "UID" => return None,
        "FLAGS" => {
            let mut flags: Vec<String> = value.list().iter().map(|flag| flag.text().to_lowercase()).collect();
            flags.retain(|flag| flag != "\\recent");
            flags.sort();
            format!("flags {}", flags.join(" "))
        }
        "EMAILID" => known.object("EMAILID", &in_parentheses(value)),
        "THREADID" => known.object("THREADID", &in_parentheses(value)),
        "MODSEQ" | "PREVIEW" => {
            if !wish.command.contains(name) {
                return None;
            }
            format!("{name} some")
        }
        "INTERNALDATE" => {
            let date = InternalDate::parse(value.text().trim());
            format!("internaldate {}", date.map_or_else(|| value.text(), |date| date.unix.to_string()))
        }
        "ENVELOPE" => format!("envelope {}", value.show(&collapse)),
        "BODYSTRUCTURE" | "BODY" => format!("{name} {}", value.show(&|text| collapse(text).to_lowercase())),
        _ => {
            let shown = if *value == Value::Nil { "\"\"".to_owned() } else { format!("{:?}", value.text()) };
            // A name in quotes is the same name.
            format!("{} {shown}", name.replace('"', ""))
        }
    })
}

/// An id of RFC 8474 stands alone in parentheses; there may be NIL instead.
fn in_parentheses(value: &Value) -> String {
    value.list().first().map(Value::text).unwrap_or_default()
}

fn esearch(values: &[Value], facts: &mut BTreeSet<String>) {
    let mut rest = values.iter().skip(1);
    while let Some(value) = rest.next() {
        let Some(word) = value.atom() else { continue };
        let word = word.to_uppercase();
        match word.as_str() {
            "UID" => drop(facts.insert("esearch by uid".to_owned())),
            "MODSEQ" => drop(rest.next()),
            _ => {
                let value = rest.next().map(Value::text).unwrap_or_default();
                facts.insert(format!("esearch {} {}", word.to_lowercase(), compacted(&value)));
            }
        }
    }
}

/// The script's own mailbox in `/` form, or `None` for another.
fn own_name(value: Option<&Value>, wish: &Wish<'_>) -> Option<String> {
    let name = value?.text();
    let name = name.strip_prefix(wish.prefix).unwrap_or(&name);
    name.contains(wish.own).then(|| name.replace(wish.delimiter, "/"))
}

fn list(values: &[Value], wish: &Wish<'_>, facts: &mut BTreeSet<String>) {
    let Some(name) = own_name(values.get(3), wish) else { return };
    let mut attributes: Vec<String> = values
        .get(1)
        .map(Value::list)
        .unwrap_or_default()
        .iter()
        .map(|attribute| attribute.text().to_lowercase())
        .filter(|attribute| matches!(attribute.as_str(), "\\noselect" | "\\nonexistent" | "\\subscribed"))
        .collect();
    attributes.sort();
    // Courier also lists with `*` what is not subscribed itself but stands above something subscribed (RFC 3501 wants
    // that for `%` only). It says \Noselect of it, so nobody takes it for a subscription.
    if wish.command.starts_with("LSUB") && attributes.iter().any(|attribute| attribute == "\\noselect") {
        return;
    }
    facts.insert(format!("list {name} {}", attributes.join(" ")));
}

fn status(values: &[Value], wish: &Wish<'_>, known: &mut Known, facts: &mut BTreeSet<String>) {
    let Some(name) = own_name(values.get(1), wish) else { return };
    for pair in values.get(2).map(Value::list).unwrap_or_default().chunks(2) {
        let item = pair.first().map(Value::text).unwrap_or_default().to_uppercase();
        let value = pair.get(1).map(Value::text).unwrap_or_default();
        match item.as_str() {
            "HIGHESTMODSEQ" => known.modseq = value,
            "MAILBOXID" => {
                let id = pair.get(1).map(in_parentheses).unwrap_or_default();
                facts.insert(format!("status {name} {}", known.object("MAILBOXID", &id)));
            }
            "MESSAGES" | "UNSEEN" | "UIDNEXT" | "SIZE" => {
                facts.insert(format!("status {name} {} {value}", item.to_lowercase()));
            }
            _ => drop(facts.insert(format!("status {name} {} some", item.to_lowercase()))),
        }
    }
}
