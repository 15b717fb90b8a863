//! Cuts the server's bytes into responses, under limits, without recursion, each byte looked at a bounded number of times.
//!
//! A response is `Whole` or `Rejected`: a rejected one is set aside to its last byte and the session lives. Only what
//! leaves no way to find the next response, or costs more than the drain limit, is [`Fatal`].

use super::limits::Limits;

/// A literal inside [`Response::bytes`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Literal {
    /// Where its bytes begin.
    pub(crate) start: usize,
    /// How many of them are here: all, or none if they went to a sink.
    pub(crate) len: usize,
    /// Whether they went to a sink.
    pub(crate) streamed: bool,
}

/// One response without its final CRLF; literals stand where the server put them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Response {
    pub(crate) bytes: Vec<u8>,
    pub(crate) literals: Vec<Literal>,
}

impl Response {
    /// Roughly how many bytes it takes here.
    pub(crate) fn weight(&self) -> usize {
        100 + self.bytes.len() + 50 * self.literals.len()
    }
}

/// Why a response was set aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Why {
    LineTooLong,
    LiteralTooLarge,
    FrameTooLarge,
    TooManyLiterals,
    BadLiteral,
    Empty,
}

/// A response that was set aside: why, its first bytes, its whole size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rejected {
    pub(crate) why: Why,
    pub(crate) head: Vec<u8>,
    pub(crate) size: u64,
}

/// What the framer hands out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    Whole(Response),
    Rejected(Rejected),
}

/// There is no way to go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fatal {
    /// A literal announced with more digits than a size has.
    LiteralSize,
    /// A literal behind an open quote: data or text, nobody can tell.
    LiteralInQuote,
    /// More rejected bytes than may be thrown away.
    Drain,
}

/// Takes the literals it wants in pieces, so that they are never in memory as a whole.
pub(crate) trait Sink: Send {
    /// Asked at each literal: `head` is the response so far, up to the `{`.
    fn wants(&mut self, head: &[u8], size: u64) -> bool;
    /// The next bytes of a literal it wanted.
    fn chunk(&mut self, bytes: &[u8]);
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Quotes and literals count.
    Data,
    /// SEARCH and SORT: numbers only, handed on in pieces.
    Numbers,
    /// One long UID set.
    Set,
    /// Status responses, continuations and whatever is no response: text to the end of the line.
    Text,
}

#[derive(Debug)]
enum State {
    Line,
    Literal { left: u64, streamed: bool },
    Drain(Drain),
}

#[derive(Debug)]
struct Drain {
    why: Why,
    head: Vec<u8>,
    size: u64,
    literals_count: bool,
    quote: Quote,
    tail: Vec<u8>,
    skip: u64,
}

#[derive(Clone, Copy, Default, Debug)]
struct Quote {
    open: bool,
    escaped: bool,
}

impl Quote {
    fn pass(&mut self, bytes: &[u8]) {
        for b in bytes {
            match b {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.open => self.escaped = true,
                b'"' => self.open = !self.open,
                _ => {}
            }
        }
    }
}

const STEP: usize = 16 << 10;
const PIECE: usize = 64 << 10;
const HEAD: usize = 200;

/// The lexer. Feed it bytes; it says how many it took and what came of them.
#[derive(Debug)]
pub(crate) struct Framer {
    limits: Limits,
    state: State,
    now: Response,
    line_start: usize,
    searched: u64,
    streamed: u64,
    drained: u64,
    /// Bytes looked at so far: what the tests of linear time count.
    pub(crate) examined: u64,
}

