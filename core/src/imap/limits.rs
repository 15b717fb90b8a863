//! Every bound on what a server may make this device keep, read or wait for.

/// Bounds of one IMAP connection. The defaults let every honest mailbox through and keep memory flat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Longest line of a response, in bytes, literals not counted.
    pub line: usize,
    /// Longest line of ESEARCH and VANISHED, which carry a UID set.
    pub long_line: usize,
    /// Total of one SEARCH line, which is handed on in pieces.
    pub search: u64,
    /// Largest literal that is kept in memory; a larger one is refused unless it was asked for as a section.
    pub literal: usize,
    /// Largest response with its literals, in bytes.
    pub frame: usize,
    /// Most literals in one response.
    pub literals: usize,
    /// Deepest nesting of a BODYSTRUCTURE that is read; what lies deeper is skipped.
    pub depth: usize,
    /// Most parts of one message that are read.
    pub parts: usize,
    /// Bytes of rejected responses thrown away during one flight before the connection is given up.
    pub drain: u64,
    /// Rejected or unrelated responses during one flight before the connection is given up.
    pub noise: usize,
    /// Unsolicited responses kept between two calls; more set the overflow mark.
    pub unsolicited: usize,
    /// Mailboxes of a LIST, ranges of a UID set, pairs of a COPYUID.
    pub items: usize,
    /// Bytes of names in a LIST, of rows that a flight or a caller keeps, and of responses kept during the login.
    pub kept: usize,
    /// Largest section that is passed on in one go, in bytes: so much of it lies in memory. Larger ones come in ranges;
    /// from a server that ignores ranges they do not come.
    pub section: u64,
    /// Messages in the answer to one FETCH.
    pub rows: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 1 << 20,
            long_line: 8 << 20,
            search: 64 << 20,
            literal: 1 << 20,
            frame: 4 << 20,
            literals: 10_000,
            depth: 100,
            parts: 1_000,
            drain: 16 << 20,
            noise: 100_000,
            unsolicited: 10_000,
            items: 1_000_000,
            kept: 64 << 20,
            section: 64 << 20,
            rows: 10_000_000,
        }
    }
}
