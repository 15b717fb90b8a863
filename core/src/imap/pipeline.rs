//! Which command is open under which tag, and which open request an untagged response belongs to.

use super::command::Context;
use super::error::ImapError;
use super::fetch::FetchRow;
use super::flight::{AppendUid, FetchEnd, Reply, Request, Selected, StoreEnd};
use super::limits::Limits;
use super::listing;
use super::parse::{Code, Condition, CopyUid, Kind, ListLine, Namespaces, Status, StatusLine, Untagged};
use super::quoting::Command;
use super::uid_set::Gathered;
use crate::ids::{ModSeq, Uid, UidValidity};
use std::collections::{BTreeMap, VecDeque};

/// Our prefix: async-imap counts from A0001.
const PREFIX: char = 'S';

/// What a request has got so far.
#[derive(Debug, Default)]
struct Got {
    lines: Vec<ListLine>,
    statuses: Vec<StatusLine>,
    exists: Option<u32>,
    uidvalidity: Option<UidValidity>,
    uidnext: Option<Uid>,
    highestmodseq: Option<ModSeq>,
    no_modseq: bool,
    permanent_flags: Vec<String>,
    read_only: bool,
    mailbox_id: Option<String>,
    end: FetchEnd,
    found: Gathered,
    vanished: Option<Gathered>,
    bytes: usize,
    answered: bool,
    store: StoreEnd,
    copied: Option<CopyUid>,
    appended: Option<AppendUid>,
    enabled: super::capability::Capabilities,
    namespaces: Option<Box<Namespaces>>,
    unreadable: u64,
}

/// One request under way.
#[derive(Debug)]
struct Slot {
    request: Request,
    open: usize,
    failed: Option<ImapError>,
    got: Got,
}

/// What the session still has to do with a response.
#[derive(Debug)]
pub(crate) enum Routed {
    /// It was an answer.
    Taken,
    /// A row for the caller, of this request.
    Row(usize, Box<FetchRow>),
    /// Nobody asked for it.
    Unasked(Untagged),
}

/// What a tagged reply ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Closed {
    /// No command of that tag is open: a stale reply.
    Nothing,
    Command,
    /// Another mailbox is selected now, or none: news of the one before mean nothing any more.
    Mailbox,
}

/// The requests of one flight: bytes to write, responses to their owners, results in order.
#[derive(Debug)]
pub(crate) struct Pipeline {
    slots: Vec<Slot>,
    open: BTreeMap<u64, usize>,
    queue: VecDeque<(u64, VecDeque<Vec<u8>>)>,
    waiting: Option<u64>,
    limits: Limits,
}

