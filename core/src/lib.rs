//! Satchel: a mail core for phones.
#![forbid(unsafe_code)]

pub mod account;
pub mod credentials;
pub mod error;
pub mod event;
pub mod html;
pub mod ids;
pub mod imap;
pub mod mailbox;
pub mod message;
pub mod mime;
pub mod net;
pub mod operations;
pub mod plan;
pub mod pop;
pub mod ports;
pub mod query;
pub mod store;
pub mod sync;
pub mod threading;

pub mod client;
