// From facts to state, by table: what a screen shows for what is known.
package org.satchel.ui

import org.junit.Assert.assertEquals
import org.junit.Test
import org.satchel.mail.AccountId
import org.satchel.mail.HtmlView
import org.satchel.mail.MailboxRole
import org.satchel.mail.MessageContentView
import org.satchel.mail.PlacementId
import org.satchel.mail.ShownRows
import org.satchel.ui.mailboxes.MailboxesContent
import org.satchel.ui.mailboxes.MailboxesFacts
import org.satchel.ui.message.AttachmentState
import org.satchel.ui.message.DownloadProgress
import org.satchel.ui.message.MessageFacts
import org.satchel.ui.message.MessageShown
import org.satchel.ui.messages.EmptyReason
import org.satchel.ui.messages.MessagesContent
import org.satchel.ui.messages.MessagesFacts
import org.satchel.ui.messages.sampleRows

class FactsTest {
    private val rows = sampleRows(SampleWords.English)
    private val problem = Problem.Fault("a fault")
    private val nothing = ShownRows(0, 0, emptyList(), 1u)
    private val running = setOf(SAMPLE_ACCOUNT)

    @Test
    fun `a list says why it is empty`() {
        val own = sampleMailbox(3, "Boat", role = null)
        val older = sampleMailbox(total = 0u, onServer = 40u)
        val untold = sampleMailbox(total = 0u, onServer = null)
        val table =
            listOf(
                MessagesFacts() to MessagesContent.Placeholder,
                MessagesFacts(rows = nothing) to MessagesContent.Placeholder,
                MessagesFacts(untold, nothing, syncing = running) to MessagesContent.Placeholder,
                MessagesFacts(untold, nothing) to MessagesContent.Empty(EmptyReason.AllDone),
                MessagesFacts(untold, nothing, syncing = setOf(AccountId(2))) to
                    MessagesContent.Empty(EmptyReason.AllDone),
                MessagesFacts(
                    sampleMailbox(),
                    nothing,
                    syncing = running,
                ) to MessagesContent.Empty(EmptyReason.AllDone),
                MessagesFacts(own, nothing) to MessagesContent.Empty(EmptyReason.NoMessages),
                MessagesFacts(older, nothing) to MessagesContent.Empty(EmptyReason.NoneFetched),
                MessagesFacts(own, ShownRows(9, 0, rows, 1u)) to MessagesContent.Rows(9, 0, rows),
                MessagesFacts(own, nothing, problem = problem) to MessagesContent.Failed(problem),
            )
        table.forEachIndexed { at, (facts, content) -> assertEquals("row $at", content, facts.shown().content) }
    }

    @Test
    fun `what vanished is no longer picked where the whole list is here`() {
        val picked = setOf(PlacementId(1), PlacementId(2))
        val before = MessagesFacts(rows = ShownRows(9, 0, rows, 1u), selected = picked, problem = problem)
        val whole = before.withRows(ShownRows(8, 0, rows.drop(1), 2u))
        assertEquals(setOf(PlacementId(2)), whole.shown().selected)
        val window = before.withRows(ShownRows(4_000, 20, rows.drop(1), 2u))
        assertEquals(picked, window.shown().selected)
        assertEquals(null, window.problem)
    }

    @Test
    fun `older messages are offered where the server has them`() {
        assertEquals(true, MessagesFacts(sampleMailbox(total = 9u, onServer = 40u)).shown().canFetchOlder)
        assertEquals(false, MessagesFacts(sampleMailbox(total = 9u, onServer = 9u)).shown().canFetchOlder)
        assertEquals(true, MessagesFacts(sampleMailbox(), syncing = running).shown().syncing)
        assertEquals(false, MessagesFacts(sampleMailbox(), syncing = setOf(AccountId(2))).shown().syncing)
    }

    @Test
    fun `each account has its own standing`() {
        val (ann, crew) = sampleAccount(AccountId(1), ANN) to sampleAccount(AccountId(2), "crew@example.org")
        val boxes = listOf(sampleMailbox(2, "Sent", MailboxRole.SENT), sampleMailbox(1))
        val facts =
            MailboxesFacts(
                tree = listOf(Branch(ann, boxes), Branch(crew, emptyList())),
                statuses = listOf(sampleStatus(crew, null, "tls"), sampleStatus(ann, SAMPLE_NOW)),
                syncing = setOf(ann.id),
                collapsed = setOf(crew.id),
                online = false,
            )
        val (first, second) = (facts.shown().content as MailboxesContent.Sections).sections
        assertEquals(boxes to SAMPLE_NOW, first.rows to first.status?.lastSuccess)
        assertEquals(listOf(true, false), listOf(first.syncing, first.collapsed))
        assertEquals(listOf(false, true), listOf(second.syncing, second.collapsed))
        assertEquals("tls" to true, second.status?.lastProblem to facts.shown().offline)
        assertEquals(MailboxesContent.Failed(problem), facts.copy(problem = problem).shown().content)
        assertEquals(MailboxesContent.Placeholder, MailboxesFacts().shown().content)
    }

    @Test
    fun `a message shows as much as is here, with the newest marks`() {
        val (row, starred) = rows[1] to rows[0]
        val html = HtmlView("<p>", 3u, listOf("track.example.com"), false)
        val inline =
            samplePart("3", "logo.png", "image/png", 1).let {
                org.satchel.mail.AttachmentView(it.section, it.mediaType, it.name, it.size, true, "logo", false)
            }
        val plan = samplePart("2", "plan.pdf", "application/pdf", 9)
        val content = MessageContentView(row, emptyList(), emptyList(), "text", html, null, listOf(plan, inline))
        assertEquals(MessageShown.Placeholder, MessageFacts().shown().content)
        assertEquals(MessageShown.Header(row), MessageFacts(row).shown().content)
        assertEquals(MessageShown.Failed(problem, row), MessageFacts(row, problem = problem).shown().content)
        val shown =
            MessageFacts(
                starred,
                content,
                mapOf("2" to DownloadProgress.Saved("/plan")),
                problem = problem,
            ).shown()
        val message = shown.content as MessageShown.Shown
        assertEquals(Triple(starred, "text", 3), Triple(message.content.row, message.content.text, message.heldBack))
        assertEquals(listOf(AttachmentState(plan, DownloadProgress.Saved("/plan"))), shown.attachments)
    }

    @Test
    fun `a later notice stays when an earlier one goes`() {
        val notices = Notices()
        notices.say(NoticeText.Archived(1), SAMPLE_UNDO)
        val first = requireNotNull(notices.current.value)
        notices.say(NoticeText.NothingNew)
        notices.seen(first.id)
        assertEquals(NoticeText.NothingNew, notices.current.value?.text)
        notices.seen(first.id + 1)
        assertEquals(null, notices.current.value)
    }
}
