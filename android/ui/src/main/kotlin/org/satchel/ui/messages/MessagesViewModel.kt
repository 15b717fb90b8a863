// A window over a mailbox's list, its marks and its selection, made into the list of messages.
package org.satchel.ui.messages

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.satchel.mail.ListOrder
import org.satchel.mail.MailboxId
import org.satchel.mail.MessageWindow
import org.satchel.mail.PlacementId
import org.satchel.mail.Satchel
import org.satchel.ui.Branch
import org.satchel.ui.Deeds
import org.satchel.ui.NoticeText
import org.satchel.ui.Notices
import org.satchel.ui.Problem
import org.satchel.ui.Route
import org.satchel.ui.Watched
import org.satchel.ui.attempt
import org.satchel.ui.follow
import org.satchel.ui.tree

/** Rows asked for around what is seen, and the step in which the window moves. */
private const val WINDOW = 150
private const val STEP = 25

/** The messages of [mailbox]; [open] goes to a place. */
class MessagesViewModel internal constructor(
    private val mail: Satchel,
    private val mailbox: MailboxId,
    private val notices: Notices,
    private val deeds: Deeds,
    private val scope: CoroutineScope,
    private val open: (Route) -> Unit,
) {
    private var window: MessageWindow? = null
    private val watched =
        Watched(scope, MessagesFacts(), MessagesFacts::shown) { it.followMail(this) }

    /** What the screen shows. */
    val state: StateFlow<MessagesState> = watched.state

    /** The only way in. */
    @Suppress("CyclomaticComplexMethod") // One line for each thing a person can do.
    fun on(event: MessagesEvent) {
        when (event) {
            is MessagesEvent.Scrolled -> scrolled(event.first)
            is MessagesEvent.Opened -> open(Route.Message(event.id))
            is MessagesEvent.SwipedToArchive -> deeds.archive(listOf(event.id)) { putBack(event.id) }
            is MessagesEvent.SwipedToDelete -> deeds.delete(listOf(event.id)) { putBack(event.id) }
            is MessagesEvent.ToggledStar -> row(event.id)?.let { deeds.setStar(it.id, !it.flags.flagged) }
            is MessagesEvent.ToggledSeen -> row(event.id)?.let { deeds.quietlySetSeen(it.id, !it.flags.seen) }
            is MessagesEvent.ToggledSelection -> watched.learn { copy(selected = toggled(event.id)) }
            MessagesEvent.SelectedAll -> selectAll()
            MessagesEvent.ClearedSelection -> clear()
            MessagesEvent.ArchivedSelected -> withSelected { deeds.archive(it, ::clear) }
            MessagesEvent.DeletedSelected -> withSelected { deeds.delete(it, ::clear) }
            MessagesEvent.JunkedSelected -> withSelected { deeds.junk(it, ::clear) }
            MessagesEvent.MarkedSelectedSeen -> withSelected { deeds.markSeen(it, ::clear) }
            MessagesEvent.FetchedOlder -> fetchOlder()
            MessagesEvent.AskedForNews -> askForNews()
            is MessagesEvent.PressedUndo -> deeds.undo(event.token)
            is MessagesEvent.NoticeSeen -> notices.seen(event.id)
        }
    }

    private fun Watched<MessagesFacts, MessagesState>.followMail(scope: CoroutineScope) {
        val failed = { problem: Problem -> learn { copy(problem = problem) } }
        scope.launch {
            attempt(failed) {
                // One window as long as there is this model: who comes back finds the list where it was.
                val list = window ?: mail.messages.list(mailbox, ListOrder.MESSAGES).also { window = it }
                list.watch().collect {
                    learn { withRows(it) }
                    dropGone(now.outOfSight())
                }
            }
        }
        scope.follow(mail.tree(), failed) { tree ->
            learn { copy(mailbox = own(tree)) }
        }
        scope.follow(mail.activity.syncing(), failed) { learn { copy(syncing = it) } }
        scope.follow(mail.network.watch(), failed) { learn { copy(online = it.online) } }
        scope.follow(notices.current, failed) { learn { copy(notice = it) } }
    }

    private fun scrolled(first: Int) {
        val from = (first / STEP * STEP - (WINDOW - STEP) / 2).coerceAtLeast(0)
        window?.show(from, WINDOW)
    }

    private fun own(tree: List<Branch>) = tree.flatMap { it.mailboxes }.find { it.id == mailbox }

    private fun row(id: PlacementId) = watched.now.rows?.rows?.find { it.id == id }

    private fun putBack(id: PlacementId) = watched.learn { copy(selected = selected - id) }

    private fun clear() = watched.learn { copy(selected = emptySet()) }

    private fun withSelected(deed: (Set<PlacementId>) -> Unit) {
        deeds.quietly {
            dropGone(watched.now.selected)
            watched.now.selected
                .takeIf { it.isNotEmpty() }
                ?.let(deed)
        }
    }

    /** What vanished or went elsewhere is picked no longer: an action on it would fail for all that are picked. */
    private suspend fun dropGone(picked: Set<PlacementId>) {
        val gone = mail.messages.goneFrom(mailbox, picked)
        watched.learn { copy(selected = selected - gone) }
    }

    private fun selectAll() {
        scope.launch {
            attempt({ watched.learn { copy(problem = it) } }) {
                val pages = mail.messages.shown(mailbox).toList()
                watched.learn { copy(selected = pages.flatten().toSet()) }
            }
        }
    }

    private fun askForNews() {
        if (watched.now.problem != null) watched.followAgain()
        scope.launch {
            // Who asks before the mailbox is read is not left without an answer.
            attempt({
                notices.say(NoticeText.Failed(it))
            }) { own(mail.tree().first())?.let { deeds.askForNews(listOf(it.account)) } }
        }
    }

    private fun fetchOlder() {
        val from = watched.now.mailbox
        if (from == null || watched.now.fetchingOlder) return
        watched.learn { copy(fetchingOlder = true) }
        deeds.fetchOlder(from.account, mailbox) { watched.learn { copy(fetchingOlder = false) } }
    }
}
