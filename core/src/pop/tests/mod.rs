//! A POP server by script over an in-memory stream: what it says is written down, what it hears is compared.

mod login;
mod transaction;

use super::{Limits, PopError, Session};
use crate::account::{Security, Server};
use crate::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream, Trust};
use secrecy::SecretString;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

pub(super) const PASSWORD: &str = "canary-4711";

/// One step of a script.
pub(super) enum Step {
    /// The client has to send exactly this next.
    Hear(String),
    /// The server sends this in one piece.
    Say(Vec<u8>),
    /// The client has to wait here: nothing more may have come.
    Quiet,
}
pub(super) use Step::{Hear, Quiet, Say};

pub(super) fn hear(line: &str) -> Step {
    Hear(format!("{line}\r\n"))
}
pub(super) fn say(text: &str) -> Step {
    Say(text.replace('\n', "\r\n").into_bytes())
}

/// Hands out one end of an in-memory stream; TLS is the same stream, counted.
#[derive(Debug)]
pub(super) struct ScriptDialer {
    stream: Mutex<Option<DuplexStream>>,
    pub(super) upgrades: AtomicUsize,
}

impl Dialer for ScriptDialer {
    fn dial<'a>(&'a self, _to: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        let stream = self.stream.lock().unwrap().take().unwrap();
        Box::pin(async { Ok(Box::new(stream) as Box<dyn Stream>) })
    }
    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        _to: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        self.upgrades.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(plain) })
    }
}

/// What the server does when its script is over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    HangUp,
    Listen,
}

/// Starts the script. The task gives back what was heard after its end.
pub(super) fn play(script: Vec<Step>, then: Then) -> (ScriptDialer, JoinHandle<String>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let dialer = ScriptDialer { stream: Mutex::new(Some(ours)), upgrades: AtomicUsize::new(0) };
    (dialer, tokio::spawn(run(theirs, script, then)))
}

async fn run(mut stream: DuplexStream, script: Vec<Step>, then: Then) -> String {
    for step in script {
        match step {
            Say(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return String::new();
                }
            }
            Hear(expected) => {
                let mut heard = vec![0; expected.len()];
                if stream.read_exact(&mut heard).await.is_err() {
                    return "hung up early".into();
                }
                assert_eq!(String::from_utf8_lossy(&heard), expected);
            }
            Quiet => {
                let early = tokio::time::timeout(Duration::from_millis(20), stream.read_u8()).await;
                assert!(early.is_err(), "it did not wait: {early:?}");
            }
        }
    }
    let mut rest = Vec::new();
    if then == Then::Listen {
        drop(stream.read_to_end(&mut rest).await);
    }
    String::from_utf8(rest).unwrap()
}

pub(super) fn server(security: Security) -> Server {
    Server { host: "pop.example".into(), port: 110, security, username: "ann".into() }
}

pub(super) async fn open(dialer: &ScriptDialer, security: Security) -> Result<Session, PopError> {
    open_with(dialer, security, Limits::default()).await
}

pub(super) async fn open_with(
    dialer: &ScriptDialer,
    security: Security,
    limits: Limits,
) -> Result<Session, PopError> {
    let secret = SecretString::from(PASSWORD);
    Session::open(dialer, &server(security), &Trust::Platform, &secret, limits).await
}

/// Greeting, CAPA with these lines, and a login by USER and PASS.
pub(super) fn logged_in(capabilities: &str) -> Vec<Step> {
    vec![
        say("+OK hello\n"),
        hear("CAPA"),
        say(&format!("+OK\n{capabilities}.\n")),
        hear("USER ann"),
        say("+OK\n"),
        hear("PASS canary-4711"),
        say("+OK\n"),
    ]
}

/// A session that is logged in, and the rest of the script running against it.
pub(super) async fn session(
    capabilities: &str,
    rest: Vec<Step>,
    then: Then,
) -> (Session, JoinHandle<String>) {
    session_with(capabilities, rest, then, Limits::default()).await
}

pub(super) async fn session_with(
    capabilities: &str,
    rest: Vec<Step>,
    then: Then,
    limits: Limits,
) -> (Session, JoinHandle<String>) {
    let mut script = logged_in(capabilities);
    script.extend(rest);
    let (dialer, server) = play(script, then);
    (open_with(&dialer, Security::ImplicitTls, limits).await.unwrap(), server)
}

/// The error in one word, for tables.
pub(super) fn kind(error: &PopError) -> String {
    match error {
        PopError::Net(NetError::Tls { problem, .. }) => format!("{problem:?}"),
        PopError::Net(_) => "net".into(),
        PopError::Authentication { .. } => "authentication".into(),
        PopError::InUse { .. } => "in use".into(),
        PopError::LoginDelay { .. } => "login delay".into(),
        PopError::Err { what, code, .. } => format!("err {what} {}", code.as_deref().unwrap_or("-")),
        PopError::Closed { during } => format!("closed {during}"),
        PopError::Protocol { why } => format!("protocol: {why}"),
        PopError::Limit { which } => format!("limit: {which}"),
        PopError::Timeout { during, .. } => format!("timeout {during}"),
        PopError::InvalidInput { .. } => "input".into(),
    }
}
