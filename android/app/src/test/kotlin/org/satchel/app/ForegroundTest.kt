// Coming to the app, turning the phone, and leaving.

package org.satchel.app

import android.app.Activity
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = TestApplication::class, manifest = Config.NONE)
class ForegroundTest {
    private val heard = mutableListOf<String>()
    private val foreground = Foreground(came = { heard += "came" }, left = { heard += "left" })

    init {
        RuntimeEnvironment.getApplication().registerActivityLifecycleCallbacks(foreground)
    }

    @Test
    fun `a person comes and leaves`() {
        val window = Robolectric.buildActivity(Activity::class.java).create().start()
        assertEquals(listOf("came"), heard)
        assertTrue(foreground.here)
        window.stop()
        assertEquals(listOf("came", "left"), heard)
        assertFalse(foreground.here)
        window.restart().start()
        assertEquals(listOf("came", "left", "came"), heard)
    }

    @Test
    fun `turning the phone is neither coming nor leaving`() {
        val window = Robolectric.buildActivity(Activity::class.java).setup()
        window.recreate()
        assertEquals(listOf("came"), heard)
        assertTrue(foreground.here)
        window.pause().stop()
        assertEquals(listOf("came", "left"), heard)
    }

    @Test
    fun `a second window on top is no second coming`() {
        val below = Robolectric.buildActivity(Activity::class.java).create().start()
        val above = Robolectric.buildActivity(Activity::class.java).create().start()
        below.stop()
        assertEquals(listOf("came"), heard)
        above.stop()
        assertEquals(listOf("came", "left"), heard)
    }
}
