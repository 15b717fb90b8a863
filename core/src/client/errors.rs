//! Errors of all layers become [`MailError`] here and nowhere else.

use crate::account::Account;
use crate::error::{MailError, ServerText, StorageProblem, TlsProblem};
use crate::imap::ImapError;
use crate::operations::OperationError;
use crate::pop::PopError;
use crate::ports::{CredentialError, NetError};
use crate::query::QueryError;
use crate::store::{StoreError, hex};
use crate::sync::EngineError;

fn storage(problem: StorageProblem, reason: impl Into<String>) -> MailError {
    MailError::Storage { problem, reason: reason.into() }
}

impl From<StoreError> for MailError {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::NotFound(what) => Self::NotFound { what: what.to_owned() },
            StoreError::Invalid { field, reason } => Self::InvalidInput { field: field.to_owned(), reason },
            StoreError::Newer { found, known } => storage(
                StorageProblem::NewerVersion,
                format!(
                    "this mail store was written by a newer version of the app (schema {found}, this one knows {known}): update the app; nothing was changed"
                ),
            ),
            StoreError::InUse => storage(
                StorageProblem::InUse,
                "another Satchel is running on this mail store: close it, or use another home",
            ),
            StoreError::DamagedBlob => storage(
                StorageProblem::Damaged,
                "a stored message is damaged on this device; if it is still on the server, fetch it again",
            ),
            StoreError::SyncFailed => storage(
                StorageProblem::Io,
                "the device's storage failed while mail was being made durable: close the app and start it again; nothing that was kept is lost",
            ),
            StoreError::Closed => storage(StorageProblem::Io, "the mail store was closed"),
            StoreError::Panicked => {
                Self::Internal { reason: "work on the mail store ended in a fault".to_owned() }
            }
            StoreError::File(e) => from_io(&e),
            damaged @ StoreError::Database(_) if damaged.is_damage() => storage(
                StorageProblem::Damaged,
                "the mail store is damaged: the next start sets it aside and keeps what can be read of it",
            ),
            odd @ StoreError::Database(_) if odd.is_contradiction() => storage(
                StorageProblem::Damaged,
                "the mail store contradicts itself: the next start checks it, and mends what it can",
            ),
            StoreError::Database(e) => from_sqlite(&e),
        }
    }
}

fn from_io(e: &std::io::Error) -> MailError {
    use std::io::ErrorKind;
    match e.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => full(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => read_only(),
        kind => storage(
            StorageProblem::Io,
            format!("the device's storage failed ({kind}); nothing that was kept is lost"),
        ),
    }
}

fn full() -> MailError {
    storage(
        StorageProblem::Full,
        "there is no space left on the device: free some and try again; nothing that was kept is lost",
    )
}

fn read_only() -> MailError {
    storage(
        StorageProblem::ReadOnly,
        "the mail store's folder cannot be written: check its permissions, or use another home",
    )
}

fn from_sqlite(e: &rusqlite::Error) -> MailError {
    use rusqlite::{ErrorCode, ffi};
    let extended = e.sqlite_error().map(|e| e.extended_code);
    match e.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => full(),
        // Memory that connections share lies in a file; that it cannot grow has one common reason.
        Some(ErrorCode::SystemIoFailure) if extended == Some(ffi::SQLITE_IOERR_SHMSIZE) => full(),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => read_only(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            storage(StorageProblem::InUse, "the mail store is busy: try again")
        }
        Some(code) => storage(StorageProblem::Io, format!("the mail store failed ({code:?})")),
        // Display of other errors may hold values of rows: it is not shown.
        None => MailError::Internal { reason: "the database answered something unexpected".to_owned() },
    }
}

impl From<CredentialError> for MailError {
    fn from(e: CredentialError) -> Self {
        storage(StorageProblem::Credentials, e.to_string())
    }
}

impl From<QueryError> for MailError {
    fn from(e: QueryError) -> Self {
        Self::InvalidInput { field: e.field, reason: e.reason }
    }
}

