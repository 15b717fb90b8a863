//! The states and commands of one POP3 session.

use std::sync::Arc;
use std::time::Duration;

use super::maildrop::{Closed, Maildrop};
use crate::features::{Expire, Features, Mechanism};
use crate::mime::split_header;
use crate::office::PostOffice;
use crate::reply::{Kind, Replies};
use crate::sasl::{Sasl, Turn, decode_line, first_challenge, turn};
use crate::serve::{After, Command, ConnectionOptions, Machine, Take, TlsMode};
use crate::wire::Input;

/// What stands behind `-ERR`.
struct Refused(&'static str, &'static str);

type Answer = Result<(), Refused>;

const SYNTAX: Refused = Refused("", "Syntax error");
const NO_MESSAGE: Refused = Refused("", "There's no such message");

pub(crate) struct PopSession {
    office: PostOffice,
    features: Arc<Features>,
    connection: u64,
    stls: bool,
    secure: bool,
    name: Option<String>,
    sasl: Option<Sasl>,
    drop: Option<Maildrop>,
}

impl PopSession {
    pub(crate) fn new(office: &PostOffice, options: &ConnectionOptions, connection: u64) -> Self {
        let features = office.with(|state| Arc::clone(&state.features));
        Self {
            office: office.clone(),
            connection,
            stls: features.pop.stls && matches!(options.tls, TlsMode::StartTls(_)),
            secure: matches!(options.tls, TlsMode::Implicit(_)),
            features,
            name: None,
            sasl: None,
            drop: None,
        }
    }

    fn maildrop(&mut self) -> Result<&mut Maildrop, Refused> {
        self.drop.as_mut().ok_or(Refused("", "Log in first"))
    }

    fn disabled(&self) -> bool {
        self.features.login_disabled && !self.secure
    }

    fn open(&mut self, name: &str, password: &str, out: &mut Replies) -> Answer {
        let (office, connection) = (self.office.clone(), self.connection);
        let now = office.clock.now();
        let opened = office.with(|state| {
            if !state.check_login(name, password) {
                return Err(Refused("AUTH", "Authentication failed."));
            }
            Maildrop::open(state, name, connection, now).map_err(|closed| match closed {
                Closed::InUse => Refused("IN-USE", "The maildrop is in use by another session."),
                Closed::TooSoon => Refused("LOGIN-DELAY", "Log in again later."),
                Closed::NoUser => Refused("AUTH", "Authentication failed."),
            })
        })?;
        self.drop = Some(opened);
        ok(out, "Logged in.");
        Ok(())
    }

    fn capabilities(&self, out: &mut Replies) -> Answer {
        let pop = &self.features.pop;
        if !pop.capa {
            return Err(Refused("", "Unknown command"));
        }
        let before_login = self.drop.is_none();
        let mut lines = Vec::new();
        let mut add = |on: bool, line: &str| {
            if on {
                lines.push(line.to_owned());
            }
        };
        add(pop.top, "TOP");
        add(pop.uidl, "UIDL");
        add(pop.resp_codes, "RESP-CODES");
        add(pop.resp_codes, "AUTH-RESP-CODE");
        add(pop.pipelining, "PIPELINING");
        add(pop.utf8, "UTF8");
        if let Some(delay) = pop.login_delay {
            lines.push(format!("LOGIN-DELAY {delay}"));
        }
        match pop.expire {
            Some(Expire::Never) => lines.push("EXPIRE NEVER".to_owned()),
            Some(Expire::Days(days)) => lines.push(format!("EXPIRE {days}")),
            None => {}
        }
        if before_login {
            if self.stls && !self.secure {
                lines.push("STLS".to_owned());
            }
            if pop.user && !self.disabled() {
                lines.push("USER".to_owned());
            }
            if !pop.mechanisms.is_empty() && !self.disabled() {
                let names: Vec<&str> = pop.mechanisms.iter().map(|each| each.name()).collect();
                lines.push(format!("SASL {}", names.join(" ")));
            }
        }
        lines.push("IMPLEMENTATION Post-office".to_owned());
        list(out, "Capabilities follow", lines);
        Ok(())
    }

    fn before_login(&mut self, verb: &str, arguments: &str, out: &mut Replies) -> Answer {
        if self.drop.is_some() {
            return Err(Refused("", "Already logged in"));
        }
        if self.disabled() {
            return Err(Refused("", "Log in over TLS only."));
        }
        match verb {
            "USER" if self.features.pop.user => {
                self.name = Some(arguments.to_owned());
                ok(out, "");
                Ok(())
            }
            "PASS" if self.features.pop.user => {
                let name = self.name.take().ok_or(Refused("", "No username given."))?;
                self.open(&name, arguments, out)
            }
            "AUTH" => self.begin_auth(arguments, out),
            _ => Err(Refused("", "Unknown command")),
        }
    }

