//! What failed and what to do: one line for people, one document for programs, an exit code for scripts.

use super::text;
use satchel_core::error::{MailError, ServerText, StorageProblem, TlsProblem};
use serde_json::{Value, json};
use std::fmt;

/// How the core begins when a home holds no store.
const NO_STORE: &str = "a mail store";

/// Why a command ended without having done what it was asked.
#[derive(Debug)]
pub(crate) struct Failure(Box<Parts>);

#[derive(Debug)]
struct Parts {
    error: MailError,
    /// In place of the error's own sentence.
    sentence: Option<String>,
    /// What to do about it.
    hint: Option<String>,
}

impl Failure {
    /// Something in the command line cannot be used.
    pub(crate) fn usage(field: &str, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let sentence = if field == "command" { Some(reason.clone()) } else { None };
        let error = MailError::InvalidInput { field: field.to_owned(), reason };
        Self(Box::new(Parts { error, sentence, hint: None }))
    }

    /// Says it in other words.
    pub(crate) fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.0.sentence = Some(sentence.into());
        self
    }

    /// Says what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The core's error.
    pub(crate) fn error(&self) -> &MailError {
        &self.0.error
    }

    /// Whether another engine holds the home.
    pub(crate) fn is_in_use(&self) -> bool {
        matches!(self.0.error, MailError::Storage { problem: StorageProblem::InUse, .. })
    }

    /// As the contract says.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.0.error {
            MailError::InvalidInput { .. } => 2,
            MailError::Authentication { .. } => 3,
            MailError::Network { .. } => 4,
            MailError::Tls { .. } => 5,
            MailError::ServerRejected { .. } => 6,
            MailError::NotFound { .. } => 7,
            MailError::Storage { .. } => 8,
            MailError::Offline { .. } | MailError::Cancelled => 9,
            _ => 1,
        }
    }

    /// The line for standard error, with its end.
    pub(crate) fn line(&self) -> String {
        format!("satchel: {}\n", text::line(&self.to_string()))
    }

    /// The one document.
    pub(crate) fn document(&self) -> Value {
        let mut fields = json!({"kind": self.0.error.kind(), "message": self.sentence()});
        let mut add = |name: &str, value: Value| {
            if !value.is_null()
                && let Some(fields) = fields.as_object_mut()
            {
                fields.insert(name.to_owned(), value);
            }
        };
        match &self.0.error {
            MailError::Authentication { host, .. } => add("host", json!(host)),
            MailError::Network { host, reason } => {
                add("host", json!(host));
                add("reason", json!(reason));
            }
            MailError::Tls { host, problem, reason, sha256 } => {
                add("host", json!(host));
                add("problem", json!(tls_problem(*problem)));
                add("reason", json!(reason));
                add("sha256", json!(sha256));
            }
            MailError::ServerRejected { what, code, .. } => {
                add("what", json!(what));
                add("code", json!(code));
            }
            MailError::NotFound { what } | MailError::Offline { what } => add("what", json!(what)),
            MailError::Storage { problem, reason } => {
                add("problem", json!(storage_problem(*problem)));
                add("reason", json!(reason));
            }
            MailError::InvalidInput { field, reason } => {
                add("field", json!(field));
                add("reason", json!(reason));
            }
            _ => {}
        }
        add("server_text", json!(self.0.error.server_text().map(ServerText::for_person)));
        add("hint", json!(self.advice()));
        json!({ "error": fields })
    }

    fn sentence(&self) -> String {
        match (&self.0.sentence, &self.0.error) {
            (Some(sentence), _) => sentence.clone(),
            (None, MailError::NotFound { what }) if what.starts_with(NO_STORE) => {
                "there is no mail store here".to_owned()
            }
            (None, error) => error.to_string(),
        }
    }

    fn advice(&self) -> Option<String> {
        let fixed = match &self.0.error {
            _ if self.0.hint.is_some() => return self.0.hint.clone(),
            MailError::Network { .. } => "check the server's name and port and the network, then try again",
            MailError::Tls { problem: TlsProblem::UnknownIssuer, sha256: Some(sha256), .. } => {
                return Some(format!(
                    "--ca FILE adds an authority, --pin {sha256} believes this one certificate"
                ));
            }
            MailError::Tls { problem: TlsProblem::NotThePinnedOne, sha256: Some(sha256), .. } => {
                return Some(format!("its SHA-256 is {sha256}"));
            }
            MailError::Offline { .. } => "try again with a network, without --offline",
            MailError::ServerRejected { .. } => "see what the server says, or ask who runs it",
            MailError::NotFound { what } if what == "account" => "satchel account list shows the accounts",
            MailError::NotFound { what } if what == "mailbox" => "satchel mailboxes ACCOUNT shows their ids",
            MailError::NotFound { what } if what == "message" || what == "placement" => {
                "satchel list MAILBOX_ID shows the ids of messages"
            }
            MailError::NotFound { what } if what.starts_with(NO_STORE) => {
                "begin with satchel account add ADDRESS --incoming URL, or name another folder with --home"
            }
            _ => return None,
        };
        Some(fixed.to_owned())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())?;
        if let Some(words) = self.0.error.server_text() {
            write!(f, " (the server says: {})", words.for_person())?;
        }
        self.advice().map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl From<MailError> for Failure {
    fn from(error: MailError) -> Self {
        Self(Box::new(Parts { error, sentence: None, hint: None }))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        let problem = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StorageProblem::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StorageProblem::ReadOnly,
            _ => StorageProblem::Io,
        };
        MailError::Storage { problem, reason: error.kind().to_string() }.into()
    }
}

