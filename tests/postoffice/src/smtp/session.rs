//! The states and commands of one submission session.

use std::sync::Arc;

use super::Submitted;
use crate::date::InternalDate;
use crate::features::{Features, Mechanism};
use crate::message::Flags;
use crate::office::PostOffice;
use crate::reply::{Kind, Replies};
use crate::sasl::{Sasl, Turn, bearer_refusal, decode_line, first_challenge, turn};
use crate::serve::{After, Command, ConnectionOptions, Machine, Take, TlsMode};
use crate::state::State;
use crate::wire::Input;

/// Code, enhanced code, text.
struct Reply(u16, &'static str, String);

impl Reply {
    fn new(code: u16, enhanced: &'static str, text: &str) -> Self {
        Self(code, enhanced, text.to_owned())
    }
}

#[derive(Debug, Default)]
enum Reading {
    #[default]
    Command,
    Sasl(Sasl, Option<Mechanism>),
    Data,
    Chunk(usize, bool),
}

#[derive(Debug, Default)]
struct Transaction {
    from: Option<String>,
    parameters: String,
    to: Vec<String>,
    body: Vec<u8>,
    chunked: bool,
}

pub(crate) struct SmtpSession {
    office: PostOffice,
    features: Arc<Features>,
    starttls: bool,
    secure: bool,
    greeted: bool,
    user: Option<String>,
    reading: Reading,
    mail: Transaction,
}

impl SmtpSession {
    pub(crate) fn new(office: &PostOffice, options: &ConnectionOptions) -> Self {
        let features = office.with(|state| Arc::clone(&state.features));
        Self {
            office: office.clone(),
            starttls: features.smtp.starttls && matches!(options.tls, TlsMode::StartTls(_)),
            secure: matches!(options.tls, TlsMode::Implicit(_)),
            features,
            greeted: false,
            user: None,
            reading: Reading::Command,
            mail: Transaction::default(),
        }
    }

    fn say(&self, out: &mut Replies, reply: &Reply) {
        let Reply(code, enhanced, text) = reply;
        let enhanced = if self.features.smtp.enhanced && !enhanced.is_empty() && self.greeted {
            format!("{enhanced} ")
        } else {
            String::new()
        };
        out.line(Kind::Tagged, &format!("{code} {enhanced}{text}"));
    }

    fn hello(&mut self, extended: bool, out: &mut Replies) {
        self.greeted = true;
        self.mail = Transaction::default();
        let smtp = &self.features.smtp;
        let mut lines = vec!["post.office.example".to_owned()];
        if extended {
            let mut add = |on: bool, line: &str| {
                if on {
                    lines.push(line.to_owned());
                }
            };
            add(smtp.pipelining, "PIPELINING");
            add(smtp.eight_bit, "8BITMIME");
            add(smtp.smtputf8, "SMTPUTF8");
            add(smtp.chunking, "CHUNKING");
            add(smtp.enhanced, "ENHANCEDSTATUSCODES");
            add(self.starttls && !self.secure, "STARTTLS");
            if let Some(size) = smtp.size {
                lines.push(format!("SIZE {size}"));
            }
            if !smtp.mechanisms.is_empty() && (self.secure || !self.features.login_disabled) {
                let names: Vec<&str> = smtp.mechanisms.iter().map(|each| each.name()).collect();
                lines.push(format!("AUTH {}", names.join(" ")));
            }
        }
        let last = lines.len() - 1;
        let buffer = out.open(Kind::Tagged);
        for (at, line) in lines.iter().enumerate() {
            let mark = if at == last { ' ' } else { '-' };
            buffer.extend_from_slice(format!("250{mark}{line}\r\n").as_bytes());
        }
    }

    fn auth(&mut self, arguments: &str, out: &mut Replies) -> Reply {
        if self.user.is_some() || !self.greeted || self.mail.from.is_some() {
            return Reply::new(503, "5.5.1", "Not now");
        }
        if self.features.login_disabled && !self.secure {
            return Reply::new(538, "5.7.11", "Log in over TLS only");
        }
        let (name, initial) = arguments.split_once(' ').unwrap_or((arguments, ""));
        let mechanism = Mechanism::named(name).filter(|each| self.features.smtp.mechanisms.contains(each));
        let Some(mechanism) = mechanism else {
            return Reply::new(504, "5.5.4", "Unsupported mechanism");
        };
        if initial.is_empty() {
            self.reading = Reading::Sasl(Sasl::Waiting(mechanism), Some(mechanism));
            return Reply::new(334, "", &first_challenge(mechanism));
        }
        self.sasl_turn(Sasl::Waiting(mechanism), Some(mechanism), initial.as_bytes(), out)
    }

    fn sasl_turn(
        &mut self,
        sasl: Sasl,
        mechanism: Option<Mechanism>,
        line: &[u8],
        _out: &mut Replies,
    ) -> Reply {
        let Some(response) = decode_line(line) else {
            return Reply::new(501, "5.5.2", "Authentication cancelled");
        };
        match turn(sasl, &response) {
            Turn::Ask(next, text) => {
                self.reading = Reading::Sasl(next, None);
                Reply::new(334, "", &text)
            }
            Turn::Check(name, password) => {
                if self.office.with(|state| state.check_login(&name, &password)) {
                    self.user = Some(name);
                    return Reply::new(235, "2.7.0", "Authentication successful");
                }
                if let Some(refusal) = mechanism.and_then(bearer_refusal) {
                    self.reading = Reading::Sasl(Sasl::Refused, None);
                    return Reply::new(334, "", &refusal);
                }
                Reply::new(535, "5.7.8", "Authentication failed")
            }
            Turn::Failed => Reply::new(535, "5.7.8", "Authentication failed"),
        }
    }

    fn mail(&mut self, arguments: &str) -> Reply {
        if !self.greeted || self.mail.from.is_some() {
            return Reply::new(503, "5.5.1", "Bad sequence of commands");
        }
        if self.features.smtp.auth_required && self.user.is_none() {
            return Reply::new(530, "5.7.0", "Authentication required");
        }
        let Some((address, parameters)) = path(arguments, "FROM:") else {
            return Reply::new(501, "5.5.4", "Syntax: MAIL FROM:<address>");
        };
        for parameter in parameters.split_ascii_whitespace() {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let name = name.to_ascii_uppercase();
            let limit = self.features.smtp.size;
            let size = value.parse::<u64>().ok();
            let known = match name.as_str() {
                "SIZE" if limit.is_some() => {
                    if size.zip(limit).is_some_and(|(size, limit)| size > limit) {
                        return Reply::new(552, "5.3.4", "Message size exceeds fixed limit");
                    }
                    size.is_some()
                }
                "BODY" => self.features.smtp.eight_bit,
                "SMTPUTF8" => self.features.smtp.smtputf8,
                "AUTH" => true,
                _ => false,
            };
            if !known {
                return Reply::new(555, "5.5.4", "Unknown MAIL parameter");
            }
        }
        if !address.is_ascii() && !parameters.to_ascii_uppercase().contains("SMTPUTF8") {
            return Reply::new(553, "5.6.7", "Non-ASCII address without SMTPUTF8");
        }
        self.mail = Transaction { from: Some(address), parameters, ..Transaction::default() };
        Reply::new(250, "2.1.0", "OK")
    }

    fn recipient(&mut self, arguments: &str) -> Reply {
        if self.mail.from.is_none() {
            return Reply::new(503, "5.5.1", "Need MAIL first");
        }
        match path(arguments, "TO:") {
            Some((address, _)) if !address.is_empty() => {
                self.mail.to.push(address);
                Reply::new(250, "2.1.5", "OK")
            }
            _ => Reply::new(501, "5.5.4", "Syntax: RCPT TO:<address>"),
        }
    }

    fn ready_for_body(&self) -> Option<Reply> {
        if self.mail.from.is_none() {
            return Some(Reply::new(503, "5.5.1", "Need MAIL first"));
        }
        self.mail.to.is_empty().then(|| Reply::new(554, "5.5.1", "No valid recipients"))
    }

    fn finish(&mut self) -> Reply {
        let mail = std::mem::take(&mut self.mail);
        if self.features.smtp.size.is_some_and(|limit| mail.body.len() as u64 > limit) {
            return Reply::new(552, "5.3.4", "Message too big");
        }
        let submitted = Submitted {
            user: self.user.clone(),
            from: mail.from.unwrap_or_default(),
            to: mail.to,
            parameters: mail.parameters,
            bytes: mail.body,
        };
        let (office, features) = (self.office.clone(), Arc::clone(&self.features));
        let now = InternalDate::from(office.clock.now());
        let number = office.with(|state| {
            deliver(state, &features, &submitted, now);
            state.submitted.push(submitted);
            state.submitted.len()
        });
        Reply::new(250, "2.0.0", &format!("OK queued as {number}"))
    }

    fn command(&mut self, verb: &str, arguments: &str, out: &mut Replies) -> Option<Reply> {
        Some(match verb {
            "EHLO" | "HELO" => {
                self.hello(verb == "EHLO", out);
                return None;
            }
            "AUTH" => self.auth(arguments, out),
            "MAIL" => self.mail(arguments),
            "RCPT" => self.recipient(arguments),
            "DATA" => match self.ready_for_body() {
                _ if self.mail.chunked => Reply::new(503, "5.5.1", "BDAT was begun"),
                Some(refusal) => refusal,
                None => {
                    self.reading = Reading::Data;
                    Reply::new(354, "", "End data with <CR><LF>.<CR><LF>")
                }
            },
            "RSET" => {
                self.mail = Transaction::default();
                Reply::new(250, "2.0.0", "OK")
            }
            "NOOP" => Reply::new(250, "2.0.0", "OK"),
            "VRFY" => Reply::new(252, "2.0.0", "Try it"),
            _ => Reply::new(500, "5.5.2", "Unknown command"),
        })
    }

    fn chunk(&mut self, octets: &[u8], last: bool) -> Reply {
        if let Some(refusal) = self.ready_for_body() {
            return refusal;
        }
        self.mail.chunked = true;
        self.mail.body.extend_from_slice(octets);
        if last {
            return self.finish();
        }
        Reply::new(250, "2.0.0", &format!("{} octets received", octets.len()))
    }
}

/// `FROM:<address> parameters`.
fn path(arguments: &str, word: &str) -> Option<(String, String)> {
    let head = arguments.get(..word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let rest = arguments.get(word.len()..)?.trim_start().strip_prefix('<')?;
    let (address, parameters) = rest.split_once('>')?;
    Some((address.to_owned(), parameters.trim().to_owned()))
}

fn deliver(state: &mut State, features: &Features, mail: &Submitted, now: InternalDate) {
    let mut put = |name: &str, mailbox: &str, flags: Flags| {
        let Some(user) = state.users.get_mut(name) else { return };
        if !user.mailboxes.contains_key(mailbox) {
            return;
        }
        let content = user.content(mail.bytes.clone());
        if let Some(mailbox) = user.mailboxes.get_mut(mailbox) {
            let modseq = mailbox.next_modseq();
            mailbox.add(content, flags, now, modseq);
        }
        state.changed = true;
    };
    if features.smtp.deliver {
        for recipient in &mail.to {
            let local = recipient.split_once('@').map_or(recipient.as_str(), |(local, _)| local);
            put(recipient, "INBOX", Flags::default());
            if local != recipient {
                put(local, "INBOX", Flags::default());
            }
        }
    }
    if let (Some(sent), Some(user)) = (&features.smtp.save_sent, &mail.user) {
        put(user, sent, Flags::new(["\\Seen"]));
    }
}

/// Takes a message up to its closing dot, dots unstuffed.
fn take_body(input: &mut Input) -> Option<Vec<u8>> {
    let unread = input.unread();
    // What was looked at before cannot hold the end, but for its last octets.
    let from = input.seen.saturating_sub(5);
    let end = if unread.starts_with(b".\r\n") {
        Some(0)
    } else {
        let tail = unread.get(from..).unwrap_or_default();
        tail.windows(5).position(|window| window == b"\r\n.\r\n").map(|at| from + at + 2)
    };
    let Some(end) = end else {
        input.seen = unread.len();
        return None;
    };
    let mut stuffed = input.take(end + 3);
    input.seen = 0;
    stuffed.truncate(end);
    let mut body = Vec::with_capacity(stuffed.len());
    let mut at_start = true;
    for window in stuffed.split_inclusive(|byte| *byte == b'\n') {
        let line = if at_start { window.strip_prefix(b".").unwrap_or(window) } else { window };
        body.extend_from_slice(line);
        // Only CRLF ends a line here: a bare LF must not smuggle a dot in or out.
        at_start = window.ends_with(b"\r\n");
    }
    Some(body)
}

impl Machine for SmtpSession {
    fn greeting(&mut self, out: &mut Replies) -> After {
        out.line(Kind::Greeting, "220 post.office.example ESMTP ready");
        After::Go
    }

    fn take(&mut self, input: &mut Input) -> Take {
        let made = |verb: &str, shown: String, bytes: Vec<u8>| {
            Take::Command(Command { tag: String::new(), verb: verb.to_owned(), shown, bytes })
        };
        match self.reading {
            Reading::Data => match take_body(input) {
                None => Take::More,
                Some(body) => made(".", format!("{} octets", body.len()), body),
            },
            Reading::Chunk(size, _) => {
                if input.unread().len() < size {
                    return Take::More;
                }
                made("BDAT", format!("{size} octets"), input.take(size))
            }
            Reading::Sasl(..) => match input.take_line() {
                None => Take::More,
                Some(bytes) => made("SASL", "***".to_owned(), bytes),
            },
            Reading::Command => {
                let Some(bytes) = input.take_line() else { return Take::More };
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let (verb, arguments) = text.split_once(' ').unwrap_or((&text, ""));
                let verb = verb.to_ascii_uppercase();
                if verb == "BDAT" && self.features.smtp.chunking {
                    let mut words = arguments.split_ascii_whitespace();
                    let size = words.next().and_then(|size| size.parse().ok()).unwrap_or(0);
                    let last = words.next().is_some_and(|word| word.eq_ignore_ascii_case("LAST"));
                    self.reading = Reading::Chunk(size, last);
                    return self.take(input);
                }
                let shown = match (verb.as_str(), arguments.split_once(' ')) {
                    ("AUTH", Some((mechanism, _))) => format!("{mechanism} ***"),
                    _ => arguments.to_owned(),
                };
                made(&verb, shown, arguments.as_bytes().to_vec())
            }
        }
    }

    fn run(&mut self, command: &Command, out: &mut Replies) -> After {
        let reply = match std::mem::take(&mut self.reading) {
            Reading::Data => {
                self.mail.body.clone_from(&command.bytes);
                Some(self.finish())
            }
            Reading::Chunk(_, last) => Some(self.chunk(&command.bytes, last)),
            Reading::Sasl(sasl, mechanism) => Some(self.sasl_turn(sasl, mechanism, &command.bytes, out)),
            Reading::Command => {
                let arguments = String::from_utf8_lossy(&command.bytes).into_owned();
                match command.verb.as_str() {
                    "QUIT" => {
                        self.say(out, &Reply::new(221, "2.0.0", "Bye"));
                        return After::Close;
                    }
                    "STARTTLS" if self.starttls && !self.secure => {
                        self.say(out, &Reply::new(220, "2.0.0", "Ready to start TLS"));
                        return After::StartTls;
                    }
                    verb => self.command(verb, arguments.trim(), out),
                }
            }
        };
        if let Some(reply) = reply {
            self.say(out, &reply);
        }
        After::Go
    }

    fn skip(&mut self) {
        if matches!(std::mem::take(&mut self.reading), Reading::Data | Reading::Chunk(..)) {
            self.mail = Transaction::default();
        }
    }

    fn secured(&mut self) {
        self.secure = true;
        self.greeted = false;
        self.user = None;
        self.mail = Transaction::default();
    }
}
