// What stands behind the app's window: the mail being opened, open, or why it cannot be.

package org.satchel.app

import android.content.Intent
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import org.satchel.mail.MailFailure
import org.satchel.mail.Satchel
import org.satchel.ui.Navigator
import org.satchel.ui.Problem
import org.satchel.ui.Route
import org.satchel.ui.Screens
import org.satchel.ui.Surroundings

/** What the window shows. */
sealed interface WindowContent {
    /** The mail is being opened: some milliseconds, longer after a crash. */
    data object Opening : WindowContent

    /** The screens. */
    class Opened(
        /** Their view models. */
        val screens: Screens,
    ) : WindowContent

    /** It could not be opened. */
    data class Failed(
        /** Why. */
        val problem: Problem,
    ) : WindowContent
}

/** Lives from the first frame until the person is done with it, over rotation too; [scope] is the main thread's. */
class Window(
    private val open: suspend () -> Satchel,
    private val surroundings: Surroundings,
    private val scope: CoroutineScope,
    routes: List<String>,
) {
    /** Where the person is. */
    val navigator = Navigator.restored(routes)

    private val shown = MutableStateFlow<WindowContent>(WindowContent.Opening)
    private var opening: Job? = null

    /** What to draw. */
    val content: StateFlow<WindowContent> = shown.asStateFlow()

    init {
        askAgain()
    }

    /** Opens the mail; from the page that says why it could not be, once more. */
    fun askAgain() {
        if (opening?.isActive == true) return
        shown.value = WindowContent.Opening
        opening =
            scope.launch {
                shown.value =
                    try {
                        WindowContent.Opened(Screens(open(), navigator, surroundings, scope))
                    } catch (e: MailFailure) {
                        WindowContent.Failed(Problem.of(e))
                    }
            }
    }

    /** Goes where an intent leads; one that leads nowhere leaves the person where they are. */
    fun arrive(intent: Intent) {
        intent.route()?.let(navigator::open)
    }

    /** The person is done with it. What runs in the core goes on. */
    fun close() = scope.cancel()
}

/** The place that an intent names: a notification's, or another app's. */
fun Intent.route(): Route? = if (action == Intent.ACTION_VIEW) dataString?.let(Route::of) else null