fn tls_problem(problem: TlsProblem) -> &'static str {
    match problem {
        TlsProblem::UnknownIssuer => "unknown_issuer",
        TlsProblem::Expired => "expired",
        TlsProblem::WrongHost => "wrong_host",
        TlsProblem::Unusable => "unusable",
        TlsProblem::NotThePinnedOne => "not_the_pinned_one",
        TlsProblem::StartTlsMissing => "start_tls_missing",
        TlsProblem::Injected => "injected",
        TlsProblem::Handshake => "handshake",
    }
}

fn storage_problem(problem: StorageProblem) -> &'static str {
    match problem {
        StorageProblem::Full => "full",
        StorageProblem::ReadOnly => "read_only",
        StorageProblem::InUse => "in_use",
        StorageProblem::NewerVersion => "newer_version",
        StorageProblem::Damaged => "damaged",
        StorageProblem::Io => "io",
        StorageProblem::Credentials => "credentials",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_s_words_reach_the_person_but_no_debug_output() {
        let error = MailError::Authentication {
            host: "mail.example.org".into(),
            server_text: ServerText::new("\u{1b}[31mlocked, call 555"),
        };
        let failure = Failure::from(error);
        assert_eq!(
            failure.line(),
            "satchel: mail.example.org refused the login: check the user name and the password (the server says: [31mlocked, call 555)\n"
        );
        assert_eq!(failure.document()["error"]["server_text"], "[31mlocked, call 555");
        assert!(!format!("{failure:?}").contains("555"));
    }

    #[test]
    fn every_class_of_error_has_the_contract_s_exit_code() {
        let (host, reason, what) = (String::new, String::new, String::new);
        let table = [
            (MailError::InvalidInput { field: what(), reason: reason() }, 2),
            (MailError::Authentication { host: host(), server_text: ServerText::default() }, 3),
            (MailError::Network { host: host(), reason: reason() }, 4),
            (
                MailError::Tls { host: host(), problem: TlsProblem::Expired, reason: reason(), sha256: None },
                5,
            ),
            (MailError::ServerRejected { what: what(), code: None, server_text: ServerText::default() }, 6),
            (MailError::NotFound { what: what() }, 7),
            (MailError::Storage { problem: StorageProblem::Full, reason: reason() }, 8),
            (MailError::Offline { what: what() }, 9),
            (MailError::Cancelled, 9),
            (MailError::Internal { reason: reason() }, 1),
        ];
        for (error, code) in table {
            let failure = Failure::from(error);
            assert_eq!(failure.exit_code(), code, "{failure}");
            assert_eq!(failure.document()["error"]["kind"], failure.error().kind());
        }
    }
}
