//! Stands between the stream and async-imap: frames for our own reader, one harmless line per read for async-imap.
//!
//! async-imap sees only its tagged status and `+`, without their texts: its parser (imap-proto) panics or gives up on
//! too much, and it writes what it sends and gets to the trace log. So the secret never passes through it either: it
//! sends a placeholder, and the guard writes the real line in its place.

use super::error::ImapError;
use super::frame::{Fatal, Frame, Framer, Response, Sink};
use super::limits::Limits;
use super::parse::{self, Line};
use crate::ports::{NetError, Stream};
use secrecy::{ExposeSecret, SecretSlice};
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

const BUFFER: usize = 32 << 10;
/// How much is read ahead while a write cannot go on.
const BACKLOG: usize = 1 << 20;

/// Why nothing more will come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// The stream ended between two responses.
    Closed,
    /// The stream ended, or broke, inside a response.
    Cut,
    /// The operating system's error.
    Broken(io::ErrorKind),
    /// No way to go on reading.
    Fatal(Fatal),
    /// Nothing came for too long.
    Silent(Duration),
    /// More unrelated responses than are kept.
    Noise,
}

impl End {
    pub(crate) fn error(self, during: &'static str) -> ImapError {
        match self {
            Self::Closed | Self::Cut => ImapError::Closed { during },
            Self::Broken(kind) => ImapError::Net(NetError::Io(kind.into())),
            Self::Fatal(Fatal::LiteralSize) => ImapError::Protocol { why: "a literal of impossible size" },
            Self::Fatal(Fatal::LiteralInQuote) => {
                ImapError::Protocol { why: "a literal inside a quoted string" }
            }
            Self::Fatal(Fatal::Drain) => ImapError::Limit { which: "drain" },
            Self::Silent(after) => ImapError::Timeout { during, after },
            Self::Noise => ImapError::Limit { which: "noise" },
        }
    }
}

/// What the guard writes in place of what async-imap sent.
pub(crate) enum Substitute {
    /// Keeps the tag, replaces the rest of the command.
    Command(SecretSlice<u8>),
    /// Replaces the whole line.
    Line(SecretSlice<u8>),
}

/// The stream, its framer and everything that is under way.
pub(crate) struct Guard {
    stream: Box<dyn Stream>,
    framer: Framer,
    limits: Limits,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    received: u64,
    cork: Vec<u8>,
    written: usize,
    substitutes: VecDeque<Substitute>,
    trail: Vec<u8>,
    handed: Vec<u8>,
    kept: VecDeque<Response>,
    /// Bytes of the responses kept.
    kept_bytes: usize,
    end: Option<End>,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("end", &self.end)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

impl Guard {
    pub(crate) fn new(stream: Box<dyn Stream>, limits: Limits) -> Self {
        Self {
            stream,
            framer: Framer::new(limits),
            limits,
            buffer: vec![0; BUFFER],
            at: 0,
            filled: 0,
            received: 0,
            cork: Vec::new(),
            written: 0,
            substitutes: VecDeque::new(),
            trail: Vec::new(),
            handed: Vec::new(),
            kept: VecDeque::new(),
            kept_bytes: 0,
            end: None,
        }
    }
    /// The stream back for STARTTLS; `None` if anything was received that nobody read: it must not survive into TLS.
    pub(crate) fn into_stream(self) -> Option<Box<dyn Stream>> {
        let clean = self.at >= self.filled && self.framer.is_between() && self.kept.is_empty();
        clean.then_some(self.stream)
    }
    /// Queues what replaces the next things async-imap sends.
    pub(crate) fn substitute(&mut self, with: Substitute) {
        self.substitutes.push_back(with);
    }
    /// Bytes that go out in the same write as the next line of async-imap's: the way to pipeline past LOGIN.
    pub(crate) fn trail(&mut self, bytes: &[u8]) {
        self.trail.extend_from_slice(bytes);
    }
    /// How many bytes came in.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }
    /// The next response that came during the login.
    pub(crate) fn take_kept(&mut self) -> Option<Response> {
        let kept = self.kept.pop_front()?;
        self.kept_bytes = self.kept_bytes.saturating_sub(kept.weight());
        Some(kept)
    }
    pub(crate) fn end(&self) -> Option<End> {
        self.end
    }
    /// Starts the drain count anew.
    pub(crate) fn forgive(&mut self) {
        self.framer.forgive();
    }

    /// The next response, those kept from the login first. Whatever arrives counts as progress against `timeout`.
    pub(crate) async fn next(
        &mut self,
        mut sink: Option<&mut dyn Sink>,
        timeout: Duration,
    ) -> Result<Frame, End> {
        if let Some(kept) = self.take_kept() {
            return Ok(Frame::Whole(kept));
        }
        let mut sleep = pin!(tokio::time::sleep(timeout));
        let mut seen = self.received;
        let result = poll_fn(|cx| {
            if let Poll::Ready(frame) = self.poll_frame(cx, &mut sink) {
                return Poll::Ready(frame);
            }
            if seen != self.received {
                seen = self.received;
                sleep.as_mut().reset(Instant::now() + timeout);
            }
            sleep.as_mut().poll(cx).map(|()| Err(End::Silent(timeout)))
        })
        .await;
        if let Err(end) = &result {
            self.end = Some(*end);
        }
        result
    }

