// What a person picked while the mailbox changes under it, and the place in a list that they come back to.
package org.satchel.ui

import kotlinx.coroutines.delay
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.mail.ListOrder
import org.satchel.mail.MailboxRole
import org.satchel.mail.MailboxView
import org.satchel.mail.MessageView
import org.satchel.mail.Trust
import org.satchel.ui.messages.MessagesContent
import org.satchel.ui.messages.MessagesEvent
import org.satchel.ui.messages.MessagesState
import kotlin.time.Duration.Companion.seconds

/** Longer than a screen's sources are followed after its last watcher. */
private val AWAY = 6.seconds

class SelectionTest {
    @Test
    fun `what moved elsewhere or vanished is no longer picked, also out of sight`() =
        withMail(messages = 120) { office, inbox ->
            val list = screens.messages(Route.Messages(inbox.id))
            list.state.until { it.rows().isNotEmpty() }
            list.on(MessagesEvent.SelectedAll)
            list.state.until { it.selected.size == 120 }
            val oldest = oldest(inbox)
            assertTrue("it is out of sight", list.state.value.rows().none { it.id == oldest.id })
            mail.actions.archive(listOf(oldest.id))
            list.state.until { it.selected.size == 119 && oldest.id !in it.selected }

            val next = oldest(inbox)
            office.ask("expunge $ANN INBOX 2")
            mail.activity.sync(inbox.account)
            list.state.until { it.selected.size == 118 && next.id !in it.selected }
            list.on(MessagesEvent.ArchivedSelected)
            list.state.until { it.notice?.text == NoticeText.Archived(118) && it.selected.isEmpty() }
        }

    @Test
    fun `an action on many is done to those that are still here`() =
        withMail(messages = 3) { _, inbox ->
            val rows = mail.messages.page(inbox.id, ListOrder.MESSAGES, 3).rows
            val list = screens.messages(Route.Messages(inbox.id))
            rows.forEach { list.on(MessagesEvent.ToggledSelection(it.id)) }
            // Nobody watches the list: that one of them went is not told.
            mail.actions.delete(listOf(rows.first().id))
            val trash = mail.mailboxes.list(inbox.account).first { it.role == MailboxRole.TRASH }
            mail.actions.delete(mail.messages.page(trash.id, ListOrder.MESSAGES, 3).rows.map { it.id })
            list.on(MessagesEvent.ArchivedSelected)
            list.state.until { it.notice?.text == NoticeText.Archived(2) && it.content is MessagesContent.Empty }
            assertEquals(emptySet<Any>(), list.state.value.selected)
        }

    @Test
    fun `who comes back after a while finds the list where it was`() =
        withMail(messages = 600) { _, inbox ->
            val list = screens.messages(Route.Messages(inbox.id))
            list.state.until { it.at(0) != null }
            list.on(MessagesEvent.Scrolled(400, 8))
            val row = list.state.until { it.at(400) != null }.at(400)!!
            delay(AWAY)
            mail.actions.star(listOf(row.id), on = true)
            val back = list.state.until { it.at(400)?.flags?.flagged != false }
            assertEquals(row.id, back.at(400)?.id)
        }

    private suspend fun Phone.oldest(inbox: MailboxView): MessageView {
        var page = mail.messages.page(inbox.id, ListOrder.MESSAGES, 100)
        while (page.next != null) page = mail.messages.page(inbox.id, ListOrder.MESSAGES, 100, page.next)
        return page.rows.last()
    }

    private fun withMail(
        messages: Int,
        test: suspend Phone.(PostOffice, MailboxView) -> Unit,
    ) = PostOffice().use { office ->
        office.ask("user $ANN $PASSWORD")
        office.ask("deliver $ANN INBOX $messages")
        onPhone {
            val account = addAccount(office.server, Trust.PlatformAnd(office.authority), prove = true)
            mail.activity.sync(account.id)
            test(office, mail.mailboxes.list(account.id).first { it.role == MailboxRole.INBOX })
        }
    }

    private fun MessagesState.rows() = (content as? MessagesContent.Rows)?.rows.orEmpty()

    private fun MessagesState.at(position: Int) = (content as? MessagesContent.Rows)?.at(position)
}
