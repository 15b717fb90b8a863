// The rows of the list of mailboxes: an account with how it stands, a mailbox with its unread count.
package org.satchel.ui.mailboxes

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.satchel.mail.AddressView
import org.satchel.mail.MailboxRole
import org.satchel.mail.MailboxView
import org.satchel.ui.design.Avatar
import org.satchel.ui.design.Icons
import org.satchel.ui.design.Sizes
import org.satchel.ui.design.isTypeLarge
import org.satchel.ui.design.lines
import org.satchel.ui.design.shownAddress
import org.satchel.ui.design.startOfScreen
import org.satchel.ui.text.DateText
import org.satchel.ui.text.LocalClock
import org.satchel.ui.text.LocalStrings
import org.satchel.ui.text.Strings

private val INDENT = 20.dp
private const val DEEPEST_INDENT = 4
private const val MANY = 999

@Composable
internal fun AccountHeader(
    section: AccountSection,
    onToggle: () -> Unit,
) {
    val strings = LocalStrings.current
    val fold = if (section.collapsed) strings.unfold else strings.fold
    val address = section.account.address
    Row(
        Modifier
            .fillMaxWidth()
            .clickable(onClickLabel = fold, role = Role.Button, onClick = onToggle)
            .semantics { heading() }
            .heightIn(min = 72.dp)
            .padding(start = Sizes.Edge, end = 20.dp, top = 14.dp, bottom = 10.dp),
        Arrangement.spacedBy(14.dp),
        if (isTypeLarge()) Alignment.Top else Alignment.CenterVertically,
    ) {
        Avatar(AddressView("", address, address))
        Column(Modifier.weight(1f)) {
            Text(
                shownAddress(address),
                style = MaterialTheme.typography.titleMedium.copy(textDirection = TextDirection.Ltr),
                textAlign = startOfScreen(),
                maxLines = lines(1),
                overflow = TextOverflow.Ellipsis,
            )
            Standing(section)
        }
        Icon(
            if (section.collapsed) Icons.Expand else Icons.Collapse,
            null,
            tint = MaterialTheme.colorScheme.onSurfaceVariant,
        )
    }
}

@Composable
private fun Standing(section: AccountSection) {
    val strings = LocalStrings.current
    val clock = LocalClock.current
    val dates = remember(strings, clock) { DateText(strings, clock) }
    val troubled = section.status?.lastProblem != null && !section.syncing
    Text(
        standing(section, strings, dates),
        style = MaterialTheme.typography.bodySmall,
        color = if (troubled) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.onSurfaceVariant,
    )
    val status = section.status ?: return
    listOfNotNull(
        status.waitingOperations.toInt().takeIf { it > 0 }?.let(strings::waitingOperations),
        status.failedOperations.toInt().takeIf { it > 0 }?.let(strings::failedOperations),
    ).forEach {
        Text(it, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

/** How an account stands, in a sentence. */
internal fun standing(
    section: AccountSection,
    strings: Strings,
    dates: DateText,
): String {
    val success = section.status?.lastSuccess?.let(dates::moment)
    val problem = section.status?.lastProblem?.let(strings::outcome)
    return when {
        section.syncing -> strings.syncing
        problem != null && success != null -> strings.troubled(problem, success)
        problem != null -> strings.troubledFromTheStart(problem)
        success != null -> strings.updated(success)
        else -> strings.neverSynced
    }
}

@Composable
internal fun MailboxRow(
    mailbox: MailboxView,
    chosen: Boolean,
    onOpen: () -> Unit,
) {
    val strings = LocalStrings.current
    val colors = MaterialTheme.colorScheme
    val name = mailbox.role?.let(strings::role) ?: mailbox.title
    val unread = mailbox.unread.toInt()
    val heavy = unread > 0 && mailbox.role == MailboxRole.INBOX
    val ground = if (chosen) colors.secondaryContainer else colors.surface
    Row(
        Modifier
            .padding(horizontal = 8.dp)
            .clip(RoundedCornerShape(14.dp))
            .background(ground)
            .clickable(mailbox.selectable, strings.open, Role.Button, onClick = onOpen)
            .fillMaxWidth()
            .heightIn(min = 52.dp)
            .padding(start = 16.dp + INDENT * minOf(mailbox.depth.toInt(), DEEPEST_INDENT), end = 12.dp)
            .padding(vertical = 8.dp),
        Arrangement.spacedBy(22.dp),
        Alignment.CenterVertically,
    ) {
        Icon(
            icon(mailbox.role),
            null,
            Modifier.size(24.dp),
            tint = if (heavy) colors.primary else colors.onSurfaceVariant,
        )
        Text(
            name,
            Modifier.weight(1f),
            color = if (mailbox.selectable) colors.onSurface else colors.onSurfaceVariant,
            style = MaterialTheme.typography.bodyLarge,
            fontWeight = if (unread > 0) FontWeight.Medium else FontWeight.Normal,
            maxLines = lines(1),
            overflow = TextOverflow.Ellipsis,
        )
        if (unread > 0) UnreadBadge(unread, heavy)
    }
}

@Composable
private fun UnreadBadge(
    unread: Int,
    heavy: Boolean,
) {
    val colors = MaterialTheme.colorScheme
    val spoken = LocalStrings.current.unread(unread)
    Text(
        if (unread > MANY) "$MANY+" else "$unread",
        Modifier
            .clearAndSetSemantics { contentDescription = spoken }
            .background(if (heavy) colors.primary else colors.surfaceContainerHigh, CircleShape)
            .padding(horizontal = 9.dp, vertical = 3.dp),
        color = if (heavy) colors.onPrimary else colors.onSurfaceVariant,
        style = MaterialTheme.typography.labelSmall,
    )
}

private fun icon(role: MailboxRole?): ImageVector =
    when (role) {
        MailboxRole.INBOX -> Icons.Inbox
        MailboxRole.DRAFTS -> Icons.Drafts
        MailboxRole.SENT -> Icons.Sent
        MailboxRole.ARCHIVE -> Icons.Archive
        MailboxRole.JUNK -> Icons.Junk
        MailboxRole.TRASH -> Icons.Delete
        MailboxRole.ALL -> Icons.AllMail
        MailboxRole.FLAGGED -> Icons.StarOutline
        MailboxRole.IMPORTANT -> Icons.Important
        null -> Icons.Mailbox
    }
