//! One message in a mailbox: its bytes, parsed once, and what IMAP keeps beside them.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use crate::date::InternalDate;
use crate::mime::{Structure, write_envelope, write_outline};

/// The five system flags a client may set, in the order they are listed.
const SYSTEM: [&str; 5] = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"];
pub(crate) const SEEN: u8 = 8;
pub(crate) const DELETED: u8 = 4;

/// The flags and keywords of a message, `\Recent` left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flags {
    pub(crate) system: u8,
    pub(crate) keywords: BTreeSet<String>,
}

impl Flags {
    /// From flag names; unknown `\Names` are left out.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let mut flags = Self::default();
        for name in names {
            flags.add(name.as_ref());
        }
        flags
    }

    /// Whether the flag or keyword is set; case does not matter.
    pub fn has(&self, name: &str) -> bool {
        match Self::bit(name) {
            Some(bit) => self.system & bit != 0,
            None => self.keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(name)),
        }
    }

    /// The names, system flags first.
    pub fn names(&self) -> Vec<&str> {
        let system = SYSTEM.iter().enumerate().filter(|(at, _)| self.system & (1 << at) != 0);
        system.map(|(_, name)| *name).chain(self.keywords.iter().map(String::as_str)).collect()
    }

    pub(crate) fn add(&mut self, name: &str) {
        match Self::bit(name) {
            Some(bit) => self.system |= bit,
            None if name.starts_with('\\') || self.has(name) => {}
            None => {
                self.keywords.insert(name.to_owned());
            }
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        match Self::bit(name) {
            Some(bit) => self.system &= !bit,
            None => self.keywords.retain(|keyword| !keyword.eq_ignore_ascii_case(name)),
        }
    }

    fn bit(name: &str) -> Option<u8> {
        SYSTEM.iter().position(|system| system.eq_ignore_ascii_case(name)).map(|at| 1 << at)
    }
}

/// The bytes of a message, shared by all its copies.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) raw: Vec<u8>,
    /// EMAILID and THREADID of RFC 8474 are made of these.
    pub(crate) email_id: u64,
    pub(crate) thread_id: u64,
    structure: OnceLock<Structure>,
    envelope: OnceLock<Vec<u8>>,
    /// BODY and BODYSTRUCTURE.
    outlines: [OnceLock<Vec<u8>>; 2],
    sha256: OnceLock<[u8; 32]>,
}

impl Content {
    pub(crate) fn new(raw: Vec<u8>, email_id: u64, thread_id: u64) -> Self {
        Self {
            raw,
            email_id,
            thread_id,
            structure: OnceLock::new(),
            envelope: OnceLock::new(),
            outlines: [OnceLock::new(), OnceLock::new()],
            sha256: OnceLock::new(),
        }
    }

    pub(crate) fn structure(&self) -> &Structure {
        self.structure.get_or_init(|| Structure::parse(&self.raw))
    }

    /// The header of the message itself.
    pub(crate) fn header(&self) -> &[u8] {
        let range = self.structure().part(0).map(|part| part.header.clone());
        range.and_then(|range| self.raw.get(range)).unwrap_or_default()
    }

    /// ENVELOPE as it is sent.
    pub(crate) fn envelope(&self) -> &[u8] {
        self.envelope.get_or_init(|| {
            let mut out = Vec::new();
            write_envelope(&mut out, self.header());
            out
        })
    }

    /// BODYSTRUCTURE, or BODY, as it is sent.
    pub(crate) fn outline(&self, extended: bool) -> &[u8] {
        let [plain, full] = &self.outlines;
        let kept = if extended { full } else { plain };
        kept.get_or_init(|| {
            let mut out = Vec::new();
            write_outline(&mut out, &self.raw, self.structure(), extended);
            out
        })
    }

    pub(crate) fn sha256(&self) -> [u8; 32] {
        *self.sha256.get_or_init(|| Sha256::digest(&self.raw).into())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) flags: Flags,
    pub(crate) internal_date: InternalDate,
    pub(crate) modseq: u64,
    pub(crate) content: Arc<Content>,
}
