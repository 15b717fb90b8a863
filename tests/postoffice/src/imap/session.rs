//! The state of one IMAP session and the table of its commands.

use std::sync::Arc;
use std::time::Duration;

use super::capability::{Standing, capabilities};
use super::fetch::fetch_all;
use super::frame::Framer;
use super::notify::Watch;
use super::view::{Allowed, View, Wording};
use super::{Answer, Done, Grammar, Refuse, decode_utf7, encode_utf7};
use crate::features::{Extension, Features};
use crate::mailbox::Mailbox;
use crate::office::PostOffice;
use crate::reply::{Kind, Replies};
use crate::sasl::Sasl;
use crate::serve::{After, Command, ConnectionOptions, Machine, Take, TlsMode};
use crate::state::{State, User};
use crate::wire::Input;

#[derive(Debug, Default)]
pub(crate) enum Mode {
    #[default]
    Command,
    Sasl(String, Sasl),
    Idle(String),
}

pub(crate) struct ImapSession {
    pub(crate) office: PostOffice,
    pub(crate) features: Arc<Features>,
    pub(crate) framer: Framer,
    pub(crate) mode: Mode,
    pub(crate) starttls: bool,
    pub(crate) secure: bool,
    pub(crate) compressed: bool,
    pub(crate) user: Option<String>,
    preauth: bool,
    pub(crate) view: Option<View>,
    pub(crate) condstore: bool,
    pub(crate) qresync: bool,
    pub(crate) utf8: bool,
    /// UIDs kept by SEARCH RETURN (SAVE).
    pub(crate) saved: Vec<u32>,
    pub(crate) watch: Option<Watch>,
}

impl ImapSession {
    pub(crate) fn new(office: &PostOffice, options: &ConnectionOptions) -> Self {
        let features = office.with(|state| Arc::clone(&state.features));
        Self {
            office: office.clone(),
            starttls: features.starttls && matches!(options.tls, TlsMode::StartTls(_)),
            secure: matches!(options.tls, TlsMode::Implicit(_)),
            features,
            framer: Framer::default(),
            mode: Mode::Command,
            compressed: false,
            user: options.preauth.clone(),
            preauth: options.preauth.is_some(),
            view: None,
            condstore: false,
            qresync: false,
            utf8: false,
            saved: Vec::new(),
            watch: None,
        }
    }

    pub(crate) fn login_disabled(&self) -> bool {
        self.features.login_disabled && !self.secure
    }

    pub(crate) fn capability_words(&self) -> String {
        let standing = Standing {
            logged_in: self.user.is_some(),
            starttls: self.starttls && !self.secure,
            login_disabled: self.login_disabled(),
        };
        capabilities(&self.features, standing)
    }

    /// Refuses a command whose extension is off.
    pub(crate) fn need(&self, extension: Extension) -> Result<(), Refuse> {
        if self.features.has(extension) { Ok(()) } else { Err(Refuse::bad("Unknown command")) }
    }

    pub(crate) fn wording(&self) -> Wording {
        Wording {
            vanished: self.qresync,
            uid: self.qresync || self.features.uid_in_updates,
            modseq: self.condstore || self.qresync,
        }
    }

