// A turn of background work ends once, whoever is first: itself or the system.

package org.satchel.app.platform

import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.atomic.AtomicInteger

class SliceRunTest {
    private val broken = CoroutineExceptionHandler { _, _ -> faults.incrementAndGet() }
    private val faults = AtomicInteger()
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default + broken)
    private val finished = LinkedBlockingQueue<Boolean>()

    private fun run(work: suspend () -> Boolean) = SliceRun(scope, work) { finished += it }

    private fun finish() = finished.poll(10, SECONDS)

    @After
    fun end() = scope.cancel()

    @Test
    fun `it is finished with what the work asked for`() {
        run { true }
        assertEquals(true, finish())
        run { false }
        assertEquals(false, finish())
    }

    @Test
    fun `a fault finishes it, and is still a fault`() {
        run { error("a fault") }
        assertEquals(false, finish())
        while (faults.get() == 0) Thread.onSpinWait()
    }

    @Test
    fun `stopped, its work ends and it is not finished as well`() {
        val begun = CountDownLatch(1)
        val ended = CountDownLatch(1)
        val run =
            run {
                try {
                    begun.countDown()
                    awaitCancellation()
                } finally {
                    ended.countDown()
                }
            }
        begun.await()
        assertTrue("what is left is wanted later", run.stop())
        assertTrue(ended.await(10, SECONDS))
        assertFalse("a second time it is over", run.stop())
        assertTrue(finished.isEmpty())
    }

    @Test
    fun `stopped when it was over, nothing is left`() {
        val run = run { true }
        assertEquals(true, finish())
        assertFalse(run.stop())
    }

    @Test
    fun `when both come at once, one of them counts`() {
        repeat(2_000) {
            val run = run { false }
            val stopped = run.stop()
            if (!stopped) assertEquals(false, finish())
            assertTrue(finished.isEmpty())
        }
    }
}
