// The top of a message: subject, star, who wrote it and to whom; whole addresses on a tap.
package org.satchel.ui.message

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.satchel.mail.AddressView
import org.satchel.mail.MessageContentView
import org.satchel.mail.MessageView
import org.satchel.ui.design.Avatar
import org.satchel.ui.design.IconTarget
import org.satchel.ui.design.Icons
import org.satchel.ui.design.Sizes
import org.satchel.ui.design.isTypeLarge
import org.satchel.ui.design.lines
import org.satchel.ui.design.mail
import org.satchel.ui.design.startOfScreen
import org.satchel.ui.text.DateText
import org.satchel.ui.text.LocalClock
import org.satchel.ui.text.LocalStrings

/** [content] adds copies and answer addresses, once they are here. */
@Composable
internal fun MessageHeader(
    row: MessageView,
    content: MessageContentView?,
    onEvent: (MessageEvent) -> Unit,
) {
    var whole by rememberSaveable(row.id.value) { mutableStateOf(false) }
    SubjectLine(row, onEvent)
    People(row, whole) { whole = !whole }
    if (whole) Addresses(row, content)
    HorizontalDivider(Modifier.padding(top = 12.dp), color = MaterialTheme.colorScheme.outlineVariant)
}

@Composable
private fun SubjectLine(
    row: MessageView,
    onEvent: (MessageEvent) -> Unit,
) {
    val strings = LocalStrings.current
    val starred = row.flags.flagged
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(4.dp)) {
        Text(
            row.subject.ifBlank { strings.noSubject },
            Modifier.weight(1f).padding(top = 8.dp, bottom = 12.dp).semantics { heading() },
            style = MaterialTheme.typography.headlineSmall.copy(textDirection = TextDirection.Content),
            textAlign = startOfScreen(),
        )
        IconTarget(
            if (starred) Icons.Star else Icons.StarOutline,
            if (starred) strings.unstar else strings.star,
            { onEvent(MessageEvent.ToggledStar) },
            tint = if (starred) MaterialTheme.mail.star else LocalContentColor.current,
        )
    }
}

@Composable
private fun People(
    row: MessageView,
    whole: Boolean,
    onToggle: () -> Unit,
) {
    val strings = LocalStrings.current
    val clock = LocalClock.current
    val dates = remember(strings, clock) { DateText(strings, clock) }
    val label = if (whole) strings.hideAddresses else strings.showAddresses
    Row(
        Modifier
            .clip(RoundedCornerShape(12.dp))
            .clickable(onClickLabel = label, role = Role.Button, onClick = onToggle)
            .fillMaxWidth()
            .heightIn(min = Sizes.Target)
            .padding(vertical = 4.dp),
        Arrangement.spacedBy(14.dp),
        if (isTypeLarge()) Alignment.Top else Alignment.CenterVertically,
    ) {
        Avatar(row.from.firstOrNull(), size = 44.dp)
        Column(Modifier.weight(1f)) {
            Text(
                row.from.firstOrNull()?.label ?: strings.noSender,
                style = MaterialTheme.typography.titleMedium,
                maxLines = lines(1),
                overflow = TextOverflow.Ellipsis,
            )
            row.to.firstOrNull()?.let { Faint(strings.toPeople(it.label, row.to.size - 1)) }
            Faint(dates.full(row.receivedAt))
        }
        Icon(
            if (whole) Icons.Collapse else Icons.Expand,
            null,
            tint = MaterialTheme.colorScheme.onSurfaceVariant,
        )
    }
}

@Composable
private fun Addresses(
    row: MessageView,
    content: MessageContentView?,
) {
    val strings = LocalStrings.current
    Surface(
        Modifier.fillMaxWidth().padding(top = 8.dp),
        RoundedCornerShape(12.dp),
        MaterialTheme.colorScheme.surfaceContainer,
    ) {
        SelectionContainer {
            Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) {
                AddressGroup(strings.from, row.from)
                AddressGroup(strings.to, row.to)
                AddressGroup(strings.copy, content?.cc.orEmpty())
                AddressGroup(strings.answersTo, content?.replyTo.orEmpty())
            }
        }
    }
}

@Composable
private fun AddressGroup(
    label: String,
    people: List<AddressView>,
) {
    if (people.isEmpty()) return
    Column {
        Text(label, color = MaterialTheme.colorScheme.primary, style = MaterialTheme.typography.labelSmall)
        people.forEach { person ->
            if (person.name.isNotBlank()) Text(person.name, style = MaterialTheme.typography.bodyMedium)
            // An address reads from the left in every language.
            Text(
                person.address,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                style = MaterialTheme.typography.bodySmall.copy(textDirection = TextDirection.Ltr),
                textAlign = startOfScreen(),
            )
        }
    }
}

@Composable
private fun Faint(text: String) =
    Text(text, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