impl Framer {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            state: State::Line,
            now: Response::default(),
            line_start: 0,
            searched: 0,
            streamed: 0,
            drained: 0,
            examined: 0,
        }
    }
    /// Whether it stands between two responses.
    pub(crate) fn is_between(&self) -> bool {
        matches!(self.state, State::Line) && self.now.bytes.is_empty()
    }
    /// Starts the count of thrown-away bytes anew, with each flight.
    pub(crate) fn forgive(&mut self) {
        self.drained = 0;
    }
    /// Takes bytes until a response is complete or the input is used up.
    pub(crate) fn feed(
        &mut self,
        input: &[u8],
        sink: &mut Option<&mut dyn Sink>,
    ) -> Result<(usize, Option<Frame>), Fatal> {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|r| !r.is_empty()) {
            let step = rest.get(..STEP).unwrap_or(rest);
            let (taken, frame) = match self.state {
                State::Line => self.line(step, sink)?,
                State::Literal { left, streamed } => (self.literal(rest, left, streamed, sink), None),
                State::Drain(_) => self.drain(step)?,
            };
            used += taken;
            if frame.is_some() {
                return Ok((used, frame));
            }
        }
        Ok((used, None))
    }

    fn line(
        &mut self,
        step: &[u8],
        sink: &mut Option<&mut dyn Sink>,
    ) -> Result<(usize, Option<Frame>), Fatal> {
        // Never past the byte at which a limit is looked at: where the network cuts must make no difference.
        let step = step.get(..self.line_room()).unwrap_or(step);
        let end = step.iter().position(|b| *b == b'\n');
        let taken = end.map_or(step.len(), |i| i + 1);
        let bytes = step.get(..taken).unwrap_or(step);
        self.now.bytes.extend_from_slice(bytes);
        self.examined += taken as u64;
        let line = self.now.bytes.get(self.line_start..).unwrap_or_default();
        let frame = if end.is_some() && line.ends_with(b"\r\n") {
            self.end_of_line(sink)?
        } else {
            self.hold_line_length()?
        };
        Ok((taken, frame))
    }

    /// Bytes until the next look at a limit, at least one.
    fn line_room(&self) -> usize {
        let length = self.now.bytes.len().saturating_sub(self.line_start);
        let first = PIECE.min(self.limits.line);
        let cap = if length <= first {
            first
        } else if kind(&self.now.bytes) == Kind::Set {
            self.limits.long_line
        } else {
            self.limits.line
        };
        let room = (cap + 1).saturating_sub(length);
        let frame = (self.limits.frame.max(cap) + 1).saturating_sub(self.now.bytes.len());
        room.min(frame).max(1)
    }

    fn hold_line_length(&mut self) -> Result<Option<Frame>, Fatal> {
        let length = self.now.bytes.len().saturating_sub(self.line_start);
        let whole = self.now.bytes.len();
        if length <= PIECE.min(self.limits.line) && whole <= self.limits.frame {
            return Ok(None);
        }
        let kind = kind(&self.now.bytes);
        let limit = if kind == Kind::Set { self.limits.long_line } else { self.limits.line };
        // A literal has no business among numbers; a line with one is held to the length of any other.
        if kind == Kind::Numbers
            && self.now.literals.is_empty()
            && let Some(piece) = self.piece()
        {
            self.searched += piece.bytes.len() as u64;
            if self.searched <= self.limits.search {
                return Ok(Some(Frame::Whole(piece)));
            }
            self.start_drain(Why::LineTooLong, 0)?;
        } else if length > limit {
            self.start_drain(Why::LineTooLong, 0)?;
        } else if whole > self.limits.frame.max(limit) {
            self.start_drain(Why::FrameTooLarge, 0)?;
        }
        Ok(None)
    }

    /// `* SEARCH 1 2 3 4|56…` becomes `* SEARCH 1 2 3 4` and goes on as `* SEARCH 56…`.
    fn piece(&mut self) -> Option<Response> {
        let prefix = second_space(&self.now.bytes)?;
        let cut = self.now.bytes.iter().rposition(|b| *b == b' ').filter(|c| *c > prefix)?;
        let mut next = self.now.bytes.get(..prefix)?.to_vec();
        next.extend_from_slice(self.now.bytes.get(cut..)?);
        let mut piece = std::mem::replace(&mut self.now.bytes, next);
        piece.truncate(cut);
        Some(Response { bytes: piece, literals: Vec::new() })
    }

    fn end_of_line(&mut self, sink: &mut Option<&mut dyn Sink>) -> Result<Option<Frame>, Fatal> {
        let end = self.now.bytes.len().saturating_sub(2);
        let line = self.now.bytes.get(self.line_start..end).unwrap_or_default();
        if line.ends_with(b"}") && kind(&self.now.bytes) != Kind::Text {
            let announced = announced(line);
            if announced != Announced::Nothing {
                let mut quote = Quote::default();
                quote.pass(line);
                self.examined += line.len() as u64;
                if quote.open {
                    return Err(Fatal::LiteralInQuote);
                }
            }
            match announced {
                Announced::Size(size, width) => return self.begin_literal(size, width, sink),
                Announced::TooLarge => return Err(Fatal::LiteralSize),
                Announced::Malformed => return Ok(Some(self.reject_now(Why::BadLiteral))),
                Announced::Nothing => {}
            }
        }
        if self.now.bytes.len() <= 2 {
            return Ok(Some(self.reject_now(Why::Empty)));
        }
        let mut whole = std::mem::take(&mut self.now);
        whole.bytes.truncate(end);
        self.restart();
        Ok(Some(Frame::Whole(whole)))
    }

    fn begin_literal(
        &mut self,
        size: u64,
        width: usize,
        sink: &mut Option<&mut dyn Sink>,
    ) -> Result<Option<Frame>, Fatal> {
        let head_end = self.now.bytes.len().saturating_sub(2 + width);
        let head = self.now.bytes.get(..head_end).unwrap_or_default();
        let streamed = sink.as_mut().is_some_and(|s| s.wants(head, size));
        let refusal = if self.now.literals.len() >= self.limits.literals {
            Some(Why::TooManyLiterals)
        } else if streamed {
            None
        } else if size > self.limits.literal as u64 {
            Some(Why::LiteralTooLarge)
        } else if self.now.bytes.len() as u64 + size > self.limits.frame as u64 {
            Some(Why::FrameTooLarge)
        } else {
            None
        };
        if let Some(why) = refusal {
            self.start_drain(why, size)?;
            return Ok(None);
        }
        let len = if streamed { 0 } else { size as usize };
        let start = self.now.bytes.len();
        self.now.literals.push(Literal { start, len, streamed });
        self.line_start = start + len;
        self.state = if size == 0 { State::Line } else { State::Literal { left: size, streamed } };
        Ok(None)
    }

    fn literal(&mut self, rest: &[u8], left: u64, streamed: bool, sink: &mut Option<&mut dyn Sink>) -> usize {
        let taken = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let bytes = rest.get(..taken).unwrap_or(rest);
        if streamed {
            self.streamed += taken as u64;
            // A sink that went away half-way (it cannot, within one flight) loses bytes, never order.
            if let Some(sink) = sink.as_mut() {
                sink.chunk(bytes);
            }
        } else {
            self.now.bytes.extend_from_slice(bytes);
        }
        self.examined += taken as u64;
        let left = left - taken as u64;
        self.state = if left == 0 { State::Line } else { State::Literal { left, streamed } };
        taken
    }

    fn restart(&mut self) {
        self.now = Response::default();
        self.state = State::Line;
        self.line_start = 0;
        self.searched = 0;
        self.streamed = 0;
    }

    fn reject_now(&mut self, why: Why) -> Frame {
        let size = self.now.bytes.len() as u64 + self.streamed;
        self.drained += size;
        let mut head = std::mem::take(&mut self.now.bytes);
        head.truncate(HEAD);
        self.restart();
        Frame::Rejected(Rejected { why, head, size })
    }

    fn start_drain(&mut self, why: Why, skip: u64) -> Result<(), Fatal> {
        let size = self.now.bytes.len() as u64 + self.streamed;
        self.drained = self.drained.saturating_add(size).saturating_add(skip);
        if self.drained > self.limits.drain {
            return Err(Fatal::Drain);
        }
        let kind = kind(&self.now.bytes);
        let line = self.now.bytes.get(self.line_start..).unwrap_or_default();
        let mut quote = Quote::default();
        if skip == 0 {
            quote.pass(line);
        }
        let tail = if skip == 0 { last(line).to_vec() } else { Vec::new() };
        let mut head = std::mem::take(&mut self.now.bytes);
        head.truncate(HEAD);
        self.restart();
        self.state =
            State::Drain(Drain { why, head, size, literals_count: kind != Kind::Text, quote, tail, skip });
        Ok(())
    }

    fn drain(&mut self, step: &[u8]) -> Result<(usize, Option<Frame>), Fatal> {
        let State::Drain(drain) = &mut self.state else { return Ok((0, None)) };
        if drain.skip > 0 {
            let taken = step.len().min(usize::try_from(drain.skip).unwrap_or(usize::MAX));
            drain.skip -= taken as u64;
            drain.size += taken as u64;
            self.examined += taken as u64;
            return Ok((taken, None));
        }
        let end = step.iter().position(|b| *b == b'\n');
        let taken = end.map_or(step.len(), |i| i + 1);
        let bytes = step.get(..taken).unwrap_or(step);
        self.examined += taken as u64;
        drain.size += taken as u64;
        drain.quote.pass(bytes);
        drain.tail.extend_from_slice(last(bytes));
        drain.tail = last(&drain.tail).to_vec();
        self.drained = self.drained.saturating_add(taken as u64);
        if self.drained > self.limits.drain {
            return Err(Fatal::Drain);
        }
        if end.is_none() || !drain.tail.ends_with(b"\r\n") {
            return Ok((taken, None));
        }
        let tail = std::mem::take(&mut drain.tail);
        let open = std::mem::take(&mut drain.quote).open;
        let line = tail.strip_suffix(b"\r\n").unwrap_or_default();
        match announced(line) {
            Announced::Size(..) | Announced::TooLarge if open && drain.literals_count => {
                return Err(Fatal::LiteralInQuote);
            }
            Announced::TooLarge if drain.literals_count => return Err(Fatal::LiteralSize),
            Announced::Size(size, _) if drain.literals_count => {
                drain.skip = size;
                self.drained = self.drained.saturating_add(size);
                if self.drained > self.limits.drain {
                    return Err(Fatal::Drain);
                }
                return Ok((taken, None));
            }
            _ => {}
        }
        let (why, head, size) = (drain.why, std::mem::take(&mut drain.head), drain.size);
        self.restart();
        Ok((taken, Some(Frame::Rejected(Rejected { why, head, size }))))
    }
}

