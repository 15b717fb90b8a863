//! The IMAP wire (RFC 3501, and what extensions the server offers): one connection, typed commands, nothing stored.
//!
//! [`Session::open`] connects, makes the connection safe and logs in. Then:
//!
//! | call | brings |
//! |---|---|
//! | [`Session::list`] | [`Listing`]: mailboxes with roles and counts |
//! | [`Session::select`] | [`Selected`]: the cursor of a mailbox |
//! | [`Session::fetch`] | [`FetchRow`]s, one by one, and a [`FetchEnd`] |
//! | [`Session::fetch_section`] | bytes of a body, in chunks |
//! | [`Session::uid_search`] | a [`UidSet`] |
//! | [`Session::store_flags`], [`Session::copy`], [`Session::move_`], [`Session::uid_expunge`], [`Session::append`] | what was done |
//! | [`Session::fly`] with a [`Flight`] | several of these for the price of one turn |
//! | [`Session::take_unsolicited`] | what the server said unasked |
//!
//! Rules: NO, BAD, BYE and a lost connection are errors, an answer that is missing or unreadable is never an empty one
//! ([`Listing::complete`], [`FetchEnd::lost`], [`FetchRow::degraded`]); strings of envelopes stay raw bytes for
//! `mime`; a dropped call ends the session; everything is bounded by [`Limits`]; nothing is decided here.

mod capability;
mod command;
mod cursor;
mod error;
mod fetch;
mod flight;
mod frame;
mod guard;
mod limits;
mod listing;
mod mailbox_name;
mod parse;
mod pipeline;
mod quoting;
mod session;
mod uid_set;
mod unsolicited;

pub use capability::Capabilities;
pub use error::ImapError;
pub use fetch::{FetchRow, RawAddress, RawEnvelope, RawName, RawPart, RawStructure, SectionData};
pub use flight::{
    AppendUid, FetchEnd, FetchItems, FetchSet, FlagAction, Flight, MailboxStatus, Replies, Reply, Selected,
    StoreEnd,
};
pub use limits::Limits;
pub use listing::{ListedMailbox, Listing};
pub use mailbox_name::{decode as decode_mailbox_name, encode as encode_mailbox_name};
pub use parse::{CopyUid, Namespace};
pub use session::{OpenOptions, SectionEnd, Session};
pub use uid_set::UidSet;
pub use unsolicited::{News, Unsolicited};

/// A day as SEARCH takes it (RFC 3501 §6.4.4): `1-Feb-2026`, in UTC.
pub(crate) fn search_date(seconds: i64) -> String {
    fetch::wire_date(seconds).trim_start_matches('"').chars().take(11).collect()
}
