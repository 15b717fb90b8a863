//! Opening a message: its text, its HTML made safe, its parts. What is not here is fetched, if there is a network.

use super::Satchel;
use super::errors::engine_error;
use crate::account::{Account, Protocol};
use crate::error::MailError;
use crate::html::{self, RemoteContent, SafeHtml};
use crate::ids::PlacementId;
use crate::message::{Envelope, Part};
use crate::mime::{self, Encryption};
use crate::ports::Class;
use crate::store::{self, BlobId, HEADER_SECTION, ListRow, MessageRow, StoreError};
use crate::sync::{ImapPass, Network, PassOptions, Wanted, fetch_body, is_here};
use std::collections::BTreeMap;

/// A message as a person reads it.
#[derive(Clone, Debug)]
pub struct MessageContent {
    /// The row a list shows.
    pub row: ListRow,
    /// Envelope.
    pub envelope: Envelope,
    /// Plain text: the text part, or made from the HTML. LF line ends.
    pub text: String,
    /// The HTML, safe to show: no script, nothing is loaded from anywhere.
    pub html: Option<SafeHtml>,
    /// Set if the content is closed to us; a screen says so.
    pub encrypted: Option<Encryption>,
    /// All parts.
    pub parts: Vec<Attachment>,
}

/// One part as a list of attachments shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attachment {
    /// What the message says of it. The name is as written: not safe for a file system.
    pub part: Part,
    /// A name that is safe for a file system.
    pub safe_name: String,
    /// Bytes once it is saved, as near as can be told before: servers announce the encoded ones.
    pub size: u64,
    /// Whether its bytes are on this device.
    pub present: bool,
}

/// Hears how far a download is: bytes so far, bytes announced (announcements may lie).
pub type Progress<'a> = &'a mut (dyn FnMut(u64, u64) + Send);

impl Satchel {
    /// Opens a message: fetches its text if it is not here.
    ///
    /// # Errors
    /// `NotFound`, `Offline` (not here and no network), and those of a connection.
    pub async fn open_message(&self, id: PlacementId) -> Result<MessageContent, MailError> {
        self.fetch(id, &Wanted::Text, &mut |_, _| {}).await?;
        self.content(id).await
    }

    /// The exact bytes of a message, fetched if they are not here.
    ///
    /// # Errors
    /// As [`Satchel::open_message`].
    pub async fn raw_message(&self, id: PlacementId, progress: Progress<'_>) -> Result<Vec<u8>, MailError> {
        self.fetch(id, &Wanted::Raw, progress).await?;
        let message = self.message(id).await?;
        let raw = message.raw.ok_or_else(|| super::not_found("the message's bytes"))?;
        self.bytes(raw).await
    }

    /// The header block of a message, fetched if it is not here.
    ///
    /// # Errors
    /// As [`Satchel::open_message`].
    pub async fn headers(&self, id: PlacementId) -> Result<Vec<u8>, MailError> {
        self.fetch(id, &Wanted::Header, &mut |_, _| {}).await?;
        let message = self.message(id).await?;
        if let Some(raw) = message.raw {
            return Ok(header_block(self.bytes(raw).await?));
        }
        let header = message.fetched.iter().find(|(s, _)| s == HEADER_SECTION).map(|(_, blob)| *blob);
        self.bytes(header.ok_or_else(|| super::not_found("the message's header"))?).await
    }

    /// The parts of a message, without fetching more than its structure.
    ///
    /// # Errors
    /// As [`Satchel::open_message`].
    pub async fn attachments(&self, id: PlacementId) -> Result<Vec<Attachment>, MailError> {
        let mut message = self.message(id).await?;
        if message.structure.is_none() {
            self.fetch(id, &Wanted::Raw, &mut |_, _| {}).await?;
            message = self.message(id).await?;
        }
        Ok(attachments(&message))
    }

    /// The decoded bytes of one part, fetched if they are not here; goes on where an earlier try stopped.
    ///
    /// # Errors
    /// As [`Satchel::open_message`]; `NotFound` if there is no such part.
    pub async fn attachment(
        &self,
        id: PlacementId,
        section: &str,
        progress: Progress<'_>,
    ) -> Result<Vec<u8>, MailError> {
        let known = self.attachments(id).await?;
        if !known.iter().any(|a| a.part.section == section) {
            return Err(super::not_found("a part of this number"));
        }
        self.fetch(id, &Wanted::Section(section.to_owned()), progress).await?;
        let message = self.message(id).await?;
        if let Some((_, blob)) = message.fetched.iter().find(|(s, _)| s == section) {
            return self.bytes(*blob).await;
        }
        let raw = message.raw.ok_or_else(|| super::not_found("the part"))?;
        let part = mime::part(&self.bytes(raw).await?, section);
        part.map(|p| p.decoded).ok_or_else(|| super::not_found("the part"))
    }

    async fn message(&self, id: PlacementId) -> Result<MessageRow, MailError> {
        let read = self.store().read(move |db, _| store::message(db, store::placement(db, id)?.message));
        Ok(read.await?)
    }