fn last(bytes: &[u8]) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(64)..).unwrap_or(bytes)
}

fn second_space(bytes: &[u8]) -> Option<usize> {
    bytes.get(2..64)?.iter().position(|b| *b == b' ').map(|i| i + 2)
}

fn kind(bytes: &[u8]) -> Kind {
    let Some(rest) = bytes.strip_prefix(b"* ") else { return Kind::Text };
    let word = rest.get(..12).unwrap_or(rest);
    let end = word.iter().position(|b| matches!(b, b' ' | b'\r' | b'\n')).unwrap_or(word.len());
    let word = word.get(..end).unwrap_or_default().to_ascii_uppercase();
    match word.as_slice() {
        b"OK" | b"NO" | b"BAD" | b"BYE" | b"PREAUTH" => Kind::Text,
        b"SEARCH" | b"SORT" => Kind::Numbers,
        b"ESEARCH" | b"VANISHED" => Kind::Set,
        _ => Kind::Data,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Announced {
    /// Size, and the width of `{n}` or `~{n+}`.
    Size(u64, usize),
    TooLarge,
    Malformed,
    Nothing,
}

/// What a line's end announces. `{abc}` is nothing, `{-1}` and `{}` are malformed.
fn announced(line: &[u8]) -> Announced {
    let Some(body) = last(line).strip_suffix(b"}") else { return Announced::Nothing };
    let Some(open) = body.iter().rposition(|b| *b == b'{') else { return Announced::Nothing };
    let inner = body.get(open + 1..).unwrap_or_default();
    let binary = open.checked_sub(1).and_then(|i| body.get(i)) == Some(&b'~');
    let width = inner.len() + 2 + usize::from(binary);
    let digits = inner.strip_suffix(b"+").or_else(|| inner.strip_suffix(b"-")).unwrap_or(inner);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        let size = digits
            .iter()
            .try_fold(0u64, |n, b| n.checked_mul(10)?.checked_add(u64::from(b - b'0')))
            .filter(|n| i64::try_from(*n).is_ok());
        return size.map_or(Announced::TooLarge, |n| Announced::Size(n, width));
    }
    if inner.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b' ' | b'.')) {
        return Announced::Malformed;
    }
    Announced::Nothing
}

#[cfg(test)]
mod tests;
