//! The search language: `from:ann is:unread "board meeting" -in:Trash`, read into a tree.

mod words;

pub use words::{index_text, search_tokens};

use crate::mime::date;

/// Longest query, in characters; what is longer is cut.
pub const QUERY_LIMIT: usize = 1_000;
/// Most terms of a query; further ones are left out.
pub const TERM_LIMIT: usize = 50;

/// A query: every term must hold. An empty one holds for every message.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Query {
    /// The terms in the order they were written.
    pub terms: Vec<Term>,
}

/// One condition, or its opposite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// Whether the condition must *not* hold (a minus in front).
    pub negated: bool,
    /// The condition.
    pub condition: Condition,
}

/// What a message must be. Texts are as written, never empty; compare them by [`search_tokens`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// The word is anywhere in the message.
    Word(String),
    /// The words are in the message one after the other.
    Phrase(String),
    /// A writer's name or address.
    From(String),
    /// A recipient's name or address.
    To(String),
    /// A copy's name or address.
    Cc(String),
    /// In the subject.
    Subject(String),
    /// In a mailbox of this name or role.
    In(String),
    /// Has at least one attachment.
    HasAttachment,
    /// Without `\Seen`.
    Unread,
    /// With `\Seen`.
    Read,
    /// With `\Flagged`.
    Flagged,
    /// With `\Answered`.
    Answered,
    /// Earlier than this day begins.
    Before(Day),
    /// This day or later.
    After(Day),
    /// More bytes than this.
    Larger(u64),
    /// Fewer bytes than this.
    Smaller(u64),
}

/// A day of the calendar, in the time zone of whoever asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day {
    /// 1970 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Day {
    /// When the day begins, in seconds since 1970 UTC, in a zone so many minutes east of UTC.
    pub fn starts_at(self, offset_minutes: i32) -> i64 {
        let days = date::days_since_1970(self.year.into(), self.month.into(), self.day.into());
        days * 86_400 - i64::from(offset_minutes) * 60
    }

    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('-').map(|n| {
            (n.len() <= 4 && n.bytes().all(|b| b.is_ascii_digit())).then(|| n.parse::<u16>().ok()).flatten()
        });
        let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let fits = (1970..=9999).contains(&year)
            && day >= 1
            && u32::from(day) <= date::days_in(year.into(), month.into())
            && numbers.next().is_none();
        fits.then_some(Self { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? })
    }
}

/// Why a query cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct QueryError {
    /// The prefix that is wrong (`before`), or `query`.
    pub field: String,
    /// What is wrong and what would do.
    pub reason: String,
}

impl QueryError {
    fn new(field: &str, reason: impl Into<String>) -> Self {
        Self { field: field.to_owned(), reason: reason.into() }
    }
}

impl std::str::FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        parse(text)
    }
}

/// Reads a query. Prefixes have no case; values may be quoted (`from:"Ann Lee"`, `\"` for a quotation mark); a prefix
/// there is not makes a plain word (`http://x`); a quotation mark that is not closed holds to the end. Only a prefix with a
/// value it does not know is an error.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    let text = text.char_indices().nth(QUERY_LIMIT).and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    let mut terms = Vec::new();
    for token in (Tokens { rest: text }) {
        terms.extend(token.term()?);
        if terms.len() == TERM_LIMIT {
            break;
        }
    }
    Ok(Query { terms })
}

/// One term as written.
struct Token {
    negated: bool,
    /// The prefix, lower case, if it is one of ours.
    prefix: Option<&'static str>,
    value: String,
    quoted: bool,
}

const PREFIXES: [&str; 11] =
    ["from", "to", "cc", "subject", "in", "has", "is", "before", "after", "larger", "smaller"];

