//! From the connection to the login: greeting, STLS, capabilities, password. Until TLS stands, nothing is believed and
//! nothing is given out.

use super::capabilities::Capabilities;
use super::error::PopError;
use super::frame::{Limits, Traffic};
use super::session::Session;
use super::status::{Status, login_refusal, status};
use crate::account::{Security, Server};
use crate::ports::{Dialer, Endpoint, Trust};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

const GREETING: &str = "the greeting";
const LOGIN: &str = "the login";

impl Session {
    /// Connects, secures the connection as the account wants it, and logs in.
    ///
    /// With [`Security::StartTls`] the password is sent only after STLS: a server without it, one that refuses it, and
    /// anything that arrives ahead of TLS end in [`PopError::Net`] with a TLS problem. Whether the server allows SASL
    /// PLAIN or USER and PASS is learned inside TLS; APOP is not used.
    pub async fn open(
        dialer: &dyn Dialer,
        server: &Server,
        trust: &Trust,
        secret: &SecretString,
        limits: Limits,
    ) -> Result<Self, PopError> {
        sendable(&server.username, secret)?;
        let endpoint = server.endpoint(trust);
        let stream = dialer.dial(&endpoint).await?;
        let mut session = Self::over(stream, limits, Traffic::default());
        match server.security {
            Security::StartTls => {
                session.greeting_before_tls().await?;
                session = session.stls(dialer, &endpoint).await?;
            }
            Security::ImplicitTls | Security::Insecure => session.greeting().await?,
        }
        session.ask_capabilities().await?;
        session.log_in(&server.username, secret).await?;
        if session.capabilities.per_user {
            session.ask_capabilities().await?;
        }
        Ok(session)
    }

    async fn greeting(&mut self) -> Result<(), PopError> {
        let line = self.wire.line(GREETING).await?;
        match status(&line) {
            Some(Status::Ok(_)) => Ok(()),
            Some(Status::Err { code, text }) => Err(login_refusal(GREETING, code, text)),
            _ => Err(no_pop(&line)),
        }
    }

    /// Anyone may have written this greeting: only its kind is looked at, its words are shown to nobody.
    async fn greeting_before_tls(&mut self) -> Result<(), PopError> {
        let line = self.wire.line(GREETING).await?;
        match status(&line) {
            Some(Status::Ok(_)) if self.wire.is_clear() => Ok(()),
            Some(Status::Ok(_)) => Err(PopError::injected()),
            Some(Status::Err { .. }) => Err(login_refusal(GREETING, None, b"")),
            _ => Err(no_pop(&line)),
        }
    }

    /// CAPA is not asked first: its answer could be forged either way, and STLS itself is the question.
    async fn stls(mut self, dialer: &dyn Dialer, endpoint: &Endpoint) -> Result<Self, PopError> {
        self.wire.send(b"STLS\r\n", "STLS").await?;
        let line = self.wire.line("STLS").await?;
        if !matches!(status(&line), Some(Status::Ok(_))) {
            return Err(PopError::stls_missing());
        }
        if !self.wire.is_clear() {
            return Err(PopError::injected());
        }
        let (limits, traffic) = (*self.wire.limits(), self.wire.traffic);
        let stream = dialer.upgrade(self.wire.into_stream(), endpoint).await?;
        Ok(Self::over(stream, limits, traffic))
    }

