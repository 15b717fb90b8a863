// Stands in for androidx.test's watch over intents, which Robolectric asks before an activity is started.

package androidx.test.runner.intent

import android.app.Instrumentation
import android.content.Intent

interface IntentMonitor

interface IntentStubber {
    fun getActivityResultForIntent(intent: Intent): Instrumentation.ActivityResult?
}

object IntentMonitorRegistry {
    @JvmStatic
    fun registerInstance(monitor: IntentMonitor?) = check(monitor != null) { "Robolectric has one" }
}

object IntentStubberRegistry {
    private val loaded: IntentStubber? = null

    @JvmStatic
    fun isLoaded(): Boolean = loaded != null

    @JvmStatic
    fun getInstance(): IntentStubber = checkNotNull(loaded) { "none is loaded" }
}