impl Pipeline {
    /// Writes the commands of all requests. `next_tag` runs on for the whole session, so that a stale reply matches nothing.
    pub(crate) fn new(
        requests: Vec<Request>,
        context: Context<'_>,
        next_tag: &mut u64,
        limits: Limits,
    ) -> Self {
        let mut pipeline =
            Self { slots: Vec::new(), open: BTreeMap::new(), queue: VecDeque::new(), waiting: None, limits };
        for request in requests {
            let index = pipeline.slots.len();
            let mut slot = Slot { open: 0, failed: None, got: Got::default(), request };
            match slot.request.commands(context) {
                Err(error) => slot.failed = Some(error),
                Ok(commands) => {
                    slot.got.answered = commands.is_empty();
                    for Command { segments, .. } in commands {
                        *next_tag += 1;
                        let mut segments: VecDeque<Vec<u8>> = segments.into();
                        if let Some(first) = segments.front_mut() {
                            first.splice(0..0, format!("{PREFIX}{next_tag} ").into_bytes());
                        }
                        slot.open += 1;
                        pipeline.open.insert(*next_tag, index);
                        pipeline.queue.push_back((*next_tag, segments));
                    }
                }
            }
            pipeline.slots.push(slot);
        }
        pipeline
    }
    /// Whether every command was answered.
    pub(crate) fn is_done(&self) -> bool {
        self.open.is_empty()
    }
    /// What the first open request is called, for errors.
    pub(crate) fn during(&self) -> &'static str {
        self.open.values().next().and_then(|i| self.slots.get(*i)).map_or("a command", |s| s.request.what())
    }
    /// Everything that may be written now: up to the next literal that has to be invited.
    pub(crate) fn write(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while self.waiting.is_none() {
            let Some((tag, segments)) = self.queue.front_mut() else { break };
            out.append(&mut segments.pop_front().unwrap_or_default());
            if segments.is_empty() {
                self.queue.pop_front();
            } else {
                self.waiting = Some(*tag);
            }
        }
        out
    }
    /// The server invited a literal. `false`: nobody waits for that.
    pub(crate) fn invited(&mut self) -> bool {
        self.waiting.take().is_some()
    }
    /// A tagged reply.
    pub(crate) fn close(&mut self, tag: &str, status: Status) -> Closed {
        let number = tag.strip_prefix(PREFIX).and_then(|n| n.parse::<u64>().ok());
        let Some((number, index)) = number.and_then(|n| Some((n, self.open.remove(&n)?))) else {
            return Closed::Nothing;
        };
        if self.waiting == Some(number) {
            self.waiting = None;
        }
        self.queue.retain(|(n, _)| *n != number);
        let Some(slot) = self.slots.get_mut(index) else { return Closed::Nothing };
        slot.open = slot.open.saturating_sub(1);
        slot.close(status, &self.limits);
        if matches!(slot.request, Request::Select { .. } | Request::Unselect) {
            Closed::Mailbox
        } else {
            Closed::Command
        }
    }

    /// A response of a kind that matters could not be read.
    pub(crate) fn lost(&mut self, kind: Kind) {
        for slot in self.slots.iter_mut().filter(|s| s.open > 0) {
            let concerned = matches!(
                (&slot.request, kind),
                (_, Kind::Other)
                    | (Request::List | Request::PlainList, Kind::List | Kind::Status)
                    | (Request::Status(_), Kind::Status)
                    | (Request::Search { .. }, Kind::Search)
                    | (Request::Fetch { .. } | Request::Section { .. }, Kind::Fetch | Kind::Vanished)
            );
            slot.got.unreadable += u64::from(concerned);
        }
    }

    /// Gives an untagged response to the request it answers. What speaks of the selected mailbox goes to no request
    /// behind a SELECT that is still open: it would speak of the mailbox before.
    pub(crate) fn route(&mut self, untagged: Untagged) -> Result<Routed, ImapError> {
        let mut untagged = Some(untagged);
        let mut select_open = false;
        for (index, slot) in self.slots.iter_mut().enumerate().filter(|(_, s)| s.open > 0) {
            let Some(now) = untagged.take() else { break };
            match slot.take(now, select_open, &self.limits)? {
                Taken::Yes => return Ok(Routed::Taken),
                Taken::Row(row) => return Ok(Routed::Row(index, row)),
                Taken::No(back) => untagged = Some(*back),
            }
            select_open |= matches!(slot.request, Request::Select { .. });
        }
        Ok(untagged.map_or(Routed::Taken, Routed::Unasked))
    }

    /// Results in the order of the requests.
    pub(crate) fn finish(self) -> Vec<Result<Reply, ImapError>> {
        self.slots.into_iter().map(Slot::finish).collect()
    }
}

enum Taken {
    Yes,
    Row(Box<FetchRow>),
    No(Box<Untagged>),
}

