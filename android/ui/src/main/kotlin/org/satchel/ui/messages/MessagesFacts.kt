// What the list of messages is made of, and the state that follows from it.
package org.satchel.ui.messages

import org.satchel.mail.AccountId
import org.satchel.mail.MailboxRole
import org.satchel.mail.MailboxView
import org.satchel.mail.PlacementId
import org.satchel.mail.ShownRows
import org.satchel.ui.Notice
import org.satchel.ui.Problem

internal data class MessagesFacts(
    val mailbox: MailboxView? = null,
    val rows: ShownRows? = null,
    val selected: Set<PlacementId> = emptySet(),
    val syncing: Set<AccountId> = emptySet(),
    val online: Boolean = true,
    val fetchingOlder: Boolean = false,
    val notice: Notice? = null,
    val problem: Problem? = null,
) {
    /** New rows. Where all of the list is here, what is no longer in it is no longer picked. */
    fun withRows(next: ShownRows): MessagesFacts {
        val known = copy(rows = next, problem = null)
        return if (next.rows.size == next.total) known.copy(selected = selected - known.outOfSight()) else known
    }

    /** What is picked and not among the rows that are here. */
    fun outOfSight(): Set<PlacementId> = selected - rows?.rows.orEmpty().mapTo(HashSet()) { it.id }

    fun toggled(id: PlacementId): Set<PlacementId> = if (id in selected) selected - id else selected + id

    fun shown() =
        MessagesState(
            mailbox = mailbox,
            content = content(),
            selected = selected,
            offline = !online,
            syncing = isSyncing,
            canFetchOlder = mailbox?.hasOlder == true,
            fetchingOlder = fetchingOlder,
            notice = notice,
        )

    /** Nothing is known of a mailbox whose first pass still runs. */
    private val isFirstPass get() = isSyncing && mailbox?.onServer == null

    private val isSyncing get() = mailbox != null && mailbox.account in syncing

    private fun content(): MessagesContent =
        when {
            problem != null -> MessagesContent.Failed(problem)
            rows == null -> MessagesContent.Placeholder
            rows.total > 0 -> MessagesContent.Rows(rows.total, rows.first, rows.rows)
            mailbox == null || isFirstPass -> MessagesContent.Placeholder
            mailbox.hasOlder -> MessagesContent.Empty(EmptyReason.NoneFetched)
            mailbox.role == MailboxRole.INBOX -> MessagesContent.Empty(EmptyReason.AllDone)
            else -> MessagesContent.Empty(EmptyReason.NoMessages)
        }
}
