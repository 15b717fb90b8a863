// Makes the view models of the open places, and lets go of those that were left.
package org.satchel.ui

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.job
import kotlinx.coroutines.plus
import org.satchel.mail.AttachmentView
import org.satchel.mail.PlacementId
import org.satchel.mail.Satchel
import org.satchel.ui.mailboxes.MailboxesViewModel
import org.satchel.ui.message.MessageViewModel
import org.satchel.ui.message.MessageWays
import org.satchel.ui.messages.MessagesViewModel
import java.io.File

/** What the screens need of the system around them. */
class Surroundings(
    /** The file an attachment goes to. */
    val place: (PlacementId, AttachmentView) -> File,
    /** Shows a file to the person. */
    val showFile: (path: String, mediaType: String) -> Unit,
    /** Follows a link. */
    val followLink: (url: String) -> Unit,
)

/**
 * The view models over one [mail]. Keep it as long as the app's window logically lives, over rotation too; [scope] is
 * the main thread's and ends all of it.
 */
class Screens(
    private val mail: Satchel,
    /** Where the person is. */
    val navigator: Navigator,
    private val surroundings: Surroundings,
    private val scope: CoroutineScope,
) {
    /** What the app has to say. */
    val notices = Notices()
    private val deeds = Deeds(mail, notices, scope)
    private val downloads = Downloads(mail, scope, surroundings.place)
    private val held = HashMap<Route, Held>()

    private class Held(
        val model: Any,
        val scope: CoroutineScope,
    )

    /** The list of mailboxes. */
    fun mailboxes(): MailboxesViewModel =
        held(Route.Mailboxes) { MailboxesViewModel(mail, notices, deeds, it, navigator::open) }

    /** The messages of a mailbox. */
    fun messages(route: Route.Messages): MessagesViewModel =
        held(route) { MessagesViewModel(mail, route.mailbox, notices, deeds, it, navigator::open) }

    /** A message. */
    fun message(route: Route.Message): MessageViewModel =
        held(route) {
            val ways = MessageWays({ navigator.leave(route) }, surroundings.showFile, surroundings.followLink)
            MessageViewModel(mail, route.placement, notices, deeds, downloads, it, ways)
        }

    /** Lets go of what is no longer open. Actions that were asked for there still run to their end in the core. */
    fun keepOnly(routes: List<Route>) {
        (held.keys - routes.toSet()).forEach { held.remove(it)?.scope?.cancel() }
    }

    private inline fun <reified M : Any> held(
        route: Route,
        make: (CoroutineScope) -> M,
    ): M {
        val there =
            held.getOrPut(route) {
                val own = scope + SupervisorJob(scope.coroutineContext.job)
                Held(make(own), own)
            }
        return there.model as M
    }
}
