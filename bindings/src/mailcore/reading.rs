//! Opening a message and its parts.

use super::MailCore;
use crate::download::{Download, ProgressObserver};
use crate::engine::CancelToken;
use crate::error::MailError;
use crate::message::{AttachmentView, MessageContentView};
use crate::mirror::all;
use satchel_core::ids::PlacementId;
use std::path::PathBuf;
use std::sync::Arc;

#[uniffi::export]
impl MailCore {
    /// Opens a message: fetches its text if it is not here, and nothing else. It is not marked as read; see `flag`.
    ///
    /// # Errors
    /// `NotFound`, `Offline` (not here and no network), those of a connection, `Storage`, `Cancelled`, `Closed`.
    pub async fn open_message(
        &self,
        id: PlacementId,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<MessageContentView, MailError> {
        let opened = self.engine.read_until(cancel, move |core| async move { core.open_message(id).await });
        Ok(opened.await?.into())
    }

    /// The exact bytes of a message (RFC 5322), fetched if they are not here.
    ///
    /// # Errors
    /// As `open_message`.
    pub async fn raw_message(
        &self,
        id: PlacementId,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<u8>, MailError> {
        let raw = move |core: satchel_core::client::Satchel| async move {
            core.raw_message(id, &mut |_, _| {}).await
        };
        self.engine.read_until(cancel, raw).await
    }

    /// The header block of a message as it came, with the empty line that ends it.
    ///
    /// # Errors
    /// As `open_message`.
    pub async fn headers(
        &self,
        id: PlacementId,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<u8>, MailError> {
        self.engine.read_until(cancel, move |core| async move { core.headers(id).await }).await
    }

    /// The parts of a message, without fetching more than its structure.
    ///
    /// # Errors
    /// As `open_message`.
    pub async fn attachments(
        &self,
        id: PlacementId,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<AttachmentView>, MailError> {
        let parts = self.engine.read_until(cancel, move |core| async move { core.attachments(id).await });
        Ok(all(parts.await?))
    }

    /// The decoded bytes of one part, for small ones such as a picture inside the HTML; fetched if they are not here.
    ///
    /// # Errors
    /// As `open_message`; `NotFound` if there is no such part.
    pub async fn part(
        &self,
        id: PlacementId,
        section: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Vec<u8>, MailError> {
        let part = move |core: satchel_core::client::Satchel| async move {
            core.attachment(id, &section, &mut |_, _| {}).await
        };
        self.engine.read_until(cancel, part).await
    }

    /// Brings a part into a file, which appears when it is whole. Goes on where an earlier try stopped, and goes on when
    /// the screen is left.
    ///
    /// # Errors
    /// `Closed`, `Internal` if no thread can be had. What becomes of it, `Download.finished` says.
    pub fn download(
        &self,
        id: PlacementId,
        section: String,
        path: String,
        observer: Option<Arc<dyn ProgressObserver>>,
    ) -> Result<Arc<Download>, MailError> {
        Download::start(&self.engine, (id, section), PathBuf::from(path), observer)
    }
}
