// Dates, sizes, initials, routes, problems and notices, by table.
package org.satchel.ui

import androidx.compose.material3.ColorScheme
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.mail.AddressView
import org.satchel.mail.ByteCount
import org.satchel.mail.MailFailure
import org.satchel.mail.MailboxId
import org.satchel.mail.PlacementId
import org.satchel.mail.ServerText
import org.satchel.mail.StorageProblem
import org.satchel.mail.TlsProblem
import org.satchel.ui.design.DarkMail
import org.satchel.ui.design.DarkScheme
import org.satchel.ui.design.LightMail
import org.satchel.ui.design.LightScheme
import org.satchel.ui.design.MailColors
import org.satchel.ui.design.initials
import org.satchel.ui.text.DateText
import org.satchel.ui.text.English
import org.satchel.ui.text.ProblemAction
import org.satchel.ui.text.noticeText
import org.satchel.ui.text.problemText
import org.satchel.ui.text.sizeText
import java.time.Clock
import java.time.Instant
import java.time.ZoneId

private const val READABLE = 4.5f
private const val VISIBLE = 3f

class TextsTest {
    @Test
    fun `a moment is told as near as it is, in the person's own zone`() {
        val clock = Clock.fixed(Instant.parse("2026-01-02T23:30:00Z"), ZoneId.of("Europe/Berlin"))
        val dates = DateText(English, clock)
        val table =
            listOf(
                Triple("2026-01-02T23:05:00Z", "00:05", "Today"),
                Triple("2026-01-02T22:59:00Z", "2 Jan", "Yesterday"),
                Triple("2025-12-31T12:00:00Z", "31 Dec 2025", "Wednesday"),
                Triple("2025-12-27T12:00:00Z", "27 Dec 2025", "December 2025"),
                Triple("2026-01-04T12:00:00Z", "4 Jan", "Today"),
            )
        table.forEach { (at, short, heading) ->
            assertEquals(at, short to heading, Instant.parse(at).let { dates.short(it) to dates.heading(it) })
        }
        assertEquals("2 Jan, 23:59", dates.moment(Instant.parse("2026-01-02T22:59:00Z")))
        assertEquals("Saturday 3 January 2026, 00:05", dates.full(Instant.parse("2026-01-02T23:05:00Z")))
    }

    @Test
    fun `sizes have three digits and the unit they round to`() {
        val table =
            listOf(
                0L to "0 bytes",
                1L to "1 byte",
                999L to "999 bytes",
                1_000L to "1 kB",
                23_600L to "24 kB",
                999_499L to "999 kB",
                999_500L to "1.0 MB",
                1_430_000L to "1.4 MB",
                24_000_000L to "24 MB",
                999_600_000L to "1.0 GB",
            )
        table.forEach { (bytes, words) -> assertEquals(words, sizeText(ByteCount(bytes), English)) }
    }

    @Test
    fun `initials are of the first and last word, whatever the script`() {
        val table =
            listOf(
                "Ann Lee" to "AL",
                "harbour@example.org" to "H",
                "ann.lee@example.org" to "AL",
                "דוד כהן" to "דכ",
                "Ann (boat) Lee" to "AL",
                "\uD83D\uDEDF Coast Guard" to "CG",
                "" to "",
                "山田 花子" to "山花",
            )
        table.forEach { (label, letters) ->
            assertEquals(label, letters, initials(AddressView("", "a@example.org", label)))
        }
    }

    @Test
    fun `a link leads where it was made, and nowhere else`() {
        val places = listOf(Route.Mailboxes, Route.Messages(MailboxId(7)), Route.Message(PlacementId(42)))
        places.forEach { assertEquals(it, Route.of(it.link())) }
        assertEquals(Route.Messages(MailboxId(7)), Route.of("SATCHEL://mailbox/7/"))
        val nowhere =
            listOf(
                "",
                "satchel://",
                "satchel://mailbox",
                "satchel://mailbox/",
                "satchel://mailbox/x",
                "satchel://mailbox/-1",
                "satchel://mailbox/0",
                "satchel://mailbox/1/2",
                "satchel://message/99999999999999999999",
                "https://example.org/mailbox/7",
                "satchel://mailboxes/3",
                "mailto:ann@example.org",
            )
        nowhere.forEach { assertNull(it, Route.of(it)) }
    }

