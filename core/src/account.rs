//! Accounts: where mail comes from, how it is kept, whose certificates are believed.

use crate::error::MailError;
use crate::ids::AccountId;
use crate::ports::{Endpoint, Trust};
use std::fmt;
use std::str::FromStr;

/// How mail reaches this device.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Mail lives on the server (RFC 3501, RFC 9051).
    Imap,
    /// Mail is brought here (RFC 1939).
    Pop,
}

impl Protocol {
    /// `imap` or `pop`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Pop => "pop",
        }
    }
}

impl FromStr for Protocol {
    type Err = MailError;
    fn from_str(s: &str) -> Result<Self, MailError> {
        match s {
            "imap" => Ok(Self::Imap),
            "pop" => Ok(Self::Pop),
            _ => Err(MailError::InvalidInput { field: "protocol".into(), reason: "use imap or pop".into() }),
        }
    }
}

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Security {
    /// TLS from the first byte (RFC 8314 §3).
    ImplicitTls,
    /// STARTTLS or STLS is required; without it nothing is sent.
    StartTls,
    /// Plain text, only because the person said so for this account.
    Insecure,
}

/// A server of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Server {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection.
    pub security: Security,
    /// Login name.
    pub username: String,
}

impl Server {
    /// Reads `scheme://[user@]host[:port][?insecure]`; `user` defaults to `address`. Schemes: `imaps imap pop3s pop3
    /// smtps smtp`; those without the s require STARTTLS unless `?insecure` follows. `@` in the user may be written
    /// as it is or as `%40`; an IPv6 address stands in brackets.
    pub fn parse(url: &str, address: &str) -> Result<(Scheme, Self), MailError> {
        let bad = |reason: &str| MailError::InvalidInput {
            field: "url".into(),
            reason: format!("{reason}: {url}"),
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(|| {
            bad("write scheme://[user@]host[:port] with imaps, imap, pop3s, pop3, smtps or smtp")
        })?;
        let (scheme, implicit, default_port) = match scheme {
            "imaps" => (Scheme::Imap, true, 993),
            "imap" => (Scheme::Imap, false, 143),
            "pop3s" => (Scheme::Pop, true, 995),
            "pop3" => (Scheme::Pop, false, 110),
            "smtps" => (Scheme::Smtp, true, 465),
            "smtp" => (Scheme::Smtp, false, 587),
            _ => return Err(bad("unknown scheme (imaps, imap, pop3s, pop3, smtps, smtp)")),
        };
        let (rest, insecure) = match rest.split_once('?') {
            None => (rest, false),
            Some((rest, "insecure")) => (rest, true),
            Some(_) => return Err(bad("only ?insecure may follow")),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, host_port) = match rest.rsplit_once('@') {
            Some((user, host)) => (percent_decode(user).ok_or_else(|| bad("bad % in the user"))?, host),
            None => (address.to_owned(), rest),
        };
        let (host, port) = split_host_port(host_port).ok_or_else(|| bad("no host, or a bad port"))?;
        if user.is_empty() || user.chars().any(char::is_control) {
            return Err(bad("the user is empty or holds control characters"));
        }
        let security = match (implicit, insecure) {
            (true, true) => return Err(bad("?insecure contradicts a scheme with TLS")),
            (true, false) => Security::ImplicitTls,
            (false, true) => Security::Insecure,
            (false, false) => Security::StartTls,
        };
        Ok((scheme, Self { host, port: port.unwrap_or(default_port), security, username: user }))
    }

    /// Where to connect, with this trust.
    pub fn endpoint(&self, trust: &Trust) -> Endpoint {
        Endpoint {
            host: self.host.clone(),
            port: self.port,
            implicit_tls: self.security == Security::ImplicitTls,
            trust: trust.clone(),
        }
    }
}

fn split_host_port(s: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = if let Some(rest) = s.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
    } else {
        match s.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (s, None),
        }
    };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || host.len() > 255 || !host.chars().all(plain) {
        return None;
    }
    let port = match port {
        None => None,
        Some(p) => Some(p.parse::<u16>().ok().filter(|p| *p > 0)?),
    };
    Some((host.to_owned(), port))
}

fn percent_decode(s: &str) -> Option<String> {
    let mut out = Vec::with_capacity(s.len());
    let mut bytes = s.bytes();
    while let Some(b) = bytes.next() {
        if b == b'%' {
            let hex = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
            out.push(hex(bytes.next()?)? * 16 + hex(bytes.next()?)?);
        } else {
            out.push(b);
        }
    }
    String::from_utf8(out).ok()
}

