// What crossing the boundary costs from Kotlin; run by hand with -Dbench=1 -Dtest=Bench.

package org.satchel.mail

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.measureTime

@Tag("bench")
class Bench {
    @Test
    fun `measures calls pages events and opening`() =
        onPhone(within = 10.minutes) {
            office.ask("deliver $ANN INBOX 1000")
            val account = signIn()
            val inbox = inbox(account).id
            measured("noop", 20_000) { measureTime { mail.core.ffi.isOpen() } }
            measured("page-50", 500) { measureTime { page(inbox, 50) } }
            measured("page-100", 500) { measureTime { page(inbox, 100) } }
            benchEvents(newest(account).id)
            mail.close()
            measured("open-first-50", 50) {
                val taken =
                    measureTime {
                        mail = Satchel.open(home, vault)
                        val rows = mail.messages.list(inbox, ListOrder.MESSAGES).watch().first().rows
                        assertEquals(50, rows.size)
                    }
                mail.close()
                taken
            }
        }

    private suspend fun Phone.page(
        inbox: MailboxId,
        limit: Int,
    ) = assertEquals(limit, mail.messages.page(inbox, ListOrder.MESSAGES, limit).rows.size)

    private suspend fun Phone.benchEvents(id: PlacementId) =
        coroutineScope {
            val heard = Channel<Boolean>(Channel.UNLIMITED)
            val watching = launch { mail.messages.watch(id).collect { heard.send(it.flags.flagged) } }
            var on = heard.receive()
            measured("event", 100) {
                // Batches come at most ten times a second: each is measured from rest.
                delay(300.milliseconds)
                on = !on
                measureTime {
                    mail.actions.star(listOf(id), on)
                    while (heard.receive() != on) continue
                }
            }
            watching.cancel()
        }

    private suspend fun measured(
        name: String,
        count: Int,
        turn: suspend () -> Duration,
    ) {
        repeat(count / 5) { turn() }
        val taken = List(count) { turn() }.sorted()
        val micros = { at: Double -> "%.1f".format(taken[(taken.lastIndex * at).toInt()].inWholeNanoseconds / 1_000.0) }
        println("BENCH $name ${micros(0.5)} ${micros(0.95)} $count")
    }
}
