//! Brings one section of one message in pieces, so that memory stays flat whatever the server sends.

use super::Session;
use crate::ids::Uid;
use crate::imap::error::ImapError;
use crate::imap::fetch::{FetchRow, SectionData};
use crate::imap::flight::{Reply, Request};
use crate::imap::frame::Sink;

/// Bytes asked for at a time.
const PART: u64 = 256 << 10;
/// A section that comes whole unasked is read to its end, to keep the connection, up to so many times the limit.
const THROWN_AWAY: u64 = 16;

/// How a section came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SectionEnd {
    /// Bytes handed out by this call.
    pub bytes: u64,
    /// Whether the message has that section. `false` also when the message is gone.
    pub found: bool,
}

/// Takes the literal of one section of one message.
struct SectionSink<'c> {
    uid: String,
    section: String,
    offset: u64,
    most: u64,
    limit: u64,
    /// It was longer than the limit; what came beyond was thrown away.
    over: bool,
    /// Bytes before the wanted offset, from a server that ignores partial requests.
    skip: u64,
    taken: u64,
    chunk: &'c mut (dyn FnMut(&[u8]) + Send),
}

impl Sink for SectionSink<'_> {
    fn wants(&mut self, head: &[u8], size: u64) -> bool {
        let head = String::from_utf8_lossy(head.get(..head.len().min(2_000)).unwrap_or_default())
            .to_ascii_uppercase();
        let section = self.section.to_ascii_uppercase();
        let mine = [format!("UID {} ", self.uid), format!("UID {})", self.uid)]
            .iter()
            .any(|u| head.contains(u.as_str()));
        if !mine || self.taken > 0 {
            return false;
        }
        let head = head.trim_end_matches([' ', '~']);
        if head.ends_with(&format!("BODY[{section}]<{}>", self.offset)) {
            self.skip = 0;
            return size <= self.most;
        }
        self.skip = self.offset;
        // What is refused here ends the connection if it is large; so a larger one is taken in and thrown away.
        head.ends_with(&format!("BODY[{section}]")) && size <= self.limit.saturating_mul(THROWN_AWAY)
    }
    fn chunk(&mut self, bytes: &[u8]) {
        let skipped = self.skip.min(bytes.len() as u64);
        self.skip -= skipped;
        let bytes = bytes.get(skipped as usize..).unwrap_or_default();
        let room = usize::try_from(self.limit - self.taken.min(self.limit)).unwrap_or(usize::MAX);
        self.over |= bytes.len() > room;
        let bytes = bytes.get(..room).unwrap_or(bytes);
        if !bytes.is_empty() {
            self.taken += bytes.len() as u64;
            (self.chunk)(bytes);
        }
    }
}

/// What one part brought.
enum Part {
    /// So many bytes, and maybe more behind them.
    Bytes(u64),
    /// All there was: the server ignored the range.
    Whole(u64),
    Nothing,
}

impl Session {
    /// Brings a section (`""` for the whole message, `1.2`, `HEADER` …) of the selected mailbox from `offset` on, at most
    /// `length` bytes, in parts of 256 kB; BODY.PEEK, so nothing becomes `\Seen`. A part shorter than asked for is the
    /// last one, whatever size was announced. On an error, what was handed out stands and can be gone on from.
    pub async fn fetch_section(
        &mut self,
        uid: Uid,
        section: &str,
        offset: u64,
        length: Option<u64>,
        chunk: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<SectionEnd, ImapError> {
        let mut end = SectionEnd { bytes: 0, found: false };
        let most = length.unwrap_or(u64::MAX).min(self.limits.section);
        while end.bytes < most {
            let ask = PART.min(most - end.bytes);
            let part = self.section_part(uid, section, offset + end.bytes, ask, chunk).await?;
            match part {
                Part::Nothing => break,
                Part::Bytes(n) => {
                    end.found = true;
                    end.bytes += n;
                    if n < ask {
                        break;
                    }
                }
                Part::Whole(n) => {
                    end.found = true;
                    end.bytes += n;
                    break;
                }
            }
        }
        if length.is_none() && end.bytes >= self.limits.section {
            return Err(ImapError::TooLarge { most: self.limits.section });
        }
        Ok(end)
    }

    async fn section_part(
        &mut self,
        uid: Uid,
        section: &str,
        offset: u64,
        ask: u64,
        chunk: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<Part, ImapError> {
        let request = Request::Section { uid, section: section.to_owned(), offset, length: ask };
        let mut sink = SectionSink {
            uid: uid.to_string(),
            section: section.to_owned(),
            offset,
            most: ask,
            limit: self.limits.section,
            over: false,
            skip: 0,
            taken: 0,
            chunk,
        };
        let mut found: Option<SectionData> = None;
        let mut keep = |_: usize, row: FetchRow| {
            let mine = row.sections.into_iter().find(|s| s.section.eq_ignore_ascii_case(section.as_bytes()));
            // A second answer for the same section is dropped: its bytes would be doubled.
            found = found.take().or(mine);
        };
        let reply = self.run(vec![request], &mut keep, Some(&mut sink)).await?.pop();
        match reply {
            Some(Ok(Reply::Section { lost: false })) => {}
            Some(Ok(_)) => return Err(ImapError::Protocol { why: "a section that cannot be read" }),
            Some(Err(error)) => return Err(error),
            None => return Ok(Part::Nothing),
        }
        if sink.over {
            return Err(ImapError::TooLarge { most: self.limits.section });
        }
        let Some(found) = found else { return Ok(Part::Nothing) };
        let ranged = found.origin.is_some();
        if found.streamed {
            return Ok(if ranged { Part::Bytes(sink.taken) } else { Part::Whole(sink.taken) });
        }
        let Some(data) = found.data else { return Ok(Part::Nothing) };
        let skip = if ranged { found.origin.and_then(|o| offset.checked_sub(o)) } else { Some(offset) };
        let skip = skip.ok_or(ImapError::Protocol { why: "another range of the section than asked for" })?;
        let rest = usize::try_from(skip).ok().and_then(|s| data.get(s..)).unwrap_or_default();
        let rest = rest.get(..usize::try_from(ask).unwrap_or(usize::MAX)).filter(|_| ranged).unwrap_or(rest);
        if !rest.is_empty() {
            (sink.chunk)(rest);
        }
        Ok(if ranged { Part::Bytes(rest.len() as u64) } else { Part::Whole(rest.len() as u64) })
    }
}