    fn begin_auth(&mut self, arguments: &str, out: &mut Replies) -> Answer {
        let (name, initial) = arguments.split_once(' ').unwrap_or((arguments, ""));
        let mechanism = Mechanism::named(name).filter(|each| self.features.pop.mechanisms.contains(each));
        let mechanism = mechanism.ok_or(Refused("", "Unsupported authentication mechanism."))?;
        if initial.is_empty() {
            self.sasl = Some(Sasl::Waiting(mechanism));
            out.line(Kind::Continuation, &format!("+ {}", first_challenge(mechanism)));
            return Ok(());
        }
        self.sasl_turn(Sasl::Waiting(mechanism), initial.as_bytes(), out)
    }

    fn sasl_turn(&mut self, sasl: Sasl, line: &[u8], out: &mut Replies) -> Answer {
        let response = decode_line(line).ok_or(Refused("", "Authentication aborted."))?;
        match turn(sasl, &response) {
            Turn::Ask(next, text) => {
                self.sasl = Some(next);
                out.line(Kind::Continuation, &format!("+ {text}"));
                Ok(())
            }
            Turn::Check(name, password) => self.open(&name, &password, out),
            Turn::Failed => Err(Refused("AUTH", "Authentication failed.")),
        }
    }

    fn stat(&mut self, out: &mut Replies) -> Answer {
        let maildrop = self.maildrop()?;
        let (count, octets) = maildrop
            .listed()
            .fold((0, 0), |(count, octets), (_, entry)| (count + 1, octets + entry.content.raw.len()));
        ok(out, &format!("{count} {octets}"));
        Ok(())
    }

    fn listing(&mut self, verb: &str, arguments: &str, out: &mut Replies) -> Answer {
        let maildrop = self.maildrop()?;
        let value = |entry: &super::maildrop::Entry| {
            if verb == "UIDL" { entry.unique.clone() } else { entry.content.raw.len().to_string() }
        };
        if arguments.is_empty() {
            let lines: Vec<String> =
                maildrop.listed().map(|(number, entry)| format!("{number} {}", value(entry))).collect();
            list(out, &format!("{} messages:", lines.len()), lines);
            return Ok(());
        }
        let number: usize = arguments.parse().map_err(|_| SYNTAX)?;
        let entry = maildrop.get(number).ok_or(NO_MESSAGE)?;
        ok(out, &format!("{number} {}", value(entry)));
        Ok(())
    }

    fn retrieve(&mut self, arguments: &str, out: &mut Replies) -> Answer {
        let entry = self.maildrop()?.get(arguments.parse().map_err(|_| SYNTAX)?).ok_or(NO_MESSAGE)?;
        let raw = &entry.content.raw;
        write_text(out, &format!("{} octets", raw.len()), raw);
        Ok(())
    }

    fn top(&mut self, arguments: &str, out: &mut Replies) -> Answer {
        let (number, lines) = arguments.split_once(' ').ok_or(SYNTAX)?;
        let (number, lines): (usize, usize) =
            (number.parse().map_err(|_| SYNTAX)?, lines.trim().parse().map_err(|_| SYNTAX)?);
        let entry = self.maildrop()?.get(number).ok_or(NO_MESSAGE)?;
        let raw = &entry.content.raw;
        let (_, body) = split_header(raw);
        let text = raw.get(body.start..).unwrap_or_default();
        let end = text.split_inclusive(|byte| *byte == b'\n').take(lines).map(<[u8]>::len).sum::<usize>();
        write_text(out, "", raw.get(..body.start + end).unwrap_or_default());
        Ok(())
    }

    fn delete(&mut self, arguments: &str, out: &mut Replies) -> Answer {
        let number: usize = arguments.parse().map_err(|_| SYNTAX)?;
        let maildrop = self.maildrop()?;
        maildrop.get(number).ok_or(NO_MESSAGE)?;
        maildrop.marked.insert(number - 1);
        ok(out, "Marked to be deleted.");
        Ok(())
    }

