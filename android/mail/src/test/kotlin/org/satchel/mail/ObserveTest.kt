// The bridge from events to flows: nothing is missed, nothing lingers, nothing fails in silence.

package org.satchel.mail

import app.cash.turbine.test
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ObserveTest {
    @Test
    fun `a change between listening and reading is not missed`() =
        onPhone {
            office.ask("deliver $ANN INBOX 1")
            val row = newest(signIn())
            var reads = 0
            val stars =
                observe(mail.core, { it.messages.isNotEmpty() }) {
                    val before = mail.messages.page(row.mailbox, ListOrder.MESSAGES, limit = 1).rows
                    // It comes after the look and before the look is told.
                    if (reads++ == 0) mail.actions.star(listOf(row.id), on = true)
                    before.single().flags.flagged
                }
            assertEquals(listOf(false, true), withTimeout(SOON) { stars.take(2).toList() })
        }

    @Test
    fun `an error of the read ends the flow with it`() =
        onPhone {
            val broken = observe(mail.core, { true }) { mail.messages.open(PlacementId(1)) }
            broken.test(SOON) { assertTrue(awaitError() is MailFailure.NotFound) }
        }

    @Test
    fun `a failed start ends the flow with the error`() =
        onPhone {
            mail.close()
            var reads = 0
            val late = observe(mail.core, { true }) { reads++ }
            late.test(SOON) { assertTrue(awaitError() is MailFailure.Closed) }
            assertEquals(0, reads)
        }

    @Test
    fun `a close ends every flow that is watched`() =
        onPhone {
            val account = signIn()
            val watched =
                listOf(
                    mail.accounts.watch(),
                    mail.mailboxes.watch(account.id),
                    mail.messages.list(inbox(account).id, ListOrder.THREADS).watch(),
                    mail.pending.watch(),
                    mail.activity.watch(),
                    mail.activity.syncing(),
                    mail.network.watch(),
                )
            coroutineScope {
                val shown = watched.map { CompletableDeferred<Unit>() }
                val ends =
                    watched.zip(shown).map { (flow, first) ->
                        async { failsWith<MailFailure.Closed> { flow.collect { first.complete(Unit) } } }
                    }
                shown.awaitAll()
                mail.close()
                ends.awaitAll()
            }
        }

    @Test
    fun `sees which accounts are being brought up to date`() =
        onPhone {
            val account = signIn()
            mail.activity.syncing().test(SOON) {
                // The end of the first pass may be told a moment after it.
                while (awaitItem().isNotEmpty()) continue
                office.ask("slow 100")
                val pass = CoroutineScope(coroutineContext).launch { mail.activity.sync(account.id) }
                assertEquals(setOf(account.id), awaitItem())
                // A screen that comes late sees it too.
                assertEquals(setOf(account.id), mail.activity.syncing().first())
                pass.join()
                assertEquals(emptySet<AccountId>(), awaitItem())
            }
        }

    @Test
    fun `hears that the network went`() =
        onPhone {
            mail.network.watch().test(SOON) {
                assertTrue(awaitItem().online)
                mail.network.changed(NetworkState(online = false, metered = false))
                assertEquals(false, awaitItem().online)
            }
        }
}
