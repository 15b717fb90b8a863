// The pieces a row of the list is put together from: names, lines, marks.
package org.satchel.ui.messages

import androidx.compose.foundation.background
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.satchel.mail.MessageView
import org.satchel.ui.design.Icons
import org.satchel.ui.design.Sizes
import org.satchel.ui.design.lines
import org.satchel.ui.design.mail
import org.satchel.ui.design.startOfScreen
import org.satchel.ui.text.DateText
import org.satchel.ui.text.LocalStrings

private const val PREVIEW_LINES = 1
private const val PREVIEW_LINES_LARGE = 3

@Composable
internal fun DateHeading(text: String) {
    Text(
        text,
        Modifier.semantics { heading() }.padding(start = Sizes.Edge, end = Sizes.Edge, top = 18.dp, bottom = 6.dp),
        color = MaterialTheme.colorScheme.primary,
        style = MaterialTheme.typography.labelMedium,
    )
}

@Composable
internal fun Sender(
    row: MessageView,
    modifier: Modifier = Modifier,
) {
    val label = row.from.firstOrNull()?.label ?: LocalStrings.current.noSender
    Line(label, row, MaterialTheme.typography.bodyLarge, MaterialTheme.colorScheme.onSurface, modifier)
}

@Composable
internal fun Subject(row: MessageView) {
    val colors = MaterialTheme.colorScheme
    val color = if (row.flags.seen) colors.onSurfaceVariant else colors.onSurface
    Row(Modifier, Arrangement.spacedBy(6.dp), Alignment.CenterVertically) {
        Line(
            row.subject.ifBlank { LocalStrings.current.noSubject },
            row,
            MaterialTheme.typography.bodyMedium,
            color,
            Modifier.weight(1f, fill = false),
        )
        if (row.threadCount > 1u) ThreadCount(row.threadCount.toInt())
    }
}

@Composable
private fun Line(
    text: String,
    row: MessageView,
    style: TextStyle,
    color: Color,
    modifier: Modifier = Modifier,
) {
    Text(
        text,
        modifier,
        color = color,
        style = style.copy(textDirection = TextDirection.Content),
        fontWeight = if (row.flags.seen) FontWeight.Normal else FontWeight.Bold,
        textAlign = startOfScreen(),
        maxLines = lines(1),
        overflow = TextOverflow.Ellipsis,
    )
}

@Composable
internal fun Preview(row: MessageView) {
    if (row.preview.isBlank()) return
    Text(
        row.preview,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        style = MaterialTheme.typography.bodySmall.copy(textDirection = TextDirection.Content),
        textAlign = startOfScreen(),
        maxLines = lines(PREVIEW_LINES, PREVIEW_LINES_LARGE),
        overflow = TextOverflow.Ellipsis,
    )
}

@Composable
internal fun Moment(
    row: MessageView,
    dates: DateText,
    modifier: Modifier,
) {
    val colors = MaterialTheme.colorScheme
    Text(
        dates.short(row.receivedAt),
        modifier,
        color = if (row.flags.seen) colors.onSurfaceVariant else colors.primary,
        style = MaterialTheme.typography.labelSmall,
    )
}

@Composable
private fun ThreadCount(count: Int) {
    val colors = MaterialTheme.colorScheme
    Text(
        "$count",
        Modifier
            .background(
                colors.surfaceContainerHigh,
                RoundedCornerShape(6.dp),
            ).padding(horizontal = 6.dp, vertical = 1.dp),
        color = colors.onSurfaceVariant,
        style = MaterialTheme.typography.labelSmall,
    )
}

@Composable
internal fun Marks(row: MessageView) {
    if (row.flags.answered) Mark(Icons.Answered)
    if (row.hasAttachments) Mark(Icons.Clip)
}

@Composable
private fun Mark(icon: ImageVector) =
    Icon(icon, null, Modifier.padding(horizontal = 2.dp).size(18.dp), tint = MaterialTheme.colorScheme.onSurfaceVariant)

/** A finger may hit the star; a screen reader finds it among the row's actions instead of as a second stop. */
@Composable
internal fun StarSpot(
    row: MessageView,
    onEvent: (MessagesEvent) -> Unit,
) {
    val starred = row.flags.flagged
    Box(
        Modifier
            .pointerInput(row.id) { detectTapGestures { onEvent(MessagesEvent.ToggledStar(row.id)) } }
            .size(width = 44.dp, height = 36.dp),
        Alignment.Center,
    ) {
        Icon(
            if (starred) Icons.Star else Icons.StarOutline,
            null,
            Modifier.size(22.dp),
            tint = if (starred) MaterialTheme.mail.star else MaterialTheme.colorScheme.outline,
        )
    }
}