    async fn bytes(&self, blob: BlobId) -> Result<Vec<u8>, MailError> {
        Ok(self.store().read(move |db, files| store::read_blob(db, files, blob)).await?)
    }

    async fn fetch(&self, id: PlacementId, wanted: &Wanted, progress: Progress<'_>) -> Result<(), MailError> {
        let message = self.message(id).await?;
        let account = self.account(message.account).await?;
        if account.protocol == Protocol::Pop {
            return self.bring_again(&account, &message).await;
        }
        if is_here(&message, wanted) {
            return Ok(());
        }
        if self.is_offline() {
            return Err(MailError::Offline { what: "the rest of this message".to_owned() });
        }
        let to_mail_error = |e| engine_error(e, &account);
        let lock = self.pass_lock(account.id);
        let _one_at_a_time = lock.lock().await;
        let password = self.credentials().password(&account).map_err(to_mail_error)?;
        let network = Network::new(self.inner.dialer.clone());
        let pass =
            ImapPass { store: self.store(), account: &account, network: &network, password: &password };
        // Boxed: the whole wire is inside, and callers may have small stacks.
        Box::pin(fetch_body(&pass, id, wanted, progress)).await.map_err(to_mail_error)?;
        // What was opened is found at once, not only after the next pass.
        let id = message.id;
        Ok(self.store().write(Class::Cache, move |w| store::index_if_waiting(w, id)).await?)
    }

    /// POP brings messages whole, so one that is not whole here was lost here. A server that still has it brings it again.
    async fn bring_again(&self, account: &Account, message: &MessageRow) -> Result<(), MailError> {
        let (id, raw) = (message.id, message.raw);
        if self.is_whole(raw).await? {
            return Ok(());
        }
        if !self.store().write(Class::Durable, move |w| store::want_again(w, id)).await? {
            return match raw {
                // As long as it is not whole, reading it says so.
                Some(_) => Ok(()),
                None => Err(super::not_found("the rest of this message, on this device or on the server,")),
            };
        }
        // Boxed: the whole wire is inside, and callers may have small stacks.
        Box::pin(self.sync(account.id, &PassOptions::default(), None)).await?;
        let raw = self.store().read(move |db, _| store::message(db, id)).await?.raw;
        if self.is_whole(raw).await? {
            return Ok(());
        }
        Err(super::not_found("the rest of this message, on this device or on the server,"))
    }

    async fn is_whole(&self, raw: Option<BlobId>) -> Result<bool, MailError> {
        let Some(raw) = raw else { return Ok(false) };
        let read = self.store().read(move |db, files| match store::read_blob(db, files, raw) {
            Ok(_) => Ok(true),
            Err(StoreError::DamagedBlob) => Ok(false),
            Err(StoreError::File(e)) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        });
        Ok(read.await?)
    }

    async fn content(&self, id: PlacementId) -> Result<MessageContent, MailError> {
        let read = self.store().read(move |db, files| {
            let row = store::list_row(db, id)?;
            let message = store::message(db, row.message)?;
            let raw = match message.raw {
                Some(blob) => Some(store::read_blob(db, files, blob)?),
                None => None,
            };
            let body = match raw {
                Some(_) => BTreeMap::new(),
                None => store::body_bytes(db, files, &message)?,
            };
            Ok((row, message, raw, body))
        });
        let (row, message, raw, body) = read.await?;
        let (text, html, encrypted) = match (raw, &message.structure) {
            (Some(raw), _) => {
                let read = mime::read(&raw);
                (read.text, read.html, read.encrypted)
            }
            (None, Some(structure)) => {
                let read = mime::read_parts(structure, &|s| body.get(s).map(Vec::as_slice));
                (read.text, read.html, read.encrypted)
            }
            (None, None) => (String::new(), None, None),
        };
        let parts = attachments(&message);
        let html = html.map(|html| html::sanitize(&html, RemoteContent::Hold));
        Ok(MessageContent { row, envelope: message.envelope, text, html, encrypted, parts })
    }
}

/// The header with the empty line that ends it.
fn header_block(mut raw: Vec<u8>) -> Vec<u8> {
    let crlf = raw.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4);
    let lf = raw.windows(2).position(|w| w == b"\n\n").map(|at| at + 2);
    let end = [crlf, lf].into_iter().flatten().min().unwrap_or(raw.len());
    raw.truncate(end);
    raw
}

/// Of base64 a line of 76 characters and its end hold 57 bytes (RFC 2045, 6.8).
fn decoded_size(part: &Part) -> u64 {
    if part.encoding.eq_ignore_ascii_case("base64") { part.size.saturating_mul(57) / 78 } else { part.size }
}

fn attachments(message: &MessageRow) -> Vec<Attachment> {
    let parts = message.structure.iter().flat_map(|s| &s.parts);
    parts
        .map(|part| Attachment {
            part: part.clone(),
            safe_name: mime::safe_name(part.name.as_deref(), &part.media_type),
            size: decoded_size(part),
            present: message.raw.is_some() || message.fetched.iter().any(|(s, _)| *s == part.section),
        })
        .collect()
}
