//! Serving a stream: what the three protocols' machines have in common, and what a connection is told.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::faults::{Fault, When};
use crate::office::PostOffice;
use crate::reply::Replies;
use crate::tls::Certificate;
use crate::wire::{Input, Wire};

/// The three protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// IMAP4rev1.
    Imap,
    /// POP3.
    Pop,
    /// Submission.
    Smtp,
}

/// How a connection is secured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all.
    #[default]
    None,
    /// From the first octet.
    Implicit(Certificate),
    /// When the client says STARTTLS or STLS.
    StartTls(Certificate),
}

/// What is particular to one connection.
#[derive(Clone, Debug, Default)]
pub struct ConnectionOptions {
    /// TLS.
    pub tls: TlsMode,
    /// Faults for this connection alone.
    pub faults: Vec<(When, Fault)>,
    /// IMAP: the greeting is PREAUTH for this user.
    pub preauth: Option<String>,
}

/// What a machine made of the bytes so far.
pub(crate) enum Take {
    /// Nothing yet.
    More,
    /// It asks for more with these bytes.
    Prompt(&'static [u8]),
    Command(Command),
}

/// One complete command.
#[derive(Debug, Default)]
pub(crate) struct Command {
    pub(crate) tag: String,
    pub(crate) verb: String,
    /// Arguments fit for the log.
    pub(crate) shown: String,
    /// The bytes the machine parses, literals included.
    pub(crate) bytes: Vec<u8>,
}

/// What follows an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Go,
    Close,
    StartTls,
    Deflate,
}

/// A protocol without its stream.
pub(crate) trait Machine: Send {
    fn greeting(&mut self, out: &mut Replies) -> After;
    fn take(&mut self, input: &mut Input) -> Take;
    fn run(&mut self, command: &Command, out: &mut Replies) -> After;
    /// The command was answered by a fault: whatever it was part of is over.
    fn skip(&mut self) {}
    /// TLS is up now.
    fn secured(&mut self);
    /// Whether changes by others are told without a command.
    fn listens(&self) -> bool {
        false
    }
    /// Something changed in the office.
    fn event(&mut self, _out: &mut Replies) {}
    /// When to call [`expired`](Self::expired) if the client stays silent.
    fn timer(&self) -> Option<Duration> {
        None
    }
    fn expired(&mut self, _out: &mut Replies) -> After {
        After::Close
    }
}

impl PostOffice {
    /// Serves IMAP on a stream, in clear text.
    pub fn imap<S>(&self, stream: S) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.serve(Protocol::Imap, stream, ConnectionOptions::default())
    }

    /// Serves POP3 on a stream, in clear text.
    pub fn pop<S>(&self, stream: S) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.serve(Protocol::Pop, stream, ConnectionOptions::default())
    }

    /// Serves submission on a stream, in clear text.
    pub fn smtp<S>(&self, stream: S) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.serve(Protocol::Smtp, stream, ConnectionOptions::default())
    }

    /// Serves a stream until it ends. The connection is numbered when this is called, not when it is polled.
    pub fn serve<S>(
        &self,
        protocol: Protocol,
        stream: S,
        options: ConnectionOptions,
    ) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let connection = Connection::new(self, protocol, Wire::new(Box::new(stream)), options);
        connection.drive()
    }
}
