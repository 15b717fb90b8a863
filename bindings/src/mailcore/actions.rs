//! What a person does to mail: done here at once, told to the server with the next pass.

use super::MailCore;
use crate::error::MailError;
use crate::message::MessageFlag;
use crate::mirror::all;
use crate::operation::{ActionView, OperationView, UndoToken};
use satchel_core::ids::{MailboxId, PlacementId};

#[uniffi::export]
impl MailCore {
    /// Sets and clears flags. All or none of the messages are changed.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`, `Closed`.
    pub async fn flag(
        &self,
        ids: Vec<PlacementId>,
        add: Vec<MessageFlag>,
        remove: Vec<MessageFlag>,
    ) -> Result<ActionView, MailError> {
        let (add, remove): (Vec<String>, Vec<String>) = (all(add), all(remove));
        self.engine.write(move |core| async move { Ok(core.flag(&ids, &add, &remove).await?.into()) }).await
    }

    /// Moves messages to another mailbox of the same account.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`, `Closed`.
    pub async fn move_to(&self, ids: Vec<PlacementId>, mailbox: MailboxId) -> Result<ActionView, MailError> {
        self.engine.write(move |core| async move { Ok(core.move_to(&ids, mailbox).await?.into()) }).await
    }

    /// Copies messages to another mailbox of the same account.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`, `Closed`.
    pub async fn copy_to(&self, ids: Vec<PlacementId>, mailbox: MailboxId) -> Result<ActionView, MailError> {
        self.engine.write(move |core| async move { Ok(core.copy_to(&ids, mailbox).await?.into()) }).await
    }

    /// Moves messages to the account's archive, which is made if there is none.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`, `Closed`.
    pub async fn archive(&self, ids: Vec<PlacementId>) -> Result<ActionView, MailError> {
        self.engine.write(move |core| async move { Ok(core.archive(&ids).await?.into()) }).await
    }

    /// Moves messages to the account's junk mailbox, which is made if there is none.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`, `Closed`.
    pub async fn junk(&self, ids: Vec<PlacementId>) -> Result<ActionView, MailError> {
        self.engine.write(move |core| async move { Ok(core.junk(&ids).await?.into()) }).await
    }

    /// Moves messages to the trash, which is made if there is none; those that are there already are deleted for good.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`, `Closed`.
    pub async fn delete(&self, ids: Vec<PlacementId>) -> Result<ActionView, MailError> {
        self.engine.write(move |core| async move { Ok(core.delete(&ids).await?.into()) }).await
    }

    /// Takes an action back, all of it or with an error nothing: what the server was not told of yet is not told any
    /// more; of what it was told, the opposite follows.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput` if it cannot be taken back (a deletion for good), `Storage`, `Closed`.
    pub async fn undo(&self, token: UndoToken) -> Result<Vec<OperationView>, MailError> {
        self.engine.write(move |core| async move { Ok(all(core.undo_all(&token.operations).await?)) }).await
    }

    /// The newest operations, open ones first; at most 200.
    ///
    /// # Errors
    /// `Storage`, `Closed`.
    pub async fn operations(&self) -> Result<Vec<OperationView>, MailError> {
        self.engine.read(|core| async move { Ok(all(core.operations().await?)) }).await
    }
}
