// What a screen reader gets of a row: one stop that says everything, with every gesture as a named action.
package org.satchel.ui.messages

import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.CustomAccessibilityAction
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.customActions
import androidx.compose.ui.semantics.onClick
import androidx.compose.ui.semantics.onLongClick
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.selected
import org.satchel.mail.BodyState
import org.satchel.mail.MessageView
import org.satchel.ui.text.DateText
import org.satchel.ui.text.Strings

/** A row and how it stands: picked, among others that are picked, open beside the list. */
internal data class RowShown(
    val message: MessageView,
    val picked: Boolean,
    val picking: Boolean,
    val opened: Boolean,
)

internal fun Modifier.rowSemantics(
    shown: RowShown,
    dates: DateText,
    strings: Strings,
    open: () -> Unit,
    onEvent: (MessagesEvent) -> Unit,
) = clearAndSetSemantics {
    val row = shown.message
    contentDescription = spoken(row, dates, strings)
    role = if (shown.picking) Role.Checkbox else Role.Button
    if (shown.picking) selected = shown.picked
    val pick = if (shown.picked) strings.deselect else strings.select
    onClick(if (shown.picking) pick else strings.open) { open().let { true } }
    onLongClick(pick) { onEvent(MessagesEvent.ToggledSelection(row.id)).let { true } }
    customActions =
        actions(row, pick, strings).map { (label, event) ->
            CustomAccessibilityAction(label) { onEvent(event).let { true } }
        }
}

private fun actions(
    row: MessageView,
    pick: String,
    strings: Strings,
): List<Pair<String, MessagesEvent>> =
    listOf(
        strings.archive to MessagesEvent.SwipedToArchive(row.id),
        strings.delete to MessagesEvent.SwipedToDelete(row.id),
        (if (row.flags.flagged) strings.unstar else strings.star) to MessagesEvent.ToggledStar(row.id),
        (if (row.flags.seen) strings.markUnseen else strings.markSeen) to MessagesEvent.ToggledSeen(row.id),
        pick to MessagesEvent.ToggledSelection(row.id),
    )

/** "Unread" first: it is what decides whether one listens on. */
internal fun spoken(
    row: MessageView,
    dates: DateText,
    strings: Strings,
): String =
    listOfNotNull(
        strings.isUnread.takeIf { !row.flags.seen },
        row.from.firstOrNull()?.label ?: strings.noSender,
        row.subject.ifBlank { strings.noSubject },
        dates.short(row.receivedAt),
        row.preview.ifBlank { null },
        strings.isStarred.takeIf { row.flags.flagged },
        strings.isAnswered.takeIf { row.flags.answered },
        strings.hasAttachment.takeIf { row.hasAttachments },
        strings.isPartlyHere.takeIf { row.body == BodyState.PARTIAL },
        row.threadCount.toInt().takeIf { it > 1 }?.let(strings::messagesInThread),
    ).joinToString(". ")
