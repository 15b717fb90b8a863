// Accounts: adding, changing, removing, and what comes by itself.

package org.satchel.mail

import app.cash.turbine.test
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
