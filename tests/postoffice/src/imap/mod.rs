//! IMAP4rev1 (RFC 3501) and its extensions as a machine without a stream.

mod append;
mod auth;
mod capability;
mod copy;
mod fetch;
mod fetch_items;
mod frame;
mod grammar;
mod idle;
mod list;
mod list_options;
mod mailboxes;
mod notify;
mod search;
mod search_keys;
mod section;
mod select;
mod session;
mod set;
mod status;
mod store;
mod utf7;
mod view;

pub(crate) use grammar::Grammar;
pub(crate) use session::ImapSession;
pub(crate) use set::compact as compact_set;
pub(crate) use utf7::{decode as decode_utf7, encode as encode_utf7};

/// Why a command was not done.
#[derive(Debug)]
pub(crate) enum Refuse {
    Bad(String),
    No(Option<String>, String),
}

impl Refuse {
    pub(crate) fn bad(text: &str) -> Self {
        Self::Bad(text.to_owned())
    }

    pub(crate) fn no(text: &str) -> Self {
        Self::No(None, text.to_owned())
    }

    pub(crate) fn coded(code: &str, text: &str) -> Self {
        Self::No(Some(code.to_owned()), text.to_owned())
    }
}

/// The code and text of a tagged OK.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) code: Option<String>,
    pub(crate) text: &'static str,
}

impl Done {
    pub(crate) fn text(text: &'static str) -> Self {
        Self { code: None, text }
    }

    pub(crate) fn coded(code: String, text: &'static str) -> Self {
        Self { code: Some(code), text }
    }
}

pub(crate) type Answer = Result<Done, Refuse>;
