//! Faults by script: what goes wrong, and when.

mod apply;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use apply::{fill_tag, rewrite};

use crate::office::PostOffice;
use crate::serve::Protocol;

/// Which of several: connections, or commands on a connection. Counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nth {
    /// Each one.
    #[default]
    Every,
    /// Only this one.
    At(u64),
    /// This one and all after it.
    From(u64),
}

impl Nth {
    fn is(self, number: u64) -> bool {
        match self {
            Self::Every => true,
            Self::At(wanted) => wanted == number,
            Self::From(first) => number >= first,
        }
    }
}

/// When a fault strikes. Conditions not given hold always.
///
/// Verbs are the command's words in capitals. `FETCH` also stands for `UID FETCH`; `UID FETCH` for itself
/// alone. Besides commands there are `GREETING`, `EVENT` (what is sent without a command, as during IDLE),
/// in SMTP `.` (the end of DATA), and in SASL exchanges `SASL` (each further turn).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Only on this protocol.
    pub protocol: Option<Protocol>,
    /// Which connections: counted per protocol when one is given, else over all.
    pub connection: Nth,
    /// Only for this verb.
    pub verb: Option<String>,
    /// Which of the commands that match, counted on each connection.
    pub nth: Nth,
    /// It strikes at most so often, over all connections.
    pub times: Option<u64>,
}

impl When {
    /// Every command on every connection.
    pub fn always() -> Self {
        Self::default()
    }

    /// Every IMAP command.
    pub fn imap() -> Self {
        Self { protocol: Some(Protocol::Imap), ..Self::default() }
    }

    /// Every POP command.
    pub fn pop() -> Self {
        Self { protocol: Some(Protocol::Pop), ..Self::default() }
    }

    /// Every SMTP command.
    pub fn smtp() -> Self {
        Self { protocol: Some(Protocol::Smtp), ..Self::default() }
    }

    /// Only on this connection, from 1.
    pub fn connection(mut self, number: u64) -> Self {
        self.connection = Nth::At(number);
        self
    }

    /// Only for this verb.
    pub fn verb(mut self, verb: &str) -> Self {
        self.verb = Some(verb.to_ascii_uppercase());
        self
    }

    /// Only the n-th matching command of a connection, from 1.
    pub fn nth(mut self, number: u64) -> Self {
        self.nth = Nth::At(number);
        self
    }

    /// At most so often.
    pub fn times(mut self, count: u64) -> Self {
        self.times = Some(count);
        self
    }

    fn covers(&self, verb: &str) -> bool {
        self.verb.as_deref().is_none_or(|wanted| {
            wanted == verb || verb.strip_prefix("UID ").is_some_and(|rest| rest == wanted)
        })
    }
}

/// What a hook is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The protocol.
    pub protocol: Protocol,
    /// Number of the connection in this office, from 1.
    pub connection: u64,
    /// The verb as in [`When`].
    pub verb: String,
    /// The command's tag; empty outside IMAP.
    pub tag: String,
}

type HookFn = dyn Fn(&Context, Vec<u8>) -> Vec<u8> + Send + Sync;

/// A function that rewrites the answer to one command.
#[derive(Clone)]
pub struct Hook(Arc<HookFn>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// What goes wrong. In bytes to send, `{tag}` becomes the tag of the command that is being answered.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The connection is lost after this many octets sent; whatever the command.
    CutAfterSent(u64),
    /// The connection is lost after this many octets received; whatever the command.
    CutAfterReceived(u64),
    /// Cuts and ends of this connection come with TLS's close_notify (without this fault cuts come without).
    PoliteCuts,
    /// The server never sends close_notify, also not at LOGOUT.
    NoCloseNotify,
    /// The connection is taken and nothing is ever said, not even in TLS.
    StallConnection,
    /// The connection is taken, these octets go out in clear text even where TLS is expected, and then nothing.
    Raw(Vec<u8>),
    /// The command is received and not executed; the connection is lost.
    CutBefore,
    /// The command is executed; the connection is lost before its answer.
    CutAfter,
    /// The command is executed; the connection is lost after this many octets of its answer.
    CutAnswer(usize),
    /// This long passes before the command is executed.
    DelayBefore(Duration),
    /// This long passes between executing the command and answering it.
    Delay(Duration),
    /// The command is not executed and nothing is ever answered; the connection stays open.
    StallBefore,
    /// The command is executed and nothing is ever answered; the connection stays open.
    Stall,
    /// The answer stops after this many octets; the connection stays open.
    StallAnswer(usize),
    /// The command is not executed; this is sent instead.
    Answer(Vec<u8>),
    /// The command is executed; this is sent instead of its answer.
    AnswerAfter(Vec<u8>),
    /// The command is not executed: `NO [code] text`, `-ERR [code] text` or, in SMTP, `code text`. The code may
    /// be empty.
    No(String, String),
    /// The command is not executed: `BAD text`; in POP and SMTP the same as [`No`](Self::No) without a code.
    Bad(String),
    /// The command is not executed: `* BYE text`, `-ERR text` or `421 text`, and the connection ends.
    Bye(String),
    /// Sent before the answer.
    Insert(Vec<u8>),
    /// Sent between the untagged replies and the tagged one.
    InsertBeforeTagged(Vec<u8>),
    /// Sent behind the answer, in the same write.
    Append(Vec<u8>),
    /// Each occurrence in the answer is replaced.
    Replace(Vec<u8>, Vec<u8>),
    /// Untagged replies that contain these octets are left out; all of them when empty.
    DropUntagged(Vec<u8>),
    /// The tagged reply is left out.
    DropTagged,
    /// The tagged reply comes twice.
    DuplicateTagged,
    /// The answer is held back and sent behind the answer to the next command.
    HoldBack,
    /// Only the tagged reply is held back, behind the answer to the next command.
    HoldTagged,
    /// `* n EXISTS` says this number.
    Exists(u64),
    /// `HIGHESTMODSEQ` says this number.
    HighestModseq(u64),
    /// `[HIGHESTMODSEQ …]` becomes `[NOMODSEQ]`.
    NoModseq,
    /// `UIDVALIDITY` says this number.
    UidValidity(u64),
    /// `UIDVALIDITY` says a number never said before, each time.
    FreshUidValidity,
    /// `UIDNEXT` says this number.
    UidNext(u64),
    /// `* VANISHED (EARLIER) set` is added; without `(EARLIER)` when the flag is false.
    Vanished(bool, String),
    /// Every BODYSTRUCTURE is multiparts nested this deep.
    NestedStructure(usize),
    /// The first literal announces this in its braces, such as `500000000` or `-1`; its octets stay.
    LiteralSize(String),
    /// The first literal announces this size and its octets stop after so many.
    CutLiteral(String, usize),
    /// Every line of POP's UIDL shows this one id.
    SameUidl(String),
    /// Every id of POP's UIDL gets this in front.
    PrefixUidl(String),
    /// Sizes in POP's LIST, STAT and RETR are this number.
    ListSize(u64),
    /// A reply of several lines lacks its closing dot.
    NoDot,
    /// The answer goes through this function.
    Rewrite(Hook),
}

