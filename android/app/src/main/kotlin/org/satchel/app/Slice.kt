// One slice of background work: what the core does until a deadline, and whom to tell of it.

package org.satchel.app

import org.satchel.mail.AccountId
import org.satchel.mail.AccountStatusView
import org.satchel.mail.MessageView
import org.satchel.mail.Satchel
import org.satchel.mail.SliceView
import kotlin.time.Duration

/** Unread mail that came to an account's inbox while nobody looked. */
data class NewMail(
    /** Whose. */
    val account: AccountStatusView,
    /** The newest of what came, newest first. */
    val rows: List<MessageView>,
    /** How much came. */
    val count: Int = rows.size,
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
        val slices = mail.activity.runUntil(turn)
        val accounts = mail.activity.status().associateBy { it.account }
        for (slice in slices) {
            val account = accounts[slice.account] ?: continue
            tellHealth(account, slice)
            if (slice.fresh.isNotEmpty()) {
                listener.arrived(NewMail(account, slice.fresh, slice.freshCount.toInt()))
            }
        }
        // Only now: where the turn is taken back before, the next one says it once more, in the same place.
        slices.mapNotNull { it.told }.forEach { mail.activity.told(it) }
        return slices.any { it.report?.cutShort == true }
    }

    private fun tellHealth(
        account: AccountStatusView,
        slice: SliceView,
    ) = if (slice.needsPerson) {
        listener.needsPerson(NeedsPerson(account, slice.problem))
    } else {
        listener.isWell(account.account)
    }
}
