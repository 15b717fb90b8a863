//! Mailboxes and their lists.

use super::MailCore;
use crate::error::MailError;
use crate::list::{ListOrder, MessageList};
use crate::mailbox::MailboxView;
use crate::message::{MessageView, PageView};
use crate::mirror::all;
use crate::operation::ActionView;
use satchel_core::client::{MessageList as CoreList, PageCursor};
use satchel_core::ids::{AccountId, MailboxId, PlacementId, ThreadId};
use std::sync::Arc;

#[uniffi::export]
impl MailCore {
    /// The mailboxes of an account: roles first, then by name.
    ///
    /// # Errors
    /// `NotFound`, `Storage`, `Closed`.
    pub async fn mailboxes(&self, account: AccountId) -> Result<Vec<MailboxView>, MailError> {
        self.engine.read(move |core| async move { Ok(all(core.mailboxes(account).await?)) }).await
    }

    /// One mailbox.
    ///
    /// # Errors
    /// `NotFound`, `Storage`, `Closed`.
    pub async fn mailbox(&self, id: MailboxId) -> Result<MailboxView, MailError> {
        self.engine.read(move |core| async move { Ok(core.mailbox(id).await?.into()) }).await
    }

    /// Makes a mailbox: on the server with the next pass, or only here. Accounts that use POP have only local ones.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`, `Closed`.
    pub async fn create_mailbox(
        &self,
        account: AccountId,
        name: String,
        local: bool,
    ) -> Result<MailboxView, MailError> {
        let made = move |core: satchel_core::client::Satchel| async move {
            core.create_mailbox(account, &name, local).await
        };
        Ok(self.engine.write(made).await?.0.into())
    }

    /// Renames a mailbox and those below it.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`, `Closed`.
    pub async fn rename_mailbox(&self, id: MailboxId, name: String) -> Result<ActionView, MailError> {
        self.engine.write(move |core| async move { Ok(core.rename_mailbox(id, &name).await?.into()) }).await
    }

    /// Deletes an empty mailbox.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput` if it holds messages, `Storage`, `Closed`.
    pub async fn delete_mailbox(&self, id: MailboxId) -> Result<ActionView, MailError> {
        self.engine.write(move |core| async move { Ok(core.delete_mailbox(id).await?.into()) }).await
    }

    /// The list of a mailbox, for one screen that scrolls it.
    ///
    /// # Errors
    /// `Closed`.
    pub fn message_list(&self, mailbox: MailboxId, order: ListOrder) -> Result<Arc<MessageList>, MailError> {
        self.engine.core()?;
        let list = CoreList::new(mailbox, order.into());
        Ok(Arc::new(MessageList::new(Arc::clone(&self.engine), list)))
    }

    /// A page of a list, newest first, without anything kept between calls. `limit` is held to 1…100; `before` is the
    /// `next` of the page before.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput` (`before`), `Storage`, `Closed`.
    pub async fn page(
        &self,
        mailbox: MailboxId,
        order: ListOrder,
        limit: u32,
        before: Option<String>,
    ) -> Result<PageView, MailError> {
        let before = cursor(before)?;
        let page = self.engine.read(move |core| async move {
            match order {
                ListOrder::Messages => core.messages(mailbox, limit, before).await,
                ListOrder::Threads => core.threads(mailbox, limit, before).await,
            }
        });
        Ok(page.await?.into())
    }

    /// All messages of a conversation, over all mailboxes, oldest first; at most 1,000.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub async fn thread(&self, id: ThreadId) -> Result<Vec<MessageView>, MailError> {
        self.engine.read(move |core| async move { Ok(all(core.thread(id).await?)) }).await
    }

    /// One row of a list.
    ///
    /// # Errors
    /// `NotFound`, `Storage`, `Closed`.
    pub async fn message(&self, id: PlacementId) -> Result<MessageView, MailError> {
        self.engine.read(move |core| async move { Ok(core.message_row(id).await?.into()) }).await
    }

    /// What a query finds on this device, newest first: words, and `from: to: cc: subject: has:attachment is:unread
    /// is:flagged before: after: in:`.
    ///
    /// # Errors
    /// `InvalidInput` (the query or `before`), `Storage`, `Closed`.
    pub async fn search(
        &self,
        query: String,
        account: Option<AccountId>,
        limit: u32,
        before: Option<String>,
    ) -> Result<PageView, MailError> {
        let before = cursor(before)?;
        let found =
            self.engine.read(move |core| async move { core.search(&query, account, limit, before).await });
        Ok(found.await?.into())
    }
}

fn cursor(written: Option<String>) -> Result<Option<PageCursor>, MailError> {
    let read = |text: String| {
        text.parse().map_err(|_| MailError::invalid("before", "use the next of the page before"))
    };
    written.map(read).transpose()
}
