// The window while the mail is opened, when it cannot be, and where links lead.

package org.satchel.app

import android.content.Intent
import android.net.Uri
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.satchel.app.platform.OtherApps
import org.satchel.mail.MailFailure
import org.satchel.mail.MailboxId
import org.satchel.mail.PlacementId
import org.satchel.mail.Satchel
import org.satchel.mail.StorageProblem
import org.satchel.ui.Problem
import org.satchel.ui.Route

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = TestApplication::class, manifest = Config.NONE)
class WindowTest {
    private val app = RuntimeEnvironment.getApplication() as TestApplication
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)

    private fun window(
        routes: List<String> = emptyList(),
        open: suspend () -> Satchel,
    ) = Window(open, OtherApps(app).surroundings(), scope, routes)

    private fun never(): Satchel = throw MailFailure.Storage("no space is left", StorageProblem.FULL)

    @After
    fun end() {
        scope.cancel()
        runBlocking { app.mail.opened?.close() }
    }

    @Test
    fun `a full phone is said, and asked again once there is room`() {
        var full = true
        val window = window { if (full) never() else runBlocking { app.mail.get() } }
        val said = window.content.value as WindowContent.Failed
        assertEquals(Problem.Storage("no space is left", StorageProblem.FULL), said.problem)
        full = false
        window.askAgain()
        assertTrue(window.content.value is WindowContent.Opened)
    }

    @Test
    fun `links lead to their place, and what is none of ours leaves the person where they are`() {
        val window = window(listOf("satchel://mailbox/7")) { never() }
        val there = listOf(Route.Mailboxes, Route.Messages(MailboxId(7)))
        assertEquals(there, window.navigator.routes.value)
        listOf(
            Intent(Intent.ACTION_MAIN),
            Intent(Intent.ACTION_VIEW),
            Intent(Intent.ACTION_VIEW, Uri.parse("satchel://message/none")),
            Intent(Intent.ACTION_VIEW, Uri.parse("https://example.org/satchel://message/1")),
            Intent(Intent.ACTION_SENDTO, Uri.parse("mailto:eve@example.org")),
            Intent(Intent.ACTION_SEND, Uri.parse("satchel://message/1")),
        ).forEach {
            window.arrive(it)
            assertEquals("$it", there, window.navigator.routes.value)
        }
        window.arrive(Intent(Intent.ACTION_VIEW, Uri.parse("satchel://message/42")))
        assertEquals(there + Route.Message(PlacementId(42)), window.navigator.routes.value)
    }

    @Test
    fun `turning the phone keeps the window, being done with it does not`() {
        val first = app.window(emptyList())
        assertSame(first, app.window(listOf("satchel://mailbox/7")))
        app.closeWindow()
        assertEquals(2, app.window(listOf("satchel://mailbox/7")).navigator.routes.value.size)
        app.closeWindow()
    }
}