    pub(crate) fn user<'s>(&self, state: &'s mut State) -> Result<&'s mut User, Refuse> {
        let name = self.user.as_deref().ok_or_else(|| Refuse::bad("Please log in first"))?;
        state.users.get_mut(name).ok_or_else(|| Refuse::no("Your account is gone"))
    }

    /// A mailbox name argument as Unicode; INBOX in any case.
    pub(crate) fn mailbox_name(&self, grammar: &mut Grammar<'_>) -> Result<String, Refuse> {
        Ok(self.unicode_name(&grammar.astring()?))
    }

    pub(crate) fn unicode_name(&self, wire: &[u8]) -> String {
        let text = String::from_utf8_lossy(wire);
        let name =
            if self.utf8 { text.into_owned() } else { decode_utf7(&text).unwrap_or(text.into_owned()) };
        let inbox = name.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("INBOX"));
        match name.get(5..) {
            Some("") if inbox => "INBOX".to_owned(),
            Some(rest) if inbox && rest.starts_with(self.features.delimiter) => format!("INBOX{rest}"),
            _ => name,
        }
    }

    /// A mailbox name as this client reads it, quoted.
    pub(crate) fn write_name(&self, out: &mut Vec<u8>, name: &str) {
        if self.utf8 {
            out.push(b'"');
            out.extend_from_slice(name.replace('\\', "\\\\").replace('"', "\\\"").as_bytes());
            out.push(b'"');
        } else {
            crate::mime::string(out, encode_utf7(name).as_bytes());
        }
    }

    fn execute(&mut self, state: &mut State, command: &Command, out: &mut Replies) -> Answer {
        let grammar = &mut Grammar::new(&command.bytes);
        match command.verb.as_str() {
            "CAPABILITY" => {
                out.untagged(&format!("CAPABILITY {}", self.capability_words()));
                Ok(Done::text("Capability completed."))
            }
            "NOOP" | "CHECK" => Ok(Done::text("Completed.")),
            "ID" => self.id(out),
            "LOGIN" => self.login(state, grammar),
            "ENABLE" => self.enable(grammar, out),
            "NAMESPACE" => self.namespace(out),
            "LIST" | "LSUB" => self.list(state, grammar, command.verb == "LSUB", out),
            "STATUS" => self.status(state, grammar, out),
            "SELECT" | "EXAMINE" => self.select(state, grammar, command.verb == "EXAMINE", out),
            "CREATE" => self.create(state, grammar),
            "DELETE" => self.delete(state, grammar),
            "RENAME" => self.rename(state, grammar),
            "SUBSCRIBE" | "UNSUBSCRIBE" => self.subscribe(state, grammar, command.verb == "SUBSCRIBE"),
            "APPEND" => self.append(state, grammar),
            "NOTIFY" => self.notify(state, grammar, out),
            "CLOSE" | "UNSELECT" => self.close(state, command.verb == "CLOSE"),
            "FETCH" | "UID FETCH" => self.fetch(state, grammar, command.verb != "FETCH", out),
            "STORE" | "UID STORE" => self.store(state, grammar, command.verb != "STORE", out),
            "SEARCH" | "UID SEARCH" => {
                self.search(state, grammar, command.verb != "SEARCH", &command.tag, out)
            }
            "COPY" | "UID COPY" => self.copy(state, grammar, command.verb != "COPY"),
            "MOVE" | "UID MOVE" => self.move_messages(state, grammar, command.verb != "MOVE", out),
            "EXPUNGE" => self.expunge(state, None),
            "UID EXPUNGE" => self.uid_expunge(state, grammar),
            _ => Err(Refuse::bad("Unknown command")),
        }
    }

    fn id(&self, out: &mut Replies) -> Answer {
        self.need(Extension::Id)?;
        out.untagged("ID (\"name\" \"Post office\")");
        Ok(Done::text("ID completed."))
    }

    fn enable(&mut self, grammar: &mut Grammar<'_>, out: &mut Replies) -> Answer {
        self.need(Extension::Enable)?;
        if self.user.is_none() {
            return Err(Refuse::bad("Please log in first"));
        }
        let mut enabled = Vec::new();
        while grammar.eat(b' ') || !grammar.is_end() {
            let word = grammar.word()?;
            let known = match word.as_str() {
                "CONDSTORE" if self.features.has(Extension::Condstore) => {
                    !std::mem::replace(&mut self.condstore, true)
                }
                "QRESYNC" if self.features.has(Extension::Qresync) => {
                    self.condstore = true;
                    !std::mem::replace(&mut self.qresync, true)
                }
                "UTF8=ACCEPT" if self.features.has(Extension::Utf8Accept) => {
                    !std::mem::replace(&mut self.utf8, true)
                }
                _ => false,
            };
            if known {
                enabled.push(word);
            }
        }
        out.untagged(format!("ENABLED {}", enabled.join(" ")).trim_end());
        Ok(Done::text("Enabled."))
    }

    fn namespace(&self, out: &mut Replies) -> Answer {
        self.need(Extension::Namespace)?;
        let Features { prefix, delimiter, .. } = &*self.features;
        out.untagged(&format!("NAMESPACE ((\"{prefix}\" \"{delimiter}\")) NIL NIL"));
        Ok(Done::text("Namespace completed."))
    }

    /// Tells what others changed. `false` when the selected mailbox is gone or has become another.
    pub(crate) fn updates(&mut self, state: &mut State, out: &mut Replies, allowed: Allowed) -> bool {
        let word = self.wording();
        let Some(view) = self.view.as_mut() else { return true };
        let Some(user) = self.user.as_ref().and_then(|name| state.users.get_mut(name)) else { return false };
        match user.by_id(view.id, &view.name) {
            Some((_, mailbox)) if mailbox.uid_validity == view.uid_validity => {
                let before = view.items.last().map_or(0, |item| item.uid);
                view.update(mailbox, out, word, allowed);
                let items = self.watch.as_ref().map_or(&[][..], Watch::new_items);
                if !items.is_empty() {
                    let first = view.items.partition_point(|item| item.uid <= before);
                    let new: Vec<usize> = (first..view.items.len()).collect();
                    fetch_all(view, mailbox, &new, items, None, out);
                }
                true
            }
            _ => false,
        }
    }

    fn tagged(out: &mut Replies, tag: &str, answer: Answer) {
        let line = match answer {
            Ok(Done { code: Some(code), text }) => format!("{tag} OK [{code}] {text}"),
            Ok(Done { code: None, text }) => format!("{tag} OK {text}"),
            Err(Refuse::Bad(text)) => format!("{tag} BAD {text}"),
            Err(Refuse::No(Some(code), text)) => format!("{tag} NO [{code}] {text}"),
            Err(Refuse::No(None, text)) => format!("{tag} NO {text}"),
        };
        out.line(Kind::Tagged, &line);
    }

    fn run_locked(&mut self, state: &mut State, command: &Command, out: &mut Replies) -> After {
        let verb = command.verb.as_str();
        let answer = self.execute(state, command, out);
        if answer.is_ok() && changes_mail(verb) {
            state.changed = true;
        }
        let allowed = match verb {
            "FETCH" | "STORE" | "SEARCH" => Allowed::NO_EXPUNGE,
            _ => Allowed::ALL,
        };
        let tells = !matches!(verb, "SELECT" | "EXAMINE" | "LOGIN" | "CAPABILITY");
        let alive = !tells || self.updates(state, out, allowed);
        if let Some(watch) = self.watch.take() {
            self.watch = Some(self.tell_others(watch, state, out));
        }
        let ghosts = matches!(verb, "FETCH" | "STORE" | "SEARCH") && self.knows_expunged(state);
        let answer = match answer {
            Ok(Done { code: None, .. }) if ghosts => {
                Ok(Done::coded("EXPUNGEISSUED".to_owned(), "Some messages are gone already."))
            }
            answer => answer,
        };
        Self::tagged(out, &command.tag, answer);
        if alive {
            return After::Go;
        }
        out.untagged("BYE The selected mailbox is not what it was, please log in again");
        After::Close
    }

    fn knows_expunged(&mut self, state: &mut State) -> bool {
        let Some(view) = self.view.as_ref() else { return false };
        let Some(user) = self.user.as_ref().and_then(|name| state.users.get_mut(name)) else { return false };
        let found = user.by_id(view.id, &view.name);
        found.is_some_and(|(_, mailbox)| view.has_ghosts(mailbox))
    }
}

