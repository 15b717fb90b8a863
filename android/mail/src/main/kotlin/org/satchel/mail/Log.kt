// The library's log, handed to the app.

package org.satchel.mail

import org.satchel.ffi.setLogSink

/** The log of the library: no address, no secret, no content and no server's words are in it. */
object Log {
    /**
     * Sends lines of [level] and graver to [sink] from now on, for the whole process; without one they go nowhere.
     *
     * @throws MailFailure `IncompatibleLibrary`, `Internal`.
     */
    fun to(
        level: LogLevel,
        sink: LogSink?,
    ) {
        Library.load()
        failing { setLogSink(level, sink) }
    }
}