impl Fault {
    /// A hook: gets all octets of an answer, says what is sent.
    pub fn hook(hook: impl Fn(&Context, Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::Rewrite(Hook(Arc::new(hook)))
    }

    /// Faults that belong to a connection as a whole.
    fn is_of_connection(&self) -> bool {
        matches!(
            self,
            Self::CutAfterSent(_)
                | Self::CutAfterReceived(_)
                | Self::PoliteCuts
                | Self::NoCloseNotify
                | Self::StallConnection
                | Self::Raw(_)
        )
    }
}

/// A fault that struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What [`PostOffice::inject`] returned.
    pub rule: u64,
    /// Number of the connection in this office.
    pub connection: u64,
    /// The verb it struck at; `CONNECT` for faults of a whole connection.
    pub verb: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    id: u64,
    when: When,
    fault: Fault,
    struck: u64,
}

#[derive(Debug, Default)]
pub(crate) struct FaultTable {
    rules: Vec<Rule>,
    next: u64,
    hits: Vec<Hit>,
    fresh: u64,
}

/// Where a connection stands in the count of commands, per rule.
#[derive(Debug, Default)]
pub(crate) struct FaultCounts(BTreeMap<u64, u64>);

/// Which connection asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) protocol: Protocol,
    /// Number in the office and number within its protocol.
    pub(crate) number: u64,
    pub(crate) of_protocol: u64,
}

impl Rule {
    fn on(&self, line: Line) -> bool {
        let number = if self.when.protocol.is_some() { line.of_protocol } else { line.number };
        self.when.protocol.is_none_or(|protocol| protocol == line.protocol)
            && self.when.connection.is(number)
            && self.when.times.is_none_or(|times| self.struck < times)
    }
}

impl FaultTable {
    pub(crate) fn add(&mut self, when: When, fault: Fault) -> u64 {
        self.next += 1;
        self.rules.push(Rule { id: self.next, when, fault, struck: 0 });
        self.next
    }

    /// Faults of a connection as a whole.
    pub(crate) fn at_connect(&mut self, line: Line) -> Vec<Fault> {
        let mut found = Vec::new();
        for rule in &mut self.rules {
            if rule.fault.is_of_connection() && rule.on(line) {
                rule.struck += 1;
                self.hits.push(Hit { rule: rule.id, connection: line.number, verb: "CONNECT".to_owned() });
                found.push(rule.fault.clone());
            }
        }
        found
    }

    /// Faults that strike this command; it is counted for every rule whose verb it has.
    pub(crate) fn at_command(&mut self, line: Line, verb: &str, counts: &mut FaultCounts) -> Vec<Fault> {
        let mut found = Vec::new();
        for rule in &mut self.rules {
            if rule.fault.is_of_connection() || !rule.when.covers(verb) || !rule.on(line) {
                continue;
            }
            // EVENT and GREETING are no commands: a rule must name them.
            if rule.when.verb.is_none() && matches!(verb, "EVENT" | "GREETING") {
                continue;
            }
            let count = counts.0.entry(rule.id).or_default();
            *count += 1;
            if !rule.when.nth.is(*count) {
                continue;
            }
            rule.struck += 1;
            self.hits.push(Hit { rule: rule.id, connection: line.number, verb: verb.to_owned() });
            found.push(match &rule.fault {
                Fault::FreshUidValidity => {
                    self.fresh += 1;
                    Fault::UidValidity(3_000_000_000 + self.fresh)
                }
                fault => fault.clone(),
            });
        }
        found
    }
}

impl PostOffice {
    /// Adds a fault; several may strike one command, in the order they were added. Says the rule's number.
    pub fn inject(&self, when: When, fault: Fault) -> u64 {
        self.with(|state| state.faults.add(when, fault))
    }

    /// Takes all faults away (not from connections that were cut or stalled already).
    pub fn clear_faults(&self) {
        self.with(|state| state.faults.rules.clear());
    }

    /// Takes one fault away.
    pub fn remove_fault(&self, rule: u64) {
        self.with(|state| state.faults.rules.retain(|each| each.id != rule));
    }

    /// The faults that struck so far, in order.
    pub fn hits(&self) -> Vec<Hit> {
        self.with(|state| state.faults.hits.clone())
    }
}
