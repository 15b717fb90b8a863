//! From a host name to a logged-in session: greeting, STARTTLS, capabilities, LOGIN or PLAIN, and the first flight.

use super::{Kept, Session};
use crate::account::{Security, Server};
use crate::error::{ServerText, TlsProblem};
use crate::imap::capability::Capabilities;
use crate::imap::command::Context;
use crate::imap::error::ImapError;
use crate::imap::flight::{Flight, Replies, Request};
use crate::imap::frame::{Frame, Response};
use crate::imap::guard::{End, Guard, Substitute};
use crate::imap::limits::Limits;
use crate::imap::parse::{self, Code, Condition, Line, Status, Untagged};
use crate::imap::pipeline::Pipeline;
use crate::imap::quoting;
use crate::imap::unsolicited::Unsolicited;
use crate::ports::{Dialer, Trust};
use base64::Engine;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::time::Duration;

/// How to open a session.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Bounds of the connection.
    pub limits: Limits,
    /// What to ask at once: it goes out with the login, so its answer costs no turn of its own.
    pub first_flight: Option<Flight>,
    /// Longest time without a byte before a call fails.
    pub timeout: Duration,
    /// Capabilities this server had after its last login, if remembered. Without them the first flight is written for
    /// a server of which only the commonest extensions are expected.
    pub known: Option<Capabilities>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { limits: Limits::default(), first_flight: None, timeout: Duration::from_mins(1), known: None }
    }
}

type Client = async_imap::Client<Guard>;

/// How the login is written.
enum Login {
    /// One line, nothing to wait for: the first flight may follow in the same write.
    OneLine { line: Substitute, sasl: bool },
    /// AUTHENTICATE PLAIN, a turn, the response: nothing may follow.
    TwoLines(Substitute, Substitute),
}

impl Session {
    /// Connects, makes the connection safe as the account demands, logs in and brings the results of the first flight
    /// (empty if there was none). Before TLS is up nothing is believed and no credential is sent; a login is never
    /// redirected to another server.
    pub async fn open(
        dialer: &dyn Dialer,
        server: &Server,
        trust: &Trust,
        secret: &SecretString,
        options: OpenOptions,
    ) -> Result<(Self, Replies), ImapError> {
        match Self::open_once(dialer, server, trust, secret, &options, true).await {
            // Some servers advertise SASL-IR and do not understand it (Coremail): once more, without.
            Err(ImapError::Bad { what: "AUTHENTICATE", .. }) => {
                Self::open_once(dialer, server, trust, secret, &options, false).await
            }
            result => result,
        }
    }

    async fn open_once(
        dialer: &dyn Dialer,
        server: &Server,
        trust: &Trust,
        secret: &SecretString,
        options: &OpenOptions,
        initial_response: bool,
    ) -> Result<(Self, Replies), ImapError> {
        let timeout = options.timeout;
        let endpoint = server.endpoint(trust);
        let stream = dialer.dial(&endpoint).await?;
        let mut guard = Guard::new(stream, options.limits);
        let mut capabilities = greeting(&mut guard, server.security, options).await?;
        if server.security == Security::StartTls {
            let plain = start_tls(guard, options).await?;
            let stream = within(timeout, "STARTTLS", dialer.upgrade(plain, &endpoint)).await??;
            guard = Guard::new(stream, options.limits);
            // What was announced in the clear is forgotten.
            capabilities = None;
        }
        let capabilities = match capabilities {
            Some(known) => known,
            None => ask_capabilities(&mut guard, options).await?,
        };
        let login = login_lines(&capabilities, server, secret, initial_response)?;
        login_and_fly(guard, capabilities, login, options).await
    }
}

async fn within<F: Future>(
    timeout: Duration,
    during: &'static str,
    future: F,
) -> Result<F::Output, ImapError> {
    tokio::time::timeout(timeout, future).await.map_err(|_| ImapError::Timeout { during, after: timeout })
}

/// The next line that can be read; rejected ones are passed over.
async fn next_line(
    guard: &mut Guard,
    options: &OpenOptions,
    during: &'static str,
) -> Result<(Line, Response), ImapError> {
    for _ in 0..1_000 {
        match guard.next(None, options.timeout).await {
            Ok(Frame::Whole(response)) => {
                return Ok((parse::line(&response, &options.limits), response));
            }
            Ok(Frame::Rejected(_)) => {}
            Err(end) => return Err(end.error(during)),
        }
    }
    Err(ImapError::Limit { which: "noise" })
}

