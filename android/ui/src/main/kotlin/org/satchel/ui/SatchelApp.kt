// The whole app: one pane on a phone, two where there is room.
package org.satchel.ui

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.width
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.VerticalDivider
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.State
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.runtime.saveable.SaveableStateHolder
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import kotlinx.coroutines.flow.StateFlow
import org.satchel.ui.design.EmptyPage
import org.satchel.ui.design.Icons
import org.satchel.ui.design.Sizes
import org.satchel.ui.mailboxes.MailboxesScreen
import org.satchel.ui.message.BodyDrawing
import org.satchel.ui.message.MessageScreen
import org.satchel.ui.message.PlainBody
import org.satchel.ui.messages.MessagesScreen
import org.satchel.ui.text.LocalStrings

private val LIST_PANE = 360.dp

/**
 * The app inside [org.satchel.ui.design.MailTheme]. [visible] is false while nobody can see the window: nothing is
 * followed then. [body] draws the text of a message.
 */
@Composable
fun SatchelApp(
    screens: Screens,
    visible: Boolean = true,
    body: BodyDrawing = { content, _ -> PlainBody(content) },
) {
    val routes by screens.navigator.routes.watched(visible)
    LaunchedEffect(routes) { screens.keepOnly(routes) }
    val kept = rememberSaveableStateHolder()
    val panes = Panes(screens, kept, visible, body)
    Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.surface) {
        BoxWithConstraints(Modifier.fillMaxSize()) {
            if (maxWidth < Sizes.TwoPanes) panes.Single(routes) else panes.Double(routes)
        }
    }
}

/** A list, and beside it what was chosen there. */
@Composable
internal fun TwoPanes(
    list: @Composable () -> Unit,
    chosen: @Composable () -> Unit,
) {
    Row(Modifier.fillMaxSize()) {
        Box(Modifier.width(LIST_PANE).fillMaxHeight()) { list() }
        VerticalDivider(color = MaterialTheme.colorScheme.outlineVariant)
        Box(Modifier.weight(1f).fillMaxHeight()) { chosen() }
    }
}

/** Draws places; which of them are seen is decided above. */
private class Panes(
    private val screens: Screens,
    private val kept: SaveableStateHolder,
    private val visible: Boolean,
    private val body: BodyDrawing,
) {
    @Composable
    fun Single(routes: List<Route>) = Place(routes.last(), routes, alone = true, says = true)

    /** The two that stand highest; a list beside nothing says what to do. Notices are said once, on the right. */
    @Composable
    fun Double(routes: List<Route>) {
        val left = routes.getOrNull(routes.size - 2) ?: routes.last()
        val right = routes.last().takeIf { it != left }
        TwoPanes(
            { Place(left, routes, alone = false, says = right == null) },
            { if (right == null) NothingOpen(left) else Place(right, routes, alone = false, says = true) },
        )
    }

    /** Each place keeps its scroll position while others stand on it. */
    @Composable
    private fun Place(
        route: Route,
        routes: List<Route>,
        alone: Boolean,
        says: Boolean,
    ) {
        kept.SaveableStateProvider(route.link()) {
            when (route) {
                Route.Mailboxes -> Mailboxes(routes.takeUnless { alone }, says)
                is Route.Messages -> Messages(route, routes.takeUnless { alone }, says)
                is Route.Message -> Message(route, routes.takeIf { alone || it.size == 2 })
            }
        }
    }

    @Composable
    private fun Mailboxes(
        beside: List<Route>?,
        says: Boolean,
    ) {
        val model = screens.mailboxes()
        val state by model.state.watched(visible)
        val chosen = beside?.firstNotNullOfOrNull { it as? Route.Messages }?.mailbox
        MailboxesScreen(if (says) state else state.copy(notice = null), model::on, chosen)
    }

    @Composable
    private fun Messages(
        route: Route.Messages,
        beside: List<Route>?,
        says: Boolean,
    ) {
        val model = screens.messages(route)
        val state by model.state.watched(visible)
        val opened = beside?.firstNotNullOfOrNull { it as? Route.Message }?.placement
        // Beside its own list of mailboxes there is nothing to go back to.
        val back = { screens.navigator.leave(route) }.takeIf { beside == null || beside.last() != route }
        MessagesScreen(if (says) state else state.copy(notice = null), model::on, back, opened)
    }

    @Composable
    private fun Message(
        route: Route.Message,
        alone: List<Route>?,
    ) {
        val model = screens.message(route)
        val state by model.state.watched(visible)
        val back = { screens.navigator.leave(route) }.takeIf { alone != null }
        MessageScreen(state, model::on, back, body)
    }

    @Composable
    private fun NothingOpen(left: Route) {
        val strings = LocalStrings.current
        if (left == Route.Mailboxes) {
            EmptyPage(Icons.Mailbox, strings.noMailboxChosen, strings.noMailboxChosenSentence)
        } else {
            EmptyPage(Icons.Mail, strings.noMessageChosen, strings.noMessageChosenSentence)
        }
    }
}

/** The newest value; followed only while [visible]. */
@Composable
private fun <T> StateFlow<T>.watched(visible: Boolean): State<T> =
    produceState(value, this, visible) { if (visible) collect { value = it } }