impl Slot {
    fn take(&mut self, untagged: Untagged, select_open: bool, limits: &Limits) -> Result<Taken, ImapError> {
        let got = &mut self.got;
        match (&self.request, untagged) {
            (Request::List | Request::PlainList, Untagged::List(line)) => {
                got.bytes += 200 + line.name.len() + line.attributes.iter().map(String::len).sum::<usize>();
                if got.bytes > limits.kept {
                    return Err(ImapError::Limit { which: "kept" });
                }
                got.lines.push(line);
            }
            (Request::List | Request::PlainList | Request::Status(_), Untagged::MailboxStatus(line)) => {
                got.bytes += 200 + line.name.len();
                if got.bytes > limits.kept {
                    return Err(ImapError::Limit { which: "kept" });
                }
                got.statuses.push(line);
            }
            (Request::Select { .. }, Untagged::Exists(n)) => got.exists = Some(n),
            (Request::Select { .. }, Untagged::Flags(_)) => {}
            (Request::Select { .. }, Untagged::Status(status)) if select_code(got, &status) => {}
            (Request::Search { .. }, Untagged::Search(found)) => {
                got.answered = true;
                if !got.found.add(&found.numbers, limits.items) {
                    return Err(ImapError::Limit { which: "items" });
                }
            }
            (Request::Search { .. }, Untagged::Esearch(found)) => {
                got.answered = true;
                if !got.found.add(&found.all, limits.items) {
                    return Err(ImapError::Limit { which: "items" });
                }
            }
            (Request::Fetch { set, .. }, Untagged::Fetch(row)) if !select_open && set.holds(&row) => {
                got.end.rows += 1;
                got.end.degraded += u64::from(row.degraded);
                if got.end.rows > limits.rows {
                    return Err(ImapError::Limit { which: "rows" });
                }
                return Ok(Taken::Row(row));
            }
            (Request::Fetch { .. }, Untagged::Fetch(row))
                if !select_open && row.uid.is_none() && !row.is_flags_only() =>
            {
                got.unreadable += 1;
            }
            (Request::Section { uid, .. }, Untagged::Fetch(row))
                if !select_open && row.uid == Some(*uid) && !row.sections.is_empty() =>
            {
                return Ok(Taken::Row(row));
            }
            (Request::Fetch { .. }, Untagged::Vanished { earlier: true, uids }) if !select_open => {
                if !got.vanished.get_or_insert_default().add(&uids, limits.items) {
                    return Err(ImapError::Limit { which: "items" });
                }
            }
            (Request::Store { uids, .. }, Untagged::Fetch(row))
                if !select_open && row.is_flags_only() && row.uid.is_some_and(|u| uids.contains(u)) =>
            {
                if let (Some(uid), Some(modseq)) = (row.uid, row.modseq)
                    && got.store.modseqs.len() < limits.items
                {
                    got.store.modseqs.push((uid, modseq));
                }
                // Flags may also have been changed by someone else: let the session see them.
                return Ok(Taken::No(Box::new(Untagged::Fetch(row))));
            }
            (
                Request::Move { .. } | Request::Copy { .. },
                Untagged::Status(Status { code: Some(Code::CopyUid(c)), .. }),
            ) => {
                got.copy(c, limits);
            }
            (Request::Enable(_), Untagged::Enabled(names)) => got.enabled = names,
            (Request::Namespace, Untagged::Namespace(namespaces)) => got.namespaces = Some(namespaces),
            (_, other) => return Ok(Taken::No(Box::new(other))),
        }
        Ok(Taken::Yes)
    }

    fn close(&mut self, status: Status, limits: &Limits) {
        let what = self.request.what();
        let code = status.code.as_ref().map(Code::name);
        let server_text = status.text.clone();
        match status.condition {
            Condition::Ok => self.close_ok(status.code, limits),
            // RFC 7162 §3.1.3: NO [MODIFIED …] of a conditional STORE names what was not changed.
            Condition::No if matches!(status.code, Some(Code::Modified(_))) => {
                self.close_ok(status.code, limits);
            }
            Condition::No => self.failed = Some(ImapError::No { what, code, server_text }),
            _ => self.failed = Some(ImapError::Bad { what, code, server_text }),
        }
    }

    fn close_ok(&mut self, code: Option<Code>, limits: &Limits) {
        let got = &mut self.got;
        match (&self.request, code) {
            (Request::Select { .. }, Some(Code::ReadOnly)) => got.read_only = true,
            (Request::Copy { .. } | Request::Move { .. }, Some(Code::CopyUid(c))) => got.copy(c, limits),
            (Request::Append { .. }, Some(Code::AppendUid(uidvalidity, uid))) => {
                got.appended = Some(AppendUid { uidvalidity, uid });
            }
            (Request::Store { .. }, Some(Code::Modified(uids))) => {
                got.store.modified = got.store.modified.union(&uids);
            }
            (Request::Fetch { .. }, Some(Code::HighestModSeq(m))) => got.end.highestmodseq = Some(m),
            _ => {}
        }
    }

