//! What stands behind the objects of the boundary: the core, a runtime of its own, and the two classes of calls.

use crate::error::MailError;
use crate::event::Feed;
use satchel_core::client::Satchel;
use satchel_core::error::MailError as CoreError;
use satchel_core::net::SystemResolver;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinError, JoinHandle};

/// Writes that run when the core is shut down are waited for so long.
const FAREWELL: Duration = Duration::from_secs(10);

/// Ends one call by hand, where a language does not do it by itself. Cancelling is for ever.
#[derive(Debug, uniffi::Object)]
pub struct CancelToken {
    cancelled: watch::Sender<bool>,
}

#[uniffi::export]
impl CancelToken {
    /// For one call.
    #[allow(clippy::new_without_default, reason = "a constructor of the boundary is a method")]
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self { cancelled: watch::Sender::new(false) }
    }

    /// The call ends with `Cancelled`, at once if it runs.
    ///
    /// # Errors
    /// None today.
    pub fn cancel(&self) -> Result<(), MailError> {
        self.cancelled.send_replace(true);
        Ok(())
    }
}

impl CancelToken {
    pub(crate) fn listen(&self) -> watch::Receiver<bool> {
        self.cancelled.subscribe()
    }
}

/// One opened home.
pub(crate) struct Engine {
    core: RwLock<Option<Satchel>>,
    runtime: Mutex<Option<Runtime>>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) resolver: Arc<SystemResolver>,
    closing: watch::Sender<bool>,
    ending: tokio::sync::Mutex<()>,
    /// Each task holds a clone of the sender; the receiver ends when none is left.
    busy: Mutex<Option<(mpsc::Sender<()>, mpsc::Receiver<()>)>>,
}

impl Engine {
    /// Makes the runtime, and opens the core on it.
    pub(crate) fn start(
        resolver: Arc<SystemResolver>,
        open: impl FnOnce(Arc<Feed>) -> Result<Satchel, CoreError>,
    ) -> Result<Self, MailError> {
        let built = Builder::new_multi_thread().worker_threads(2).thread_name("satchel").enable_all().build();
        let runtime = built.map_err(|e| MailError::internal(format!("no threads: {e}")))?;
        let feed = Arc::new(Feed::default());
        let entered = runtime.enter();
        let opened = open(Arc::clone(&feed));
        drop(entered);
        let core = match opened {
            Ok(core) => core,
            Err(error) => {
                // Dropped just anywhere it would wait for its threads.
                runtime.shutdown_background();
                return Err(error.into());
            }
        };
        Ok(Self {
            core: RwLock::new(Some(core)),
            runtime: Mutex::new(Some(runtime)),
            feed,
            resolver,
            closing: watch::Sender::new(false),
            ending: tokio::sync::Mutex::new(()),
            busy: Mutex::new(Some(mpsc::channel(1))),
        })
    }

    /// The core, as long as it was not shut down.
    pub(crate) fn core(&self) -> Result<Satchel, MailError> {
        let core = self.core.read().unwrap_or_else(PoisonError::into_inner);
        core.clone().ok_or_else(MailError::closed)
    }

    /// A call that ends when whoever waits for it goes away.
    pub(crate) async fn read<T, F>(&self, work: impl FnOnce(Satchel) -> F) -> Result<T, MailError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CoreError>> + Send + 'static,
    {
        self.read_until(None, work).await
    }

    /// The same, ended by a token as well.
    pub(crate) async fn read_until<T, F>(
        &self,
        cancel: Option<Arc<CancelToken>>,
        work: impl FnOnce(Satchel) -> F,
    ) -> Result<T, MailError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CoreError>> + Send + 'static,
    {
        let cancel = cancel.unwrap_or_else(|| Arc::new(CancelToken::new()));
        self.spawn_cancellable(&cancel, work(self.core()?))?.outcome().await
    }

    /// A call that finishes whatever becomes of whoever waits for it.
    pub(crate) async fn write<T, F>(&self, work: impl FnOnce(Satchel) -> F) -> Result<T, MailError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CoreError>> + Send + 'static,
    {
        let work = work(self.core()?);
        let task = self.spawn(async move { work.await.map_err(MailError::from) })?;
        task.await.map_err(broken)?
    }

