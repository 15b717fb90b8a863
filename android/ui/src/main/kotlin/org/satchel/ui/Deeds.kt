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
            val answers = coroutineScope { accounts.map { async { ask(it) } }.awaitAll() }
            notices.say(newsText(answers))
        }

    /** One account's trouble is its own: the others are asked to their end. */
    private suspend fun ask(account: AccountId): Answer {
        var problem: Problem? = null
        val report = attempt({ problem = it }) { mail.activity.sync(account) }
        return Answer(account, report?.newMessages?.toInt() ?: 0, problem)
    }

    private suspend fun newsText(answers: List<Answer>): NoticeText {
        val came = answers.sumOf { it.came }
        val failed = answers.filter { it.problem != null }
        val problem = failed.firstNotNullOfOrNull { it.problem }
        return when {
            problem != null && answers.size == 1 -> NoticeText.Failed(problem)
            problem != null -> NoticeText.NotAsked(addresses(failed), problem, came)
            came > 0 -> NoticeText.CameIn(came)
            else -> NoticeText.NothingNew
        }
    }

    private suspend fun addresses(of: List<Answer>): List<String> {
        val ids = of.map { it.account }
        return mail.accounts
            .list()
            .filter { it.id in ids }
            .map { it.address }
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

    /** Does what needs no notice unless it fails. */
    fun quietly(deed: suspend () -> Unit) {
        scope.launch { attempt(::fail, deed) }
    }

    private class Answer(
        val account: AccountId,
        val came: Int,
        val problem: Problem?,
    )

    private fun fail(problem: Problem) = notices.say(NoticeText.Failed(problem))
}