/// The selected mailbox and what the session knows of it.
pub(crate) fn selected<'a>(
    state: &'a mut State,
    user: Option<&str>,
    view: Option<&'a mut View>,
) -> Result<(&'a mut View, &'a mut Mailbox), Refuse> {
    let view = view.ok_or_else(|| Refuse::bad("No mailbox selected"))?;
    let user = user.and_then(|name| state.users.get_mut(name));
    let user = user.ok_or_else(|| Refuse::no("Your account is gone"))?;
    let found = user.by_id(view.id, &view.name);
    let found = found.filter(|(_, mailbox)| mailbox.uid_validity == view.uid_validity);
    let (_, mailbox) = found.ok_or_else(|| Refuse::no("The mailbox is gone"))?;
    Ok((view, mailbox))
}

fn changes_mail(verb: &str) -> bool {
    !matches!(
        verb,
        "CAPABILITY"
            | "NOOP"
            | "CHECK"
            | "ID"
            | "LOGIN"
            | "ENABLE"
            | "NAMESPACE"
            | "LIST"
            | "LSUB"
            | "STATUS"
            | "SELECT"
            | "EXAMINE"
            | "NOTIFY"
            | "UNSELECT"
            | "SEARCH"
            | "UID SEARCH"
    )
}

impl Machine for ImapSession {
    fn greeting(&mut self, out: &mut Replies) -> After {
        let code = if self.features.capability_in_greeting {
            format!("[CAPABILITY {}] ", self.capability_words())
        } else {
            String::new()
        };
        let status = if self.preauth { "PREAUTH" } else { "OK" };
        out.line(Kind::Greeting, &format!("* {status} {code}Post office ready."));
        After::Go
    }

