//! Accounts, as they are shown and asked for.

use crate::error::MailError;
use crate::mirror::mirrored;
use crate::types::Secret;
use satchel_core::account as core;
use satchel_core::client::{AccountRequest as CoreRequest, AccountSettings, Password};
use satchel_core::ids::AccountId;
use satchel_core::ports::Trust;

mirrored! {
    /// How an account gets its mail.
    pub enum AccountProtocol = core::Protocol {
        /// Mail lives on the server; this device keeps an overview and what was opened.
        Imap,
        /// Mail is brought to this device.
        Pop,
    }
}

mirrored! {
    /// How the connection to a server is made safe.
    pub enum ConnectionSecurity = core::Security {
        /// TLS from the first byte (RFC 8314).
        ImplicitTls,
        /// TLS by STARTTLS or STLS; without it nothing is sent.
        StartTls,
        /// Plain text, as the person said.
        Insecure,
    }
}

mirrored! {
    /// When bodies are fetched (IMAP).
    pub enum BodyPolicy = core::Bodies {
        /// When a message is opened.
        OnOpen,
        /// Those of unread messages with each pass.
        Unread,
        /// All within the window.
        All,
    }
}

/// How much of a mailbox's overview is kept here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum SyncWindow {
    /// Everything.
    All,
    /// What was received within so many days.
    Days {
        /// 1 to 36,500.
        days: u32,
    },
    /// The newest messages of each mailbox.
    Newest {
        /// At least 1.
        count: u32,
    },
}

impl From<core::Window> for SyncWindow {
    fn from(window: core::Window) -> Self {
        match window {
            core::Window::All => Self::All,
            core::Window::Days(days) => Self::Days { days },
            core::Window::Count(count) => Self::Newest { count },
        }
    }
}

impl TryFrom<SyncWindow> for core::Window {
    type Error = MailError;
    fn try_from(window: SyncWindow) -> Result<Self, MailError> {
        // The core's own reader holds the limits.
        let written = match window {
            SyncWindow::All => "all".to_owned(),
            SyncWindow::Days { days } => format!("{days}d"),
            SyncWindow::Newest { count } => count.to_string(),
        };
        Ok(written.parse()?)
    }
}

/// What happens to the server's copy once POP mail is safe here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum PopRule {
    /// It stays.
    Leave,
    /// It is deleted as soon as the copy here is durable.
    DeleteAfterDownload,
    /// It is deleted so many days after it was first seen.
    DeleteAfterDays {
        /// 1 to 36,500.
        days: u32,
    },
    /// It is deleted when the message is deleted here.
    DeleteWhenDeleted,
}

impl From<core::PopRule> for PopRule {
    fn from(rule: core::PopRule) -> Self {
        match rule {
            core::PopRule::Leave => Self::Leave,
            core::PopRule::DeleteAfterDownload => Self::DeleteAfterDownload,
            core::PopRule::DeleteAfterDays(days) => Self::DeleteAfterDays { days },
            core::PopRule::DeleteWhenDeleted => Self::DeleteWhenDeleted,
        }
    }
}

impl From<PopRule> for core::PopRule {
    fn from(rule: PopRule) -> Self {
        match rule {
            PopRule::Leave => Self::Leave,
            PopRule::DeleteAfterDownload => Self::DeleteAfterDownload,
            PopRule::DeleteAfterDays { days } => Self::DeleteAfterDays(days),
            PopRule::DeleteWhenDeleted => Self::DeleteWhenDeleted,
        }
    }
}

/// Whose certificates are believed.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum ServerTrust {
    /// The device's authorities, those the person or the employer added included.
    Platform,
    /// The device's, and these.
    PlatformAnd {
        /// Certificates in PEM.
        authorities: Vec<u8>,
    },
    /// Exactly one certificate, whoever signed it and whatever host it names.
    Pinned {
        /// SHA-256 of its DER, 64 hexadecimal digits.
        sha256: String,
    },
}

/// A server of an account.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct ServerView {
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is made safe.
    pub security: ConnectionSecurity,
    /// Name to log in with.
    pub username: String,
}

impl From<core::Server> for ServerView {
    fn from(server: core::Server) -> Self {
        Self {
            host: server.host,
            port: server.port,
            security: server.security.into(),
            username: server.username,
        }
    }
}

