//! Lines and bodies from the stream, under limits and with a time-out on every wait; a body goes to a sink as it comes.

use super::error::PopError;
use crate::ports::{NetError, Stream};
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const CHUNK: usize = 16 * 1024;

/// What is accepted from a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Longest wait for a line, for the next bytes of a message, or for a write. 60 s.
    pub silence: Duration,
    /// Longest line of an answer or a listing, in bytes; RFC 1939 says 512. 20,000.
    pub line: usize,
    /// Lines of a listing. 1,000,000.
    pub lines: usize,
    /// Bytes of a listing. 64 MB.
    pub listing: u64,
    /// Bytes of a message. 256 MB.
    pub message: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            silence: Duration::from_mins(1),
            line: 20_000,
            lines: 1_000_000,
            listing: 64_000_000,
            message: 256_000_000,
        }
    }
}

/// What a session has cost so far, inside TLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Traffic {
    /// Times that we wrote and then waited.
    pub turns: u32,
    /// Bytes sent.
    pub up: u64,
    /// Bytes received.
    pub down: u64,
}

/// The stream with what has been read of it and not used yet.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    limits: Limits,
    chunk: Box<[u8]>,
    start: usize,
    end: usize,
    pub(super) traffic: Traffic,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>, limits: Limits, traffic: Traffic) -> Self {
        Self { stream, limits, chunk: vec![0; CHUNK].into_boxed_slice(), start: 0, end: 0, traffic }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether nothing has arrived that was not asked for.
    pub(super) fn is_clear(&self) -> bool {
        self.start >= self.end
    }

    /// The bare stream, for the upgrade to TLS.
    pub(super) fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// Sends whole commands.
    pub(super) async fn send(&mut self, bytes: &[u8], during: &'static str) -> Result<(), PopError> {
        let stream = &mut self.stream;
        let write = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        bounded(self.limits.silence, during, write).await?.map_err(|e| broken(e, during))?;
        self.traffic.turns = self.traffic.turns.saturating_add(1);
        self.traffic.up += bytes.len() as u64;
        Ok(())
    }

    /// A line without its end. The whole line has to arrive within the time-out, so that dripping bytes is no way to
    /// hold a session. A bare LF ends a line here too: it is a server's own text and not mail.
    pub(super) async fn line(&mut self, during: &'static str) -> Result<Vec<u8>, PopError> {
        let silence = self.limits.silence;
        bounded(silence, during, self.line_in_time(during)).await?
    }

    async fn line_in_time(&mut self, during: &'static str) -> Result<Vec<u8>, PopError> {
        let mut line = Vec::new();
        loop {
            if self.is_clear() {
                self.fill(during).await?;
            }
            let unread = self.unread();
            let (part, ended) = match unread.iter().position(|b| *b == b'\n') {
                Some(at) => (unread.get(..=at).unwrap_or_default(), true),
                None => (unread, false),
            };
            let taken = part.len();
            if taken > self.limits.line.saturating_sub(line.len()) {
                return Err(PopError::Limit { which: "the length of a line" });
            }
            line.extend_from_slice(part);
            self.start += taken;
            if ended {
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
        }
    }

    /// The lines of a listing up to the lone dot, dot-unstuffed.
    pub(super) async fn lines(
        &mut self,
        during: &'static str,
        mut each: impl FnMut(&[u8]) -> Result<(), PopError>,
    ) -> Result<(), PopError> {
        let (mut lines, mut bytes) = (0_usize, 0_u64);
        loop {
            let line = self.line(during).await?;
            let line = match line.strip_prefix(b".") {
                Some(b"") => return Ok(()),
                Some(unstuffed) => unstuffed,
                None => &line,
            };
            lines += 1;
            bytes += line.len() as u64;
            if lines > self.limits.lines || bytes > self.limits.listing {
                return Err(PopError::Limit { which: "the length of a listing" });
            }
            each(line)?;
        }
    }

    /// A message up to its terminator, dot-unstuffed, to the sink. Only CRLF, dot, CRLF ends it: a bare LF around the
    /// dot is the sender's text, and to believe it would let one mail cut itself off and forge the next answer.
    pub(super) async fn body(
        &mut self,
        during: &'static str,
        sink: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<u64, PopError> {
        let limit = self.limits.message;
        let mut unstuffer = Unstuffer::default();
        let mut size = 0_u64;
        loop {
            if self.is_clear() {
                bounded(self.limits.silence, during, self.fill(during)).await??;
            }
            let unread = self.chunk.get(self.start..self.end).unwrap_or_default();
            let mut over = false;
            let end = unstuffer.feed(unread, &mut |part: &[u8]| {
                size = size.saturating_add(part.len() as u64);
                over |= size > limit;
                if !over {
                    sink(part);
                }
            });
            if over {
                return Err(PopError::Limit { which: "the size of a message" });
            }
            match end {
                Some(used) => {
                    self.start += used;
                    return Ok(size);
                }
                None => self.start = self.end,
            }
        }
    }

    fn unread(&self) -> &[u8] {
        self.chunk.get(self.start..self.end).unwrap_or_default()
    }

    async fn fill(&mut self, during: &'static str) -> Result<(), PopError> {
        (self.start, self.end) = (0, 0);
        let read = self.stream.read(&mut self.chunk).await.map_err(|e| broken(e, during))?;
        if read == 0 {
            return Err(PopError::Closed { during });
        }
        self.end = read;
        self.traffic.down += read as u64;
        Ok(())
    }

    /// Ends TLS properly if that is quick. Nothing depends on it.
    pub(super) async fn close(mut self) {
        drop(tokio::time::timeout(Duration::from_secs(2), self.stream.shutdown()).await);
    }
}

async fn bounded<T>(
    limit: Duration,
    during: &'static str,
    work: impl Future<Output = T>,
) -> Result<T, PopError> {
    tokio::time::timeout(limit, work).await.map_err(|_| PopError::Timeout { during, after: limit })
}

fn broken(error: io::Error, during: &'static str) -> PopError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::WriteZero => PopError::Closed { during },
        _ => PopError::Net(NetError::Io(error)),
    }
}

/// Takes the dots back that RFC 1939 §3 puts before lines, whatever way the bytes are cut. Linear.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Unstuffer {
    at: Place,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
enum Place {
    /// Before the first byte of a line.
    #[default]
    LineStart,
    /// After a dot at the start of a line, which is held back.
    Dot,
    /// After dot and CR, both held back.
    DotCr,
    /// Within a line.
    Line,
    /// After a CR within a line.
    Cr,
}

impl Unstuffer {
    /// Hands on what belongs to the message. `Some(n)`: the terminator ended with the n-th byte of this input.
    pub(super) fn feed(&mut self, input: &[u8], sink: &mut dyn FnMut(&[u8])) -> Option<usize> {
        let mut from = 0; // start of what can be handed on in one piece
        let mut at = 0;
        while let Some(&byte) = input.get(at) {
            self.at = match (self.at, byte) {
                (Place::LineStart, b'.') => {
                    hand_on(input, from, at, sink);
                    from = at + 1;
                    Place::Dot
                }
                (Place::Dot, b'\r') => {
                    from = at + 1;
                    Place::DotCr
                }
                (Place::DotCr, b'\n') => return Some(at + 1),
                (Place::DotCr, _) => {
                    sink(b"\r");
                    from = at;
                    if byte == b'\r' { Place::Cr } else { Place::Line }
                }
                (Place::Cr, b'\n') => Place::LineStart,
                (_, b'\r') => Place::Cr,
                _ => Place::Line,
            };
            at += 1;
            if self.at == Place::Line {
                let rest = input.get(at..).unwrap_or_default();
                at += rest.iter().position(|b| *b == b'\r').unwrap_or(rest.len());
            }
        }
        hand_on(input, from, at, sink);
        None
    }
}

fn hand_on(input: &[u8], from: usize, to: usize, sink: &mut dyn FnMut(&[u8])) {
    if let Some(part) = input.get(from..to).filter(|p| !p.is_empty()) {
        sink(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The slow and obvious way: cut into lines by CRLF, stop at the lone dot, drop the first dot of a line.
    fn obvious(input: &[u8]) -> Option<(Vec<u8>, usize)> {
        let (mut out, mut at) = (Vec::new(), 0);
        loop {
            let rest = &input[at..];
            let end = rest.windows(2).position(|w| w == b"\r\n")? + 2;
            let line = &rest[..end];
            at += end;
            if line == b".\r\n" {
                return Some((out, at));
            }
            out.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        }
    }

    fn in_cuts(input: &[u8], cuts: &[usize]) -> Option<(Vec<u8>, usize)> {
        let (mut unstuffer, mut out, mut done) = (Unstuffer::default(), Vec::new(), 0);
        let mut rest = input;
        for cut in cuts.iter().copied().chain([usize::MAX]) {
            let (part, later) = rest.split_at(cut.min(rest.len()));
            if let Some(used) = unstuffer.feed(part, &mut |p| out.extend_from_slice(p)) {
                return Some((out, done + used));
            }
            done += part.len();
            rest = later;
        }
        None
    }

    #[test]
    fn dots_come_off_and_only_a_whole_terminator_ends_a_message() {
        let cases: [(&str, Option<&str>); 13] = [
            (".\r\n", Some("")),
            ("a\r\n.\r\n", Some("a\r\n")),
            ("..\r\n.\r\n", Some(".\r\n")),
            ("...a\r\n..b\r\n.\r\n", Some("..a\r\n.b\r\n")),
            ("a.\r\n.b\r\n.\r\n", Some("a.\r\nb\r\n")),
            ("\r\n\r\n.\r\n", Some("\r\n\r\n")),
            ("a\n.\nb\r\n.\r\n", Some("a\n.\nb\r\n")),
            ("a\n.\r\nb\r\n.\r\n", Some("a\n.\r\nb\r\n")),
            (".\rx\r\n.\r\n", Some("\rx\r\n")),
            (".\r\r\n.\r\n", Some("\r\r\n")),
            ("a\r\r\n.\r\n", Some("a\r\r\n")),
            ("a\r\n.", None),
            ("a\r\n.\r", None),
        ];
        for (input, expected) in cases {
            for cut in 0..=input.len() {
                let found = in_cuts(input.as_bytes(), &[cut]);
                let text = found.map(|(out, used)| {
                    assert_eq!(used, input.len(), "{input:?}");
                    String::from_utf8(out).unwrap()
                });
                assert_eq!(text.as_deref(), expected, "{input:?} cut at {cut}");
            }
        }
    }

    proptest! {
        #[test]
        fn however_the_bytes_are_cut_the_message_is_the_same(
            input in proptest::collection::vec(prop_oneof![Just(b'.'), Just(b'\r'), Just(b'\n'), Just(b'x')], 0..60),
            cuts in proptest::collection::vec(0_usize..7, 0..20),
            terminated in any::<bool>(),
        ) {
            let mut input = input;
            if terminated {
                input.extend_from_slice(b"\r\n.\r\nnext");
            }
            prop_assert_eq!(in_cuts(&input, &cuts), obvious(&input));
        }
    }
}
