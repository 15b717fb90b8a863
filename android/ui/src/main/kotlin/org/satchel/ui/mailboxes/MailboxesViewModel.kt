// Accounts, mailboxes, passes and the network, made into the list of mailboxes.
package org.satchel.ui.mailboxes

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.StateFlow
import org.satchel.mail.AccountId
import org.satchel.mail.AccountStatusView
import org.satchel.mail.Satchel
import org.satchel.ui.Branch
import org.satchel.ui.Deeds
import org.satchel.ui.Notice
import org.satchel.ui.Notices
import org.satchel.ui.Problem
import org.satchel.ui.Route
import org.satchel.ui.Watched
import org.satchel.ui.follow
import org.satchel.ui.tree

/** What the list of mailboxes is made of. */
internal data class MailboxesFacts(
    val tree: List<Branch>? = null,
    val statuses: List<AccountStatusView> = emptyList(),
    val syncing: Set<AccountId> = emptySet(),
    val collapsed: Set<AccountId> = emptySet(),
    val online: Boolean = true,
    val notice: Notice? = null,
    val problem: Problem? = null,
) {
    fun shown() = MailboxesState(content(), offline = !online, notice)

    private fun content(): MailboxesContent =
        when {
            problem != null -> MailboxesContent.Failed(problem)
            tree == null -> MailboxesContent.Placeholder
            tree.isEmpty() -> MailboxesContent.Empty
            else -> MailboxesContent.Sections(tree.map(::section))
        }

    private fun section(branch: Branch) =
        AccountSection(
            account = branch.account,
            status = statuses.find { it.account == branch.account.id },
            syncing = branch.account.id in syncing,
            collapsed = branch.account.id in collapsed,
            rows = branch.mailboxes,
        )
}

/** The list of mailboxes over [mail]; [open] goes to a place. */
class MailboxesViewModel internal constructor(
    private val mail: Satchel,
    private val notices: Notices,
    private val deeds: Deeds,
    scope: CoroutineScope,
    private val open: (Route) -> Unit,
) {
    private val watched =
        Watched(scope, MailboxesFacts(), MailboxesFacts::shown) { it.followMail(this) }

    /** What the screen shows. */
    val state: StateFlow<MailboxesState> = watched.state

    /** The only way in. */
    fun on(event: MailboxesEvent) {
        when (event) {
            is MailboxesEvent.Opened -> open(Route.Messages(event.mailbox))
            is MailboxesEvent.ToggledAccount -> watched.learn { copy(collapsed = collapsed.toggled(event.account)) }
            MailboxesEvent.AskedForNews -> askForNews()
            is MailboxesEvent.PressedUndo -> deeds.undo(event.token)
            is MailboxesEvent.NoticeSeen -> notices.seen(event.id)
        }
    }

    private fun askForNews() {
        if (watched.now.problem != null) watched.followAgain()
        deeds.askForNews(watched.now.tree.orEmpty().map { it.account.id })
    }

    private fun Watched<MailboxesFacts, MailboxesState>.followMail(scope: CoroutineScope) {
        val failed = { problem: Problem -> learn { copy(problem = problem) } }
        scope.follow(mail.tree(), failed) { learn { copy(tree = it, problem = null) } }
        scope.follow(mail.activity.watch(), failed) { learn { copy(statuses = it) } }
        scope.follow(mail.activity.syncing(), failed) { learn { copy(syncing = it) } }
        scope.follow(mail.network.watch(), failed) { learn { copy(online = it.online) } }
        scope.follow(notices.current, failed) { learn { copy(notice = it) } }
    }
}

private fun <T> Set<T>.toggled(it: T): Set<T> = if (it in this) this - it else this + it
