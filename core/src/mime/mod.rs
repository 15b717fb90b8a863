//! Bytes of one message in, what a screen and a store need out: envelope, structure, text, parts, safe names.
//!
//! A message comes from strangers, so everything here is linear in its size, never recurses, never panics, and has
//! limits: 100 levels, 1,000 parts, 1,000 addresses of a kind, 10,000 fields of a header. What passes a limit is cut
//! and said to be (`Structure::truncated`).
//!
//! The tree is found by a scan over lines ([`structure`], [`read`]) that decodes nothing; a part's bytes are decoded
//! only when it is asked for. An encoded nested message is one leaf: it is opened by reading its bytes anew.

mod address;
mod body;
mod calendar;
mod canonical;
mod charset;
pub(crate) mod date;
mod envelope;
mod flowed;
mod header;
mod name;
mod parameters;
mod preview;
mod read;
mod scan;
mod structure;
mod transfer;
mod words;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

pub use crate::message::Encryption;
pub use body::{BodyText, body_parts, hide_referenced_pictures, read_parts};
pub use canonical::{CANONICAL_FIELDS, canonical_key};
pub use charset::decode_text;
pub use envelope::{envelope, message_ids};
pub use name::safe_name;
pub use parameters::decode_parameter;
pub use preview::preview;
pub use read::{PartBytes, Readable, part, read};
pub use structure::{Node, assemble, is_signed_data, line_format, structure};
pub use transfer::decode_body;
pub use words::decode_header;

/// Addresses of one kind that are kept.
const ADDRESSES: usize = 1_000;