async fn greeting(
    guard: &mut Guard,
    security: Security,
    options: &OpenOptions,
) -> Result<Option<Capabilities>, ImapError> {
    let status = match guard.next(None, options.timeout).await {
        Ok(Frame::Whole(response)) => match parse::line(&response, &options.limits) {
            Line::Untagged(Untagged::Status(status)) => status,
            _ => {
                return Err(ImapError::Protocol {
                    why: "this is no IMAP server (a login page of the network?)",
                });
            }
        },
        Ok(Frame::Rejected(_)) => return Err(ImapError::Protocol { why: "this is no IMAP server" }),
        Err(End::Cut) if guard.received() > 0 => {
            return Err(ImapError::Protocol { why: "this is no IMAP server (a login page of the network?)" });
        }
        Err(end) => return Err(end.error("the greeting")),
    };
    match status.condition {
        Condition::Ok => Ok(match status.code {
            Some(Code::Capability(found)) if !found.is_empty() => Some(found),
            _ => None,
        }),
        Condition::Bye => {
            Err(ImapError::Bye { code: status.code.as_ref().map(Code::name), server_text: status.text })
        }
        Condition::Preauth if security == Security::StartTls => Err(tls(
            TlsProblem::Injected,
            "the server claims a login before TLS: someone may be in between; nothing was sent",
        )),
        Condition::Preauth => Err(ImapError::Protocol { why: "a login nobody made (PREAUTH)" }),
        _ => Err(ImapError::Protocol { why: "the greeting is none" }),
    }
}

fn tls(problem: TlsProblem, reason: &str) -> ImapError {
    ImapError::Tls { problem, reason: reason.to_owned(), sha256: None }
}

/// Asks for TLS without asking whether it is offered: the list of capabilities could be forged, the answer is what counts.
async fn start_tls(
    mut guard: Guard,
    options: &OpenOptions,
) -> Result<Box<dyn crate::ports::Stream>, ImapError> {
    const TAG: &str = "T1";
    guard.send(b"T1 STARTTLS\r\n", options.timeout).await.map_err(|e| e.error("STARTTLS"))?;
    for _ in 0..100 {
        match next_line(&mut guard, options, "STARTTLS").await?.0 {
            Line::Tagged(tag, Status { condition: Condition::Ok, .. }) if tag == TAG => {
                return guard.into_stream().ok_or_else(|| {
                    tls(
                        TlsProblem::Injected,
                        "something was sent behind the start of TLS: someone may be in between; nothing was sent",
                    )
                });
            }
            Line::Tagged(tag, _) if tag == TAG => {
                return Err(tls(
                    TlsProblem::StartTlsMissing,
                    "the server refuses STARTTLS; nothing was sent. Use the port with TLS (993) if it has one",
                ));
            }
            Line::Untagged(Untagged::Status(Status { condition: Condition::Bye, code, text })) => {
                return Err(ImapError::Bye { code: code.as_ref().map(Code::name), server_text: text });
            }
            _ => {}
        }
    }
    Err(ImapError::Limit { which: "noise" })
}

async fn ask_capabilities(guard: &mut Guard, options: &OpenOptions) -> Result<Capabilities, ImapError> {
    guard.send(b"T2 CAPABILITY\r\n", options.timeout).await.map_err(|e| e.error("CAPABILITY"))?;
    let mut found = Capabilities::default();
    for _ in 0..100 {
        match next_line(guard, options, "CAPABILITY").await?.0 {
            Line::Untagged(Untagged::Capability(list)) => found = list,
            Line::Tagged(tag, status) if tag == "T2" => {
                if let Some(Code::Capability(list)) = status.code {
                    found = list;
                }
                return Ok(found);
            }
            Line::Untagged(Untagged::Status(Status { condition: Condition::Bye, code, text })) => {
                return Err(ImapError::Bye { code: code.as_ref().map(Code::name), server_text: text });
            }
            _ => {}
        }
    }
    Err(ImapError::Limit { which: "noise" })
}

/// LOGIN where it is allowed and can hold the password, else AUTHENTICATE PLAIN (RFC 4616).
fn login_lines(
    capabilities: &Capabilities,
    server: &Server,
    secret: &SecretString,
    initial_response: bool,
) -> Result<Login, ImapError> {
    let (user, password) = (server.username.as_bytes(), secret.expose_secret().as_bytes());
    if user.contains(&0) || password.contains(&0) {
        return Err(ImapError::Input { what: "a user name or password with a NUL" });
    }
    let quoted = quoting::quoted(user).zip(quoting::quoted(password));
    let line = |parts: &[&[u8]]| Substitute::Command(SecretSlice::from(parts.concat()));
    match quoted {
        Some((user, mut password)) if !capabilities.has("LOGINDISABLED") => {
            let login = line(&[b"LOGIN ", &user, b" ", &password]);
            password.fill(0);
            return Ok(Login::OneLine { line: login, sasl: false });
        }
        _ => {}
    }
    if !capabilities.has("AUTH=PLAIN") {
        return Err(if capabilities.has("LOGINDISABLED") {
            ImapError::Missing { capability: "a login with user name and password" }
        } else {
            ImapError::Missing { capability: "AUTH=PLAIN, which this password needs" }
        });
    }
    let mut message = [&b"\0"[..], user, b"\0", password].concat();
    let encoded = SecretString::from(base64::engine::general_purpose::STANDARD.encode(&message));
    message.fill(0);
    let encoded = encoded.expose_secret().as_bytes();
    Ok(if capabilities.has("SASL-IR") && initial_response {
        Login::OneLine { line: line(&[b"AUTHENTICATE PLAIN ", encoded]), sasl: true }
    } else {
        let response = Substitute::Line(SecretSlice::from(encoded.to_vec()));
        Login::TwoLines(line(&[b"AUTHENTICATE PLAIN"]), response)
    })
}

