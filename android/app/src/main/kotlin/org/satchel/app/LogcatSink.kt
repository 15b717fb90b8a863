// Writes the core's log to the phone's.

package org.satchel.app

import android.util.Log
import org.satchel.mail.LogLevel
import org.satchel.mail.LogRecord
import org.satchel.mail.LogSink

/** Each line as it is: the core's lines hold no address, no content and no secret. */
object LogcatSink : LogSink {
    override fun log(records: List<LogRecord>) =
        records.forEach { Log.println(priority(it.level), TAG, "${it.target}: ${it.text}") }

    private fun priority(level: LogLevel): Int =
        when (level) {
            LogLevel.ERROR -> Log.ERROR
            LogLevel.WARN -> Log.WARN
            LogLevel.INFO -> Log.INFO
            LogLevel.DEBUG -> Log.DEBUG
        }
}

/** What the app's lines are found by. */
internal const val TAG = "satchel"
