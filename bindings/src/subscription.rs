//! A listener's hold on events: they end with it.

use crate::dispatch::Dispatcher;
use crate::error::{CallbackError, MailError};
use crate::event::{Changes, ChangesView, MailObserver};
use std::sync::Arc;
use std::time::Duration;

/// Ten batches a second.
const PAUSE: Duration = Duration::from_millis(100);

/// Ends the events when it is ended or dropped. A batch that is being told is not waited for.
#[derive(Debug, uniffi::Object)]
pub struct Subscription {
    dispatcher: Arc<Dispatcher<Changes>>,
}

impl Subscription {
    pub(crate) fn start(observer: Arc<dyn MailObserver>) -> Result<Self, MailError> {
        let deliver = move |changes: Changes| {
            if let Err(CallbackError::Failed { .. }) = observer.on_changes(ChangesView::from(changes)) {
                log::warn!("a listener of mail events ended in an exception; it hears the next ones");
            }
        };
        let dispatcher = Dispatcher::start("satchel-events", PAUSE, deliver);
        let dispatcher = dispatcher.map_err(|e| MailError::internal(format!("no thread for events: {e}")))?;
        Ok(Self { dispatcher: Arc::new(dispatcher) })
    }

    pub(crate) fn dispatcher(&self) -> &Arc<Dispatcher<Changes>> {
        &self.dispatcher
    }
}

#[uniffi::export]
impl Subscription {
    /// No event begins after this. It may be called from within the listener.
    ///
    /// # Errors
    /// None today.
    pub fn end(&self) -> Result<(), MailError> {
        self.dispatcher.stop();
        Ok(())
    }
}
