//! One connection's bytes: buffers, TLS and compression, the counts, and the places where it may be cut.

use std::io;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Bytes received and not yet used. Used bytes are dropped in bulk, so that taking many small commands
/// out of one large flight stays linear.
#[derive(Debug, Default)]
pub(crate) struct Input {
    buffer: Vec<u8>,
    start: usize,
    /// How much of the unread part a machine has looked at already.
    pub(crate) seen: usize,
}

impl Input {
    pub(crate) fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        let taken = self.unread().get(..count).unwrap_or_default().to_vec();
        self.start += taken.len();
        self.seen = self.seen.saturating_sub(taken.len());
        if self.start > 64 << 10 || self.start == self.buffer.len() {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        taken
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// A line without its end, once it is complete. A bare LF ends a line as well.
    pub(crate) fn take_line(&mut self) -> Option<Vec<u8>> {
        let unread = self.unread();
        let tail = unread.get(self.seen..).unwrap_or_default();
        let Some(end) = tail.iter().position(|byte| *byte == b'\n') else {
            self.seen = unread.len();
            return None;
        };
        let mut line = self.take(self.seen + end + 1);
        self.seen = 0;
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(line)
    }
}

struct Deflate {
    compress: Compress,
    decompress: Decompress,
}

pub(crate) struct Wire {
    stream: Option<Box<dyn Stream>>,
    pub(crate) input: Input,
    /// What waits for the next flush.
    pub(crate) output: Vec<u8>,
    deflate: Option<Deflate>,
    scratch: Vec<u8>,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) writes: u64,
    /// The connection is lost once this many octets went out or came in.
    pub(crate) cut_sent: Option<u64>,
    pub(crate) cut_received: Option<u64>,
}

impl Wire {
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        Self {
            stream: Some(stream),
            input: Input::default(),
            output: Vec::new(),
            deflate: None,
            scratch: Vec::new(),
            sent: 0,
            received: 0,
            writes: 0,
            cut_sent: None,
            cut_received: None,
        }
    }

    fn stream(&mut self) -> io::Result<&mut Box<dyn Stream>> {
        self.stream.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Waits for bytes. Dropping the future loses nothing. `Ok(false)` is the end of the stream.
    pub(crate) async fn read(&mut self) -> io::Result<bool> {
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        self.scratch.clear();
        self.scratch.reserve(16 << 10);
        let count = stream.read_buf(&mut self.scratch).await?;
        if count == 0 {
            return Ok(false);
        }
        let before = self.input.unread().len();
        match &mut self.deflate {
            None => self.input.push(&self.scratch),
            Some(deflate) => inflate(&mut deflate.decompress, &self.scratch, &mut self.input)?,
        }
        self.received += (self.input.unread().len() - before) as u64;
        Ok(true)
    }

    /// Whether the cut for received octets is due; octets behind it are taken away again.
    pub(crate) fn received_to_the_cut(&mut self) -> bool {
        let Some(cut) = self.cut_received.filter(|cut| self.received >= *cut) else { return false };
        let over = (self.received - cut) as usize;
        let keep = self.input.unread().len().saturating_sub(over);
        let kept = self.input.take(keep);
        self.input.clear();
        self.input.push(&kept);
        true
    }

    /// Sends what waits, in one write. An error also when the cut for sent octets was reached.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let mut bytes = std::mem::take(&mut self.output);
        let room = self.cut_sent.map(|cut| cut.saturating_sub(self.sent) as usize);
        let cut = room.is_some_and(|room| room <= bytes.len());
        bytes.truncate(room.unwrap_or(usize::MAX));
        self.sent += bytes.len() as u64;
        self.writes += 1;
        if !bytes.is_empty() {
            let packed = match &mut self.deflate {
                None => bytes,
                Some(deflate) => deflate_all(&mut deflate.compress, &bytes)?,
            };
            let stream = self.stream()?;
            stream.write_all(&packed).await?;
            stream.flush().await?;
        }
        if cut { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    /// Replaces the stream by TLS on it. Clear-text bytes already received are dropped.
    pub(crate) async fn start_tls(&mut self, acceptor: &TlsAcceptor) -> io::Result<()> {
        self.input.clear();
        let stream = self.stream.take().ok_or(io::ErrorKind::NotConnected)?;
        self.stream = Some(Box::new(acceptor.accept(stream).await?));
        Ok(())
    }

    /// Compresses from here on (RFC 4978: raw deflate both ways).
    pub(crate) fn start_deflate(&mut self) -> io::Result<()> {
        let mut deflate = Deflate {
            compress: Compress::new(Compression::fast(), false),
            decompress: Decompress::new(false),
        };
        let early = self.input.take(self.input.unread().len());
        self.input.clear();
        inflate(&mut deflate.decompress, &early, &mut self.input)?;
        self.deflate = Some(deflate);
        Ok(())
    }

    /// Ends the connection; politely means with TLS's close_notify.
    pub(crate) async fn close(&mut self, politely: bool) {
        if let Some(mut stream) = self.stream.take()
            && politely
        {
            // The client may be gone already.
            let _ = stream.shutdown().await;
        }
    }
}

fn inflate(state: &mut Decompress, mut packed: &[u8], input: &mut Input) -> io::Result<()> {
    let mut chunk = vec![0; 16 << 10];
    loop {
        let (read, written) = (state.total_in(), state.total_out());
        state
            .decompress(packed, &mut chunk, FlushDecompress::Sync)
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let written = (state.total_out() - written) as usize;
        packed = packed.get((state.total_in() - read) as usize..).unwrap_or_default();
        input.push(chunk.get(..written).unwrap_or_default());
        if written < chunk.len() && (packed.is_empty() || written == 0) {
            return Ok(());
        }
    }
}

fn deflate_all(state: &mut Compress, mut bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::with_capacity(bytes.len() / 2 + 64);
    loop {
        let before = state.total_in();
        packed.reserve(4 << 10);
        state.compress_vec(bytes, &mut packed, FlushCompress::Sync).map_err(io::Error::other)?;
        bytes = bytes.get((state.total_in() - before) as usize..).unwrap_or_default();
        // Room left over means the sync marker is out too.
        if bytes.is_empty() && packed.len() < packed.capacity() {
            return Ok(packed);
        }
    }
}
