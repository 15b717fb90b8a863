//! POP3 (RFC 1939) and its extensions as a machine without a stream.

mod maildrop;
mod session;

pub(crate) use session::PopSession;
