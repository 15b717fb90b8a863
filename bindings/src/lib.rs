//! Satchel for Kotlin and Swift: one object, [`MailCore`], and plain records.
//!
//! Everything here mirrors `satchel-core` and decides nothing. What a shell has to know:
//!
//! * **Every call answers with a value or a [`MailError`]**, also when the library itself is at fault: a panic becomes
//!   `Internal`, a call after [`MailCore::shutdown`] becomes `Closed`.
//! * **Two classes of asynchronous calls.** *Reads* (lists, opening, searching, a pass) end when whoever waits for them
//!   goes away: at once in Kotlin, where a cancelled coroutine drops the call; in Swift the task is not dropped, so the
//!   facade cancels by handle. *Writes* (flags, moves, settings) finish whatever happens to the caller.
//! * **Events say what changed by id.** Read again through a list; every list and event carries the store generation.
//! * **Callbacks** come on threads of this library, never under a lock, one after the other for each subscription, so
//!   they may call back in and may be slow. An exception thrown by one is logged and ends nothing.
//! * Open the core once per process and home.

// The scaffolding of the boundary is C functions; the code in this crate itself has no unsafe block.
#![allow(unsafe_code, reason = "uniffi's scaffolding exports C functions")]
#![allow(clippy::unused_async, reason = "what is asynchronous is part of the boundary's shape")]

mod account;
#[cfg(target_os = "android")]
mod android;
mod credentials;
mod dispatch;
mod download;
mod engine;
mod error;
mod event;
mod list;
mod logging;
mod mailbox;
mod mailcore;
mod message;
mod mirror;
mod network;
mod operation;
mod report;
mod subscription;
mod types;
mod version;

pub use account::*;
pub use credentials::{CredentialVault, VaultError};
pub use download::{Download, ProgressObserver, ProgressView};
pub use engine::CancelToken;
pub use error::{CallbackError, MailError, StorageProblem, TlsProblem};
pub use event::{ChangesView, MailObserver, MessagesChangedView, SyncingChangedView};
pub use list::{ListOrder, ListWindowView, MessageList};
pub use logging::{LogLevel, LogRecord, LogSink, set_log_sink};
pub use mailbox::*;
pub use mailcore::{MailCore, OpenRequest};
pub use message::*;
pub use network::{NetworkState, NetworkWatch};
pub use operation::*;
pub use report::*;
pub use subscription::Subscription;
pub use types::{ByteCount, Secret, ServerText, Timestamp};
pub use version::{api_fingerprint, library_version};

uniffi::setup_scaffolding!("satchel_ffi");
