// The bars of the list of messages: the usual one, and the one while messages are picked.
package org.satchel.ui.messages

import androidx.compose.foundation.focusable
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.FilledTonalButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.unit.dp
import org.satchel.ui.design.IconTarget
import org.satchel.ui.design.Icons
import org.satchel.ui.design.MoreMenu
import org.satchel.ui.design.NamedAction
import org.satchel.ui.design.Sizes
import org.satchel.ui.design.TopBar
import org.satchel.ui.design.target
import org.satchel.ui.text.LocalStrings

@Composable
internal fun MessagesBar(
    state: MessagesState,
    onEvent: (MessagesEvent) -> Unit,
    onBack: (() -> Unit)?,
) {
    val strings = LocalStrings.current
    val mailbox = state.mailbox
    TopBar(
        title = mailbox?.role?.let(strings::role) ?: mailbox?.title.orEmpty(),
        subtitle = mailbox?.unread?.toInt()?.takeIf { it > 0 }?.let(strings::unread),
        running = strings.syncing.takeIf { state.syncing },
        before = { onBack?.let { IconTarget(Icons.Back, strings.back, it) } },
    ) {
        IconTarget(Icons.Refresh, strings.checkForMail, { onEvent(MessagesEvent.AskedForNews) })
    }
}

/** Takes the focus when it appears: a screen reader says how many are picked, and what can be done is next to it. */
@Composable
internal fun SelectionBar(
    state: MessagesState,
    onEvent: (MessagesEvent) -> Unit,
) {
    val strings = LocalStrings.current
    val focus = remember { FocusRequester() }
    LaunchedEffect(Unit) { focus.requestFocus() }
    TopBar(
        title = strings.selected(state.selected.size),
        modifier = Modifier.focusRequester(focus).focusable(),
        ground = MaterialTheme.colorScheme.secondaryContainer,
        ink = MaterialTheme.colorScheme.onSecondaryContainer,
        before = { IconTarget(Icons.Close, strings.clearSelection, { onEvent(MessagesEvent.ClearedSelection) }) },
    ) {
        IconTarget(Icons.Archive, strings.archive, { onEvent(MessagesEvent.ArchivedSelected) })
        IconTarget(Icons.Delete, strings.delete, { onEvent(MessagesEvent.DeletedSelected) })
        MoreMenu(
            listOf(
                NamedAction(Icons.MarkSeen, strings.markSeen) { onEvent(MessagesEvent.MarkedSelectedSeen) },
                NamedAction(Icons.Junk, strings.junk) { onEvent(MessagesEvent.JunkedSelected) },
                NamedAction(Icons.SelectAll, strings.selectAll) { onEvent(MessagesEvent.SelectedAll) },
            ),
        )
    }
}

@Composable
internal fun FetchOlder(
    fetching: Boolean,
    onFetch: () -> Unit,
) {
    val strings = LocalStrings.current
    Box(Modifier.fillMaxWidth().padding(Sizes.Edge).padding(top = 8.dp), Alignment.Center) {
        FilledTonalButton(onFetch, Modifier.target(), enabled = !fetching) {
            Text(if (fetching) strings.fetchingOlder else strings.fetchOlder)
        }
    }
}
