//! STAT, LIST and UIDL: how much there is, and the names that outlive a session.

use super::error::PopError;
use super::session::Session;
use std::collections::BTreeSet;
use std::fmt;

/// The unique id of a message on its server (RFC 1939 §7), compared byte by byte.
///
/// RFC 1939 allows 70 visible characters; what servers really send is taken up to 16,384 bytes. Ids repeat and change
/// in the field: equal ids in one listing are two messages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uidl(Box<[u8]>);

impl Uidl {
    /// Bytes accepted at most.
    pub const MAX: usize = 16_384;

    /// `None` if empty, too long, or with a line break in it.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let fits = (1..=Self::MAX).contains(&bytes.len()) && !bytes.contains(&b'\n');
        fits.then(|| Self(bytes.into()))
    }
    /// The bytes as the server sent them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Uidl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uidl({})", self.0.escape_ascii())
    }
}

impl Session {
    /// Messages in the maildrop and their bytes together. Zero is no proof that the mail is gone: another client may
    /// hold the box or have fetched it.
    pub async fn stat(&mut self) -> Result<(u32, u64), PopError> {
        let text = self.command("STAT", "STAT\r\n").await?;
        self.believe(stat(&text))
    }

    /// Number in this session and unique id of every message, in the server's order. Ids may repeat; a message for
    /// which the server names no id is left out; a server without UIDL answers [`PopError::Err`].
    pub async fn uidl(&mut self) -> Result<Vec<(u32, Uidl)>, PopError> {
        Ok(self.unique_ids().await?.0)
    }

    /// The same, and the numbers of the messages for which the server names no id.
    pub async fn unique_ids(&mut self) -> Result<(Vec<(u32, Uidl)>, Vec<u32>), PopError> {
        let mut numbers = Numbers::default();
        let (mut found, mut nameless) = (Vec::new(), Vec::new());
        self.listing("UIDL", "UIDL\r\n", |line| {
            let (number, rest) = numbers.take(line)?;
            match Uidl::new(rest) {
                Some(uidl) => found.push((number, uidl)),
                None if rest.is_empty() => nameless.push(number),
                None => return Err(PopError::Limit { which: "the length of a unique id" }),
            }
            Ok(())
        })
        .await?;
        Ok((found, nameless))
    }

    /// The unique id of one message; [`PopError::Err`] if there is no such message.
    pub async fn uidl_one(&mut self, number: u32) -> Result<Uidl, PopError> {
        let text = self.command("UIDL", &format!("UIDL {number}\r\n")).await?;
        self.believe(uidl_of(&text, number))
    }

    /// STAT and the unique id of one message, in one turn where the server can: with the last message of the session
    /// before, the cheapest look whether anything is new. `None`: the server names no such message.
    pub async fn stat_and_uidl(&mut self, number: u32) -> Result<((u32, u64), Option<Uidl>), PopError> {
        if !self.capabilities().pipelining {
            let counts = self.stat().await?;
            return match self.uidl_one(number).await {
                Ok(uidl) => Ok((counts, Some(uidl))),
                Err(PopError::Err { .. }) => Ok((counts, None)),
                Err(error) => Err(error),
            };
        }
        let both = format!("STAT\r\nUIDL {number}\r\n");
        let [first, second] = self.two_commands(["STAT", "UIDL"], &both).await?;
        let counts = stat(&first?);
        let counts = self.believe(counts)?;
        match second {
            Ok(text) => Ok((counts, Some(self.believe(uidl_of(&text, number))?))),
            Err(_) => Ok((counts, None)),
        }
    }

    /// Number and announced size of every message. Sizes lie: they serve progress and a first choice only. `None`: the
    /// server gave something that is no size.
    pub async fn list(&mut self) -> Result<Vec<(u32, Option<u64>)>, PopError> {
        let mut numbers = Numbers::default();
        let mut found = Vec::new();
        self.listing("LIST", "LIST\r\n", |line| {
            let (number, rest) = numbers.take(line)?;
            let size = rest.split(u8::is_ascii_whitespace).next().and_then(digits);
            found.push((number, size));
            Ok(())
        })
        .await?;
        Ok(found)
    }
}

/// Message numbers of one listing. What is deleted goes by number, so a doubtful one ends the session.
#[derive(Default)]
struct Numbers {
    highest: u32,
    seen: BTreeSet<u32>,
}

impl Numbers {
    fn take<'a>(&mut self, line: &'a [u8]) -> Result<(u32, &'a [u8]), PopError> {
        let bad = PopError::Protocol { why: "a listing without message numbers" };
        let (number, rest) = numbered(line).ok_or(bad)?;
        // Listings ascend; the set is for those that do not.
        if number <= self.highest && self.seen.contains(&number) {
            return Err(PopError::Protocol { why: "the same message number twice in a listing" });
        }
        self.highest = self.highest.max(number);
        self.seen.insert(number);
        Ok((number, rest))
    }
}

/// `12 rest`
fn numbered(line: &[u8]) -> Option<(u32, &[u8])> {
    let line = line.trim_ascii();
    let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
    let (number, rest) = line.split_at_checked(end)?;
    let number = u32::try_from(digits(number)?).ok().filter(|n| *n > 0)?;
    Some((number, rest.trim_ascii()))
}

fn digits(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

fn stat(text: &[u8]) -> Result<(u32, u64), PopError> {
    let mut words = text.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
    let mut next = || words.next().and_then(digits);
    let count = next().and_then(|n| u32::try_from(n).ok());
    match (count, next()) {
        (Some(count), Some(octets)) => Ok((count, octets)),
        _ => Err(PopError::Protocol { why: "STAT without two numbers" }),
    }
}

fn uidl_of(text: &[u8], asked: u32) -> Result<Uidl, PopError> {
    match numbered(text) {
        Some((number, rest)) if number == asked => {
            Uidl::new(rest).ok_or(PopError::Protocol { why: "UIDL without a unique id" })
        }
        _ => Err(PopError::Protocol { why: "UIDL of another message than asked" }),
    }
}
