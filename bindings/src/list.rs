//! A long list as a screen scrolls it.

use crate::engine::Engine;
use crate::error::MailError;
use crate::message::MessageView;
use crate::mirror::{all, mirrored};
use crate::types::count as counted;
use satchel_core::client as core;
use satchel_core::ids::PlacementId;
use std::sync::Arc;

mirrored! {
    /// How a list of a mailbox is ordered; newest first either way.
    pub enum ListOrder = core::ListOrder {
        /// Each message is a row.
        Messages,
        /// Each conversation is a row, standing where its newest message here stands.
        Threads,
    }
}

/// What a screen has to do to show a stretch of a list: forget `removed`, take `changed`, lay out `ids`.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct ListWindowView {
    /// Names this answer: hand it to the next call, and only differences come.
    pub serial: u64,
    /// Store generation it was read in.
    pub generation: u64,
    /// Rows of the whole list.
    pub total: u32,
    /// Position of the first id; 0 is the newest.
    pub first: u32,
    /// What stands there, in order.
    pub ids: Vec<PlacementId>,
    /// Rows that are new to the screen or changed; all of them on the first call.
    pub changed: Vec<MessageView>,
    /// Ids of the answer before that are not in this one.
    pub removed: Vec<PlacementId>,
}

impl From<core::ListWindow> for ListWindowView {
    fn from(it: core::ListWindow) -> Self {
        Self {
            serial: it.serial,
            generation: it.generation,
            total: counted(it.total),
            first: counted(it.first),
            ids: it.ids,
            changed: all(it.changed),
            removed: it.removed,
        }
    }
}

/// A mailbox's list for one screen. Order, conversations and counts come from the core.
#[derive(Debug, uniffi::Object)]
pub struct MessageList {
    engine: Arc<Engine>,
    list: Arc<core::MessageList>,
}

impl MessageList {
    pub(crate) fn new(engine: Arc<Engine>, list: core::MessageList) -> Self {
        Self { engine, list: Arc::new(list) }
    }
}

#[uniffi::export]
impl MessageList {
    /// The rows from position `first` (0 is the newest) on; `count` is held to 1…200. `after` is the `serial` of the
    /// answer the screen shows; with none, or after a call whose answer was not taken, everything comes.
    ///
    /// # Errors
    /// `NotFound` if the mailbox is gone, `Storage`, `Closed`.
    pub async fn show(
        &self,
        first: u32,
        count: u32,
        after: Option<u64>,
    ) -> Result<ListWindowView, MailError> {
        let list = Arc::clone(&self.list);
        let shown =
            self.engine.read(|core| async move { list.show(&core, u64::from(first), count, after).await });
        Ok(shown.await?.into())
    }
}