/// An engine's error, with the account's server named.
pub(super) fn engine_error(e: EngineError, account: &Account) -> MailError {
    let host = account.incoming.host.as_str();
    match e {
        EngineError::Store(e) => e.into(),
        EngineError::Imap(e) => imap_error(e, host),
        EngineError::Pop(e) => pop_error(e, host),
        EngineError::Operation(OperationError::Store(e)) => e.into(),
        EngineError::Operation(OperationError::Imap(e)) => imap_error(e, host),
        EngineError::Credential(e) => e.into(),
        EngineError::NoPassword => MailError::Authentication {
            host: host.to_owned(),
            server_text: ServerText::new("there is no password for this account on this device"),
        },
        EngineError::Lacks(what) => MailError::ServerRejected {
            what: format!("the account: it does not offer {what}"),
            code: None,
            server_text: ServerText::default(),
        },
        EngineError::NotFound(what) => MailError::NotFound { what: what.to_owned() },
        EngineError::Invalid { field, reason } => MailError::InvalidInput { field: field.to_owned(), reason },
    }
}

fn network(host: &str, reason: impl Into<String>) -> MailError {
    MailError::Network { host: host.to_owned(), reason: reason.into() }
}

fn net_error(e: NetError, host: &str) -> MailError {
    match e {
        NetError::Tls { problem, reason, sha256 } => tls(host, problem, reason, sha256),
        NetError::Offline => MailError::Offline { what: format!("the mail on {host}") },
        other => network(host, other.to_string()),
    }
}

fn tls(host: &str, problem: TlsProblem, reason: String, sha256: Option<[u8; 32]>) -> MailError {
    MailError::Tls { host: host.to_owned(), problem, reason, sha256: sha256.map(|h| hex(&h)) }
}

fn imap_error(e: ImapError, host: &str) -> MailError {
    match e {
        ImapError::Net(e) => net_error(e, host),
        ImapError::Tls { problem, reason, sha256 } => tls(host, problem, reason, sha256),
        ImapError::Authentication { server_text, .. } => {
            MailError::Authentication { host: host.to_owned(), server_text }
        }
        ImapError::No { what, code, server_text } | ImapError::Bad { what, code, server_text } => {
            MailError::ServerRejected { what: what.to_owned(), code, server_text }
        }
        ImapError::Bye { code, server_text } => {
            MailError::ServerRejected { what: "the connection".to_owned(), code, server_text }
        }
        ImapError::Missing { capability } => MailError::ServerRejected {
            what: format!("this: it does not offer {capability}"),
            code: None,
            server_text: ServerText::default(),
        },
        ImapError::TooLarge { .. } => MailError::ServerRejected {
            what: format!("this: {e}"),
            code: None,
            server_text: ServerText::default(),
        },
        ImapError::Input { what } => MailError::InvalidInput {
            field: what.to_owned(),
            reason: "it cannot be sent to the server".to_owned(),
        },
        other => network(host, other.to_string()),
    }
}

fn pop_error(e: PopError, host: &str) -> MailError {
    match e {
        PopError::Net(e) => net_error(e, host),
        PopError::Authentication { server_text } => {
            MailError::Authentication { host: host.to_owned(), server_text }
        }
        PopError::InUse { server_text } => {
            rejected("the maildrop: another program holds it", "IN-USE", server_text)
        }
        PopError::LoginDelay { server_text } => rejected("another login so soon", "LOGIN-DELAY", server_text),
        PopError::Err { what, code, server_text } => {
            MailError::ServerRejected { what: what.to_owned(), code, server_text }
        }
        PopError::InvalidInput { why } => {
            MailError::InvalidInput { field: "username or password".to_owned(), reason: why.to_owned() }
        }
        other => network(host, other.to_string()),
    }
}

fn rejected(what: &str, code: &str, server_text: ServerText) -> MailError {
    MailError::ServerRejected { what: what.to_owned(), code: Some(code.to_owned()), server_text }
}
