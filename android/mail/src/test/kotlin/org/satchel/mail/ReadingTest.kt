// What a person does with mail that came: paging, opening, saving attachments.

package org.satchel.mail

import app.cash.turbine.test
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import kotlin.time.Duration.Companion.milliseconds

class ReadingTest {
    @Test
    fun `pages through five thousand messages`() =
        onPhone {
            office.ask("deliver $ANN INBOX 5000")
            val account = mail.accounts.add(request())
            mail.accounts.change(account.id, AccountChangeRequest(window = Window.All))
            mail.activity.sync(account.id)
            val inbox = inbox(account).id
            val subjects = mutableListOf<String>()
            var next: String? = null
            do {
                val page = mail.messages.page(inbox, ListOrder.MESSAGES, limit = 100, before = next)
                subjects += page.rows.map { it.subject }
                next = page.next
            } while (next != null)
            assertEquals((5000 downTo 1).map { "Message $it" }, subjects)
        }

    @Test
    fun `scrolls a list that follows the finger and the mail that comes`() =
        onPhone {
            office.ask("deliver $ANN INBOX 300")
            val account = signIn()
            val list = mail.messages.list(inbox(account).id, ListOrder.MESSAGES)
            list.watch().test(SOON) {
                val top = awaitItem()
                assertEquals(300, top.total)
                assertEquals((300 downTo 251).map { "Message $it" }, top.rows.map { it.subject })
                list.show(first = 240, count = 100)
                val end = awaitItem()
                assertEquals(240, end.first)
                assertEquals((60 downTo 1).map { "Message $it" }, end.rows.map { it.subject })
                list.show(first = 0, count = 10)
                assertEquals(10, awaitItem().rows.size)
                mail.actions.star(top.rows.take(1).map { it.id }, on = true)
                val starred = awaitItem()
                assertEquals(listOf(true) + List(9) { false }, starred.rows.map { it.flags.flagged })
                office.ask("deliver $ANN INBOX 1")
                mail.activity.sync(account.id)
                while (awaitItem().total != 301) continue
                cancelAndIgnoreRemainingEvents()
            }
        }

    @Test
    fun `opens a body`() =
        onPhone {
            office.ask("deliver $ANN INBOX 3")
            val row = newest(signIn())
            val content = mail.messages.open(row.id)
            assertTrue(content.text.isNotBlank())
            assertEquals("Message 3", content.row.subject)
            val raw = mail.messages.raw(row.id).decodeToString()
            val headers = mail.messages.headers(row.id).decodeToString()
            assertTrue("Subject: Message 3" in headers && raw.startsWith(headers), headers)
            assertTrue(headers.endsWith("\r\n\r\n"))
        }

    @Test
    fun `downloads with progress and cancels`() =
        onPhone {
            office.ask("deliver-with-attachment $ANN INBOX 2000000")
            val account = signIn()
            val row = newest(account)
            val part = mail.messages.attachments(row.id).single { it.listed }
            assertEquals("plan.bin", part.name)

            office.ask("throttle 500000")
            val stopped = File(home, "stopped.bin")
            val first = mail.messages.download(row.id, part.section, stopped)
            val begun = withTimeout(SOON) { first.progress.first { it.received.bytes > 0 } }
            assertFalse(begun.done)
            first.cancel()
            failsWith<MailFailure.Cancelled> { first.finished() }
            assertTrue(withTimeout(SOON) { first.progress.last() }.done, "whoever looks late sees the end")
            assertFalse(stopped.exists(), "a file appears when it is whole")

            office.ask("throttle 0")
            val saved = File(home, "saved.bin")
            val second = mail.messages.download(row.id, part.section, saved)
            val steps = withTimeout(SOON) { second.progress.toList() }
            assertEquals(listOf(true), steps.map { it.done }.filter { it })
            assertTrue(steps.last().done)
            assertEquals(saved.length(), second.finished().bytes)
            assertEquals(2_000_000, saved.length())
            assertEquals(mail.messages.part(row.id, part.section).size.toLong(), saved.length())
        }

    @Test
    fun `leaving a screen ends the read and nothing else`() =
        onPhone {
            office.ask("deliver $ANN INBOX 1")
            val account = signIn()
            val row = newest(account)
            office.ask("slow 20000")
            val left = withTimeoutOrNull(300.milliseconds) { mail.messages.open(row.id) }
            assertEquals(null, left)
            assertEquals(1, mail.accounts.list().size)
        }
}
