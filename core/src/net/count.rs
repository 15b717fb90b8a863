//! Counts what a pass costs the link: connections, bytes each way, and turns (how often its delay was waited for).

use crate::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What was counted. A turn is a burst of ours after something of the server's; the first one counts too.
#[derive(Debug, Default)]
pub struct Counts {
    connections: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
    turns: AtomicU64,
}

impl Counts {
    /// Connections opened.
    pub fn connections(&self) -> u64 {
        self.connections.load(Relaxed)
    }
    /// Bytes sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Relaxed)
    }
    /// Bytes received.
    pub fn received(&self) -> u64 {
        self.received.load(Relaxed)
    }
    /// Turns.
    pub fn turns(&self) -> u64 {
        self.turns.load(Relaxed)
    }
}

/// A dialer whose streams count. With TLS from the first byte the bytes inside are counted, after STARTTLS those on
/// the wire.
#[derive(Debug)]
pub struct CountingDialer {
    inner: Arc<dyn Dialer>,
    counts: Arc<Counts>,
}

impl CountingDialer {
    /// Over another dialer.
    pub fn new(inner: Arc<dyn Dialer>, counts: Arc<Counts>) -> Self {
        Self { inner, counts }
    }
}

impl Dialer for CountingDialer {
    fn dial<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async {
            self.counts.connections.fetch_add(1, Relaxed);
            let inner = self.inner.dial(to).await?;
            let counts = Arc::clone(&self.counts);
            Ok(Box::new(Counted { inner, counts, heard: AtomicBool::new(true) }) as Box<dyn Stream>)
        })
    }

    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        to: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        self.inner.upgrade(plain, to)
    }
}

#[derive(Debug)]
struct Counted {
    inner: Box<dyn Stream>,
    counts: Arc<Counts>,
    /// Something came since we last spoke.
    heard: AtomicBool,
}

impl AsyncRead for Counted {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let polled = Pin::new(&mut this.inner).poll_read(cx, buf);
        let came = buf.filled().len().saturating_sub(before);
        if came > 0 {
            this.counts.received.fetch_add(came as u64, Relaxed);
            this.heard.store(true, Relaxed);
        }
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_write(cx, buf);
        if let Poll::Ready(Ok(n)) = polled
            && n > 0
        {
            this.counts.sent.fetch_add(n as u64, Relaxed);
            if this.heard.swap(false, Relaxed) {
                this.counts.turns.fetch_add(1, Relaxed);
            }
        }
        polled
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