    fn execute(&mut self, verb: &str, arguments: &str, out: &mut Replies) -> Answer {
        match verb {
            "CAPA" => self.capabilities(out),
            "USER" | "PASS" | "AUTH" => self.before_login(verb, arguments, out),
            "UTF8" if self.features.pop.utf8 && self.drop.is_none() => {
                ok(out, "UTF8 enabled.");
                Ok(())
            }
            "STAT" => self.stat(out),
            "LIST" => self.listing(verb, arguments, out),
            "UIDL" if self.features.pop.uidl => self.listing(verb, arguments, out),
            "RETR" => self.retrieve(arguments, out),
            "TOP" if self.features.pop.top => self.top(arguments, out),
            "DELE" => self.delete(arguments, out),
            "NOOP" => {
                self.maildrop()?;
                ok(out, "");
                Ok(())
            }
            "RSET" => {
                self.maildrop()?.marked.clear();
                ok(out, "");
                Ok(())
            }
            _ => Err(Refused("", "Unknown command")),
        }
    }

    fn quit(&mut self, out: &mut Replies) {
        if let Some(mut maildrop) = self.drop.take() {
            self.office.with(|state| {
                maildrop.commit(state);
                maildrop.unlock(state);
            });
        }
        ok(out, "Logging out.");
    }
}

impl Drop for PopSession {
    /// The link is gone without QUIT: marks are forgotten, unless this server is one that does not care.
    fn drop(&mut self) {
        if let Some(mut maildrop) = self.drop.take() {
            let commits = self.features.pop.commit_on_disconnect;
            self.office.with(|state| {
                if commits {
                    maildrop.commit(state);
                }
                maildrop.unlock(state);
            });
        }
    }
}

fn ok(out: &mut Replies, text: &str) {
    out.line(Kind::Tagged, format!("+OK {text}").trim_end());
}

fn list(out: &mut Replies, text: &str, lines: Vec<String>) {
    ok(out, text);
    let tail = out.tail();
    for line in lines {
        tail.extend_from_slice(line.as_bytes());
        tail.extend_from_slice(b"\r\n");
    }
    tail.extend_from_slice(b".\r\n");
}

/// Text with dots stuffed and a closing dot.
fn write_text(out: &mut Replies, text: &str, octets: &[u8]) {
    ok(out, text);
    let tail = out.tail();
    for line in octets.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            tail.push(b'.');
        }
        tail.extend_from_slice(line);
    }
    if !octets.is_empty() && !octets.ends_with(b"\n") {
        tail.extend_from_slice(b"\r\n");
    }
    tail.extend_from_slice(b".\r\n");
}

impl Machine for PopSession {
    fn greeting(&mut self, out: &mut Replies) -> After {
        out.line(Kind::Greeting, "+OK Post office ready.");
        After::Go
    }

    fn take(&mut self, input: &mut Input) -> Take {
        let Some(bytes) = input.take_line() else { return Take::More };
        if self.sasl.is_some() {
            return Take::Command(Command {
                verb: "SASL".to_owned(),
                shown: "***".to_owned(),
                bytes,
                tag: String::new(),
            });
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (verb, arguments) = text.split_once(' ').unwrap_or((&text, ""));
        let verb = verb.to_ascii_uppercase();
        let shown = match verb.as_str() {
            "PASS" => "***".to_owned(),
            "AUTH" => match arguments.split_once(' ') {
                Some((mechanism, _)) => format!("{mechanism} ***"),
                None => arguments.to_owned(),
            },
            _ => arguments.to_owned(),
        };
        Take::Command(Command { verb, shown, bytes: arguments.as_bytes().to_vec(), tag: String::new() })
    }

    fn run(&mut self, command: &Command, out: &mut Replies) -> After {
        let arguments = String::from_utf8_lossy(&command.bytes).into_owned();
        let answer = match command.verb.as_str() {
            "QUIT" => {
                self.quit(out);
                return After::Close;
            }
            "STLS" if self.stls && !self.secure && self.drop.is_none() => {
                ok(out, "Begin TLS negotiation now.");
                return After::StartTls;
            }
            "SASL" => match self.sasl.take() {
                Some(sasl) => self.sasl_turn(sasl, &command.bytes, out),
                None => Err(SYNTAX),
            },
            // A password may begin or end with blanks.
            "PASS" => self.execute("PASS", &arguments, out),
            verb => self.execute(verb, arguments.trim(), out),
        };
        if let Err(Refused(code, text)) = answer {
            let code = if code.is_empty() || !self.features.pop.resp_codes {
                String::new()
            } else {
                format!("[{code}] ")
            };
            out.line(Kind::Tagged, &format!("-ERR {code}{text}"));
        }
        After::Go
    }

    fn skip(&mut self) {
        self.sasl = None;
    }

    fn secured(&mut self) {
        self.secure = true;
        self.name = None;
    }

    fn timer(&self) -> Option<Duration> {
        self.features.pop.idle_timeout
    }

    fn expired(&mut self, _out: &mut Replies) -> After {
        After::Close
    }
}
