// Stands in for androidx.test's registry of the instrumentation, which Robolectric fills.

package androidx.test.platform.app

import android.app.Instrumentation
import android.os.Bundle

object InstrumentationRegistry {
    private var registered: Instrumentation? = null
    private var arguments: Bundle? = null

    @JvmStatic
    fun getInstrumentation(): Instrumentation = checkNotNull(registered) { "Robolectric registers it first" }

    @JvmStatic
    fun getArguments(): Bundle = Bundle(arguments)

    @JvmStatic
    fun registerInstance(
        instrumentation: Instrumentation?,
        given: Bundle?,
    ) {
        registered = instrumentation
        arguments = given
    }
}