    fn finish(self) -> Result<Reply, ImapError> {
        let Self { request, failed, mut got, .. } = self;
        if let Some(error) = failed {
            return Err(error);
        }
        Ok(match request {
            Request::List | Request::PlainList => {
                Reply::Listing(listing::listing(got.lines, got.statuses, got.unreadable == 0))
            }
            Request::Status(name) => {
                let mine = |s: &StatusLine| {
                    s.name == name
                        || (name.eq_ignore_ascii_case(b"INBOX") && s.name.eq_ignore_ascii_case(b"INBOX"))
                };
                let line = got.statuses.into_iter().rev().find(mine);
                Reply::Status(line.ok_or(ImapError::Protocol { why: "STATUS without an answer" })?.into())
            }
            Request::Select { .. } => Reply::Selected(got.selected()?),
            Request::Fetch { .. } => {
                got.end.lost += got.unreadable;
                got.end.vanished = got.vanished.map(Gathered::into_set);
                Reply::Fetched { rows: Vec::new(), end: got.end }
            }
            Request::Section { .. } => Reply::Section { lost: got.unreadable > 0 },
            Request::Search { .. } => {
                // An empty answer decides what is removed here; a missing or unreadable one must not look like it.
                if !got.answered || got.unreadable > 0 {
                    return Err(ImapError::Protocol { why: "a search without a readable answer" });
                }
                Reply::Found(got.found.into_set())
            }
            Request::Store { .. } => Reply::Stored(got.store),
            Request::Copy { .. } | Request::Move { .. } => Reply::Copied(got.copied),
            Request::Append { .. } => Reply::Appended(got.appended),
            Request::Enable(_) => Reply::Enabled(got.enabled),
            Request::Namespace => {
                let found =
                    got.namespaces.ok_or(ImapError::Protocol { why: "NAMESPACE without an answer" })?;
                let [personal, others, shared] = *found;
                Reply::Namespaces(personal, others, shared)
            }
            _ => Reply::Done,
        })
    }
}

/// Whether a status response told something of the mailbox being selected.
fn select_code(got: &mut Got, status: &Status) -> bool {
    match &status.code {
        Some(Code::UidValidity(v)) => got.uidvalidity = Some(*v),
        Some(Code::UidNext(u)) => got.uidnext = Some(*u),
        Some(Code::HighestModSeq(m)) => got.highestmodseq = Some(*m),
        Some(Code::NoModSeq) => got.no_modseq = true,
        Some(Code::PermanentFlags(names)) => got.permanent_flags.clone_from(names),
        Some(Code::MailboxId(id)) => got.mailbox_id = Some(id.clone()),
        Some(Code::ReadOnly) => got.read_only = true,
        Some(Code::ReadWrite) => got.read_only = false,
        // What was told before belonged to the mailbox that is now closed (RFC 7162 §3.2.11).
        Some(Code::Closed) => *got = Got::default(),
        _ => return false,
    }
    true
}

impl Got {
    fn copy(&mut self, more: CopyUid, limits: &Limits) {
        match &mut self.copied {
            // Long sets are copied by several commands.
            Some(known) if known.uidvalidity == more.uidvalidity => {
                if known.pairs.len() + more.pairs.len() <= limits.items {
                    known.pairs.extend(more.pairs);
                }
            }
            _ => self.copied = Some(more),
        }
    }
    fn selected(self) -> Result<Selected, ImapError> {
        let missing = |why| ImapError::Protocol { why };
        Ok(Selected {
            exists: self.exists.ok_or(missing("SELECT without EXISTS"))?,
            uidvalidity: self.uidvalidity.ok_or(missing("SELECT without a UIDVALIDITY"))?,
            uidnext: self.uidnext,
            highestmodseq: if self.no_modseq { None } else { self.highestmodseq },
            no_modseq: self.no_modseq,
            permanent_flags: self.permanent_flags,
            read_only: self.read_only,
            mailbox_id: self.mailbox_id,
        })
    }
}
