// Where a person can be, and how each place is written as a link.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui

import org.satchel.mail.MailboxId
import org.satchel.mail.PlacementId

/** A place of the app. It is written `satchel://mailboxes`, `satchel://mailbox/7`, `satchel://message/42`. */
sealed interface Route {
    /** The list of mailboxes. */
    data object Mailboxes : Route

    /** The messages of a mailbox. */
    data class Messages(
        val mailbox: MailboxId,
    ) : Route

    /** One message. */
    data class Message(
        val placement: PlacementId,
    ) : Route

    /** How it is written in a link, in a notification, and in what the system keeps while the app is away. */
    fun link(): String =
        SCHEME +
            when (this) {
                Mailboxes -> MAILBOXES
                is Messages -> "$MAILBOX/${mailbox.value}"
                is Message -> "$MESSAGE/${placement.value}"
            }

    /** Reads routes. */
    companion object {
        private const val SCHEME = "satchel://"
        private const val MAILBOXES = "mailboxes"
        private const val MAILBOX = "mailbox"
        private const val MESSAGE = "message"

        /** Reads a link; `null` if it leads nowhere we know. */
        fun of(link: String): Route? {
            if (!link.startsWith(SCHEME, ignoreCase = true)) return null
            val steps = link.drop(SCHEME.length).trimEnd('/').split('/')
            val id = steps.getOrNull(1)?.toLongOrNull()?.takeIf { it > 0 }
            return when {
                steps == listOf(MAILBOXES) -> Mailboxes
                steps.size != 2 || id == null -> null
                steps[0] == MAILBOX -> Messages(MailboxId(id))
                steps[0] == MESSAGE -> Message(PlacementId(id))
                else -> null
            }
        }
    }
}
