//! A download that goes on whether or not a screen watches it, and ends when it is told to.

use crate::dispatch::{Dispatcher, Pending};
use crate::engine::{CancelToken, Engine};
use crate::error::{CallbackError, MailError};
use crate::types::ByteCount;
use satchel_core::client::{Satchel, write_whole};
use satchel_core::error::MailError as CoreError;
use satchel_core::ids::PlacementId;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How far a download is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Record)]
pub struct ProgressView {
    /// Bytes that are here.
    pub received: ByteCount,
    /// Bytes the server announced, as they go over the wire; announcements may lie.
    pub announced: ByteCount,
    /// Whether it ended, well or not.
    pub done: bool,
}

/// Hears how far a download is, at most ten times a second; the last time with `done`.
#[uniffi::export(foreign)]
pub trait ProgressObserver: Send + Sync {
    /// It is so far.
    ///
    /// # Errors
    /// Whatever goes wrong in the listener; the download goes on.
    fn on_progress(&self, progress: ProgressView) -> Result<(), CallbackError>;
}

type Outcome = Option<Result<ByteCount, MailError>>;

/// A part of a message on its way into a file. The file appears only when it is whole. Dropping this ends nothing.
#[derive(Debug, uniffi::Object)]
pub struct Download {
    cancel: Arc<CancelToken>,
    outcome: watch::Receiver<Outcome>,
}

impl Download {
    pub(crate) fn start(
        engine: &Engine,
        of: (PlacementId, String),
        to: PathBuf,
        observer: Option<Arc<dyn ProgressObserver>>,
    ) -> Result<Arc<Self>, MailError> {
        let meter = Arc::new(Meter::new(observer)?);
        let cancel = Arc::new(CancelToken::new());
        let (ended, outcome) = watch::channel(None);
        let fetching = engine.spawn_cancellable(&cancel, fetch(engine.core()?, of, Arc::clone(&meter)))?;
        engine.spawn(async move {
            // Once all of it is here it is written, whoever cancels: a file that appears was not cancelled.
            let done = match fetching.outcome().await {
                Ok(bytes) => write(to, bytes).await.map_err(Into::into),
                Err(error) => Err(error),
            };
            meter.end();
            // Nobody may be waiting.
            let _ = ended.send(Some(done));
        })?;
        Ok(Arc::new(Self { cancel, outcome }))
    }
}

#[uniffi::export]
impl Download {
    /// Waits for the end and gives the size of the file. It may be asked again, and by several.
    ///
    /// # Errors
    /// `Cancelled`, `NotFound`, `Offline`, those of a connection, `Storage`, `Closed`.
    pub async fn finished(&self) -> Result<ByteCount, MailError> {
        let mut outcome = self.outcome.clone();
        let ended = outcome.wait_for(Option::is_some).await.map_err(|_| MailError::closed())?;
        ended.clone().unwrap_or_else(|| Err(MailError::closed()))
    }

    /// Stops it. What came stays on this device, and a later download of the same part goes on from there.
    ///
    /// # Errors
    /// None today.
    pub fn cancel(&self) -> Result<(), MailError> {
        self.cancel.cancel()
    }
}

async fn fetch(
    core: Satchel,
    (id, section): (PlacementId, String),
    meter: Arc<Meter>,
) -> Result<Vec<u8>, CoreError> {
    core.attachment(id, &section, &mut |here, whole| meter.at(here, whole)).await
}

async fn write(to: PathBuf, bytes: Vec<u8>) -> Result<ByteCount, CoreError> {
    let size = ByteCount::from(bytes.len());
    match tokio::task::spawn_blocking(move || write_whole(&to, &bytes)).await {
        Ok(Ok(())) => Ok(size),
        Ok(Err(error)) => Err(CoreError::InvalidInput {
            field: "path".to_owned(),
            reason: format!("the file cannot be written ({})", error.kind()),
        }),
        Err(_) => Err(CoreError::Internal { reason: "writing a file ended in a fault".to_owned() }),
    }
}

const NOTHING: ProgressView = ProgressView { received: ByteCount(0), announced: ByteCount(0), done: false };

/// How far it is, and who is told.
struct Meter {
    now: Mutex<ProgressView>,
    teller: Option<Dispatcher<Latest>>,
}

#[derive(Default)]
struct Latest(Option<ProgressView>);

impl Pending for Latest {
    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Meter {
    fn new(observer: Option<Arc<dyn ProgressObserver>>) -> Result<Self, MailError> {
        Ok(Self { now: Mutex::new(NOTHING), teller: observer.map(teller).transpose()? })
    }

    fn at(&self, received: u64, announced: u64) {
        self.set(|now| {
            *now = ProgressView { received: received.into(), announced: announced.into(), ..*now }
        });
    }

    fn end(&self) {
        self.set(|now| now.done = true);
        self.teller.iter().for_each(Dispatcher::finish);
    }

    fn set(&self, change: impl FnOnce(&mut ProgressView)) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut now);
        let latest = *now;
        self.teller.iter().for_each(|teller| teller.add(|waits| waits.0 = Some(latest)));
    }
}

fn teller(observer: Arc<dyn ProgressObserver>) -> Result<Dispatcher<Latest>, MailError> {
    let deliver = move |latest: Latest| {
        if latest.0.is_some_and(|progress| observer.on_progress(progress).is_err()) {
            log::warn!("a listener of a download's progress ended in an exception; the download goes on");
        }
    };
    let started = Dispatcher::start("satchel-progress", Duration::from_millis(100), deliver);
    started.map_err(|e| MailError::internal(format!("no thread for progress: {e}")))
}
