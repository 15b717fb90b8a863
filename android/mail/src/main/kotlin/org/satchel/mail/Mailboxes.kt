// Mailboxes: the tree with its counts, and changing it.

package org.satchel.mail

import kotlinx.coroutines.flow.Flow

/** The mailboxes of the accounts. */
class Mailboxes internal constructor(
    private val core: Core,
) {
    /** The mailboxes of an account: roles first, then by name. */
    suspend fun list(account: AccountId): List<MailboxView> = core.ask { mailboxes(account) }

    /** The mailboxes of an account, now and whenever one comes, goes or changes its counts. */
    fun watch(account: AccountId): Flow<List<MailboxView>> =
        observe(core, { it.mailboxes.isNotEmpty() || account in it.accounts }) { list(account) }

    /** Makes a mailbox: on the server with the next pass, or only here. POP accounts have only [local] ones. */
    suspend fun create(
        account: AccountId,
        name: String,
        local: Boolean = false,
    ): MailboxView = core.ask { createMailbox(account, name, local) }

    /** Renames a mailbox and those below it. [name] is the whole path. */
    suspend fun rename(
        id: MailboxId,
        name: String,
    ): ActionView = core.ask { renameMailbox(id, name) }

    /**
     * Deletes an empty mailbox.
     *
     * @throws MailFailure `InvalidInput` if it holds messages.
     */
    suspend fun delete(id: MailboxId): ActionView = core.ask { deleteMailbox(id) }
}
