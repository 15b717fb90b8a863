//! Submission (RFC 6409) and its extensions as a machine without a stream.

mod session;

pub(crate) use session::SmtpSession;

/// One message that was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Who was logged in.
    pub user: Option<String>,
    /// The reverse path of MAIL.
    pub from: String,
    /// The forward paths of RCPT, in order.
    pub to: Vec<String>,
    /// What stood behind MAIL's address, such as `SIZE=10 BODY=8BITMIME`.
    pub parameters: String,
    /// The message, dots unstuffed.
    pub bytes: Vec<u8>,
}
