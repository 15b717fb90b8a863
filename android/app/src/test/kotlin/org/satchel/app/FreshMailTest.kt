// Which mail is news: what was not there before, is unread, and did not merely move up into sight.

package org.satchel.app

import org.junit.Assert.assertEquals
import org.junit.Test
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

class FreshMailTest {
    private fun rows(ids: Iterable<Long>) = ids.map { row(it) }

    private fun fresh(
        before: Iterable<Long>,
        after: List<MessageView>,
    ) = fresh(rows(before), after).map { it.id.value }

    @Test
    fun `what came is news, what was there is not`() =
        assertEquals(listOf(4L, 3L), fresh(listOf(2, 1), rows(listOf(4, 3, 2, 1))))

    @Test
    fun `the first mail in an empty inbox is news`() = assertEquals(listOf(1L), fresh(emptyList(), rows(listOf(1))))

    @Test
    fun `what was read elsewhere already is no news`() =
        assertEquals(listOf(3L), fresh(listOf(1), listOf(row(4, seen = true), row(3), row(1))))

    @Test
    fun `old mail that moves up when some above is deleted is no news`() {
        val before = (100L downTo 51L)
        val after = rows(listOf(101L) + (98L downTo 50L))
        assertEquals(listOf(101L), fresh(before, after))
    }

    @Test
    fun `in a small inbox a message that was put below others is news`() =
        assertEquals(listOf(1L), fresh(listOf(3, 2), rows(listOf(3, 2, 1))))

    @Test
    fun `when more came than a page holds, all of the page is news`() =
        assertEquals(PAGE, fresh(100L downTo 51L, rows(300L downTo 251L)).size)

    @Test
    fun `nothing came`() = assertEquals(emptyList<Long>(), fresh(listOf(2, 1), rows(listOf(2, 1))))
}
