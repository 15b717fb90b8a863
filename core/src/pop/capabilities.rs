//! What a POP server says it can do (RFC 2449).

use crate::error::ServerText;

/// How long a server keeps mail (RFC 2449 §6.7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expire {
    /// For ever.
    Never,
    /// So many days at least; 0: nothing may be left there after it was read.
    Days(u32),
}

/// The answer to CAPA. All `false` and empty when the server does not know CAPA: then [`Capabilities::known`] is
/// `false` and a command has to be tried to know.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Capabilities {
    /// Whether the server answered CAPA at all.
    pub known: bool,
    /// UIDL: messages have names that outlive a session.
    pub uidl: bool,
    /// TOP: headers alone can be asked for.
    pub top: bool,
    /// Several commands may be sent ahead.
    pub pipelining: bool,
    /// STLS (RFC 2595). Meaningless before TLS.
    pub stls: bool,
    /// USER and PASS.
    pub user: bool,
    /// SASL mechanisms, in capitals.
    pub sasl: Vec<String>,
    /// Response codes are given.
    pub resp_codes: bool,
    /// A wrong password is told apart from other troubles (RFC 3206).
    pub auth_resp_code: bool,
    /// UTF8 (RFC 6856).
    pub utf8: bool,
    /// How long mail is kept.
    pub expire: Option<Expire>,
    /// Seconds wanted between two logins.
    pub login_delay: Option<u32>,
    /// Name of the server software, for the person.
    pub implementation: Option<ServerText>,
    /// EXPIRE or LOGIN-DELAY differ per person: ask again after the login.
    pub(super) per_user: bool,
}

impl Capabilities {
    /// Whether this SASL mechanism is offered.
    pub fn has_sasl(&self, mechanism: &str) -> bool {
        self.sasl.iter().any(|m| m == mechanism)
    }

    /// Takes in one line of the answer; what is not known is passed over.
    pub(super) fn line(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let mut words = text.split_ascii_whitespace();
        let Some(name) = words.next() else { return };
        let mut number = || words.next().and_then(|w| w.parse::<u32>().ok());
        match name.to_ascii_uppercase().as_str() {
            "UIDL" => self.uidl = true,
            "TOP" => self.top = true,
            "PIPELINING" => self.pipelining = true,
            "STLS" => self.stls = true,
            "USER" => self.user = true,
            "RESP-CODES" => self.resp_codes = true,
            "AUTH-RESP-CODE" => self.auth_resp_code = true,
            "UTF8" => self.utf8 = true,
            "SASL" => {
                let known = self.sasl.len();
                self.sasl.extend(words.take(32_usize.saturating_sub(known)).map(str::to_ascii_uppercase));
            }
            "LOGIN-DELAY" => {
                self.login_delay = number();
                self.per_user |= words.next().is_some_and(|w| w.eq_ignore_ascii_case("USER"));
            }
            "EXPIRE" => {
                self.expire = match words.next() {
                    Some(never) if never.eq_ignore_ascii_case("NEVER") => Some(Expire::Never),
                    days => days.and_then(|d| d.parse().ok()).map(Expire::Days),
                };
                self.per_user |= words.next().is_some_and(|w| w.eq_ignore_ascii_case("USER"));
            }
            "IMPLEMENTATION" => {
                let rest = text.trim_ascii_start().get(name.len()..).unwrap_or_default();
                self.implementation = Some(ServerText::new(rest.trim()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Capabilities {
        let mut capabilities = Capabilities::default();
        for line in lines {
            capabilities.line(line.as_bytes());
        }
        capabilities
    }

    #[test]
    fn capabilities_are_read_in_any_case_and_strange_ones_are_passed_over() {
        let c = read(&[
            "top",
            "UIDL",
            "SASL plain XOAUTH2",
            "Pipelining",
            "RESP-CODES",
            "EXPIRE 60",
            "LOGIN-DELAY 900",
            "IMPLEMENTATION Cyrus POP3 v3",
            "X-STRANGE 1 2 3",
            "",
            "   ",
            "UTF8 USER",
        ]);
        assert!(
            c.top && c.uidl && c.pipelining && c.resp_codes && c.utf8 && !c.user && !c.stls && !c.per_user
        );
        assert!(c.has_sasl("PLAIN") && !c.has_sasl("CRAM-MD5"));
        assert_eq!((c.expire, c.login_delay), (Some(Expire::Days(60)), Some(900)));
        assert_eq!(c.implementation.unwrap().for_person(), "Cyrus POP3 v3");
        for (line, expire, delay, per_user) in [
            ("EXPIRE NEVER", Some(Expire::Never), None, false),
            ("EXPIRE 0 USER", Some(Expire::Days(0)), None, true),
            ("EXPIRE", None, None, false),
            ("EXPIRE soon", None, None, false),
            ("LOGIN-DELAY 60 user", None, Some(60), true),
            ("LOGIN-DELAY 99999999999", None, None, false),
        ] {
            let c = read(&[line]);
            assert_eq!((c.expire, c.login_delay, c.per_user), (expire, delay, per_user), "{line}");
        }
    }
}
