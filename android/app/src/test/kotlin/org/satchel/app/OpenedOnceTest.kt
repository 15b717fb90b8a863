// The mail is opened by whoever comes first, once.

package org.satchel.app

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Test
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger

class OpenedOnceTest {
    private val opens = AtomicInteger()

    @Test
    fun `many come at once and it is opened once`() {
        val mail = OpenedOnce { "mail ${opens.incrementAndGet()}" }
        val got = runBlocking(Dispatchers.Default) { List(50) { async { mail.get() } }.awaitAll() }
        assertEquals(setOf("mail 1"), got.toSet())
    }

    @Test
    fun `what could not be opened is opened by the next who asks`() {
        val mail = OpenedOnce { check(opens.incrementAndGet() > 1) { "the phone is full" } }
        assertThrows(IllegalStateException::class.java) { runBlocking { mail.get() } }
        assertNull(mail.opened)
        runBlocking { mail.get() }
        assertEquals(2, opens.get())
    }

    @Test
    fun `whoever leaves while it opens does not lose it`() {
        val begun = CountDownLatch(1)
        val go = CountDownLatch(1)
        val mail =
            OpenedOnce {
                begun.countDown()
                go.await()
                "mail ${opens.incrementAndGet()}"
            }
        runBlocking(Dispatchers.Default) {
            val leaving = launch { mail.get() }
            begun.await()
            leaving.cancel()
            go.countDown()
            leaving.cancelAndJoin()
            assertEquals("mail 1", mail.get())
        }
    }

    @Test
    fun `it is not opened on the caller's thread`() {
        val mail = OpenedOnce { Thread.currentThread() }
        assertNotEquals(Thread.currentThread(), runBlocking { mail.get() })
    }
}
