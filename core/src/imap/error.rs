//! What an IMAP call can end in. NO, BAD, BYE and a lost connection are always errors, never an empty answer.

use crate::error::{ServerText, TlsProblem};
use crate::ports::NetError;
use std::time::Duration;

/// The error of this layer. Display and Debug never show the server's own words.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImapError {
    /// No connection, or it broke.
    #[error("{0}")]
    Net(NetError),
    /// The connection is not safe; no credential was sent.
    #[error("{reason}")]
    Tls {
        /// The kind.
        problem: TlsProblem,
        /// What happened and what to do.
        reason: String,
        /// Hash of the certificate that was shown.
        sha256: Option<[u8; 32]>,
    },
    /// The server refused the name or the password.
    #[error("the login was refused")]
    Authentication {
        /// Response code (RFC 5530) such as `AUTHENTICATIONFAILED` or `UNAVAILABLE`; the latter is worth a retry.
        code: Option<String>,
        /// The server's words.
        server_text: ServerText,
    },
    /// The server said NO to one command; the session lives.
    #[error("the server refused {what}")]
    No {
        /// The command.
        what: &'static str,
        /// Response code in capitals: `NONEXISTENT`, `OVERQUOTA`, `TRYCREATE` …
        code: Option<String>,
        /// The server's words.
        server_text: ServerText,
    },
    /// The server did not understand one command; the session lives.
    #[error("the server does not understand {what}")]
    Bad {
        /// The command.
        what: &'static str,
        /// Response code in capitals.
        code: Option<String>,
        /// The server's words.
        server_text: ServerText,
    },
    /// The server said goodbye; the session is over.
    #[error("the server ended the connection")]
    Bye {
        /// Response code in capitals.
        code: Option<String>,
        /// The server's words.
        server_text: ServerText,
    },
    /// The connection ended, or an earlier call was dropped half-way; the session is over.
    #[error("the connection ended during {during}")]
    Closed {
        /// The command.
        during: &'static str,
    },
    /// The server broke the protocol in a way that leaves no answer to trust.
    #[error("the server broke the protocol: {why}")]
    Protocol {
        /// How.
        why: &'static str,
    },
    /// The server sent more than this device takes.
    #[error("the server sent too much: {which}")]
    Limit {
        /// Which bound of [`super::Limits`].
        which: &'static str,
    },
    /// A section does not end within what this device takes; what came beyond was thrown away and the session lives.
    #[error("the message or part is larger than the {} MB this device takes", most / 1_000_000)]
    TooLarge {
        /// Bytes that would have been taken.
        most: u64,
    },
    /// Nothing came for so long; the session is over.
    #[error("no answer to {during} within {} s", .after.as_secs())]
    Timeout {
        /// The command.
        during: &'static str,
        /// How long nothing came.
        after: Duration,
    },
    /// The server does not offer what the call needs.
    #[error("the server does not offer {capability}")]
    Missing {
        /// The capability.
        capability: &'static str,
    },
    /// An argument cannot be put on the wire.
    #[error("{what} cannot be sent to the server")]
    Input {
        /// Which argument.
        what: &'static str,
    },
}

impl ImapError {
    /// Whether the session can take another command after this.
    pub fn session_lives(&self) -> bool {
        matches!(
            self,
            Self::No { .. }
                | Self::Bad { .. }
                | Self::Missing { .. }
                | Self::Input { .. }
                | Self::TooLarge { .. }
        )
    }
    /// The response code, if the server gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Authentication { code, .. }
            | Self::No { code, .. }
            | Self::Bad { code, .. }
            | Self::Bye { code, .. } => code.as_deref(),
            _ => None,
        }
    }
}

impl From<NetError> for ImapError {
    fn from(error: NetError) -> Self {
        match error {
            NetError::Tls { problem, reason, sha256 } => Self::Tls { problem, reason, sha256 },
            other => Self::Net(other),
        }
    }
}
