//! Messages: rows of lists, and what a person reads.

use crate::mirror::{all, mirrored};
use crate::types::{ByteCount, Timestamp};
use satchel_core::client as core;
use satchel_core::html;
use satchel_core::ids::{MailboxId, MessageId, PlacementId, ThreadId};
use satchel_core::message;

mirrored! {
    /// How much of a message is on this device.
    pub enum BodyState = core::BodyState {
        /// Only the overview.
        Absent,
        /// The text, or some parts.
        Partial,
        /// Everything.
        Present,
    }
}

mirrored! {
    /// How a message is closed to us.
    pub enum EncryptionKind = message::Encryption {
        /// OpenPGP.
        OpenPgp,
        /// S/MIME.
        Smime,
        /// S/MIME, only signed, with the text inside the signature.
        SmimeSigned,
    }
}

/// A flag that a person sets or clears (RFC 3501 §2.3.2).
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum MessageFlag {
    /// Read.
    Seen,
    /// Starred.
    Flagged,
    /// Answered.
    Answered,
    /// A draft.
    Draft,
    /// A keyword, such as `$Junk`.
    Keyword {
        /// Letters, digits and signs; no space.
        name: String,
    },
}

impl From<MessageFlag> for String {
    fn from(flag: MessageFlag) -> Self {
        match flag {
            MessageFlag::Seen => "\\Seen".to_owned(),
            MessageFlag::Flagged => "\\Flagged".to_owned(),
            MessageFlag::Answered => "\\Answered".to_owned(),
            MessageFlag::Draft => "\\Draft".to_owned(),
            MessageFlag::Keyword { name } => name,
        }
    }
}

/// A name and an address.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct AddressView {
    /// Display name; empty if none. Whoever wrote the message chose it.
    pub name: String,
    /// `local@domain`.
    pub address: String,
    /// What a row shows: the name, or the address without one.
    pub label: String,
}

impl From<core::Address> for AddressView {
    fn from(it: core::Address) -> Self {
        let label = if it.name.trim().is_empty() { it.address.clone() } else { it.name.clone() };
        Self { name: it.name, address: it.address, label }
    }
}

/// The flags of a message in a mailbox.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct FlagsView {
    /// Read.
    pub seen: bool,
    /// Answered.
    pub answered: bool,
    /// Starred.
    pub flagged: bool,
    /// Marked for deletion on the server.
    pub deleted: bool,
    /// A draft.
    pub draft: bool,
    /// Keywords, such as `$Forwarded`.
    pub keywords: Vec<String>,
}

impl From<core::Flags> for FlagsView {
    fn from(it: core::Flags) -> Self {
        Self {
            seen: it.seen,
            answered: it.answered,
            flagged: it.flagged,
            deleted: it.deleted,
            draft: it.draft,
            keywords: it.keywords.into_iter().collect(),
        }
    }
}

/// A row of a message list.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct MessageView {
    /// This message in this mailbox: what flags, move and delete take, and what keys the row.
    pub id: PlacementId,
    /// What was written.
    pub message: MessageId,
    /// Where it is shown.
    pub mailbox: MailboxId,
    /// Its conversation.
    pub thread: ThreadId,
    /// When it was received: what lists sort by.
    pub received_at: Timestamp,
    /// When it says it was written.
    pub date: Option<Timestamp>,
    /// Offset of `date`, minutes east of UTC.
    pub date_offset_minutes: i32,
    /// Writers.
    pub from: Vec<AddressView>,
    /// Recipients.
    pub to: Vec<AddressView>,
    /// Subject, decoded; may be empty.
    pub subject: String,
    /// First words of the text, once known.
    pub preview: String,
    /// Flags as shown.
    pub flags: FlagsView,
    /// Size of the whole message.
    pub size: ByteCount,
    /// Whether there is something to save.
    pub has_attachments: bool,
    /// How much is on this device.
    pub body: BodyState,
    /// Whether the server holds it, as far as is known.
    pub on_server: bool,
    /// Messages of the conversation in this mailbox (1 in lists without conversations).
    pub thread_count: u32,
    /// Of these, unread.
    pub thread_unread: u32,
}

