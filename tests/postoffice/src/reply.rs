//! What a server sends for one command: bytes, cut into replies so that faults can reorder or drop them.

/// What a reply is to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first line of a connection.
    Greeting,
    /// IMAP `* …`.
    Untagged,
    /// IMAP `tag OK …`; the whole reply in POP and SMTP.
    Tagged,
    /// A request for more.
    Continuation,
}

#[derive(Debug, Default)]
pub(crate) struct Replies {
    bytes: Vec<u8>,
    marks: Vec<(usize, Kind)>,
}

impl Replies {
    /// Starts a reply; the caller writes it, line end included, into the buffer returned.
    pub(crate) fn open(&mut self, kind: Kind) -> &mut Vec<u8> {
        self.marks.push((self.bytes.len(), kind));
        &mut self.bytes
    }

    /// Goes on with the reply opened last.
    pub(crate) fn tail(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// A reply of one line; the line end is added.
    pub(crate) fn line(&mut self, kind: Kind, text: &str) {
        let buffer = self.open(kind);
        buffer.extend_from_slice(text.as_bytes());
        buffer.extend_from_slice(b"\r\n");
    }

    /// `* text`.
    pub(crate) fn untagged(&mut self, text: &str) {
        let buffer = self.open(Kind::Untagged);
        buffer.extend_from_slice(b"* ");
        buffer.extend_from_slice(text.as_bytes());
        buffer.extend_from_slice(b"\r\n");
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.marks.clear();
    }

    /// The replies one by one, as faults handle them.
    pub(crate) fn take_units(&mut self) -> Vec<(Kind, Vec<u8>)> {
        let mut units = Vec::with_capacity(self.marks.len());
        for (at, &(start, kind)) in self.marks.iter().enumerate() {
            let end = self.marks.get(at + 1).map_or(self.bytes.len(), |next| next.0);
            units.push((kind, self.bytes.get(start..end).unwrap_or_default().to_vec()));
        }
        self.clear();
        units
    }

    pub(crate) fn push_unit(&mut self, kind: Kind, bytes: &[u8]) {
        self.open(kind).extend_from_slice(bytes);
    }
}
