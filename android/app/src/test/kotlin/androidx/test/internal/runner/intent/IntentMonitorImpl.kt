// The working half of the stand-in for androidx.test's watch over intents.

package androidx.test.internal.runner.intent

import android.content.Intent
import androidx.test.runner.intent.IntentMonitor

class IntentMonitorImpl : IntentMonitor {
    private var last: Intent? = null

    fun signalIntent(intent: Intent) {
        last = intent
    }
}
