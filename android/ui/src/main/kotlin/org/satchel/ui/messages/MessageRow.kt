// One message in a list: who, what about, the first words, and its marks; pushed aside it is archived or deleted.
package org.satchel.ui.messages

import androidx.compose.foundation.background
import androidx.compose.foundation.combinedClickable
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.unit.dp
import org.satchel.mail.MessageView
import org.satchel.ui.design.Avatar
import org.satchel.ui.design.Icons
import org.satchel.ui.design.Sizes
import org.satchel.ui.design.SwipeAction
import org.satchel.ui.design.SwipeRow
import org.satchel.ui.design.isTypeLarge
import org.satchel.ui.design.mail
import org.satchel.ui.text.DateText
import org.satchel.ui.text.LocalStrings

/** A row that can be pushed aside: the way one reads to the archive, against it to the trash. */
@Composable
internal fun SwipedRow(
    shown: RowShown,
    dates: DateText,
    onEvent: (MessagesEvent) -> Unit,
) {
    val row = shown.message
    val strings = LocalStrings.current
    val colors = MaterialTheme.mail
    SwipeRow(
        SwipeAction(Icons.Archive, strings.archive, colors.archive, colors.onArchive) {
            onEvent(MessagesEvent.SwipedToArchive(row.id))
        },
        SwipeAction(Icons.Delete, strings.delete, colors.delete, colors.onDelete) {
            onEvent(MessagesEvent.SwipedToDelete(row.id))
        },
        enabled = !shown.picking,
    ) {
        MessageRow(shown, dates, onEvent)
    }
}

@Composable
private fun MessageRow(
    shown: RowShown,
    dates: DateText,
    onEvent: (MessagesEvent) -> Unit,
) {
    val row = shown.message
    val colors = MaterialTheme.colorScheme
    val open = { onEvent(if (shown.picking) MessagesEvent.ToggledSelection(row.id) else MessagesEvent.Opened(row.id)) }
    val pick = { onEvent(MessagesEvent.ToggledSelection(row.id)) }
    val ground =
        when {
            shown.picked -> colors.primaryContainer
            shown.opened -> colors.secondaryContainer
            else -> colors.surface
        }
    Row(
        Modifier
            .rowSemantics(shown, dates, LocalStrings.current, open, onEvent)
            .background(ground)
            .combinedClickable(onClick = open, onLongClick = pick)
            .fillMaxWidth()
            .padding(end = 4.dp),
        verticalAlignment = Alignment.Top,
    ) {
        UnreadDot(!row.flags.seen)
        // The avatar picks; a finger gets more than what is drawn.
        Box(
            Modifier
                .pointerInput(row.id) { detectTapGestures { pick() } }
                .padding(top = 12.dp, bottom = 12.dp, end = 14.dp),
        ) { Avatar(row.from.firstOrNull(), picked = shown.picked) }
        if (isTypeLarge()) Tall(row, dates, onEvent) else Usual(row, dates, onEvent)
    }
}

@Composable
private fun UnreadDot(unread: Boolean) {
    Box(Modifier.padding(top = 28.dp).size(width = Sizes.Edge, height = 8.dp), Alignment.Center) {
        if (unread) Box(Modifier.size(8.dp).background(MaterialTheme.colorScheme.primary, CircleShape))
    }
}

@Composable
private fun Usual(
    row: MessageView,
    dates: DateText,
    onEvent: (MessagesEvent) -> Unit,
) {
    Column(Modifier.padding(top = 11.dp, bottom = 11.dp)) {
        Row(Modifier.fillMaxWidth().padding(end = 12.dp), Arrangement.spacedBy(8.dp)) {
            Sender(row, Modifier.weight(1f).alignByBaseline())
            Moment(row, dates, Modifier.alignByBaseline())
        }
        Row(Modifier.fillMaxWidth()) {
            Column(Modifier.weight(1f)) {
                Subject(row)
                Preview(row)
            }
            Row(Modifier.padding(start = 8.dp, top = 2.dp), verticalAlignment = Alignment.CenterVertically) {
                Marks(row)
                StarSpot(row, onEvent)
            }
        }
    }
}

/** Where type is large everything has a line of its own, and as many as it needs. */
@Composable
private fun Tall(
    row: MessageView,
    dates: DateText,
    onEvent: (MessagesEvent) -> Unit,
) {
    Column(Modifier.fillMaxWidth().padding(top = 12.dp, bottom = 8.dp, end = 8.dp)) {
        Sender(row)
        Subject(row)
        Preview(row)
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
            Moment(row, dates, Modifier.weight(1f))
            Marks(row)
            StarSpot(row, onEvent)
        }
    }
}
