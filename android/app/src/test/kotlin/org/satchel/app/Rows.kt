// A row of a list, as the core tells it.

package org.satchel.app

import org.satchel.mail.BodyState
import org.satchel.mail.ByteCount
import org.satchel.mail.FlagsView
import org.satchel.mail.MailboxId
import org.satchel.mail.MessageId
import org.satchel.mail.MessageView
import org.satchel.mail.PlacementId
import org.satchel.mail.ThreadId
import java.time.Instant

fun row(
    id: Long,
    seen: Boolean = false,
) = MessageView(
    id = PlacementId(id),
    message = MessageId(id),
    mailbox = MailboxId(7),
    thread = ThreadId(id),
    receivedAt = Instant.ofEpochSecond(id),
    date = null,
    dateOffsetMinutes = 0,
    from = emptyList(),
    to = emptyList(),
    subject = "",
    preview = "",
    flags =
        FlagsView(
            seen,
            answered = false,
            flagged = false,
            deleted = false,
            draft = false,
            keywords = emptyList(),
        ),
    size = ByteCount(1),
    hasAttachments = false,
    body = BodyState.ABSENT,
    onServer = true,
    threadCount = 1u,
    threadUnread = 0u,
)
