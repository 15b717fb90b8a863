//! What can be asked of a server and what comes back: several requests fly in one write and are answered in order.

use super::capability::Capabilities;
use super::error::ImapError;
use super::fetch::FetchRow;
use super::listing::Listing;
use super::parse::{CopyUid, Namespace};
use super::uid_set::UidSet;
use crate::ids::{ModSeq, Uid, UidValidity};

/// Which messages a FETCH asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FetchSet {
    /// These UIDs.
    Uids(UidSet),
    /// This UID and every higher one. The server's habit of answering with the last message for a range beyond it is
    /// filtered out.
    UidsFrom(Uid),
    /// Message sequence numbers, both ends included; the only set that needs no UID known, and only right when nobody
    /// expunges meanwhile: rows carry UIDs.
    Sequence(u32, u32),
}

impl FetchSet {
    /// Whether a row belongs to it.
    pub(crate) fn holds(&self, row: &FetchRow) -> bool {
        match (self, row.uid) {
            (Self::Uids(set), Some(uid)) => set.contains(uid),
            (Self::UidsFrom(first), Some(uid)) => uid >= *first,
            (Self::Sequence(a, b), Some(_)) => (*a.min(b)..=*a.max(b)).contains(&row.seq),
            (_, None) => false,
        }
    }
}

/// What a FETCH asks for; UID always. Items that need an extension are left out where the server does not offer it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FetchItems {
    /// FLAGS
    pub flags: bool,
    /// INTERNALDATE
    pub internal_date: bool,
    /// RFC822.SIZE
    pub size: bool,
    /// ENVELOPE
    pub envelope: bool,
    /// BODYSTRUCTURE
    pub structure: bool,
    /// MODSEQ, with CONDSTORE.
    pub modseq: bool,
    /// EMAILID and THREADID with OBJECTID, X-GM-MSGID and X-GM-THRID with X-GM-EXT-1.
    pub object_ids: bool,
    /// X-GM-LABELS, with X-GM-EXT-1.
    pub gm_labels: bool,
    /// PREVIEW, with RFC 8970.
    pub preview: bool,
    /// BODY.PEEK[]: the whole message.
    pub whole: bool,
    /// Header fields by name, e.g. `References`, in one BODY.PEEK[HEADER.FIELDS (…)].
    pub header_fields: Vec<String>,
}

impl FetchItems {
    /// Only flags and MODSEQ: a flag scan.
    pub fn flags_only() -> Self {
        Self { flags: true, modseq: true, ..Self::default() }
    }
    /// All that one row of a list, its canonical key and its thread need.
    pub fn overview() -> Self {
        Self {
            flags: true,
            internal_date: true,
            size: true,
            envelope: true,
            structure: true,
            modseq: true,
            object_ids: true,
            gm_labels: false,
            preview: false,
            whole: false,
            header_fields: vec!["References".into(), "List-Id".into()],
        }
    }
}

/// Whether flags are set or cleared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FlagAction {
    /// +FLAGS
    Add,
    /// -FLAGS
    Remove,
}

/// One command, typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Request {
    List,
    /// LIST without STATUS, for servers without LIST-STATUS.
    PlainList,
    Status(Vec<u8>),
    Select {
        name: Vec<u8>,
        condstore: bool,
    },
    Fetch {
        set: FetchSet,
        items: FetchItems,
        changed_since: Option<ModSeq>,
    },
    Section {
        uid: Uid,
        section: String,
        offset: u64,
        length: u64,
    },
    Search {
        criteria: String,
    },
    Store {
        uids: UidSet,
        action: FlagAction,
        names: Vec<String>,
        unchanged_since: Option<ModSeq>,
    },
    Copy {
        uids: UidSet,
        name: Vec<u8>,
    },
    Move {
        uids: UidSet,
        name: Vec<u8>,
    },
    Expunge,
    UidExpunge(UidSet),
    Append {
        name: Vec<u8>,
        flags: Vec<String>,
        internal_date: Option<i64>,
        bytes: Vec<u8>,
    },
    Create(Vec<u8>),
    Rename {
        from: Vec<u8>,
        to: Vec<u8>,
    },
    Delete(Vec<u8>),
    Subscribe(Vec<u8>),
    Unsubscribe(Vec<u8>),
    Noop,
    Capability,
    Enable(Vec<String>),
    Namespace,
    Unselect,
    Logout,
}

/// Requests that go out in one write; each has its own result. A request behind a SELECT sees the mailbox it selects;
/// if that SELECT is refused, what depends on it is refused too.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Flight {
    pub(crate) requests: Vec<Request>,
}

