// One way through the app, on the real core and a real mail server: read, star, archive, take back, save an attachment.
package org.satchel.ui

import kotlinx.coroutines.flow.first
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.mail.AccountChangeRequest
import org.satchel.mail.MailboxRole
import org.satchel.mail.MailboxView
import org.satchel.mail.Trust
import org.satchel.mail.Window
import org.satchel.ui.mailboxes.MailboxesContent
import org.satchel.ui.mailboxes.MailboxesEvent
import org.satchel.ui.mailboxes.MailboxesState
import org.satchel.ui.message.DownloadProgress
import org.satchel.ui.message.MessageEvent
import org.satchel.ui.message.MessageShown
import org.satchel.ui.message.MessageState
import org.satchel.ui.messages.MessagesContent
import org.satchel.ui.messages.MessagesEvent
import org.satchel.ui.messages.MessagesState
import java.io.File

class JourneyTest {
    @Test
    fun `reads an unread one, stars it, archives it and takes that back`() =
        withMail(messages = 3) { office ->
            val list = openInbox()
            val row =
                list.state
                    .until { it.rows().size == 3 }
                    .rows()
                    .first { !it.flags.seen }
            list.on(MessagesEvent.Opened(row.id))
            val message = screens.message(navigator.routes.first().last() as Route.Message)
            message.state.until { (it.content as? MessageShown.Shown)?.content?.text?.isNotBlank() == true }
            message.state.until { it.row?.flags?.seen == true }
            message.on(MessageEvent.ToggledStar)
            message.state.until { it.row?.flags?.flagged == true }

            message.on(MessageEvent.Archived)
            val told = list.state.until { it.rows().size == 2 && it.notice?.undo != null }
            assertEquals(NoticeText.Archived(1), told.notice?.text)
            assertEquals("the message was left", Route.Messages(row.mailbox), navigator.routes.value.last())
            list.on(MessagesEvent.PressedUndo(requireNotNull(told.notice?.undo)))
            val back =
                list.state
                    .until { it.rows().size == 3 }
                    .rows()
                    .first { it.id == row.id }
            assertEquals(true to true, back.flags.seen to back.flags.flagged)

            list.on(MessagesEvent.AskedForNews)
            list.state.until { it.notice?.text == NoticeText.NothingNew }
            assertTrue(office.ask("flags $ANN INBOX ${row.subject.substringAfter(' ')}").contains("\\Flagged"))
        }

    @Test
    fun `picks all, marks them as read, and archives them at once`() =
        withMail(messages = 120) { office ->
            val list = openInbox()
            list.state.until { it.rows().isNotEmpty() }
            list.on(MessagesEvent.SelectedAll)
            list.state.until { it.selected.size == 120 }
            list.on(MessagesEvent.MarkedSelectedSeen)
            list.state.until { it.selected.isEmpty() && it.mailbox?.unread == 0u }
            list.on(MessagesEvent.SelectedAll)
            list.state.until { it.selected.size == 120 }
            list.on(MessagesEvent.ArchivedSelected)
            list.state.until { it.content is MessagesContent.Empty && it.notice?.text == NoticeText.Archived(120) }
            list.on(MessagesEvent.AskedForNews)
            list.state.until { it.notice?.text == NoticeText.NothingNew }
            assertEquals("0", office.ask("count $ANN INBOX"))
        }

    @Test
    fun `scrolls through more than fits, and the rows that are seen are here`() =
        withMail(messages = 600) {
            val list = openInbox()
            list.state.until { (it.content as? MessagesContent.Rows)?.total == 600 }
            list.on(MessagesEvent.Scrolled(400, 8))
            val rows = list.state.until { (it.content as? MessagesContent.Rows)?.at(400) != null }.content
            rows as MessagesContent.Rows
            (350..450).forEach { assertNotNull("row $it", rows.at(it)) }
            assertEquals("Message ${600 - 400}", rows.at(400)?.subject)
        }

    @Test
    fun `sees new mail come, and hears how much it was`() =
        withMail(messages = 1) { office ->
            val list = openInbox()
            list.state.until { it.rows().size == 1 }
            office.ask("deliver $ANN INBOX 2")
            list.on(MessagesEvent.AskedForNews)
            list.state.until { it.rows().size == 3 && it.notice?.text == NoticeText.CameIn(2) }
        }