impl From<core::ListRow> for MessageView {
    fn from(it: core::ListRow) -> Self {
        Self {
            id: it.placement,
            message: it.message,
            mailbox: it.mailbox,
            thread: it.thread,
            received_at: Timestamp(it.received_at),
            date: it.date.map(Timestamp::of_seconds),
            date_offset_minutes: it.date_offset,
            from: all(it.from),
            to: all(it.to),
            subject: it.subject,
            preview: it.preview,
            flags: it.flags.into(),
            size: it.size.into(),
            has_attachments: it.has_attachments,
            body: it.body.into(),
            on_server: it.on_server,
            thread_count: it.thread_count,
            thread_unread: it.thread_unread,
        }
    }
}

/// One page of a list.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct PageView {
    /// Rows, newest first; at most 100.
    pub rows: Vec<MessageView>,
    /// Hand it to the next call; absent: this was the last page.
    pub next: Option<String>,
    /// Store generation the page was read in.
    pub generation: u64,
}

impl From<core::Page> for PageView {
    fn from(it: core::Page) -> Self {
        Self { rows: all(it.rows), next: it.next.map(|c| c.to_string()), generation: it.generation }
    }
}

/// One part of a message.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct AttachmentView {
    /// Section number: names the part in other calls.
    pub section: String,
    /// Lower-case media type, such as `image/png`.
    pub media_type: String,
    /// A name that is safe for a file system.
    pub name: String,
    /// Bytes once it is saved, as near as can be told before.
    pub size: ByteCount,
    /// Whether its bytes are on this device.
    pub present: bool,
    /// Content-ID of a picture inside the HTML, without brackets (`cid:` links name it).
    pub content_id: Option<String>,
    /// Whether a screen lists it as an attachment.
    pub listed: bool,
}

impl From<core::Attachment> for AttachmentView {
    fn from(it: core::Attachment) -> Self {
        Self {
            section: it.part.section,
            media_type: it.part.media_type,
            name: it.safe_name,
            size: it.size.into(),
            present: it.present,
            content_id: it.part.content_id,
            listed: it.part.is_attachment,
        }
    }
}

/// HTML that may be shown in a view without script and network.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct HtmlView {
    /// A fragment (no `<html>`, no `<body>`). Pictures of the message itself stay as `cid:`.
    pub html: String,
    /// References that would have made a request and were held back.
    pub held_back: u32,
    /// Hosts that would have been asked, each once.
    pub held_back_hosts: Vec<String>,
    /// Something was left out because the document is too large or too deep.
    pub truncated: bool,
}

impl From<html::SafeHtml> for HtmlView {
    fn from(it: html::SafeHtml) -> Self {
        let mut hosts: Vec<String> =
            it.held_back.iter().map(|held| held.host.clone()).filter(|host| !host.is_empty()).collect();
        hosts.sort();
        hosts.dedup();
        Self {
            held_back: it.held_back_count(),
            held_back_hosts: hosts,
            truncated: it.truncated,
            html: it.html,
        }
    }
}

/// A message as a person reads it.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct MessageContentView {
    /// The row a list shows.
    pub row: MessageView,
    /// Copies.
    pub cc: Vec<AddressView>,
    /// Where answers go.
    pub reply_to: Vec<AddressView>,
    /// Plain text: the text part, or made from the HTML. LF line ends.
    pub text: String,
    /// The HTML, safe to show.
    pub html: Option<HtmlView>,
    /// Set if the content is closed to us; a screen says so.
    pub encrypted: Option<EncryptionKind>,
    /// All parts.
    pub parts: Vec<AttachmentView>,
}

impl From<core::MessageContent> for MessageContentView {
    fn from(it: core::MessageContent) -> Self {
        Self {
            row: it.row.into(),
            cc: all(it.envelope.cc),
            reply_to: all(it.envelope.reply_to),
            text: it.text,
            html: it.html.map(Into::into),
            encrypted: it.encrypted.map(Into::into),
            parts: all(it.parts),
        }
    }
}