impl Flight {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }
    fn with(mut self, request: Request) -> Self {
        self.requests.push(request);
        self
    }
    /// All mailboxes with their counts: [`Reply::Listing`].
    pub fn list(self) -> Self {
        self.with(Request::List)
    }
    /// Counts of one mailbox: [`Reply::Status`].
    pub fn status(self, raw_name: impl AsRef<[u8]>) -> Self {
        self.with(Request::Status(raw_name.as_ref().to_vec()))
    }
    /// Opens a mailbox: [`Reply::Selected`].
    pub fn select(self, raw_name: impl AsRef<[u8]>, condstore: bool) -> Self {
        self.with(Request::Select { name: raw_name.as_ref().to_vec(), condstore })
    }
    /// Rows: [`Reply::Fetched`].
    pub fn fetch(self, set: FetchSet, items: FetchItems, changed_since: Option<ModSeq>) -> Self {
        self.with(Request::Fetch { set, items, changed_since })
    }
    /// UIDs that match: [`Reply::Found`].
    pub fn uid_search(self, criteria: impl Into<String>) -> Self {
        self.with(Request::Search { criteria: criteria.into() })
    }
    /// Sets or clears flags: [`Reply::Stored`].
    pub fn store_flags(self, uids: UidSet, action: FlagAction, names: Vec<String>) -> Self {
        self.with(Request::Store { uids, action, names, unchanged_since: None })
    }
    /// Does nothing but let the server speak: [`Reply::Done`].
    pub fn noop(self) -> Self {
        self.with(Request::Noop)
    }
    /// Switches extensions on (RFC 5161): [`Reply::Enabled`].
    pub fn enable(self, names: Vec<String>) -> Self {
        self.with(Request::Enable(names))
    }
    /// How many requests.
    pub fn len(&self) -> usize {
        self.requests.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }
}

/// What a request brought.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Reply {
    /// Of LIST.
    Listing(Listing),
    /// Of STATUS.
    Status(MailboxStatus),
    /// Of SELECT.
    Selected(Selected),
    /// Of FETCH. `rows` is empty when they were handed out one by one.
    Fetched {
        /// The rows, in the order they came.
        rows: Vec<FetchRow>,
        /// How it went.
        end: FetchEnd,
    },
    /// Of one part of a section, whose bytes were handed out.
    Section {
        /// Whether a response was set aside that may have held it.
        lost: bool,
    },
    /// Of UID SEARCH.
    Found(UidSet),
    /// Of UID STORE.
    Stored(StoreEnd),
    /// Of UID COPY and UID MOVE; `None` without UIDPLUS.
    Copied(Option<CopyUid>),
    /// Of APPEND; `None` without UIDPLUS.
    Appended(Option<AppendUid>),
    /// Of ENABLE: what is on now.
    Enabled(Capabilities),
    /// Of NAMESPACE: personal, other users', shared.
    Namespaces(Vec<Namespace>, Vec<Namespace>, Vec<Namespace>),
    /// Of everything else.
    Done,
}

/// Results of a flight, in the order of its requests.
pub type Replies = Vec<Result<Reply, ImapError>>;

/// Counts of a mailbox that is not selected (RFC 3501 §6.3.10). What the server left out is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MailboxStatus {
    /// MESSAGES
    pub messages: Option<u32>,
    /// UNSEEN
    pub unseen: Option<u32>,
    /// UIDNEXT
    pub uidnext: Option<Uid>,
    /// UIDVALIDITY
    pub uidvalidity: Option<UidValidity>,
    /// HIGHESTMODSEQ, with CONDSTORE.
    pub highestmodseq: Option<ModSeq>,
    /// MAILBOXID, with OBJECTID.
    pub mailbox_id: Option<String>,
}

/// A selected mailbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Selected {
    /// How many messages. Always said by the server; a SELECT without it is an error, never an empty mailbox.
    pub exists: u32,
    /// Never 0; a SELECT without it is an error.
    pub uidvalidity: UidValidity,
    /// The UID the next message will get at least.
    pub uidnext: Option<Uid>,
    /// The highest mod-sequence, with CONDSTORE.
    pub highestmodseq: Option<ModSeq>,
    /// The server keeps no mod-sequences for this mailbox.
    pub no_modseq: bool,
    /// Flags that can be kept; `\*` means new keywords can be made. Empty if the server did not say.
    pub permanent_flags: Vec<String>,
    /// Nothing can be changed here.
    pub read_only: bool,
    /// MAILBOXID (RFC 8474).
    pub mailbox_id: Option<String>,
}

/// How a FETCH went.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FetchEnd {
    /// Rows handed out.
    pub rows: u64,
    /// Rows among them of which something could not be read.
    pub degraded: u64,
    /// Responses that could not be read at all: a message may be missing among the rows.
    pub lost: u64,
    /// UIDs that are gone since `changed_since` (RFC 7162), only with QRESYNC enabled. A hint: intersect it with what is
    /// known, servers send whole ranges.
    pub vanished: Option<UidSet>,
    /// HIGHESTMODSEQ of the tagged reply, if the server gave one.
    pub highestmodseq: Option<ModSeq>,
}

/// How a STORE went.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StoreEnd {
    /// Messages not changed because they were modified meanwhile (only with `unchanged_since`).
    pub modified: UidSet,
    /// New MODSEQ of messages, as far as the server said so.
    pub modseqs: Vec<(Uid, ModSeq)>,
}

/// Where an appended message went (RFC 4315).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AppendUid {
    /// UIDVALIDITY of the mailbox.
    pub uidvalidity: UidValidity,
    /// The UID.
    pub uid: Uid,
}
