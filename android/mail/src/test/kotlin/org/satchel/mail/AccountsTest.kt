// Accounts of both kinds: what comes, what is kept, what is lost when one is removed.

package org.satchel.mail

import app.cash.turbine.test
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class AccountsTest {
    @Test
    fun `mail that exists only here is not thrown away by mistake`() =
        onPhone {
            office.ask("deliver $ANN INBOX 3")
            val account = mail.accounts.add(request().copy(incoming = office.pop))
            assertEquals(AccountProtocol.POP, account.protocol)
            mail.activity.sync(account.id)
            assertEquals(List(3) { LedgerState.STORED }, mail.storage.popState(account.id).map { it.state })
            for (uid in 1..3) office.ask("expunge $ANN INBOX $uid")
            mail.activity.sync(account.id)
            assertEquals(List(3) { LedgerState.GONE }, mail.storage.popState(account.id).map { it.state })
            assertEquals(3, mail.accounts.soleCopies(account.id))
            failsWith<MailFailure.InvalidInput> { mail.accounts.remove(account.id, discardSoleCopies = false) }
            assertEquals(3, inbox(account).total.toInt())
            mail.accounts.remove(account.id, discardSoleCopies = true)
            assertTrue(mail.accounts.list().isEmpty() && vault.kept.isEmpty())
        }

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
