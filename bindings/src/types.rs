//! Ids, times, sizes, server words and secrets: types of the shell's language, over plain numbers and strings.

use satchel_core::error::ServerText as CoreServerText;
use satchel_core::ids::{AccountId, MailboxId, MessageId, OperationId, PlacementId, ThreadId};
use std::fmt;
use std::time::Duration;

macro_rules! id {
    ($($name:ident),*) => {$(
        uniffi::custom_type!($name, i64, {
            remote,
            try_lift: |number| Ok($name(number)),
            lower: |id| id.0,
        });
    )*};
}

id!(AccountId, MailboxId, MessageId, PlacementId, ThreadId, OperationId);

/// A moment: milliseconds since 1970 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Timestamp(pub i64);

uniffi::custom_type!(Timestamp, i64, {
    try_lift: |milliseconds| Ok(Timestamp(milliseconds)),
    lower: |at| at.0,
});

impl Timestamp {
    /// From seconds since 1970 UTC, as header fields have them.
    pub(crate) fn of_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }
}

/// A number of bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ByteCount(pub i64);

uniffi::custom_type!(ByteCount, i64, {
    try_lift: |bytes| Ok(ByteCount(bytes)),
    lower: |count| count.0,
});

impl From<u64> for ByteCount {
    fn from(bytes: u64) -> Self {
        Self(i64::try_from(bytes).unwrap_or(i64::MAX))
    }
}

impl From<usize> for ByteCount {
    fn from(bytes: usize) -> Self {
        Self::from(bytes as u64)
    }
}

/// Words a server said: for the person, never for a log. The shells' types do not print them either.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerText(pub String);

uniffi::custom_type!(ServerText, String, {
    try_lift: |words| Ok(ServerText(words)),
    lower: |text| text.0,
});

impl fmt::Debug for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerText({} characters)", self.0.chars().count())
    }
}

impl From<CoreServerText> for ServerText {
    fn from(text: CoreServerText) -> Self {
        Self(text.for_person().to_owned())
    }
}

/// A password or token on its way through. It is kept in the credential store and nowhere else.
pub struct Secret(pub(crate) secrecy::SecretString);

uniffi::custom_type!(Secret, String, {
    try_lift: |words| Ok(Secret::from(words)),
    lower: |secret| secret.reveal(),
});

impl From<String> for Secret {
    fn from(words: String) -> Self {
        Self(words.into())
    }
}

impl Secret {
    /// The words themselves, for the vault that keeps them.
    pub fn reveal(&self) -> String {
        secrecy::ExposeSecret::expose_secret(&self.0).to_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A number of things as shells count them.
pub(crate) fn count(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A length of time out of milliseconds.
pub(crate) fn milliseconds(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
