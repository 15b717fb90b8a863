// Which messages a mailbox shows, from the newest on, as far as they are asked for.
package org.satchel.ui.messages

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.firstOrNull
import kotlinx.coroutines.flow.flow
import org.satchel.mail.ListOrder
import org.satchel.mail.MailboxId
import org.satchel.mail.Messages
import org.satchel.mail.PlacementId

private const val PAGE = 100

/** All that [mailbox] shows, page by page. */
internal fun Messages.shown(mailbox: MailboxId): Flow<List<PlacementId>> =
    flow {
        var before: String? = null
        do {
            val page = page(mailbox, ListOrder.MESSAGES, PAGE, before)
            emit(page.rows.map { it.id })
            before = page.next
        } while (before != null)
    }

/** Those of [ids] that [mailbox] does not show any more: they vanished, or stand elsewhere. */
internal suspend fun Messages.goneFrom(
    mailbox: MailboxId,
    ids: Set<PlacementId>,
): Set<PlacementId> {
    val missing = HashSet(ids)
    if (missing.isEmpty()) return missing
    shown(mailbox).firstOrNull { page ->
        missing.removeAll(page.toSet())
        missing.isEmpty()
    }
    return missing
}
