//! Sessions against servers played from a script, over in-memory streams.

mod answers;
mod faults;
mod login;
mod sections;

use super::*;
use crate::account::{Security, Server};
use crate::imap::*;
use crate::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream, Trust};
use secrecy::SecretString;
use std::collections::VecDeque;
use std::future::Future;
use std::sync::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::task::JoinHandle;

pub(super) const CAPS: &str = "IMAP4rev1 SASL-IR ENABLE UIDPLUS MOVE ESEARCH CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS SPECIAL-USE LITERAL+ UNSELECT";

/// Hands out prepared streams: one per dial, one more per upgrade to TLS.
#[derive(Debug)]
pub(super) struct Wires(Mutex<VecDeque<DuplexStream>>);

impl Wires {
    fn take(&self) -> Result<Box<dyn Stream>, NetError> {
        let next = self.0.lock().unwrap().pop_front();
        next.map(|s| Box::new(s) as Box<dyn Stream>).ok_or(NetError::Offline)
    }
}

impl Dialer for Wires {
    fn dial<'a>(&'a self, _: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async { self.take() })
    }
    fn upgrade<'a>(
        &'a self,
        _: Box<dyn Stream>,
        _: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async { self.take() })
    }
}

/// The server's end.
pub(super) struct Peer(BufReader<DuplexStream>);

impl Peer {
    pub(super) async fn say(&mut self, text: &str) {
        self.bytes(text.replace('\n', "\r\n").as_bytes()).await;
    }
    pub(super) async fn bytes(&mut self, bytes: &[u8]) {
        // The client may have hung up already: some tests are about that.
        let _ = self.0.get_mut().write_all(bytes).await;
    }
    /// The next line, without its end; empty at the end of the stream.
    pub(super) async fn line(&mut self) -> String {
        let mut line = String::new();
        let _ = self.0.read_line(&mut line).await;
        line.trim_end_matches("\r\n").to_owned()
    }
    pub(super) async fn hears(&mut self, want: &str) {
        assert_eq!(self.line().await, want);
    }
    pub(super) async fn exactly(&mut self, n: usize) -> Vec<u8> {
        let mut bytes = vec![0; n];
        self.0.read_exact(&mut bytes).await.unwrap();
        bytes
    }
    /// All that still comes.
    pub(super) async fn rest(&mut self) -> String {
        let mut text = String::new();
        let _ = self.0.read_to_string(&mut text).await;
        text
    }
    /// Greeting and a login that works, with these capabilities.
    pub(super) async fn welcome(&mut self, capabilities: &str) {
        self.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n").await;
        self.hears(r#"A0001 LOGIN "alice" "pass""#).await;
        self.say(&format!("A0001 OK [CAPABILITY {capabilities}] welcome\n")).await;
    }
}

pub(super) fn server(security: Security) -> Server {
    Server { host: "imap.example.org".into(), port: 993, security, username: "alice".into() }
}

/// Wires with so many legs, and their far ends.
pub(super) fn wires(legs: usize) -> (Wires, Vec<Peer>) {
    let (near, far): (VecDeque<_>, Vec<_>) = (0..legs)
        .map(|_| {
            let (a, b) = tokio::io::duplex(16 << 10);
            (a, Peer(BufReader::new(b)))
        })
        .unzip();
    (Wires(Mutex::new(near)), far)
}

pub(super) async fn open_with(
    wires: &Wires,
    security: Security,
    password: &str,
    options: OpenOptions,
) -> Result<(Session, Replies), ImapError> {
    let secret = SecretString::from(password.to_owned());
    Session::open(wires, &server(security), &Trust::Platform, &secret, options).await
}

/// A session whose server goes on with `script` after the login.
pub(super) async fn session<F, Fut>(capabilities: &'static str, script: F) -> (Session, JoinHandle<()>)
where
    F: FnOnce(Peer) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    session_with(OpenOptions::default(), capabilities, script).await
}

pub(super) async fn session_with<F, Fut>(
    options: OpenOptions,
    capabilities: &'static str,
    script: F,
) -> (Session, JoinHandle<()>)
where
    F: FnOnce(Peer) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let (wires, mut peers) = wires(1);
    let mut peer = peers.remove(0);
    let task = tokio::spawn(async move {
        peer.welcome(capabilities).await;
        script(peer).await;
    });
    let (session, _) = open_with(&wires, Security::ImplicitTls, "pass", options).await.unwrap();
    (session, task)
}

pub(super) fn uids(text: &str) -> UidSet {
    UidSet::parse(text.as_bytes(), 1_000).unwrap()
}

#[test]
fn a_session_may_move_to_another_thread() {
    fn sendable<T: Send>(_: &T) {}
    fn check(session: &mut Session, wires: &Wires, secret: &SecretString) {
        sendable(&session);
        sendable(&session.list());
        let mut each = |_: FetchRow| {};
        let set = FetchSet::Sequence(1, 2);
        sendable(&session.fetch(&set, &FetchItems::overview(), None, &mut each));
        let mut chunk = |_: &[u8]| {};
        sendable(&session.fetch_section(crate::ids::Uid::new(1).unwrap(), "", 0, None, &mut chunk));
        let server = server(Security::ImplicitTls);
        sendable(&Session::open(wires, &server, &Trust::Platform, secret, OpenOptions::default()));
    }
    let _ = check;
}
