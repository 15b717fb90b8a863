// One opened core as the parts of the facade share it: how it is asked, and whether it was closed.

package org.satchel.mail

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.withContext
import org.satchel.ffi.MailCore

internal class Core(
    val ffi: MailCore,
) {
    private val ended = MutableStateFlow(false)

    /** Streams listen to it, so that none waits for ever for news that cannot come. */
    val closed: StateFlow<Boolean> = ended

    /** Asks the core. A page of rows takes a moment to be read across, which is not for the main thread. */
    suspend fun <T> ask(call: suspend MailCore.() -> T): T = asking { ffi.call() }

    /** Throws [MailFailure.Closed] once it is closed: it asks what only an open core answers. */
    fun refuseIfClosed() {
        failing { ffi.damagedDatabase() }
    }

    suspend fun close() {
        // Half a close would leave the home held and nobody to let go of it.
        withContext(NonCancellable) {
            try {
                ask { shutdown() }
            } finally {
                ended.value = true
            }
        }
    }
}

/** Asks an object of the core's, as [Core.ask] does. */
internal suspend fun <T> asking(call: suspend () -> T): T = failing { withContext(Dispatchers.Default) { call() } }

/** A count as the core takes it; less than none is none. */
internal fun Int.counted(): UInt = coerceAtLeast(0).toUInt()
