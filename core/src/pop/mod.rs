//! The POP3 wire (RFC 1939, 2449, 2595, 3206, 5034): typed commands in which -ERR and a lost connection are always
//! errors. What to keep and what to delete is decided elsewhere.

mod capabilities;
mod error;
mod frame;
mod listing;
mod login;
mod retrieve;
mod session;
mod status;
#[cfg(test)]
mod tests;

pub use capabilities::{Capabilities, Expire};
pub use error::PopError;
pub use frame::{Limits, Traffic};
pub use listing::Uidl;
pub use retrieve::{InTurn, Piece};
pub use session::Session;
