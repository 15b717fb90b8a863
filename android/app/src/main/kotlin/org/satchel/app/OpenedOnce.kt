// Opens the mail once for the whole process, when it is first asked for, and not on the caller's thread.

package org.satchel.app

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** Holds what [open] answered. If it threw, the next caller tries anew: the person may have made room meanwhile. */
class OpenedOnce<T : Any>(
    private val open: () -> T,
) {
    private val turn = Mutex()

    /** What was opened; null until then. */
    @Volatile
    var opened: T? = null
        private set

    /** Opens it, or waits for whoever does. */
    suspend fun get(): T =
        opened ?: turn.withLock {
            opened ?: withContext(Dispatchers.IO) {
                // Kept even if the caller has left: nobody could open a home that is held by an answer thrown away.
                open().also { opened = it }
            }
        }
}
