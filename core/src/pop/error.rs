//! Everything a POP command can end in.

use crate::error::{ServerText, TlsProblem};
use crate::ports::NetError;
use std::time::Duration;

/// Why a POP command did not bring what was asked.
///
/// After [`Authentication`](Self::Authentication), [`InUse`](Self::InUse), [`LoginDelay`](Self::LoginDelay) and
/// [`Err`](Self::Err) the server has answered; an open session goes on. After every other one the session is of no
/// more use, and what was marked for deletion in it is not deleted.
#[derive(Debug, thiserror::Error)]
pub enum PopError {
    /// No connection, or none that is safe (STLS missing and bytes injected before TLS are here too). Nothing was
    /// sent.
    #[error(transparent)]
    Net(#[from] NetError),
    /// Name or password refused.
    #[error("the server refused the login")]
    Authentication {
        /// The server's own words.
        server_text: ServerText,
    },
    /// Another client holds the maildrop. Try again in a minute.
    #[error("another program holds the mailbox at the moment")]
    InUse {
        /// The server's own words.
        server_text: ServerText,
    },
    /// The last login was too short ago for this server (RFC 2449 §6.5).
    #[error("the server wants more time between two logins")]
    LoginDelay {
        /// The server's own words.
        server_text: ServerText,
    },
    /// The server said -ERR.
    #[error("the server refused {what}")]
    Err {
        /// The command.
        what: &'static str,
        /// The response code (RFC 2449 §8, RFC 3206), e.g. `SYS/TEMP`.
        code: Option<String>,
        /// The server's own words.
        server_text: ServerText,
    },
    /// The connection ended. Between QUIT and its answer nobody knows whether deletions were done.
    #[error("the connection was lost during {during}")]
    Closed {
        /// The command.
        during: &'static str,
    },
    /// The server said what no POP server may.
    #[error("the server does not keep to POP: {why}")]
    Protocol {
        /// What was wrong, in our words.
        why: &'static str,
    },
    /// More than is accepted from a server.
    #[error("the server sent more than is accepted: {which}")]
    Limit {
        /// Which limit.
        which: &'static str,
    },
    /// Silence for too long.
    #[error("the server was silent for {} s during {during}", .after.as_secs())]
    Timeout {
        /// The command.
        during: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// An argument cannot be sent.
    #[error("{why}")]
    InvalidInput {
        /// Why, and what would do.
        why: &'static str,
    },
}

impl PopError {
    /// Whether the server has answered and an open session can go on.
    pub fn is_answer(&self) -> bool {
        matches!(
            self,
            Self::Authentication { .. } | Self::InUse { .. } | Self::LoginDelay { .. } | Self::Err { .. }
        )
    }

    pub(super) fn stls_missing() -> Self {
        Self::Net(NetError::Tls {
            problem: TlsProblem::StartTlsMissing,
            reason: "the server offers no STLS or refused it; nothing was sent. Try TLS from the first byte (pop3s, \
                     port 995)"
                .into(),
            sha256: None,
        })
    }

    pub(super) fn injected() -> Self {
        Self::Net(NetError::Tls {
            problem: TlsProblem::Injected,
            reason: "something arrived before TLS that must not; someone may be in between. Nothing was sent"
                .into(),
            sha256: None,
        })
    }
}
