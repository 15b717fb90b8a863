// One slice of background work: what the core does until a deadline, and whom to tell of it.

package org.satchel.app

import org.satchel.mail.AccountId
import org.satchel.mail.AccountStatusView
import org.satchel.mail.ListOrder
import org.satchel.mail.MailboxRole
import org.satchel.mail.MessageView
import org.satchel.mail.Satchel
import org.satchel.mail.SliceView
import kotlin.time.Duration

/** Unread mail that came to an account's inbox while nobody looked. */
data class NewMail(
    /** Whose. */
    val account: AccountStatusView,
    /** What came, newest first. */
    val rows: List<MessageView>,
)

/** An account that cannot go on without the person, and the core's sentence on why. */
data class NeedsPerson(
    /** Which. */
    val account: AccountStatusView,
    /** Why, in words of the core. */
    val sentence: String?,
)

/** Hears what a slice brought. */
interface SliceListener {
    /** New mail came. */
    fun arrived(mail: NewMail)

    /** An account needs the person. */
    fun needsPerson(what: NeedsPerson)

    /** An account is well: it does not need the person, or no longer. */
    fun isWell(account: AccountId)
}

/** Runs slices on [mail]. */
class Slice(
    private val mail: Satchel,
    private val listener: SliceListener,
) {
    /** Works for [turn] at most. True if something is left that a further turn soon would serve. */
    suspend fun run(turn: Duration): Boolean {
        val accounts = mail.activity.status()
        val before = accounts.associateWith { inbox(it) }
        val slices = mail.activity.runUntil(turn).associateBy { it.account }
        for ((account, rows) in before) {
            val slice = slices[account.account] ?: continue
            tellHealth(account, slice)
            // All of a new account's mail is new to the phone, and no news to the person.
            val fresh = if (account.lastSuccess == null) emptyList() else fresh(rows, inbox(account))
            if (fresh.isNotEmpty()) listener.arrived(NewMail(account, fresh))
        }
        return slices.values.any { it.report?.cutShort == true }
    }

    private fun tellHealth(
        account: AccountStatusView,
        slice: SliceView,
    ) = if (slice.needsPerson) {
        listener.needsPerson(NeedsPerson(account, slice.problem))
    } else {
        listener.isWell(account.account)
    }

    private suspend fun inbox(account: AccountStatusView): List<MessageView> {
        val inbox = mail.mailboxes.list(account.account).find { it.role == MailboxRole.INBOX } ?: return emptyList()
        return mail.messages.page(inbox.id, ListOrder.MESSAGES, PAGE).rows
    }
}

/** The most rows of an inbox that are compared. */
const val PAGE = 50

/**
 * Unread rows of [after] that were not there [before]. Where the page was full, older mail moves up into it when some
 * above is deleted: what stands below the last known row is old. Where no row is known, all of it came.
 */
fun fresh(
    before: List<MessageView>,
    after: List<MessageView>,
): List<MessageView> {
    val known = before.mapTo(HashSet()) { it.id }
    val lastKnown = after.indexOfLast { it.id in known }
    val reach = if (before.size < PAGE || lastKnown < 0) after.size else lastKnown
    return after.take(reach).filter { it.id !in known && !it.flags.seen }
}
