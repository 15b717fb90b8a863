//! The loop of one connection: takes commands out of the stream, lets a machine answer, lets faults strike.

use std::collections::VecDeque;

use tokio::sync::watch;

use crate::counters::Entry;
use crate::faults::{Context, Fault, FaultCounts, Line, When, fill_tag, rewrite};
use crate::imap::ImapSession;
use crate::office::PostOffice;
use crate::pop::PopSession;
use crate::reply::{Kind, Replies};
use crate::serve::{After, Command, ConnectionOptions, Machine, Protocol, Take, TlsMode};
use crate::smtp::SmtpSession;
use crate::tls::Certificate;
use crate::wire::Wire;

/// Why a connection ended.
enum End {
    /// Said good-bye, or the client left.
    Done,
    /// A fault cut it, or the stream failed.
    Cut,
}

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> Self {
        Self::Cut
    }
}

pub(crate) struct Connection {
    office: PostOffice,
    line: Line,
    wire: Wire,
    options: ConnectionOptions,
    counts: FaultCounts,
    change: watch::Receiver<u64>,
    own_rules: Vec<u64>,
    held: VecDeque<u8>,
    polite_cuts: bool,
    close_notify: bool,
    /// Sent as it is before anything else; then nothing more is said.
    before_all: Option<Vec<u8>>,
    counted: (u64, u64, u64),
}

impl Connection {
    pub(crate) fn new(
        office: &PostOffice,
        protocol: Protocol,
        wire: Wire,
        mut options: ConnectionOptions,
    ) -> Self {
        let rules = std::mem::take(&mut options.faults);
        let change = office.shared.change.subscribe();
        let mut connection = office.with(|state| {
            let number = state.next_connection;
            state.next_connection += 1;
            let of_protocol = state.counters.connections.entry(protocol).or_default();
            *of_protocol += 1;
            Self {
                office: office.clone(),
                line: Line { protocol, number, of_protocol: *of_protocol },
                wire,
                options,
                counts: FaultCounts::default(),
                change,
                own_rules: Vec::new(),
                held: VecDeque::new(),
                polite_cuts: false,
                close_notify: true,
                before_all: None,
                counted: (0, 0, 0),
            }
        });
        let line = connection.line;
        let found = office.with(|state| {
            for (when, fault) in rules {
                let when = When { protocol: Some(protocol), ..when }.connection(line.of_protocol);
                connection.own_rules.push(state.faults.add(when, fault));
            }
            state.faults.at_connect(line)
        });
        for fault in found {
            match fault {
                Fault::CutAfterSent(count) => connection.wire.cut_sent = Some(count),
                Fault::CutAfterReceived(count) => connection.wire.cut_received = Some(count),
                Fault::PoliteCuts => connection.polite_cuts = true,
                Fault::NoCloseNotify => connection.close_notify = false,
                Fault::StallConnection => connection.before_all = Some(Vec::new()),
                Fault::Raw(bytes) => connection.before_all = Some(bytes),
                _ => {}
            }
        }
        connection
    }

    pub(crate) async fn drive(mut self) {
        if let Some(bytes) = self.before_all.take() {
            self.wire.output = bytes;
            // Ends when the client gives up.
            self.stall().await;
            return;
        }
        if let TlsMode::Implicit(certificate) = self.options.tls
            && self.start_tls(certificate).await.is_err()
        {
            return;
        }
        let mut machine: Box<dyn Machine> = match self.line.protocol {
            Protocol::Imap => Box::new(ImapSession::new(&self.office, &self.options)),
            Protocol::Pop => Box::new(PopSession::new(&self.office, &self.options, self.line.number)),
            Protocol::Smtp => Box::new(SmtpSession::new(&self.office, &self.options)),
        };
        let end = self.run(machine.as_mut()).await;
        // The session ends (and gives back what it locked) before the client can see the end.
        drop(machine);
        self.count();
        let politely = match end {
            Ok(()) | Err(End::Done) => self.close_notify,
            Err(End::Cut) => self.polite_cuts,
        };
        self.wire.close(politely).await;
        let own = std::mem::take(&mut self.own_rules);
        for rule in own {
            self.office.remove_fault(rule);
        }
    }

    async fn start_tls(&mut self, certificate: Certificate) -> Result<(), End> {
        let acceptor = self.office.acceptor(certificate)?;
        Ok(self.wire.start_tls(&acceptor).await?)
    }