struct Tokens<'a> {
    rest: &'a str,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() {
            return None;
        }
        let mut negated = false;
        if let Some(rest) = self.rest.strip_prefix('-')
            && rest.starts_with(|c: char| !c.is_whitespace() && c != '-')
        {
            negated = true;
            self.rest = rest;
        }
        let prefix = PREFIXES.into_iter().find(|p| {
            self.rest.get(..p.len()).is_some_and(|head| head.eq_ignore_ascii_case(p))
                && self.rest.get(p.len()..).is_some_and(|tail| tail.starts_with(':'))
        });
        if let Some(prefix) = prefix {
            self.rest = self.rest.get(prefix.len() + 1..).unwrap_or_default();
        }
        let quoted = self.rest.starts_with('"');
        let value = if quoted { self.quoted_value() } else { self.bare_value() };
        Some(Token { negated, prefix, value, quoted })
    }
}

impl Tokens<'_> {
    fn bare_value(&mut self) -> String {
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        value.to_owned()
    }

    fn quoted_value(&mut self) -> String {
        let mut value = String::new();
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if escaped => {
                    // Only what needs it is escaped: a backslash in a path stays.
                    if !matches!(c, '"' | '\\') {
                        value.push('\\');
                    }
                    value.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return value;
                }
                _ => value.push(c),
            }
        }
        self.rest = "";
        value
    }
}

impl Token {
    fn term(self) -> Result<Option<Term>, QueryError> {
        let value = self.value.trim().to_owned();
        let Some(prefix) = self.prefix else {
            if search_tokens(&value).is_empty() {
                // Nothing an index could hold, such as a lone dash.
                return Ok(None);
            }
            let condition = if self.quoted { Condition::Phrase(value) } else { Condition::Word(value) };
            return Ok(Some(Term { negated: self.negated, condition }));
        };
        if value.is_empty() {
            return Err(QueryError::new(prefix, format!("needs a value, such as {}", example(prefix))));
        }
        Ok(Some(Term { negated: self.negated, condition: condition(prefix, value)? }))
    }
}

fn condition(prefix: &str, value: String) -> Result<Condition, QueryError> {
    let wrong = || QueryError::new(prefix, format!("does not know this value; try {}", example(prefix)));
    let known = value.to_lowercase();
    Ok(match (prefix, known.as_str()) {
        ("from", _) => Condition::From(value),
        ("to", _) => Condition::To(value),
        ("cc", _) => Condition::Cc(value),
        ("subject", _) => Condition::Subject(value),
        ("in", _) => Condition::In(value),
        ("has", "attachment" | "attachments") => Condition::HasAttachment,
        ("is", "unread" | "unseen") => Condition::Unread,
        ("is", "read" | "seen") => Condition::Read,
        ("is", "flagged" | "starred") => Condition::Flagged,
        ("is", "answered" | "replied") => Condition::Answered,
        ("before", text) => Condition::Before(Day::parse(text).ok_or_else(wrong)?),
        ("after", text) => Condition::After(Day::parse(text).ok_or_else(wrong)?),
        ("larger", text) => Condition::Larger(bytes(text).ok_or_else(wrong)?),
        ("smaller", text) => Condition::Smaller(bytes(text).ok_or_else(wrong)?),
        _ => return Err(wrong()),
    })
}

fn example(prefix: &str) -> &'static str {
    match prefix {
        "from" | "to" | "cc" => "from:ann or from:\"Ann Lee\"",
        "subject" => "subject:budget",
        "in" => "in:Archive or in:\"Sent Items\"",
        "has" => "has:attachment",
        "is" => "is:unread, is:read, is:flagged or is:answered",
        "before" => "before:2024-12-31",
        "after" => "after:2024-01-31",
        _ => "larger:500k or smaller:5M",
    }
}