    /// Writes all of it and flushes. Reads ahead meanwhile, so that two full directions cannot block each other.
    pub(crate) async fn send(&mut self, bytes: &[u8], timeout: Duration) -> Result<(), End> {
        if let Some(end) = self.end {
            return Err(end);
        }
        let mut sleep = pin!(tokio::time::sleep(timeout));
        let mut done = 0;
        let result = poll_fn(|cx| {
            let before = done;
            loop {
                let rest = bytes.get(done..).unwrap_or_default();
                let step = if rest.is_empty() {
                    Pin::new(&mut self.stream).poll_flush(cx).map_ok(|()| 0)
                } else {
                    Pin::new(&mut self.stream).poll_write(cx, rest)
                };
                match step {
                    Poll::Ready(Ok(_)) if rest.is_empty() => return Poll::Ready(Ok(())),
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(End::Cut)),
                    Poll::Ready(Ok(n)) => done += n,
                    Poll::Ready(Err(e)) => {
                        self.poll_read_ahead(cx);
                        return Poll::Ready(Err(End::Broken(e.kind())));
                    }
                    Poll::Pending => break,
                }
            }
            let ahead = self.poll_read_ahead(cx);
            if before != done || ahead {
                sleep.as_mut().reset(Instant::now() + timeout);
            }
            sleep.as_mut().poll(cx).map(|()| Err(End::Silent(timeout)))
        })
        .await;
        // An answer may explain a broken write (BYE and close), so only reading marks the end for good.
        match result {
            Err(End::Broken(_) | End::Cut) if self.at < self.filled => Ok(()),
            Err(end) => {
                self.end = Some(end);
                Err(end)
            }
            Ok(()) => Ok(()),
        }
    }

    /// Whether anything came in.
    fn poll_read_ahead(&mut self, cx: &mut Context<'_>) -> bool {
        let mut any = false;
        while self.filled < BACKLOG {
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
            match self.poll_fill(cx) {
                Poll::Ready(Ok(n)) if n > 0 => any = true,
                _ => break,
            }
        }
        any
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let free = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let mut free = ReadBuf::new(free);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut free))?;
        let n = free.filled().len();
        self.filled += n;
        self.received += n as u64;
        Poll::Ready(Ok(n))
    }

    fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
        sink: &mut Option<&mut dyn Sink>,
    ) -> Poll<Result<Frame, End>> {
        // A server that never pauses must not hold the executor: after so much the task yields.
        for _ in 0..64 {
            let input = self.buffer.get(self.at..self.filled).unwrap_or_default();
            if !input.is_empty() {
                match self.framer.feed(input, sink) {
                    Err(fatal) => return Poll::Ready(Err(End::Fatal(fatal))),
                    Ok((used, frame)) => {
                        self.at += used;
                        if let Some(frame) = frame {
                            return Poll::Ready(Ok(frame));
                        }
                    }
                }
            }
            if let Some(end) = self.end {
                return Poll::Ready(Err(end));
            }
            self.at = 0;
            self.filled = 0;
            if self.buffer.len() > BUFFER {
                self.buffer = vec![0; BUFFER];
            }
            match ready!(self.poll_fill(cx)) {
                Ok(0) if self.framer.is_between() => return Poll::Ready(Err(End::Closed)),
                Ok(0) => return Poll::Ready(Err(End::Cut)),
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Poll::Ready(Err(End::Cut)),
                Err(e) => return Poll::Ready(Err(End::Broken(e.kind()))),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// What async-imap gets of a response: nothing, `+`, or its tag with the bare condition.
    fn reduced(response: &Response, limits: &Limits) -> Option<Vec<u8>> {
        match parse::line(response, limits) {
            Line::Continuation => Some(b"+ \r\n".to_vec()),
            Line::Tagged(tag, status) if tag.starts_with('A') => {
                let word = match status.condition {
                    parse::Condition::Ok => "OK",
                    parse::Condition::No => "NO",
                    _ => "BAD",
                };
                Some(format!("{tag} {word} -\r\n").into_bytes())
            }
            _ => None,
        }
    }

    /// Puts the corked line and the trail into one write, the secret in its place.
    fn uncork(&mut self) {
        match self.substitutes.pop_front() {
            None => {}
            Some(Substitute::Line(line)) => {
                self.cork = line.expose_secret().to_vec();
                self.cork.extend_from_slice(b"\r\n");
            }
            Some(Substitute::Command(rest)) => {
                let tag = self.cork.iter().position(|b| *b == b' ').map_or(0, |i| i + 1);
                self.cork.truncate(tag);
                self.cork.extend_from_slice(rest.expose_secret());
                self.cork.extend_from_slice(b"\r\n");
            }
        }
        self.cork.append(&mut self.trail);
    }
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.handed.is_empty() {
            match ready!(self.poll_frame(cx, &mut None)) {
                Ok(Frame::Rejected(_)) => {}
                Ok(Frame::Whole(response)) => {
                    if let Some(line) = Self::reduced(&response, &self.limits) {
                        self.handed = line;
                    }
                    self.kept_bytes = self.kept_bytes.saturating_add(response.weight());
                    self.kept.push_back(response);
                    if self.kept.len() > 1_000 || self.kept_bytes > self.limits.kept {
                        self.end = Some(End::Noise);
                        return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
                    }
                }
                Err(end) => {
                    self.end = Some(end);
                    return match end {
                        End::Closed => Poll::Ready(Ok(())),
                        _ => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
                    };
                }
            }
        }
        let n = self.handed.len().min(buf.remaining());
        let rest = self.handed.split_off(n);
        buf.put_slice(&self.handed);
        self.handed = rest;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Guard {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.cork.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.written == 0 && !this.cork.is_empty() {
            this.uncork();
        }
        while let Some(rest) = this.cork.get(this.written..).filter(|r| !r.is_empty()) {
            let n = ready!(Pin::new(&mut this.stream).poll_write(cx, rest))?;
            if n == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            this.written += n;
        }
        this.cork.fill(0);
        this.cork.clear();
        this.written = 0;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
