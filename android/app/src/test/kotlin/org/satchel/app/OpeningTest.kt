// A phone that does not let the mail be opened: a page says so, and a second try finds the home free.

package org.satchel.app

import android.net.ConnectivityManager
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.satchel.mail.MailFailure
import org.satchel.mail.Satchel
import org.satchel.ui.Problem
import kotlin.time.Duration.Companion.seconds

/** A phone on which something fails the first time. */
class StubbornApplication : TestApplication() {
    var library: LinkageError? = null
    var system: RuntimeException? = null

    override fun trustSystem(): Boolean {
        library?.let { throw it.also { library = null } }
        return super.trustSystem()
    }

    override fun join(mail: Satchel) {
        system?.let { throw it.also { system = null } }
        super.join(mail)
    }
}

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = StubbornApplication::class, manifest = Config.NONE)
class OpeningTest {
    private val app = RuntimeEnvironment.getApplication() as StubbornApplication

    @After
    fun end() = runBlocking { app.mail.opened?.close() ?: Unit }

    @Test
    fun `a library that the system does not find is a page, not a crash`() {
        app.library = UnsatisfiedLinkError("dlopen failed: /data/app/secret")
        val failed = assertThrows(MailFailure.IncompatibleLibrary::class.java) { runBlocking { app.mail.get() } }
        assertEquals("UnsatisfiedLinkError", failed.reason)
        assertTrue(Problem.of(failed) is Problem.Fault)
        runBlocking { app.mail.get() }
    }

    @Test
    fun `what fails after the opening lets go of the home, so that asking again helps`() {
        app.system = ConnectivityManager.TooManyRequestsException()
        val failed = assertThrows(MailFailure.Internal::class.java) { runBlocking { app.mail.get() } }
        assertTrue(failed.reason, failed.reason.isNotEmpty())
        assertTrue(runBlocking { app.mail.get() }.isOpen)
    }

    @Test
    fun `the turn in the background ends well`() {
        app.system = SecurityException("not granted")
        assertEquals(false, runBlocking { app.slice(1.seconds) })
        app.library = UnsatisfiedLinkError()
        assertEquals(false, runBlocking { withTimeout(20.seconds) { app.slice(1.seconds) } })
    }
}
