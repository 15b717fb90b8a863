// The bridge under events that the test makes: which are read, which are not, and how often.

package org.satchel.mail

import app.cash.turbine.test
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.satchel.ffi.MessagesChangedView

class BridgeTest {
    private val fake = FakeCore()
    private val inbox = MailboxId(1)
    private val inInbox = changes(messages = listOf(MessagesChangedView(inbox, listOf(PlacementId(7)))))
    private val elsewhere = changes(messages = listOf(MessagesChangedView(MailboxId(2), listOf(PlacementId(8)))))

    @Test
    fun `reads again after what matches and after everything and after nothing else`() =
        runBlocking {
            var reads = 0
            observe(Core(fake), { it.messages.any { change -> change.mailbox == inbox } }) { ++reads }.test(SOON) {
                assertEquals(1, awaitItem())
                fake.tell(elsewhere)
                expectNoEvents()
                fake.tell(inInbox)
                assertEquals(2, awaitItem())
                fake.tell(changes(everything = true))
                assertEquals(3, awaitItem())
            }
        }

    @Test
    fun `changes that come during a read are read as one`() =
        runBlocking {
            var reads = 0
            val begun = CompletableDeferred<Unit>()
            val goOn = CompletableDeferred<Unit>()
            val slow =
                observe(Core(fake), { true }) {
                    reads++
                    begun.complete(Unit)
                    goOn.await()
                    reads
                }
            slow.test(SOON) {
                withTimeout(SOON) { begun.await() }
                repeat(100) { fake.tell(inInbox) }
                goOn.complete(Unit)
                assertEquals(1, awaitItem())
                assertEquals(2, awaitItem())
                expectNoEvents()
            }
        }

    @Test
    fun `leaving a screen ends its subscription`() =
        runBlocking {
            observe(Core(fake), { true }) {}.test(SOON) {
                awaitItem()
                assertEquals(1, fake.listeners.size)
            }
            assertEquals(0, fake.listeners.size)
        }

    @Test
    fun `a row is read again when it is named or when many are`() =
        runBlocking {
            val row = PlacementId(7)
            var reads = 0
            observe(Core(fake), { it.touches(row) }) { ++reads }.test(SOON) {
                assertEquals(1, awaitItem())
                fake.tell(elsewhere)
                expectNoEvents()
                fake.tell(inInbox)
                assertEquals(2, awaitItem())
                fake.tell(changes(messages = listOf(MessagesChangedView(MailboxId(2), emptyList()))))
                assertEquals(3, awaitItem())
            }
        }
}
