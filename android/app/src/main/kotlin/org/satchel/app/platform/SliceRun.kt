// One piece of work that the system started and may stop: it ends exactly once, whoever is first.

package org.satchel.app.platform

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicBoolean

/** Runs [work] in [scope], off the caller's thread; [finished] hears whether another turn is wanted. */
class SliceRun(
    scope: CoroutineScope,
    work: suspend () -> Boolean,
    finished: (again: Boolean) -> Unit,
) {
    private val over = AtomicBoolean()

    private val job: Job =
        scope.launch {
            var again = false
            try {
                again = work()
            } finally {
                // Also when it broke: a job that is never finished keeps the phone awake.
                if (over.compareAndSet(false, true)) finished(again)
            }
        }

    /** Ends it because the system says so. True if it was not over: what is left is wanted later. */
    fun stop(): Boolean {
        val first = over.compareAndSet(false, true)
        job.cancel()
        return first
    }
}