    /// Starts a call that the token or the end of the core ends. The answer does not wait for work that waits for the
    /// shell, as for a vault that is locked.
    pub(crate) fn spawn_cancellable<T, E, F>(
        &self,
        cancel: &CancelToken,
        work: F,
    ) -> Result<Cancellable<T>, MailError>
    where
        T: Send + 'static,
        E: Into<MailError> + Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let task = self.spawn(async move { work.await.map_err(Into::into) })?;
        let ends = AbortOnDrop(task.abort_handle());
        Ok(Cancellable { task, ends, closing: self.closing.subscribe(), cancelled: cancel.listen() })
    }

    /// What comes of it, if it comes by then.
    pub(crate) async fn by<T: Send + 'static>(
        &self,
        last: Instant,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<Option<T>, MailError> {
        let timed = async move { tokio::time::timeout_at(last.into(), work).await.ok() };
        self.handle()?.spawn(timed).await.map_err(broken)
    }

    /// Not kept anywhere: it would keep the runtime's files open.
    fn handle(&self) -> Result<Handle, MailError> {
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        runtime.as_ref().map(|runtime| runtime.handle().clone()).ok_or_else(MailError::closed)
    }

    /// Starts work that the end of the core waits for.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<JoinHandle<T>, MailError> {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = busy.as_ref().map(|(sender, _)| sender.clone()).ok_or_else(MailError::closed)?;
        Ok(self.handle()?.spawn(async move {
            let _busy = busy;
            // Boxed: the whole engine is inside.
            Box::pin(work).await
        }))
    }

    /// Ends reads, waits for writes, and lets go of the home.
    pub(crate) async fn shut_down(&self) -> Result<(), MailError> {
        // A second one waits for the first: when either answers, the home is free.
        let _one_at_a_time = self.ending.lock().await;
        let Some(core) = self.core.write().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(());
        };
        self.closing.send_replace(true);
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = self.handle()?.spawn(async move {
            let mut ended = true;
            if let Some((sender, mut tasks)) = busy {
                drop(sender);
                ended = tokio::time::timeout(FAREWELL, tasks.recv()).await.is_ok();
            }
            (core.settle().await, core, ended)
        });
        let (settled, core, ended) = ended.await.map_err(broken)?;
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (gone, wait) = oneshot::channel();
        // Closing the store takes a moment, which is not the caller's.
        let closer = std::thread::Builder::new().name("satchel-close".to_owned()).spawn(move || {
            runtime.into_iter().for_each(Runtime::shutdown_background);
            drop(core);
            let _ = gone.send(());
        });
        if closer.is_ok() {
            let _ = wait.await;
        }
        settled?;
        if ended { Ok(()) } else { Err(still_held()) }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A runtime that waits for its tasks may not be dropped just anywhere.
        runtime.into_iter().for_each(Runtime::shutdown_background);
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

/// A call that runs; dropping this ends it.
pub(crate) struct Cancellable<T> {
    task: JoinHandle<Result<T, MailError>>,
    ends: AbortOnDrop,
    closing: watch::Receiver<bool>,
    cancelled: watch::Receiver<bool>,
}

impl<T> Cancellable<T> {
    /// How it ends, or that it was ended.
    pub(crate) async fn outcome(self) -> Result<T, MailError> {
        let Self { task, ends, mut closing, mut cancelled } = self;
        let _ends = ends;
        tokio::select! {
            biased;
            _ = closing.wait_for(|it| *it) => Err(MailError::closed()),
            // Without its sender a token can no longer be used.
            Ok(_) = cancelled.wait_for(|it| *it) => Err(CoreError::Cancelled.into()),
            done = task => done.map_err(broken)?,
        }
    }
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A callback of the shell's that does not return holds what it was called for.
fn still_held() -> MailError {
    let reason = "a callback of the app has not returned: the home is free when it does".to_owned();
    CoreError::Storage { problem: satchel_core::error::StorageProblem::InUse, reason }.into()
}

/// A task that did not come to its end.
pub(crate) fn broken(error: JoinError) -> MailError {
    if error.is_panic() { MailError::internal("a call ended in a fault") } else { MailError::closed() }
}

/// A call that answers at once; a fault in it is an answer too.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, MailError>) -> Result<T, MailError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(MailError::internal("a call ended in a fault")))
}
