// What a person does to mail: done here at once, told to the server with the next pass.

package org.satchel.mail

/**
 * Actions on messages. Each changes all of the messages or none, finishes whatever becomes of the screen, and answers
 * with the token that takes it back.
 */
class Actions internal constructor(
    private val core: Core,
) {
    /** Sets and clears flags. */
    suspend fun flag(
        ids: Collection<PlacementId>,
        add: List<MessageFlag> = emptyList(),
        remove: List<MessageFlag> = emptyList(),
    ): ActionView = core.ask { flag(ids.toList(), add, remove) }

    /** Stars messages, or takes their star away. */
    suspend fun star(
        ids: Collection<PlacementId>,
        on: Boolean,
    ): ActionView = set(ids, Flag.Flagged, on)

    /** Marks messages as read or unread. */
    suspend fun markSeen(
        ids: Collection<PlacementId>,
        on: Boolean,
    ): ActionView = set(ids, Flag.Seen, on)

    /** Moves messages to another mailbox of the same account. */
    suspend fun move(
        ids: Collection<PlacementId>,
        mailbox: MailboxId,
    ): ActionView = core.ask { moveTo(ids.toList(), mailbox) }

    /** Copies messages to another mailbox of the same account. */
    suspend fun copy(
        ids: Collection<PlacementId>,
        mailbox: MailboxId,
    ): ActionView = core.ask { copyTo(ids.toList(), mailbox) }

    /** Moves messages to the account's archive, which is made if there is none. */
    suspend fun archive(ids: Collection<PlacementId>): ActionView = core.ask { archive(ids.toList()) }

    /** Moves messages to the trash; those that are there already are deleted for good. */
    suspend fun delete(ids: Collection<PlacementId>): ActionView = core.ask { delete(ids.toList()) }

    /** Moves messages to the account's junk mailbox, which is made if there is none. */
    suspend fun junk(ids: Collection<PlacementId>): ActionView = core.ask { junk(ids.toList()) }

    /**
     * Takes an action back, all of it or, with an error, nothing.
     *
     * @throws MailFailure `InvalidInput` if it cannot be taken back: a deletion for good.
     */
    suspend fun undo(token: UndoToken): List<OperationView> = core.ask { undo(token) }

    private suspend fun set(
        ids: Collection<PlacementId>,
        flag: MessageFlag,
        on: Boolean,
    ) = if (on) flag(ids, add = listOf(flag)) else flag(ids, remove = listOf(flag))
}