    fn take(&mut self, input: &mut Input) -> Take {
        let (tag, verb) = match &self.mode {
            Mode::Command => return self.framer.take(input, &self.features),
            Mode::Idle(tag) => (tag.clone(), "DONE"),
            Mode::Sasl(tag, _) => (tag.clone(), "SASL"),
        };
        match input.take_line() {
            None => Take::More,
            Some(bytes) => {
                let shown = if verb == "SASL" { "***".to_owned() } else { String::new() };
                Take::Command(Command { tag, verb: verb.to_owned(), shown, bytes })
            }
        }
    }

    fn run(&mut self, command: &Command, out: &mut Replies) -> After {
        let office = self.office.clone();
        match command.verb.as_str() {
            "REFUSED" => {
                out.line(Kind::Tagged, &String::from_utf8_lossy(&command.bytes));
                return After::Go;
            }
            "LOGOUT" => {
                out.untagged("BYE Logging out");
                Self::tagged(out, &command.tag, Ok(Done::text("Logout completed.")));
                return After::Close;
            }
            "STARTTLS" => {
                let possible = self.starttls && !self.secure && self.user.is_none();
                if possible {
                    Self::tagged(out, &command.tag, Ok(Done::text("Begin TLS negotiation now.")));
                    return After::StartTls;
                }
                Self::tagged(out, &command.tag, Err(Refuse::bad("TLS is not available.")));
                return After::Go;
            }
            "COMPRESS" => {
                let answer = self.compress(&command.bytes);
                let after = if answer.is_ok() { After::Deflate } else { After::Go };
                Self::tagged(out, &command.tag, answer);
                return after;
            }
            "AUTHENTICATE" | "SASL" => {
                let answer = office.with(|state| self.authenticate(state, command, out));
                if let Some(answer) = answer {
                    Self::tagged(out, &command.tag, answer);
                }
                return After::Go;
            }
            "IDLE" | "DONE" => {
                if let Some(answer) = office.with(|state| self.idle(state, command, out)) {
                    Self::tagged(out, &command.tag, answer);
                }
                return After::Go;
            }
            _ => {}
        }
        office.with(|state| self.run_locked(state, command, out))
    }

    fn skip(&mut self) {
        self.mode = Mode::Command;
    }

    fn secured(&mut self) {
        self.secure = true;
    }

    fn listens(&self) -> bool {
        matches!(self.mode, Mode::Idle(_)) || (self.watch.is_some() && matches!(self.mode, Mode::Command))
    }

    fn event(&mut self, out: &mut Replies) {
        let office = self.office.clone();
        office.with(|state| self.news(state, out));
    }

    fn timer(&self) -> Option<Duration> {
        match self.mode {
            Mode::Idle(_) => self.features.still_here,
            _ => self.features.imap_timeout,
        }
    }

    fn expired(&mut self, out: &mut Replies) -> After {
        if matches!(self.mode, Mode::Idle(_)) {
            out.untagged("OK Still here");
            return After::Go;
        }
        out.untagged("BYE Disconnected for inactivity.");
        After::Close
    }
}