    async fn ask_capabilities(&mut self) -> Result<(), PopError> {
        let mut found = Capabilities { known: true, ..Capabilities::default() };
        let answer = self.listing("CAPA", "CAPA\r\n", |line| {
            found.line(line);
            Ok(())
        });
        match answer.await {
            Ok(()) => self.capabilities = found,
            // Older than RFC 2449, or none after the login: what is known stays.
            Err(PopError::Err { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn log_in(&mut self, username: &str, secret: &SecretString) -> Result<(), PopError> {
        if self.capabilities.has_sasl("PLAIN") && self.plain(username, secret).await? {
            return Ok(());
        }
        let user = format!("USER {username}\r\n");
        self.begin()?;
        self.wire.send(user.as_bytes(), LOGIN).await?;
        let accepted = self.login_reply().await;
        self.settle(accepted)?;
        let secret = secret.expose_secret();
        let mut pass = Vec::with_capacity(secret.len() + 7);
        pass.extend_from_slice(b"PASS ");
        pass.extend_from_slice(secret.as_bytes());
        pass.extend_from_slice(b"\r\n");
        let pass = SecretSlice::from(pass);
        self.begin()?;
        self.wire.send(pass.expose_secret(), LOGIN).await?;
        let accepted = self.login_reply().await;
        self.settle(accepted)
    }

    /// SASL PLAIN (RFC 4616). `false`: the server refused the mechanism before it saw the password, so that USER and
    /// PASS can be tried.
    ///
    /// The password goes after the server's `+` and not with the command: servers that offer PLAIN and do not take an
    /// initial response would count a failed login.
    async fn plain(&mut self, username: &str, secret: &SecretString) -> Result<bool, PopError> {
        self.begin()?;
        self.wire.send(b"AUTH PLAIN\r\n", LOGIN).await?;
        let line = self.wire.line(LOGIN).await?;
        match status(&line) {
            Some(Status::Continue) => {}
            Some(Status::Err { code: None, text }) => {
                let refused = login_refusal(LOGIN, None, text);
                self.settle(Ok(()))?;
                // A maildrop in use is in use for USER and PASS too.
                return if matches!(refused, PopError::InUse { .. }) { Err(refused) } else { Ok(false) };
            }
            Some(Status::Err { code, text }) => return self.settle(Err(login_refusal(LOGIN, code, text))),
            Some(Status::Ok(_)) | None => {
                return Err(PopError::Protocol { why: "no + in answer to AUTH" });
            }
        }
        if !self.wire.is_clear() {
            return Err(PopError::Protocol { why: "it talks without being asked" });
        }
        let message = SecretSlice::from(format!("\0{username}\0{}", secret.expose_secret()).into_bytes());
        let mut line = STANDARD.encode(message.expose_secret()).into_bytes();
        line.extend_from_slice(b"\r\n");
        let line = SecretSlice::from(line);
        self.wire.send(line.expose_secret(), LOGIN).await?;
        let accepted = self.login_reply().await;
        self.settle(accepted)?;
        Ok(true)
    }

    async fn login_reply(&mut self) -> Result<(), PopError> {
        match self.reply(LOGIN).await {
            Ok(_) => Ok(()),
            Err(PopError::Err { what, code, server_text }) => {
                Err(login_refusal(what, code, server_text.for_person().as_bytes()))
            }
            Err(error) => Err(error),
        }
    }
}

/// CR, LF and NUL would end the argument and begin another command.
fn sendable(username: &str, secret: &SecretString) -> Result<(), PopError> {
    let bad = |s: &str| s.contains(['\r', '\n', '\0']);
    if username.is_empty() || bad(username) {
        return Err(PopError::InvalidInput { why: "the user name is empty or holds a line break" });
    }
    if bad(secret.expose_secret()) {
        return Err(PopError::InvalidInput { why: "the password holds a line break" });
    }
    Ok(())
}

/// A first line that is no greeting. A hotel's login page is the case that a person can do something about.
fn no_pop(line: &[u8]) -> PopError {
    let head =
        String::from_utf8_lossy(line.get(..line.len().min(200)).unwrap_or_default()).to_ascii_lowercase();
    let head = head.trim_start();
    let why = if head.starts_with("http/") || head.starts_with('<') {
        "a web page answers; the network may want you to log in first (open a browser)"
    } else if head.starts_with("* ok") || head.starts_with("* preauth") {
        "an IMAP server answers; the port may be wrong"
    } else if head.starts_with("220") {
        "an SMTP server answers; the port may be wrong"
    } else {
        "this is no POP server"
    };
    PopError::Protocol { why }
}