/// What a server URL speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// `imaps:`, `imap:`
    Imap,
    /// `pop3s:`, `pop3:`
    Pop,
    /// `smtps:`, `smtp:`
    Smtp,
}

/// How much of a mailbox's overview is kept here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Window {
    /// Everything.
    All,
    /// Received within so many days.
    Days(u32),
    /// The newest so many messages of each mailbox.
    Count(u32),
}

impl Default for Window {
    fn default() -> Self {
        Self::Count(1_000)
    }
}

impl FromStr for Window {
    type Err = MailError;
    fn from_str(s: &str) -> Result<Self, MailError> {
        let bad = || MailError::InvalidInput {
            field: "window".into(),
            reason: "use all, a number of days like 30d, or a number of messages (at least 1)".into(),
        };
        if s == "all" {
            return Ok(Self::All);
        }
        let (digits, days) = s.strip_suffix('d').map_or((s, false), |d| (d, true));
        let n = digits.parse::<u32>().ok().filter(|n| (1..=10_000_000).contains(n)).ok_or_else(bad)?;
        Ok(if days { Self::Days(n.min(36_500)) } else { Self::Count(n) })
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Days(n) => write!(f, "{n}d"),
            Self::Count(n) => write!(f, "{n}"),
        }
    }
}

/// When bodies are fetched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Bodies {
    /// When a message is opened.
    #[default]
    OnOpen,
    /// Those of unread messages with the pass.
    Unread,
    /// All within the window.
    All,
}

impl Bodies {
    /// `on-open`, `unread` or `all`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnOpen => "on-open",
            Self::Unread => "unread",
            Self::All => "all",
        }
    }
}

impl FromStr for Bodies {
    type Err = MailError;
    fn from_str(s: &str) -> Result<Self, MailError> {
        match s {
            "on-open" => Ok(Self::OnOpen),
            "unread" => Ok(Self::Unread),
            "all" => Ok(Self::All),
            _ => Err(MailError::InvalidInput {
                field: "bodies".into(),
                reason: "use on-open, unread or all".into(),
            }),
        }
    }
}

/// What happens to the server's copy once POP mail is safe here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PopRule {
    /// It stays.
    #[default]
    Leave,
    /// It is deleted as soon as the copy here is durable.
    DeleteAfterDownload,
    /// It is deleted so many days after it was first seen.
    DeleteAfterDays(u32),
    /// It is deleted when the message is deleted here.
    DeleteWhenDeleted,
}

impl FromStr for PopRule {
    type Err = MailError;
    fn from_str(s: &str) -> Result<Self, MailError> {
        let days = |s: &str| s.parse().ok().filter(|n| (1..=36_500).contains(n)).map(Self::DeleteAfterDays);
        match s {
            "leave" => Some(Self::Leave),
            "delete-after-download" => Some(Self::DeleteAfterDownload),
            "delete-when-deleted" => Some(Self::DeleteWhenDeleted),
            _ => s.strip_prefix("delete-after-days=").and_then(days),
        }
        .ok_or_else(|| MailError::InvalidInput {
            field: "pop-rule".into(),
            reason: "use leave, delete-after-download, delete-after-days=N or delete-when-deleted".into(),
        })
    }
}

impl fmt::Display for PopRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leave => f.write_str("leave"),
            Self::DeleteAfterDownload => f.write_str("delete-after-download"),
            Self::DeleteAfterDays(n) => write!(f, "delete-after-days={n}"),
            Self::DeleteWhenDeleted => f.write_str("delete-when-deleted"),
        }
    }
}

/// Where an account's password is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CredentialRef {
    /// In the credential store, under this random key.
    Stored(String),
    /// In an environment variable of this name; the value is never kept.
    Environment(String),
}

/// One account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The mail address.
    pub address: String,
    /// IMAP or POP.
    pub protocol: Protocol,
    /// Where mail comes from.
    pub incoming: Server,
    /// Where mail goes out, if known.
    pub submission: Option<Server>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Where the password is.
    pub credential: CredentialRef,
    /// Overview kept per mailbox.
    pub window: Window,
    /// When bodies are fetched.
    pub bodies: Bodies,
    /// What happens to the server's copy (POP).
    pub pop_rule: PopRule,
}