/// `500`, `500k`, `5M`, `1G`, with or without a B; a kilobyte is 1,024 bytes.
fn bytes(text: &str) -> Option<u64> {
    let text = text.strip_suffix('b').unwrap_or(text);
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(split)?;
    let shift = match unit {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return None,
    };
    let value: u64 = digits.parse().ok()?;
    // SQLite counts in signed 64 bits.
    value.checked_mul(1 << shift).filter(|v| i64::try_from(*v).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(condition: Condition) -> Term {
        Term { negated: false, condition }
    }

    fn conditions(text: &str) -> Vec<(bool, Condition)> {
        parse(text).unwrap().terms.into_iter().map(|t| (t.negated, t.condition)).collect()
    }

    #[test]
    fn every_prefix_is_read() {
        use Condition as C;
        let s = str::to_owned;
        let day = |year, month, day| Day { year, month, day };
        let table = [
            ("budget", C::Word(s("budget"))),
            ("\"board meeting\"", C::Phrase(s("board meeting"))),
            ("from:ann", C::From(s("ann"))),
            ("FROM:\"Ann Lee\"", C::From(s("Ann Lee"))),
            ("to:bo@x.example", C::To(s("bo@x.example"))),
            ("cc:x", C::Cc(s("x"))),
            ("subject:\"say \\\"hi\\\"\"", C::Subject(s("say \"hi\""))),
            ("subject:\"C:\\dir\"", C::Subject(s("C:\\dir"))),
            ("in:\"Sent Items\"", C::In(s("Sent Items"))),
            ("has:attachment", C::HasAttachment),
            ("is:unread", C::Unread),
            ("is:Read", C::Read),
            ("is:flagged", C::Flagged),
            ("is:answered", C::Answered),
            ("before:2024-02-29", C::Before(day(2024, 2, 29))),
            ("after:1999-1-2", C::After(day(1999, 1, 2))),
            ("larger:5M", C::Larger(5 << 20)),
            ("smaller:10kB", C::Smaller(10 << 10)),
            ("larger:0", C::Larger(0)),
            ("http://x.example/a:b", C::Word(s("http://x.example/a:b"))),
            ("froms:ann", C::Word(s("froms:ann"))),
            ("日本", C::Word(s("日本"))),
        ];
        for (text, expect) in table {
            assert_eq!(parse(text).unwrap().terms, [term(expect)], "{text}");
        }
    }

    #[test]
    fn terms_stand_together_and_a_minus_turns_one_round() {
        use Condition as C;
        let s = str::to_owned;
        assert_eq!(
            conditions("  from:ann -is:unread -\"old news\" -x y-z - -- "),
            [
                (false, C::From(s("ann"))),
                (true, C::Unread),
                (true, C::Phrase(s("old news"))),
                (true, C::Word(s("x"))),
                (false, C::Word(s("y-z"))),
            ]
        );
        assert!(conditions("").is_empty() && conditions(" \t\n").is_empty());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, field) in [
            ("from:", "from"),
            ("from: ann", "from"),
            ("from:\"\"", "from"),
            ("is:blue", "is"),
            ("has:fun", "has"),
            ("before:2024-13-01", "before"),
            ("before:2023-02-29", "before"),
            ("after:yesterday", "after"),
            ("after:2024-01-01-01", "after"),
            ("before:0000-01-01", "before"),
            ("larger:5X", "larger"),
            ("larger:99999999999999999999", "larger"),
            ("smaller:9999999999G", "smaller"),
            ("smaller:-1", "smaller"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.field, field, "{text}");
            assert!(!error.reason.is_empty());
        }
    }

    #[test]
    fn what_is_too_long_is_cut_and_an_open_quotation_holds_to_the_end() {
        use Condition as C;
        let word = |text: &str| vec![(false, C::Word(text.to_owned()))];
        assert_eq!(conditions(&"é".repeat(QUERY_LIMIT + 1)), word(&"é".repeat(QUERY_LIMIT)));
        assert_eq!(conditions(&"x ".repeat(TERM_LIMIT + 1)).len(), TERM_LIMIT);
        assert_eq!(conditions("\"open from:x"), [(false, C::Phrase("open from:x".to_owned()))]);
        assert_eq!(conditions("subject:\"open"), [(false, C::Subject("open".to_owned()))]);
        assert!(conditions("\"").is_empty());
    }

    #[test]
    fn a_day_begins_where_the_person_is() {
        let day = Day { year: 2021, month: 1, day: 12 };
        assert_eq!(day.starts_at(0), 1_610_409_600);
        assert_eq!(day.starts_at(60), 1_610_406_000);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_query_or_an_error(text in "\\PC{0,60}|([-a-z\" :\\\\]|from:|is:read|before:|2024-01-01){0,40}") {
            if let Ok(query) = parse(&text) {
                proptest::prop_assert!(query.terms.len() <= TERM_LIMIT);
            }
        }
    }
}
