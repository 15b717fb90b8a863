//! The one error of the library's door: about ten variants that a screen can act on.

use std::fmt;

/// Words a server said. Shown to the person, never written to Display, Debug or a log.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ServerText(String);

impl ServerText {
    /// Keeps at most 1,000 characters, control characters dropped: a server may say anything.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().chars().filter(|c| !c.is_control()).take(1_000).collect())
    }
    /// From bytes of any charset; what is not UTF-8 becomes U+FFFD.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::new(String::from_utf8_lossy(&bytes[..bytes.len().min(4_000)]))
    }
    /// The words, for the person only.
    pub fn for_person(&self) -> &str {
        &self.0
    }
    /// Whether the server said nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerText({} characters)", self.0.chars().count())
    }
}

/// Why TLS was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TlsProblem {
    /// Signed by nobody this device trusts (self-signed, or a foreign authority).
    UnknownIssuer,
    /// Out of date, or not valid yet; the device's clock may be wrong.
    Expired,
    /// Made out to another host.
    WrongHost,
    /// Not meant for servers, revoked, or unreadable.
    Unusable,
    /// Not the one certificate that was pinned for this account.
    NotThePinnedOne,
    /// The server offers no STARTTLS or refused it.
    StartTlsMissing,
    /// Something arrived before TLS that must not (bytes after the OK, PREAUTH): someone may be in between.
    Injected,
    /// No common protocol version or cipher, or a broken handshake.
    Handshake,
}

/// What kept the store from working.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StorageProblem {
    /// No space left on the device.
    Full,
    /// The home cannot be written.
    ReadOnly,
    /// Another engine holds the home.
    InUse,
    /// The database was written by a newer version; it was left untouched.
    NewerVersion,
    /// The database is damaged.
    Damaged,
    /// Reading or writing failed.
    Io,
    /// The credential store is locked or not there.
    Credentials,
}

/// Everything a call can end in. Never flat: a screen switches on the variant and reads the fields.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The server refused the name or the password (or the token). `server_text` is for the person.
    #[error("{host} refused the login: check the user name and the password")]
    Authentication {
        /// Who refused.
        host: String,
        /// The server's own words.
        server_text: ServerText,
    },
    /// The server cannot be reached, or the connection broke. Try again later.
    #[error("no connection to {host}: {reason}")]
    Network {
        /// Whom we tried to reach.
        host: String,
        /// What happened, in our words.
        reason: String,
    },
    /// The connection is not safe. Nothing was sent.
    #[error("the connection to {host} is not safe: {reason}")]
    Tls {
        /// Whom we tried to reach.
        host: String,
        /// The kind, for a screen to act on.
        problem: TlsProblem,
        /// What happened and what to do, in our words.
        reason: String,
        /// SHA-256 of the certificate that was shown, as lower-case hex: what a pin would have to be.
        sha256: Option<String>,
    },
    /// The server said no, or said something no server should.
    #[error("the server refused {what}")]
    ServerRejected {
        /// What was asked of it.
        what: String,
        /// The response code (RFC 5530), if any: `OVERQUOTA`, `ALREADYEXISTS`, `IN-USE` …
        code: Option<String>,
        /// The server's own words.
        server_text: ServerText,
    },
    /// There is no such account, mailbox, message or part here.
    #[error("{what} not found")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// The app is offline and the answer is not on the device.
    #[error("offline: {what} is not on this device")]
    Offline {
        /// What would have to be fetched.
        what: String,
    },
    /// The store or the credential store failed. Nothing that was confirmed earlier is lost.
    #[error("{reason}")]
    Storage {
        /// The kind, for a screen to act on.
        problem: StorageProblem,
        /// What happened and what to do.
        reason: String,
    },
    /// An argument cannot be used.
    #[error("{field}: {reason}")]
    InvalidInput {
        /// Which one.
        field: String,
        /// Why, and what would do.
        reason: String,
    },
    /// The work was ended by its handle or by a deadline.
    #[error("cancelled")]
    Cancelled,
    /// A fault of this library. Please report it.
    #[error("internal error: {reason}")]
    Internal {
        /// What went wrong.
        reason: String,
    },
}

impl MailError {
    /// The variant in snake_case: stable, for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Authentication { .. } => "authentication",
            Self::Network { .. } => "network",
            Self::Tls { .. } => "tls",
            Self::ServerRejected { .. } => "server_rejected",
            Self::NotFound { .. } => "not_found",
            Self::Offline { .. } => "offline",
            Self::Storage { .. } => "storage",
            Self::InvalidInput { .. } => "invalid_input",
            Self::Cancelled => "cancelled",
            Self::Internal { .. } => "internal",
        }
    }
    /// The server's own words, if it said any. For the person; never for a log.
    pub fn server_text(&self) -> Option<&ServerText> {
        match self {
            Self::Authentication { server_text, .. } | Self::ServerRejected { server_text, .. } => {
                Some(server_text).filter(|t| !t.is_empty())
            }
            _ => None,
        }
    }
}
