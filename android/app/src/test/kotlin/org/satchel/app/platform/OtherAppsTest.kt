// What other apps are handed, and what they cannot take.

package org.satchel.app.platform

import android.content.Intent
import android.net.Uri
import android.provider.OpenableColumns
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.satchel.app.TestApplication
import org.satchel.mail.AttachmentView
import org.satchel.mail.ByteCount
import org.satchel.mail.PlacementId
import java.io.File
import java.io.FileNotFoundException

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = TestApplication::class, manifest = Config.NONE)
class OtherAppsTest {
    private val app = RuntimeEnvironment.getApplication()
    private val ways = OtherApps(app).surroundings()
    private val address = "content://${app.packageName}.attachments"
    private val provider =
        Robolectric.buildContentProvider(AttachmentProvider::class.java).create("${app.packageName}.attachments").get()

    private fun part(
        section: String,
        name: String,
    ) = AttachmentView(section, "application/pdf", name, ByteCount(4), present = true, contentId = null, listed = true)

    private fun saved(section: String = "2"): File =
        ways.place(PlacementId(7), part(section, "Plan für Mai.pdf")).apply { writeText("plan") }

    private fun started(): Intent? = shadowOf(app).nextStartedActivity

    @Test
    fun `an attachment is opened in the app the person chooses, which may read that one`() {
        ways.showFile(saved().path, "application/pdf")
        val view = checkNotNull(started()?.getParcelableExtra(Intent.EXTRA_INTENT, Intent::class.java))
        assertEquals("application/pdf", view.type)
        assertEquals(Intent.FLAG_GRANT_READ_URI_PERMISSION, view.flags and Intent.FLAG_GRANT_READ_URI_PERMISSION)
        val uri = checkNotNull(view.data)
        provider.openFile(uri, "r").use { assertEquals(4, it.statSize) }
        provider.query(uri, null, null, null, null).use {
            assertTrue(it.moveToFirst())
            assertEquals("Plan für Mai.pdf", it.getString(it.getColumnIndexOrThrow(OpenableColumns.DISPLAY_NAME)))
            assertEquals(4L, it.getLong(it.getColumnIndexOrThrow(OpenableColumns.SIZE)))
        }
    }

    @Test
    fun `two parts of the same name are two files`() = assertNotEquals(saved("2"), saved("3"))

    @Test
    fun `no address leads out of the attachments`() {
        saved()
        File(app.filesDir, "mail").mkdirs()
        File(app.filesDir, "mail/mail.db").writeText("mail")
        val ways =
            listOf(
                "/../../files/mail/mail.db",
                "/7/2/../../../../files/mail/mail.db",
                "/..%2F..%2Ffiles%2Fmail%2Fmail.db",
                "/",
                "/7",
                "/8/2/none",
            )
        ways.forEach {
            assertThrows(it, FileNotFoundException::class.java) { provider.openFile(Uri.parse(address + it), "r") }
        }
    }

    @Test
    fun `nobody writes an attachment`() {
        val uri = AttachmentProvider.address(app, saved())
        listOf(
            "w",
            "rw",
            "wt",
        ).forEach { assertThrows(FileNotFoundException::class.java) { provider.openFile(uri, it) } }
        assertEquals(0, provider.delete(uri, null, null))
        assertTrue(saved().exists())
    }

    @Test
    fun `a mail may lead to the web and to people, and to nothing inside the phone`() {
        listOf("https://example.org/a", "HTTP://example.org", "mailto:eve@example.org", "tel:+15550100").forEach {
            ways.followLink(it)
            assertEquals(it, started()?.dataString)
        }
        listOf(
            "file:///data/x",
            "content://contacts/1",
            "intent://x#Intent;scheme=a;end",
            "javascript:alert(1)",
            "satchel://message/1",
            "",
            "example.org",
        ).forEach {
            ways.followLink(it)
            assertNull(it, started())
        }
    }
}