    @Test
    fun `saves an attachment and opens it`() =
        withMail(messages = 0) { office ->
            office.ask("deliver-with-attachment $ANN INBOX 40000")
            val list = openInbox()
            list.on(MessagesEvent.AskedForNews)
            val row = list.state.until { it.rows().size == 1 }.rows().single()
            val message = screens.message(Route.Message(row.id))
            val section = message.state.until { it.attachments.isNotEmpty() }.attachments.single().part.section
            message.on(MessageEvent.PressedOpen(section))
            assertEquals(emptyList<String>(), opened)
            message.on(MessageEvent.PressedDownload(section))
            val saved =
                message.state
                    .until { it.attachments.single().progress is DownloadProgress.Saved }
                    .attachments
                    .single()
                    .progress as DownloadProgress.Saved
            assertEquals(40_000L, File(saved.path).length())
            message.on(MessageEvent.PressedOpen(section))
            assertEquals(saved.path, opened.single().substringBefore(' '))
        }

    @Test
    fun `stops a download on its way, and has it all the second time`() =
        withMail(messages = 0) { office ->
            office.ask("deliver-with-attachment $ANN INBOX 900000")
            val list = openInbox()
            list.on(MessagesEvent.AskedForNews)
            val row =
                list.state
                    .until { it.rows().size == 1 }
                    .rows()
                    .single()
            val message = screens.message(Route.Message(row.id))
            val section = message.state.until { it.attachments.isNotEmpty() }.part().section
            office.ask("throttle 100000")
            message.on(MessageEvent.PressedDownload(section))
            message.state.until { (it.progress() as? DownloadProgress.Running)?.received?.bytes in 1L..<900_000L }
            message.on(MessageEvent.PressedCancel(section))
            message.state.until { it.progress() == DownloadProgress.None }
            office.ask("slow 0")
            message.on(MessageEvent.PressedDownload(section))
            val saved = message.state.until { it.progress() is DownloadProgress.Saved }.progress()
            assertEquals(900_000L, File((saved as DownloadProgress.Saved).path).length())
        }

    @Test
    fun `acts while the server is away, and tells it when it is back`() =
        withMail(messages = 3) { office ->
            val list = openInbox()
            val row = list.state.until { it.rows().size == 3 }.rows().first()
            office.ask("down")
            list.on(MessagesEvent.ToggledStar(row.id))
            list.state.until { state -> state.rows().first { it.id == row.id }.flags.flagged }
            list.on(MessagesEvent.AskedForNews)
            val told = list.state.until { it.notice != null }.notice?.text
            assertTrue("$told", (told as? NoticeText.Failed)?.problem is Problem.NotReached)
            office.ask("up")
            list.on(MessagesEvent.AskedForNews)
            list.state.until { it.notice?.text == NoticeText.NothingNew }
            assertTrue(office.ask("flags $ANN INBOX 3").contains("\\Flagged"))
        }

    @Test
    fun `fetches older messages until there are no more`() =
        PostOffice().use { office ->
            office.ask("user $ANN $PASSWORD")
            office.ask("deliver $ANN INBOX 60")
            onPhone {
                val account = addAccount(office.server, Trust.PlatformAnd(office.authority))
                mail.accounts.change(account.id, AccountChangeRequest(window = Window.Newest(20u)))
                mail.activity.sync(account.id)
                val list = openInbox()
                list.state.until { (it.content as? MessagesContent.Rows)?.total == 20 && it.canFetchOlder }
                list.on(MessagesEvent.FetchedOlder)
                list.state.until { (it.content as? MessagesContent.Rows)?.total == 60 && !it.canFetchOlder }
                list.state.until { !it.fetchingOlder }
            }
        }

    private fun MessageState.part() = attachments.single().part

    private fun MessageState.progress() = attachments.single().progress

    private suspend fun Phone.openInbox() =
        screens.mailboxes().let { mailboxes ->
            mailboxes.on(MailboxesEvent.Opened(mailboxes.state.until { it.inbox() != null }.inbox()!!.id))
            screens.messages(navigator.routes.first().last() as Route.Messages)
        }

    private fun withMail(
        messages: Int,
        test: suspend Phone.(PostOffice) -> Unit,
    ) = PostOffice().use { office ->
        office.ask("user $ANN $PASSWORD")
        if (messages > 0) office.ask("deliver $ANN INBOX $messages")
        onPhone {
            val account = addAccount(office.server, Trust.PlatformAnd(office.authority), prove = true)
            mail.activity.sync(account.id)
            test(office)
        }
    }

    private fun MailboxesState.inbox(): MailboxView? =
        (content as? MailboxesContent.Sections)?.sections?.flatMap { it.rows }?.find { it.role == MailboxRole.INBOX }

    private fun MessagesState.rows() = (content as? MessagesContent.Rows)?.rows.orEmpty()
}
