// Accounts: adding, changing, removing, and what comes by itself.

package org.satchel.mail

import app.cash.turbine.Event
import app.cash.turbine.ReceiveTurbine
import app.cash.turbine.test
import app.cash.turbine.turbineScope
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class AccountsTest {
    @Test
    fun `a removed account leaves every list that shows it`() =
        onPhone {
            mail.accounts.watch().test(SOON) {
                assertEquals(0, awaitItem().size)
                val account = mail.accounts.add(request())
                assertEquals(listOf(account), awaitItem())
                mail.accounts.remove(account.id, discardSoleCopies = false)
                while (awaitItem().isNotEmpty()) continue
                cancelAndIgnoreRemainingEvents()
            }
        }

    @Test
    fun `the mail of a removed account leaves every list, row and operation that shows it`() =
        onPhone {
            office.ask("deliver $ANN INBOX 2")
            val account = signIn()
            val row = newest(account)
            mail.actions.star(listOf(row.id), on = true)
            turbineScope(timeout = SOON) {
                val list = mail.messages.list(row.mailbox, ListOrder.MESSAGES).watch().testIn(this)
                val shown = mail.messages.watch(row.id).testIn(this)
                val boxes = mail.mailboxes.watch(account.id).testIn(this)
                val waits = mail.pending.watch().testIn(this)
                assertEquals(2, list.awaitItem().total)
                assertEquals(row.id, shown.awaitItem().id)
                assertTrue(boxes.awaitItem().isNotEmpty())
                assertEquals(1, waits.awaitItem().size)
                mail.accounts.remove(account.id, discardSoleCopies = false)
                list.leaves { total == 0 }
                shown.leaves { false }
                boxes.leaves { isEmpty() }
                while (waits.awaitItem().isNotEmpty()) continue
                waits.cancelAndIgnoreRemainingEvents()
            }
        }

    /** It shows nothing more, or ends because there is nothing to show. */
    private suspend fun <T> ReceiveTurbine<T>.leaves(isEmpty: T.() -> Boolean) {
        var event = awaitEvent()
        while (event is Event.Item && !event.value.isEmpty()) event = awaitEvent()
        val gone = event is Event.Error && event.throwable is MailFailure.NotFound
        assertTrue(gone || event is Event.Item, "$event")
        cancelAndIgnoreRemainingEvents()
    }

    @Test
    fun `takes a new password that works, and keeps the old one otherwise`() =
        onPhone {
            val account = signIn()
            office.ask("password $ANN another")
            val wrong = AccountChangeRequest(password = Secret("typo"))
            failsWith<MailFailure.Authentication> { mail.accounts.change(account.id, wrong) }
            assertEquals(listOf(PASSWORD), vault.kept.values.toList())
            mail.accounts.change(account.id, AccountChangeRequest(password = Secret("another")))
            mail.activity.sync(account.id)
        }

    @Test
    fun `names fresh mail until it was told, and none that the person has seen`() =
        onPhone {
            office.ask("deliver $ANN INBOX 1")
            val account = signIn()
            mail.activity.toldEverything()
            repeat(2) { office.ask("deliver $ANN INBOX 1") }
            mail.activity.sync(account.id)
            repeat(2) { assertEquals(2u to 2, fresh().run { freshCount to fresh.size }) }
            mail.activity.told(fresh().told!!)
            assertEquals(0u to null, fresh().run { freshCount to told })
            office.ask("deliver $ANN INBOX 1")
            mail.activity.sync(account.id)
            mail.activity.toldEverything()
            assertEquals(0u, fresh().freshCount)
            failsWith<MailFailure.InvalidInput> { mail.activity.told("not one of yours") }
        }

    private suspend fun Phone.fresh() = mail.activity.runUntil(20.seconds).single()

    @Test
    fun `fetches older mail when asked`() =
        onPhone {
            office.ask("deliver $ANN INBOX 30")
            val account = mail.accounts.add(request())
            val change = AccountChangeRequest(window = Window.Newest(10u))
            assertEquals(Window.Newest(10u), mail.accounts.change(account.id, change).window)
            mail.activity.sync(account.id)
            assertEquals(10 to true, inbox(account).run { total.toInt() to hasOlder })
            mail.activity.sync(account.id, older = 20, mailbox = inbox(account).id)
            assertEquals(30 to false, inbox(account).run { total.toInt() to hasOlder })
        }

    @Test
    fun `works in the background within a deadline and says who has to sign in again`() =
        onPhone {
            office.ask("deliver $ANN INBOX 5")
            val account = mail.accounts.add(request())
            val slice = mail.activity.runUntil(20.seconds).single()
            assertEquals(account.id, slice.account)
            assertEquals(5, slice.report?.newMessages?.toInt())
            assertFalse(slice.needsPerson)
            mail.activity.settle()
            assertTrue(mail.storage.usage().database > ByteCount(0))

            office.ask("password $ANN another")
            assertTrue(mail.activity.runUntil(20.seconds).single().needsPerson)
            assertEquals("authentication", mail.activity.status().single().lastProblem)
        }
}
