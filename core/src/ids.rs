//! Identifiers: local ones that never change, and the server's own that are attributes found late.

use std::fmt;

macro_rules! local_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(
            /// The number the store gave; meaningless outside its home.
            pub i64,
        );
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    };
}

local_id!(
    /// One account of the person.
    AccountId
);
local_id!(
    /// One mailbox, on a server or only here. Survives a rename.
    MailboxId
);
local_id!(
    /// What was written: one message, however many mailboxes hold it. Bodies, threads and search take this.
    MessageId
);
local_id!(
    /// One message in one mailbox. Survives a move, a UIDVALIDITY change and a later switch between IMAP and POP.
    /// Flags, move and delete take this.
    PlacementId
);
local_id!(
    /// One conversation.
    ThreadId
);
local_id!(
    /// One thing the person did that a server may still have to be told.
    OperationId
);
local_id!(
    /// One stored body or part.
    BlobId
);

/// A unique identifier of a message in a mailbox (RFC 3501 §2.3.1.1): 1 to 2³²−1, only with its UIDVALIDITY.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Uid(std::num::NonZeroU32);

impl Uid {
    /// `None` for 0, which no server may give.
    pub fn new(value: u32) -> Option<Self> {
        std::num::NonZeroU32::new(value).map(Self)
    }
    /// The number.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The incarnation of a mailbox (RFC 3501 §2.3.1.1). UIDs of another one name nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UidValidity(pub u32);

/// A modification sequence (RFC 7162): 1 to 2⁶³−1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ModSeq(pub u64);