/// Answers a challenge with nothing: the guard writes the real response in its place.
struct Placeholder;
impl async_imap::Authenticator for Placeholder {
    type Response = &'static [u8];
    fn process(&mut self, _: &[u8]) -> &'static [u8] {
        b"-"
    }
}

async fn login_and_fly(
    mut guard: Guard,
    before: Capabilities,
    login: Login,
    options: &OpenOptions,
) -> Result<(Session, Replies), ImapError> {
    let timeout = options.timeout;
    let requests: Vec<Request> = options.first_flight.clone().unwrap_or_default().requests;
    let mut next_tag = 0;
    let mut pipeline = None;
    let initial_response = matches!(login, Login::OneLine { sasl: true, .. });
    let client = match login {
        Login::OneLine { line, .. } => {
            if !requests.is_empty() {
                let known = options.known.as_ref();
                let context = Context {
                    capabilities: known.unwrap_or(&before),
                    known: known.is_some(),
                    qresync: false,
                };
                let mut early = Pipeline::new(requests.clone(), context, &mut next_tag, options.limits);
                guard.trail(&early.write());
                pipeline = Some(early);
            }
            guard.substitute(line);
            let client: Client = async_imap::Client::new(guard);
            within(timeout, "the login", client.login("-", "-")).await?
        }
        Login::TwoLines(first, second) => {
            guard.substitute(first);
            guard.substitute(second);
            let client: Client = async_imap::Client::new(guard);
            within(timeout, "the login", client.authenticate("PLAIN", Placeholder)).await?
        }
    };
    let mut wire = match client {
        Ok(wire) => wire,
        Err((_, mut client)) => return Err(refused(client.get_mut(), options, initial_response)),
    };
    let (after, alerts) = answered(wire.get_mut(), options)?;
    let mut unsolicited = Unsolicited::default();
    for alert in alerts {
        unsolicited.alert(alert);
    }
    let told = after.is_some();
    let mut session = Session {
        wire,
        capabilities: after.unwrap_or(before),
        limits: options.limits,
        timeout,
        next_tag,
        under_way: None,
        unsolicited,
        selected: None,
        qresync: false,
        early: super::early::Early::default(),
    };
    let mut rows = Kept::new(options.limits.kept);
    let mut keep = |index: usize, row| rows.push(index, row);
    let mut replies = match pipeline {
        Some(pipeline) => session.drive(requests.clone(), pipeline, &mut keep, None).await?,
        None => Replies::new(),
    };
    if !told {
        session.ask(Request::Capability).await?;
    }
    if replies.is_empty() && !requests.is_empty() {
        replies = session.run(requests.clone(), &mut keep, None).await?;
    }
    rows.put(&mut replies);
    session.fill_listings(&requests, &mut replies).await?;
    Ok((session, replies))
}

/// What the server said up to its answer to the login; what it said behind it stays for the first flight.
fn answered(
    guard: &mut Guard,
    options: &OpenOptions,
) -> Result<(Option<Capabilities>, Vec<ServerText>), ImapError> {
    let mut found = None;
    let mut alerts = Vec::new();
    while let Some(response) = guard.take_kept() {
        match parse::line(&response, &options.limits) {
            Line::Untagged(Untagged::Capability(list)) => found = Some(list),
            Line::Untagged(Untagged::Status(Status { code: Some(Code::Alert), text, .. })) => {
                alerts.push(text);
            }
            Line::Tagged(tag, status) if tag.starts_with('A') => {
                if let Some(Code::Capability(list)) = status.code {
                    found = Some(list);
                }
                return Ok((found.filter(|f| !f.is_empty()), alerts));
            }
            _ => {}
        }
    }
    Err(ImapError::Protocol { why: "a login without an answer" })
}

/// Why the login failed, from the server's own line.
fn refused(guard: &mut Guard, options: &OpenOptions, initial_response: bool) -> ImapError {
    let mut bye = None;
    while let Some(response) = guard.take_kept() {
        match parse::line(&response, &options.limits) {
            Line::Untagged(Untagged::Status(Status { condition: Condition::Bye, code, text })) => {
                bye = Some((code.as_ref().map(Code::name), text));
            }
            Line::Tagged(tag, status) if tag.starts_with('A') => {
                let code = status.code.as_ref().map(Code::name);
                return match status.condition {
                    Condition::Bad if initial_response => {
                        ImapError::Bad { what: "AUTHENTICATE", code, server_text: status.text }
                    }
                    _ => ImapError::Authentication { code, server_text: status.text },
                };
            }
            _ => {}
        }
    }
    match (bye, guard.end()) {
        (Some((code, server_text)), _) => ImapError::Bye { code, server_text },
        (None, Some(end)) => end.error("the login"),
        (None, None) => ImapError::Closed { during: "the login" },
    }
}
