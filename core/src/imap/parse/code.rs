//! Response codes (RFC 3501 §7.1, RFC 5530, RFC 4315, RFC 7162 …).

use super::super::capability::Capabilities;
use super::super::cursor::Cursor;
use super::super::fetch::modseq;
use super::super::limits::Limits;
use super::super::uid_set::{UidSet, parse_in_order};
use crate::ids::{ModSeq, Uid, UidValidity};

/// Where a copied or appended message went (RFC 4315).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyUid {
    /// UIDVALIDITY of the destination.
    pub uidvalidity: UidValidity,
    /// Source and destination UID of each message.
    pub pairs: Vec<(Uid, Uid)>,
}

/// A response code that is read; any other is kept by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    Alert,
    Capability(Capabilities),
    PermanentFlags(Vec<String>),
    ReadOnly,
    ReadWrite,
    UidNext(Uid),
    UidValidity(UidValidity),
    HighestModSeq(ModSeq),
    NoModSeq,
    MailboxId(String),
    Closed,
    CopyUid(CopyUid),
    AppendUid(UidValidity, Uid),
    Modified(UidSet),
    /// Everything else, also the codes above with arguments that cannot be read: the name in capitals.
    Other(String),
}

impl Code {
    /// The name in capitals, for errors.
    pub(crate) fn name(&self) -> String {
        let name = match self {
            Self::Alert => "ALERT",
            Self::Capability(_) => "CAPABILITY",
            Self::PermanentFlags(_) => "PERMANENTFLAGS",
            Self::ReadOnly => "READ-ONLY",
            Self::ReadWrite => "READ-WRITE",
            Self::UidNext(_) => "UIDNEXT",
            Self::UidValidity(_) => "UIDVALIDITY",
            Self::HighestModSeq(_) => "HIGHESTMODSEQ",
            Self::NoModSeq => "NOMODSEQ",
            Self::MailboxId(_) => "MAILBOXID",
            Self::Closed => "CLOSED",
            Self::CopyUid(_) => "COPYUID",
            Self::AppendUid(..) => "APPENDUID",
            Self::Modified(_) => "MODIFIED",
            Self::Other(name) => name,
        };
        name.to_owned()
    }
}

/// Splits resp-text. A bracket that does not close is text.
pub(super) fn code_and_text<'a>(text: &'a [u8], limits: &Limits) -> (Option<Code>, &'a [u8]) {
    let Some(inner) = text.strip_prefix(b"[") else { return (None, text) };
    let (mut quoted, mut escaped) = (false, false);
    let end = inner.iter().position(|b| {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        *b == b']' && !quoted
    });
    let Some(end) = end else { return (None, text) };
    let body = inner.get(..end).unwrap_or_default();
    let rest = inner.get(end + 1..).unwrap_or_default();
    (code(body, limits), rest.strip_prefix(b" ").unwrap_or(rest))
}

fn code(body: &[u8], limits: &Limits) -> Option<Code> {
    let mut cursor = Cursor::over(body);
    let word = cursor.atom()?.get(..).filter(|w| w.len() <= 100)?;
    let name = String::from_utf8_lossy(word).to_ascii_uppercase();
    let read = arguments(&name, &mut cursor, limits);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '=');
    read.or_else(|| name.chars().all(plain).then_some(Code::Other(name)))
}

fn arguments(name: &str, cursor: &mut Cursor<'_>, limits: &Limits) -> Option<Code> {
    Some(match name {
        "ALERT" => Code::Alert,
        "CAPABILITY" => Code::Capability(Capabilities::from_words(cursor.rest().split(|b| *b == b' '))),
        "PERMANENTFLAGS" => {
            let words = cursor.words(1_000)?;
            Code::PermanentFlags(words.iter().map(|w| String::from_utf8_lossy(w).into_owned()).collect())
        }
        "READ-ONLY" => Code::ReadOnly,
        "READ-WRITE" => Code::ReadWrite,
        "UIDNEXT" => Code::UidNext(Uid::new(cursor.number32()?)?),
        "UIDVALIDITY" => Code::UidValidity(uid_validity(cursor)?),
        "HIGHESTMODSEQ" => Code::HighestModSeq(modseq(cursor.number()?)?),
        "NOMODSEQ" => Code::NoModSeq,
        "MAILBOXID" => {
            let opened = cursor.opens();
            let id = super::fetch::object_id(cursor)?;
            if opened && !cursor.closes() {
                return None;
            }
            Code::MailboxId(id)
        }
        "CLOSED" => Code::Closed,
        "COPYUID" => Code::CopyUid(copy_uid(cursor, limits)?),
        "APPENDUID" => {
            let validity = uid_validity(cursor)?;
            Code::AppendUid(validity, UidSet::parse(cursor.atom()?, limits.items)?.min()?)
        }
        "MODIFIED" => Code::Modified(UidSet::parse(cursor.atom()?, limits.items)?),
        _ => return None,
    })
}

fn uid_validity(cursor: &mut Cursor<'_>) -> Option<UidValidity> {
    cursor.number32().filter(|n| *n > 0).map(UidValidity)
}

/// Pairs by position. Sets of different length, or longer than the limit, pair nothing: a guess would lose mail.
fn copy_uid(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<CopyUid> {
    let uidvalidity = uid_validity(cursor)?;
    let from = parse_in_order(cursor.atom()?, limits.items)?;
    let to = parse_in_order(cursor.atom()?, limits.items)?;
    let count = |set: &[(u32, u32)]| set.iter().map(|(a, b)| u64::from(b - a) + 1).sum::<u64>();
    if count(&from) != count(&to) || count(&from) > limits.items as u64 {
        return None;
    }
    let each = |set: Vec<(u32, u32)>| set.into_iter().flat_map(|(a, b)| a..=b).filter_map(Uid::new);
    Some(CopyUid { uidvalidity, pairs: each(from).zip(each(to)).collect() })
}