    async fn run(&mut self, machine: &mut dyn Machine) -> Result<(), End> {
        let mut replies = Replies::default();
        let command = Command { verb: "GREETING".to_owned(), ..Command::default() };
        self.answer(machine, command, &mut replies, |machine, _, out| machine.greeting(out)).await?;
        loop {
            let cut = self.wire.received_to_the_cut();
            loop {
                match machine.take(&mut self.wire.input) {
                    Take::More => break,
                    Take::Prompt(bytes) => self.wire.output.extend_from_slice(bytes),
                    Take::Command(command) => {
                        self.note(&command);
                        let run = |machine: &mut dyn Machine, command: &Command, out: &mut Replies| {
                            machine.run(command, out)
                        };
                        self.answer(machine, command, &mut replies, run).await?;
                    }
                }
            }
            self.flush().await?;
            if cut {
                return Err(End::Cut);
            }
            self.wait(machine, &mut replies).await?;
        }
    }

    /// Waits for bytes, for news, or for the timer.
    async fn wait(&mut self, machine: &mut dyn Machine, replies: &mut Replies) -> Result<(), End> {
        enum Woken {
            Read(std::io::Result<bool>),
            Change,
            Timer,
        }
        let (listens, timer) = (machine.listens(), machine.timer());
        let woken = tokio::select! {
            biased;
            read = self.wire.read() => Woken::Read(read),
            _ = self.change.changed(), if listens => Woken::Change,
            () = tokio::time::sleep(timer.unwrap_or_default()), if timer.is_some() => Woken::Timer,
        };
        let event = Command { verb: "EVENT".to_owned(), ..Command::default() };
        match woken {
            Woken::Read(Ok(true)) => Ok(()),
            Woken::Read(Ok(false)) => Err(End::Done),
            Woken::Read(Err(error)) => Err(error.into()),
            Woken::Change => {
                let news = |machine: &mut dyn Machine, _: &Command, out: &mut Replies| {
                    machine.event(out);
                    After::Go
                };
                self.answer(machine, event, replies, news).await
            }
            Woken::Timer => {
                let expired =
                    |machine: &mut dyn Machine, _: &Command, out: &mut Replies| machine.expired(out);
                self.answer(machine, event, replies, expired).await
            }
        }
    }

    /// Executes one command and queues its answer, faults applied.
    async fn answer(
        &mut self,
        machine: &mut dyn Machine,
        command: Command,
        replies: &mut Replies,
        run: impl FnOnce(&mut dyn Machine, &Command, &mut Replies) -> After,
    ) -> Result<(), End> {
        let line = self.line;
        let counts = &mut self.counts;
        let faults = self.office.with(|state| state.faults.at_command(line, &command.verb, counts));
        replies.clear();
        let after = match self.before(&faults, &command, replies).await? {
            Some(after) => {
                machine.skip();
                after
            }
            None => run(machine, &command, replies),
        };
        if !faults.is_empty() && !replies.is_empty() {
            let context = Context {
                protocol: line.protocol,
                connection: line.number,
                verb: command.verb,
                tag: command.tag,
            };
            rewrite(replies, &faults, &context);
        }
        self.queue(&faults, replies).await?;
        match after {
            After::Go => {}
            After::Close => {
                self.flush().await?;
                return Err(End::Done);
            }
            After::StartTls => {
                self.flush().await?;
                if let TlsMode::StartTls(certificate) = self.options.tls {
                    self.start_tls(certificate).await?;
                }
                machine.secured();
            }
            After::Deflate => {
                self.flush().await?;
                self.wire.start_deflate()?;
            }
        }
        Ok(())
    }