/// An account. There is no secret in it.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// The mail address.
    pub address: String,
    /// IMAP or POP.
    pub protocol: AccountProtocol,
    /// Where mail comes from.
    pub incoming: ServerView,
    /// Where mail goes out, if known.
    pub submission: Option<ServerView>,
    /// Overview kept per mailbox.
    pub window: SyncWindow,
    /// When bodies are fetched.
    pub bodies: BodyPolicy,
    /// What happens to the server's copy (POP).
    pub pop_rule: PopRule,
}

impl From<core::Account> for AccountView {
    fn from(account: core::Account) -> Self {
        Self {
            id: account.id,
            address: account.address,
            protocol: account.protocol.into(),
            incoming: account.incoming.into(),
            submission: account.submission.map(Into::into),
            window: account.window.into(),
            bodies: account.bodies.into(),
            pop_rule: account.pop_rule.into(),
        }
    }
}

/// What an account is made of.
#[derive(Debug, uniffi::Record)]
pub struct AccountRequest {
    /// The mail address.
    pub address: String,
    /// Server URL `scheme://[user@]host[:port]` with `imaps imap pop3s pop3`; the ones without s require STARTTLS, and
    /// `?insecure` on those says plain text. The user is the address if it is left out. The scheme says IMAP or POP.
    pub incoming: String,
    /// Server URL for sending, with `smtps` or `smtp`.
    #[uniffi(default = None)]
    pub submission: Option<String>,
    /// The password. It goes to the credential store.
    pub password: Secret,
    /// Whose certificates are believed.
    pub trust: ServerTrust,
    /// What happens to the server's copy (POP).
    pub pop_rule: PopRule,
    /// Log in before anything is kept. Without it a wrong password shows with the first pass.
    #[uniffi(default = true)]
    pub prove: bool,
}

impl TryFrom<AccountRequest> for CoreRequest {
    type Error = MailError;
    fn try_from(request: AccountRequest) -> Result<Self, MailError> {
        let trust = Trust::try_from(request.trust)?;
        Ok(Self {
            address: request.address,
            protocol: None,
            incoming: request.incoming,
            submission: request.submission,
            password: Password::Given(request.password.0),
            authorities: if let Trust::PlatformAnd(pem) = &trust { Some(pem.clone()) } else { None },
            pin: if let Trust::Pin(sha256) = trust { Some(sha256) } else { None },
            pop_rule: request.pop_rule.into(),
            prove: request.prove,
        })
    }
}

impl TryFrom<ServerTrust> for Trust {
    type Error = MailError;
    fn try_from(trust: ServerTrust) -> Result<Self, MailError> {
        match trust {
            ServerTrust::Platform => Ok(Self::Platform),
            ServerTrust::PlatformAnd { authorities } => Ok(Self::PlatformAnd(authorities)),
            ServerTrust::Pinned { sha256 } => pin(&sha256).map(Self::Pin).ok_or_else(|| {
                MailError::invalid("pin", "write the SHA-256 of the certificate as 64 hexadecimal digits")
            }),
        }
    }
}

fn pin(hex: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = hex.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |n, d| n << 4 | d)).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}

/// What a person may change of an account. What is absent stays as it is.
#[derive(Debug, Default, uniffi::Record)]
pub struct AccountChangeRequest {
    /// Overview kept per mailbox.
    #[uniffi(default = None)]
    pub window: Option<SyncWindow>,
    /// When bodies are fetched.
    #[uniffi(default = None)]
    pub bodies: Option<BodyPolicy>,
    /// What happens to the server's copy (POP).
    #[uniffi(default = None)]
    pub pop_rule: Option<PopRule>,
    /// A new password. The server is asked before it is kept.
    #[uniffi(default = None)]
    pub password: Option<Secret>,
}

impl TryFrom<&AccountChangeRequest> for AccountSettings {
    type Error = MailError;
    fn try_from(change: &AccountChangeRequest) -> Result<Self, MailError> {
        Ok(Self {
            window: change.window.map(TryInto::try_into).transpose()?,
            bodies: change.bodies.map(Into::into),
            pop_rule: change.pop_rule.map(Into::into),
        })
    }
}
