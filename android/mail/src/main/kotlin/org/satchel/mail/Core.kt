// One opened core as the parts of the facade share it: how it is asked, and whether it was closed.

package org.satchel.mail

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.satchel.ffi.MailCore
import kotlin.time.Duration
import kotlin.time.toJavaDuration

internal class Core(
    private val opened: MailCore,
) {
    private val ended = MutableStateFlow(false)
    private val closing = Mutex()

    /** Streams listen to it, so that none waits for ever for news that cannot come. */
    val closed: StateFlow<Boolean> = ended

    /** The core itself, as long as it was not closed. */
    val ffi: MailCore
        get() {
            refuseIfClosed()
            return opened
        }

    /** Asks the core. */
    suspend fun <T> ask(call: suspend MailCore.() -> T): T = asking { ffi.call() }

    fun refuseIfClosed() {
        if (ended.value) throw closedFailure()
    }

    // Not cancellable: half a close would leave the home held and nobody to let go of it.
    suspend fun close() =
        withContext(NonCancellable) {
            closing.withLock { if (!ended.value) end() }
        }

    private suspend fun end() {
        try {
            asking { opened.shutdown() }
        } finally {
            ended.value = true
            // The object holds file descriptors, and the garbage collector is in no hurry.
            opened.destroy()
        }
    }
}

/** Asks an object of the core's. A page of rows takes a moment to be read across, which is not for the main thread. */
internal suspend fun <T> asking(call: suspend () -> T): T = failing { withContext(Dispatchers.Default) { call() } }

/** A time to work as the core takes it. */
internal fun Duration.granted(field: String): java.time.Duration {
    val reason = "it lies in the past: zero or more"
    if (isNegative()) throw MailFailure.InvalidInput("$field cannot be used: $reason", field, reason)
    return toJavaDuration()
}

/** A count as the core takes it; less than none is none. */
internal fun Int.counted(): UInt = coerceAtLeast(0).toUInt()