    /// Faults that come before the command; `Some` when it is not to be executed.
    async fn before(
        &mut self,
        faults: &[Fault],
        command: &Command,
        replies: &mut Replies,
    ) -> Result<Option<After>, End> {
        for fault in faults {
            match fault {
                Fault::CutBefore => {
                    self.flush().await?;
                    return Err(End::Cut);
                }
                Fault::StallBefore => return Err(self.stall().await),
                Fault::DelayBefore(time) => {
                    self.flush().await?;
                    tokio::time::sleep(*time).await;
                }
                Fault::Answer(bytes) => {
                    let filled = fill_tag(bytes, &command.tag);
                    replies.push_unit(Kind::Tagged, &filled);
                    return Ok(Some(After::Go));
                }
                Fault::No(code, text) => {
                    replies.line(Kind::Tagged, &self.refusal(command, code, text));
                    return Ok(Some(After::Go));
                }
                Fault::Bad(text) => {
                    let line = match self.line.protocol {
                        Protocol::Imap => format!("{} BAD {text}", command.tag),
                        _ => self.refusal(command, "", text),
                    };
                    replies.line(Kind::Tagged, &line);
                    return Ok(Some(After::Go));
                }
                Fault::Bye(text) => {
                    let line = match self.line.protocol {
                        Protocol::Imap => format!("* BYE {text}"),
                        Protocol::Pop => format!("-ERR {text}"),
                        Protocol::Smtp => format!("421 {text}"),
                    };
                    replies.line(Kind::Untagged, &line);
                    return Ok(Some(After::Close));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// A refusal in this protocol's words.
    fn refusal(&self, command: &Command, code: &str, text: &str) -> String {
        let bracketed = if code.is_empty() { String::new() } else { format!("[{code}] ") };
        match self.line.protocol {
            Protocol::Imap => format!("{} NO {bracketed}{text}", command.tag),
            Protocol::Pop => format!("-ERR {bracketed}{text}"),
            Protocol::Smtp if code.is_empty() => format!("554 {text}"),
            Protocol::Smtp => format!("{code} {text}"),
        }
    }

    /// Moves an answer to what is sent next, with the faults of time and link.
    async fn queue(&mut self, faults: &[Fault], replies: &mut Replies) -> Result<(), End> {
        let mut hold = None;
        for fault in faults {
            match fault {
                Fault::CutAfter => return self.part_then_end(&[], false).await,
                Fault::CutAnswer(count) => return self.part_then_end(head(replies, *count), false).await,
                Fault::Stall => return self.part_then_end(&[], true).await,
                Fault::StallAnswer(count) => return self.part_then_end(head(replies, *count), true).await,
                Fault::Delay(time) => {
                    self.flush().await?;
                    tokio::time::sleep(*time).await;
                }
                Fault::HoldBack => hold = Some(true),
                Fault::HoldTagged => hold = Some(false),
                _ => {}
            }
        }
        if let Some(all) = hold {
            for (kind, bytes) in replies.take_units() {
                if all || kind == Kind::Tagged {
                    self.held.extend(bytes);
                } else {
                    self.wire.output.extend_from_slice(&bytes);
                }
            }
            return Ok(());
        }
        self.wire.output.extend_from_slice(replies.bytes());
        self.wire.output.extend(self.held.drain(..));
        if self.wire.output.len() > FLIGHT {
            self.flush().await?;
        }
        Ok(())
    }

    async fn part_then_end(&mut self, part: &[u8], stall: bool) -> Result<(), End> {
        self.wire.output.extend_from_slice(part);
        if stall {
            return Err(self.stall().await);
        }
        self.flush().await?;
        Err(End::Cut)
    }

    /// Says nothing more; ends when the client does.
    async fn stall(&mut self) -> End {
        if self.flush().await.is_ok() {
            while matches!(self.wire.read().await, Ok(true)) {
                self.wire.input.clear();
            }
        }
        End::Cut
    }

    async fn flush(&mut self) -> Result<(), End> {
        let result = self.wire.flush().await;
        self.count();
        Ok(result?)
    }

    fn note(&self, command: &Command) {
        let line = self.line;
        self.office.with(|state| {
            *state.counters.commands.entry((line.protocol, command.verb.clone())).or_default() += 1;
            state.journal.push(Entry {
                connection: line.number,
                protocol: line.protocol,
                verb: command.verb.clone(),
                args: command.shown.clone(),
            });
        });
    }

    fn count(&mut self) {
        let now = (self.wire.sent, self.wire.received, self.wire.writes);
        let before = std::mem::replace(&mut self.counted, now);
        self.office.with(|state| {
            state.counters.sent += now.0 - before.0;
            state.counters.received += now.1 - before.1;
            state.counters.writes += now.2 - before.2;
        });
    }
}

/// A flight goes out in one write up to this size; beyond it memory matters more.
const FLIGHT: usize = 8 << 20;

fn head(replies: &Replies, count: usize) -> &[u8] {
    replies.bytes().get(..count).unwrap_or(replies.bytes())
}
