// What a person does to mail, with and without a network.

package org.satchel.mail

import app.cash.turbine.test
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ActingTest {
    private fun network(online: Boolean) = NetworkState(online, metered = false)

    @Test
    fun `flags one and sees the event`() =
        onPhone {
            office.ask("deliver $ANN INBOX 3")
            val account = signIn()
            val row = newest(account)
            mail.messages.watch(row.id).test(SOON) {
                assertFalse(awaitItem().flags.flagged)
                mail.actions.star(listOf(row.id), on = true)
                while (!awaitItem().flags.flagged) continue
                cancelAndIgnoreRemainingEvents()
            }
            val others = mail.messages.page(row.mailbox, ListOrder.MESSAGES, limit = 3).rows.drop(1)
            assertTrue(others.none { it.flags.flagged })
            mail.activity.sync(account.id)
            assertTrue("\\Flagged" in office.ask("flags $ANN INBOX 3"))
        }

    @Test
    fun `works offline and tells the server when the network is back`() =
        onPhone {
            office.ask("deliver $ANN INBOX 3")
            val account = signIn()
            val row = newest(account)
            mail.network.changed(network(online = false))
            assertFalse(mail.network.state().online)
            val done = mail.actions.archive(listOf(row.id))
            assertEquals(OperationState.WAITING, done.operations.single().state)
            assertEquals(2, inbox(account).total.toInt(), "it is done here at once")
            failsWith<MailFailure.Offline> { mail.activity.sync(account.id) }
            assertEquals("3", office.ask("count $ANN INBOX"))

            mail.network.changed(network(online = true))
            mail.activity.sync(account.id)
            assertEquals("2", office.ask("count $ANN INBOX"))
            assertTrue(mail.pending.list().all { it.state == OperationState.DONE })

            mail.actions.undo(done.undo)
            mail.activity.sync(account.id)
            assertEquals("3", office.ask("count $ANN INBOX"))
        }

    @Test
    fun `sees what waits for the server come and go`() =
        onPhone {
            office.ask("deliver $ANN INBOX 1")
            val account = signIn()
            val row = newest(account)
            mail.pending.watch().test(SOON) {
                assertEquals(emptyList<OperationView>(), awaitItem())
                mail.actions.markSeen(listOf(row.id), on = !row.flags.seen)
                assertEquals(OperationState.WAITING, awaitItem().single().state)
                mail.activity.sync(account.id)
                while (awaitItem().single().state != OperationState.DONE) continue
                cancelAndIgnoreRemainingEvents()
            }
            assertEquals(!row.flags.seen, mail.messages.watch(row.id).first().flags.seen)
        }

    @Test
    fun `moves copies deletes and takes it back`() =
        onPhone {
            office.ask("deliver $ANN INBOX 2")
            val account = signIn()
            val row = newest(account)
            val boat = mail.mailboxes.create(account.id, "Boat")
            mail.actions.copy(setOf(row.id), boat.id)
            val moved = mail.actions.move(setOf(row.id), boat.id)
            assertEquals(1, inbox(account).total.toInt())
            mail.actions.undo(moved.undo)
            assertEquals(2, inbox(account).total.toInt())
            mail.actions.delete(setOf(row.id))
            mail.activity.sync(account.id)
            assertEquals("1", office.ask("count $ANN INBOX"))
            assertEquals("1", office.ask("count $ANN Boat"))
            mail.mailboxes.rename(boat.id, "Boats")
            assertEquals("Boats", mail.mailboxes.list(account.id).single { it.id == boat.id }.name)
            failsWith<MailFailure.InvalidInput> { mail.mailboxes.delete(boat.id) }
        }

    @Test
    fun `finds a message by a word of its subject`() =
        onPhone {
            office.ask("deliver $ANN INBOX 12")
            signIn()
            assertEquals(listOf("Message 12"), mail.search.page("subject:12", limit = 10).rows.map { it.subject })
            val odd = failsWith<MailFailure.InvalidInput> { mail.search.page("before:tomorrowish", limit = 10) }
            assertEquals("before", odd.field)
        }
}
