//! A post office for tests: IMAP4rev1, POP3 and SMTP submission in one process, with a switch for each
//! extension and faults by script.
//!
//! [`PostOffice`] owns the users and their mail. Give it streams ([`PostOffice::imap`], [`PostOffice::pop`],
//! [`PostOffice::smtp`]: anything that reads and writes, also `tokio::io::duplex`), or let it
//! [`listen`](PostOffice::listen) on loopback. Nothing in it reads the wall clock or draws random numbers
//! (certificates excepted), so a run under tokio's paused clock replays exactly.
//!
//! ```
//! use satchel_postoffice::{Fault, Features, PostOffice, When};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let office = PostOffice::new(Features::dovecot());
//! office.add_user("bob", "secret");
//! office.deliver_now("bob", "Subject: Hello\r\n\r\nHow are you?\r\n")?;
//! // The answer to the first QUIT is lost after the messages were removed.
//! office.inject(When::pop().verb("QUIT").times(1), Fault::CutAfter);
//!
//! let (mut client, server) = tokio::io::duplex(1 << 20);
//! tokio::spawn(office.pop(server));
//! client.write_all(b"USER bob\r\nPASS secret\r\nDELE 1\r\nQUIT\r\n").await?;
//! let mut heard = String::new();
//! client.read_to_string(&mut heard).await?;
//! assert!(heard.ends_with("+OK Marked to be deleted.\r\n"));
//! assert!(office.snapshot("bob")?.mailbox("INBOX").is_some_and(|inbox| inbox.messages.is_empty()));
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod clock;
mod connection;
mod copy;
mod counters;
mod date;
mod faults;
mod features;
mod imap;
mod listen;
mod mailbox;
mod message;
mod mime;
mod office;
mod pop;
mod reply;
mod sasl;
mod serve;
mod smtp;
mod snapshot;
mod state;
mod tls;
mod wire;

pub mod sample;
pub mod script;

pub use counters::{Counters, Entry};
pub use date::InternalDate;
pub use faults::{Context, Fault, Hit, Hook, Nth, When};
pub use features::{Expire, Extension, Features, Mechanism, PopFeatures, SmtpFeatures};
pub use listen::Listening;
pub use mailbox::Role;
pub use message::Flags;
pub use office::{OfficeError, PostOffice};
pub use serve::{ConnectionOptions, Protocol, TlsMode};
pub use smtp::Submitted;
pub use snapshot::{MailboxSnapshot, MessageSnapshot, Snapshot};
pub use tls::Certificate;
