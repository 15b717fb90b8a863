//! The one error of the boundary: variants that a screen acts on.

use crate::mirror::mirrored;
use crate::types::ServerText;
use satchel_core::error as core;

mirrored! {
    /// Why TLS was refused.
    pub enum TlsProblem = core::TlsProblem {
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
        /// Something arrived before TLS that must not: someone may be in between.
        Injected,
        /// No common protocol version or cipher, or a broken handshake.
        Handshake,
    }
}

mirrored! {
    /// What kept the store from working.
    pub enum StorageProblem = core::StorageProblem {
        /// No space left on the device.
        Full,
        /// The home cannot be written.
        ReadOnly,
        /// Another engine holds the home.
        InUse,
        /// The database was written by a newer version of the app; it was left untouched.
        NewerVersion,
        /// The database is damaged.
        Damaged,
        /// Reading or writing failed.
        Io,
        /// The credential store is locked or not there.
        Credentials,
    }
}

/// Everything a call can end in. `sentence` says it in English for a log or a fallback text; it never holds an address,
/// a secret or a server's words. `server_text` holds the server's own words, for the person only.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum MailError {
    /// The server refused the name, the password or the token.
    #[error("{sentence}")]
    Authentication {
        /// What happened and what to do.
        sentence: String,
        /// Who refused.
        host: String,
        /// The server's own words; empty if it said nothing.
        server_text: ServerText,
    },
    /// The server cannot be reached, or the connection broke.
    #[error("{sentence}")]
    Network {
        /// What happened and what to do.
        sentence: String,
        /// Whom we tried to reach.
        host: String,
        /// What happened.
        reason: String,
    },
    /// The connection is not safe. Nothing was sent.
    #[error("{sentence}")]
    Tls {
        /// What happened and what to do.
        sentence: String,
        /// Whom we tried to reach.
        host: String,
        /// The kind, for a screen to act on.
        problem: TlsProblem,
        /// What happened.
        reason: String,
        /// SHA-256 of the certificate that was shown, lower-case hex: what a pin would have to be.
        sha256: Option<String>,
    },
    /// The server said no, or said something no server should.
    #[error("{sentence}")]
    ServerRejected {
        /// What happened and what to do.
        sentence: String,
        /// What was asked of it.
        what: String,
        /// The response code (RFC 5530), if any: `OVERQUOTA`, `ALREADYEXISTS` …
        code: Option<String>,
        /// The server's own words; empty if it said nothing.
        server_text: ServerText,
    },
    /// There is no such account, mailbox, message or part here.
    #[error("{sentence}")]
    NotFound {
        /// What happened and what to do.
        sentence: String,
        /// What was looked for.
        what: String,
    },
    /// There is no network and the answer is not on this device.
    #[error("{sentence}")]
    Offline {
        /// What happened and what to do.
        sentence: String,
        /// What would have to be fetched.
        what: String,
    },
    /// The store or the credential store failed. Nothing that was confirmed earlier is lost.
    #[error("{sentence}")]
    Storage {
        /// What happened and what to do.
        sentence: String,
        /// The kind, for a screen to act on.
        problem: StorageProblem,
    },
    /// An argument cannot be used.
    #[error("{sentence}")]
    InvalidInput {
        /// What happened and what to do.
        sentence: String,
        /// Which argument.
        field: String,
        /// Why, and what would do.
        reason: String,
    },
    /// The work was ended by its handle.
    #[error("{sentence}")]
    Cancelled {
        /// What happened.
        sentence: String,
    },
    /// The core was shut down: open it again.
    #[error("{sentence}")]
    Closed {
        /// What happened.
        sentence: String,
    },
    /// A fault of this library. Please report it.
    #[error("{sentence}")]
    Internal {
        /// What happened and what to do.
        sentence: String,
        /// What went wrong.
        reason: String,
    },
}

impl MailError {
    pub(crate) fn closed() -> Self {
        Self::Closed { sentence: "the mail core was shut down: open it again".to_owned() }
    }

    pub(crate) fn internal(reason: impl Into<String>) -> Self {
        core::MailError::Internal { reason: reason.into() }.into()
    }

    pub(crate) fn invalid(field: &str, reason: &str) -> Self {
        core::MailError::InvalidInput { field: field.to_owned(), reason: reason.to_owned() }.into()
    }
}

impl From<core::MailError> for MailError {
    fn from(error: core::MailError) -> Self {
        let sentence = error.to_string();
        match error {
            core::MailError::Authentication { host, server_text } => {
                Self::Authentication { sentence, host, server_text: server_text.into() }
            }
            core::MailError::Network { host, reason } => Self::Network { sentence, host, reason },
            core::MailError::Tls { host, problem, reason, sha256 } => {
                Self::Tls { sentence, host, problem: problem.into(), reason, sha256 }
            }
            core::MailError::ServerRejected { what, code, server_text } => {
                Self::ServerRejected { sentence, what, code, server_text: server_text.into() }
            }
            core::MailError::NotFound { what } => Self::NotFound { sentence, what },
            core::MailError::Offline { what } => Self::Offline { sentence, what },
            core::MailError::Storage { problem, .. } => Self::Storage { sentence, problem: problem.into() },
            core::MailError::InvalidInput { field, reason } => Self::InvalidInput { sentence, field, reason },
            core::MailError::Cancelled => Self::Cancelled { sentence },
            core::MailError::Internal { reason } => Self::Internal { sentence, reason },
            // The core may learn new ones; until this crate knows them they are at least said.
            _ => Self::Internal { reason: sentence.clone(), sentence },
        }
    }
}

/// What a callback of the shell's ends in when it fails.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, uniffi::Error)]
pub enum CallbackError {
    /// It failed, or threw an exception that it does not declare.
    #[error("a callback failed")]
    Failed {
        /// What the shell said of it; not logged, for it may say anything.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CallbackError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: error.reason }
    }
}
