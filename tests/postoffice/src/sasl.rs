//! SASL exchanges, shared by the three protocols.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::features::Mechanism;

/// Where a SASL exchange stands.
#[derive(Clone, Debug)]
pub(crate) enum Sasl {
    Waiting(Mechanism),
    /// LOGIN: the name is known.
    LoginName(String),
    /// A bearer token was refused; the client has to say an empty line.
    Refused,
}

/// What one SASL turn leads to.
pub(crate) enum Turn {
    /// Ask for more with this text, base64 already.
    Ask(Sasl, String),
    /// Name and password (or token) to check.
    Check(String, String),
    Failed,
}

/// One turn with the client's decoded response.
pub(crate) fn turn(sasl: Sasl, response: &[u8]) -> Turn {
    let text = String::from_utf8_lossy(response).into_owned();
    match sasl {
        Sasl::Waiting(Mechanism::Plain) => {
            let mut parts = text.split('\0');
            match (parts.next(), parts.next(), parts.next()) {
                (Some(_), Some(name), Some(password)) => Turn::Check(name.to_owned(), password.to_owned()),
                _ => Turn::Failed,
            }
        }
        Sasl::Waiting(Mechanism::Login) => Turn::Ask(Sasl::LoginName(text), STANDARD.encode("Password:")),
        Sasl::LoginName(name) => Turn::Check(name, text),
        Sasl::Waiting(Mechanism::XOAuth2) => {
            let mut fields = text.split('\u{1}');
            let name = fields.next().and_then(|field| field.strip_prefix("user="));
            let token = fields.next().and_then(|field| field.strip_prefix("auth=Bearer "));
            match (name, token) {
                (Some(name), Some(token)) => Turn::Check(name.to_owned(), token.to_owned()),
                _ => Turn::Failed,
            }
        }
        Sasl::Waiting(Mechanism::OAuthBearer) => {
            let name = text.split(',').find_map(|field| field.strip_prefix("a="));
            let token = text.split('\u{1}').find_map(|field| field.strip_prefix("auth=Bearer "));
            match (name, token) {
                (Some(name), Some(token)) => Turn::Check(name.to_owned(), token.to_owned()),
                _ => Turn::Failed,
            }
        }
        Sasl::Refused => Turn::Failed,
    }
}

/// What a server asks first when there was no initial response.
pub(crate) fn first_challenge(mechanism: Mechanism) -> String {
    if mechanism == Mechanism::Login { STANDARD.encode("Username:") } else { String::new() }
}

/// The error a bearer mechanism sends before it fails (RFC 7628 §3.2.2), base64.
pub(crate) fn bearer_refusal(mechanism: Mechanism) -> Option<String> {
    match mechanism {
        Mechanism::XOAuth2 => {
            Some(STANDARD.encode("{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"mail\"}"))
        }
        Mechanism::OAuthBearer => Some(STANDARD.encode("{\"status\":\"invalid_token\"}")),
        Mechanism::Plain | Mechanism::Login => None,
    }
}

/// A client's line: decoded, or `None` when it cancels with `*` or is no base64.
pub(crate) fn decode_line(line: &[u8]) -> Option<Vec<u8>> {
    match line.trim_ascii() {
        b"*" => None,
        b"=" => Some(Vec::new()),
        text => STANDARD.decode(text).ok(),
    }
}
