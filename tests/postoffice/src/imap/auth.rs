//! LOGIN and AUTHENTICATE.

use super::session::{ImapSession, Mode};
use super::{Answer, Done, Grammar, Refuse};
use crate::features::{Extension, Mechanism};
use crate::reply::{Kind, Replies};
use crate::sasl::{Sasl, Turn, bearer_refusal, decode_line, first_challenge, turn};
use crate::serve::Command;
use crate::state::State;

/// The exchange and the client's first response, decoded unless it was no base64.
type Begun = (Sasl, Option<Vec<u8>>);

impl ImapSession {
    fn logged_in(&mut self, name: String) -> Done {
        self.user = Some(name);
        let text = "Logged in.";
        if self.features.capability_after_login {
            return Done::coded(format!("CAPABILITY {}", self.capability_words()), text);
        }
        Done::text(text)
    }

    fn may_log_in(&self) -> Result<(), Refuse> {
        if self.user.is_some() {
            return Err(Refuse::bad("Already logged in"));
        }
        if self.login_disabled() {
            return Err(Refuse::coded("PRIVACYREQUIRED", "Log in over TLS only."));
        }
        Ok(())
    }

    pub(crate) fn login(&mut self, state: &mut State, grammar: &mut Grammar<'_>) -> Answer {
        self.may_log_in()?;
        let name = grammar.text()?;
        grammar.space()?;
        let password = grammar.text()?;
        grammar.end()?;
        if !state.check_login(&name, &password) {
            return Err(Refuse::coded("AUTHENTICATIONFAILED", "Authentication failed."));
        }
        Ok(self.logged_in(name))
    }

    /// AUTHENTICATE and its further turns; `None` while the exchange goes on.
    pub(crate) fn authenticate(
        &mut self,
        state: &mut State,
        command: &Command,
        out: &mut Replies,
    ) -> Option<Answer> {
        let (sasl, response) = match std::mem::take(&mut self.mode) {
            Mode::Sasl(_, sasl) => (sasl, decode_line(&command.bytes)),
            _ => match self.begin_sasl(command, out) {
                Ok(Some(begun)) => begun,
                Ok(None) => return None,
                Err(refuse) => return Some(Err(refuse)),
            },
        };
        let mechanism = if let Sasl::Waiting(mechanism) = sasl { Some(mechanism) } else { None };
        let Some(response) = response else {
            return Some(Err(Refuse::bad("Authentication cancelled")));
        };
        let failed = Err(Refuse::coded("AUTHENTICATIONFAILED", "Authentication failed."));
        match turn(sasl, &response) {
            Turn::Ask(next, text) => {
                self.mode = Mode::Sasl(command.tag.clone(), next);
                out.line(Kind::Continuation, &format!("+ {text}"));
                None
            }
            Turn::Check(name, password) => {
                if state.check_login(&name, &password) {
                    return Some(Ok(self.logged_in(name)));
                }
                if let Some(refusal) = mechanism.and_then(bearer_refusal) {
                    self.mode = Mode::Sasl(command.tag.clone(), Sasl::Refused);
                    out.line(Kind::Continuation, &format!("+ {refusal}"));
                    return None;
                }
                Some(failed)
            }
            Turn::Failed => Some(failed),
        }
    }

    /// Reads mechanism and initial response; `Ok(None)` when the response was asked for.
    fn begin_sasl(&mut self, command: &Command, out: &mut Replies) -> Result<Option<Begun>, Refuse> {
        self.may_log_in()?;
        let mut grammar = Grammar::new(&command.bytes);
        let mechanism = Mechanism::named(&grammar.word()?);
        let mechanism = mechanism.filter(|each| self.features.mechanisms.contains(each));
        let mechanism = mechanism.ok_or_else(|| Refuse::no("Unsupported authentication mechanism."))?;
        if grammar.eat(b' ') {
            self.need(Extension::SaslIr)?;
            return Ok(Some((Sasl::Waiting(mechanism), decode_line(grammar.remainder()))));
        }
        self.mode = Mode::Sasl(command.tag.clone(), Sasl::Waiting(mechanism));
        out.line(Kind::Continuation, &format!("+ {}", first_challenge(mechanism)));
        Ok(None)
    }

    pub(crate) fn compress(&mut self, arguments: &[u8]) -> Answer {
        self.need(Extension::CompressDeflate)?;
        if self.user.is_none() {
            return Err(Refuse::bad("Please log in first"));
        }
        if !arguments.eq_ignore_ascii_case(b"DEFLATE") {
            return Err(Refuse::bad("Unknown compression mechanism"));
        }
        if std::mem::replace(&mut self.compressed, true) {
            return Err(Refuse::coded("COMPRESSIONACTIVE", "Compression is on already."));
        }
        Ok(Done::text("Begin compression."))
    }
}
