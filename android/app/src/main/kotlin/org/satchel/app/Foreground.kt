// Notices when the person comes to the app and leaves it, and tells the core.

package org.satchel.app

import android.app.Activity
import android.app.Application
import android.os.Bundle

/**
 * Counts what is on the screen. [came] is called when there was nothing before, [left] when nothing is left; turning
 * the phone is neither.
 */
class Foreground(
    private val came: () -> Unit,
    private val left: () -> Unit,
) : Application.ActivityLifecycleCallbacks {
    private var shown = 0
    private var turning = false

    /** Whether the person looks at the app. */
    @Volatile
    var here: Boolean = false
        private set

    override fun onActivityStarted(activity: Activity) {
        shown += 1
        here = true
        if (shown == 1 && !turning) came()
        turning = false
    }

    override fun onActivityStopped(activity: Activity) {
        shown -= 1
        turning = activity.isChangingConfigurations
        if (shown > 0 || turning) return
        here = false
        left()
    }

    override fun onActivityCreated(
        activity: Activity,
        savedInstanceState: Bundle?,
    ) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(
        activity: Activity,
        outState: Bundle,
    ) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit
}
