//! Opening a home with the real parts.

use super::{Ports, Satchel};
use crate::error::MailError;
use crate::net::{SystemClock, SystemRandom, SystemResolver, TcpDialer};
use crate::ports::{Clock, CredentialStore, Dialer, EventSink, Files, Random};
use crate::store::{
    DATABASE, Lease, PathOpener, Planted, RealFiles, StoreError, WriterExecutor, open_reader, open_writer,
};
use std::path::Path;
use std::sync::Arc;

/// What a shell brings to [`open_home`].
pub struct RealParts {
    /// Keeps passwords.
    pub credentials: Arc<dyn CredentialStore>,
    /// Hears what changed.
    pub events: Arc<dyn EventSink>,
    /// Opens connections; `None`: TCP and TLS of this device.
    pub dialer: Option<Arc<dyn Dialer>>,
}

/// Readers beside the writer.
const READERS: usize = 2;

/// Opens a home, making it if there is none, and takes its engine lease. Call it once per process and home; it blocks
/// for some milliseconds (longer after a crash).
///
/// # Errors
/// `Storage`: the home is in use, cannot be written, is full, or was written by a newer version. Nothing is lost then.
pub fn open_home(home: &Path, parts: RealParts) -> Result<Satchel, MailError> {
    make_private(home)?;
    let lease = Lease::take(home)?;
    let files: Arc<dyn Files> = Arc::new(RealFiles::new(home));
    let opener = PathOpener(home.join(DATABASE));
    let opened = open_writer(&opener, &files)?;
    let executor = WriterExecutor::start(Some(opened.writer), &opener, &files, READERS)?;
    Ok(satchel(executor, parts, Some(lease), opened.set_aside))
}

/// Opens a home for reading beside a running engine. Every change answers with an error.
///
/// # Errors
/// `NotFound` if there is no mail store, `Storage`.
pub fn read_home(home: &Path, parts: RealParts) -> Result<Satchel, MailError> {
    let files: Arc<dyn Files> = Arc::new(RealFiles::new(home));
    let opener = PathOpener(home.join(DATABASE));
    if !home.join(DATABASE).exists() {
        return Err(MailError::NotFound { what: "a mail store in this home".to_owned() });
    }
    drop(open_reader(&opener, &files)?);
    let executor = WriterExecutor::start(None, &opener, &files, 1)?;
    Ok(satchel(executor, parts, None, None))
}

fn satchel(
    executor: WriterExecutor,
    parts: RealParts,
    lease: Option<Lease>,
    set_aside: Option<String>,
) -> Satchel {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let dialer = parts.dialer.unwrap_or_else(|| Arc::new(TcpDialer::new(Arc::new(SystemResolver::new()))));
    let ports = Ports {
        dialer,
        executor: Arc::new(executor),
        credentials: parts.credentials,
        clock,
        random,
        events: parts.events,
    };
    Satchel::new(ports, lease, set_aside, Planted::default())
}

/// Mail is private: the folder is its owner's only.
fn make_private(home: &Path) -> Result<(), StoreError> {
    if home.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(home)?;
    #[cfg(unix)]
    std::fs::set_permissions(home, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}