    @Test
    fun `the way back leads through the places that were opened`() {
        val navigator = Navigator()
        navigator.open(Route.Messages(MailboxId(1)))
        navigator.open(Route.Message(PlacementId(1)))
        navigator.open(Route.Message(PlacementId(2)))
        val there = listOf(Route.Mailboxes, Route.Messages(MailboxId(1)), Route.Message(PlacementId(2)))
        assertEquals(there, navigator.routes.value)
        assertEquals(there, Navigator.restored(navigator.saved() + "satchel://nowhere").routes.value)
        navigator.leave(Route.Message(PlacementId(1)))
        assertEquals(there, navigator.routes.value)
        navigator.open(Route.Messages(MailboxId(2)))
        assertEquals(listOf(Route.Mailboxes, Route.Messages(MailboxId(2))), navigator.routes.value)
        assertTrue(navigator.back())
        assertEquals(false, navigator.back())
        navigator.leave(Route.Mailboxes)
        assertEquals(listOf<Route>(Route.Mailboxes), navigator.routes.value)
    }

    @Test
    fun `every failure has a title, a sentence and one action`() {
        val said = ServerText("Go away")
        val failures =
            listOf(
                MailFailure.Authentication("it said no", "h", said),
                MailFailure.Network("s", "h", "r"),
                MailFailure.ServerRejected("s", "w", null, said),
                MailFailure.NotFound("s", "w"),
                MailFailure.Offline("s", "w"),
                MailFailure.InvalidInput("s", "f", "r"),
                MailFailure.Cancelled("s"),
                MailFailure.Closed("s"),
                MailFailure.Internal("s", "r"),
                MailFailure.IncompatibleLibrary("s", "r"),
            ) + TlsProblem.entries.map { MailFailure.Tls("s", "h", it, "r", null) } +
                StorageProblem.entries.map { MailFailure.Storage("s", it) }
        val words = failures.map { problemText(Problem.of(it), English) }
        words.forEach {
            assertTrue(
                "$it",
                it.title.isNotBlank() && it.sentence.endsWith(".") && it.actionLabel.isNotBlank(),
            )
        }
        assertEquals("It said no.", words.first().sentence)
        assertEquals(2, words.count { it.serverWords == "The server said: Go away" })
        assertEquals(2, words.count { it.action == ProblemAction.GoBack })
        // Each kind of TLS and storage problem is called by its own name.
        assertEquals(failures.size - 2, words.map { it.title }.distinct().size)
    }

    @Test
    fun `every notice has words, also for one`() {
        val made =
            listOf(
                NoticeText::Archived,
                NoticeText::Deleted,
                NoticeText::Junked,
                NoticeText::MarkedSeen,
                NoticeText::CameIn,
            )
        made.forEach { make ->
            val (one, many) = noticeText(make(1), English) to noticeText(make(3), English)
            assertTrue("$one / $many", one != many && "3" in many && one.isNotBlank())
        }
    }

    @Test
    fun `a notice names the accounts that could not be asked, and what came to the others`() {
        val problem = Problem.NotReached("no answer", "mail.example.org")
        val one = NoticeText.NotAsked(listOf(ANN), problem, came = 0)
        assertEquals("ann@example.org: No answer.", noticeText(one, English))
        val two = NoticeText.NotAsked(listOf(ANN, "crew@example.org"), problem, came = 2)
        assertEquals("2 new messages. ann@example.org, crew@example.org: No answer.", noticeText(two, English))
    }

    @Test
    fun `letters stand out from their ground in light and dark`() {
        listOf(LightScheme to LightMail, DarkScheme to DarkMail).forEach { (scheme, mail) ->
            (readable(scheme) + readable(mail)).forEach { (ink, ground) ->
                assertTrue("$ink on $ground: ${contrast(ink, ground)}", contrast(ink, ground) >= READABLE)
            }
            listOf(mail.star, scheme.outline).forEach { assertTrue("$it", contrast(it, scheme.surface) >= VISIBLE) }
        }
    }

    private fun readable(it: ColorScheme) =
        listOf(
            it.onSurface to it.surface,
            it.onSurfaceVariant to it.surface,
            it.primary to it.surface,
            it.error to it.surface,
            it.onSurface to it.surfaceContainer,
            it.onSurfaceVariant to it.surfaceContainer,
            it.onSurfaceVariant to it.surfaceContainerHigh,
            it.onSurfaceVariant to it.surfaceContainerHighest,
            it.onSurfaceVariant to it.primaryContainer,
            it.primary to it.primaryContainer,
            it.onPrimary to it.primary,
            it.onSurfaceVariant to it.secondaryContainer,
            it.onSecondaryContainer to it.secondaryContainer,
            it.inverseOnSurface to it.inverseSurface,
            it.inversePrimary to it.inverseSurface,
        )

    private fun readable(it: MailColors) =
        it.avatars.map { (ground, ink) -> ink to ground } + (it.onArchive to it.archive) + (it.onDelete to it.delete)

    private fun contrast(
        one: Color,
        other: Color,
    ): Float {
        val (dark, bright) = listOf(one.luminance(), other.luminance()).sorted()
        return (bright + 0.05f) / (dark + 0.05f)
    }
}
