// What screens ask the core to do, each ending in a notice that says what happened.
package org.satchel.ui

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import org.satchel.mail.AccountId
import org.satchel.mail.ActionView
import org.satchel.mail.MailboxId
import org.satchel.mail.PlacementId
import org.satchel.mail.Satchel
import org.satchel.mail.UndoToken

private const val OLDER_AT_ONCE = 200

/** Runs in [scope], which outlasts the screens: who leaves a screen does not take back what was asked there. */
internal class Deeds(
    private val mail: Satchel,
    private val notices: Notices,
    private val scope: CoroutineScope,
) {
    fun archive(
        ids: Collection<PlacementId>,
        done: () -> Unit = {},
    ) = act(ids, NoticeText::Archived, done) { mail.actions.archive(it) }

    fun delete(
        ids: Collection<PlacementId>,
        done: () -> Unit = {},
    ) = act(ids, NoticeText::Deleted, done) { mail.actions.delete(it) }

    fun junk(
        ids: Collection<PlacementId>,
        done: () -> Unit = {},
    ) = act(ids, NoticeText::Junked, done) { mail.actions.junk(it) }

    fun markSeen(
        ids: Collection<PlacementId>,
        done: () -> Unit = {},
    ) = act(ids, NoticeText::MarkedSeen, done) { mail.actions.markSeen(it, on = true) }

    /** Seen at once on the row itself: no notice unless it fails. */
    fun quietlySetSeen(
        id: PlacementId,
        on: Boolean,
    ) = quietly { mail.actions.markSeen(listOf(id), on) }

    /** Seen at once on the row itself: no notice unless it fails. */
    fun setStar(
        id: PlacementId,
        on: Boolean,
    ) = quietly { mail.actions.star(listOf(id), on) }

    fun undo(token: UndoToken) =
        quietly {
            mail.actions.undo(token)
            notices.say(NoticeText.TakenBack)
        }

    /** Looks for mail, and ends with the truth: what came, that nothing did, or why it could not be told. */
    fun askForNews(accounts: List<AccountId>) =
        quietly {
            val reports = coroutineScope { accounts.map { async { mail.activity.sync(it) } }.awaitAll() }
            val came = reports.sumOf { it.newMessages.toInt() }
            notices.say(if (came == 0) NoticeText.NothingNew else NoticeText.CameIn(came))
        }

    fun fetchOlder(
        account: AccountId,
        mailbox: MailboxId,
        ended: () -> Unit,
    ) = scope.launch {
        attempt(::fail) { mail.activity.sync(account, OLDER_AT_ONCE, mailbox) }
        ended()
    }

    private fun act(
        ids: Collection<PlacementId>,
        text: (Int) -> NoticeText,
        done: () -> Unit,
        deed: suspend (Collection<PlacementId>) -> ActionView,
    ) = quietly {
        val action = deed(ids)
        notices.say(text(ids.size), action.undo)
        done()
    }

    private fun quietly(deed: suspend () -> Unit) {
        scope.launch { attempt(::fail, deed) }
    }

    private fun fail(problem: Problem) = notices.say(NoticeText.Failed(problem))
}
