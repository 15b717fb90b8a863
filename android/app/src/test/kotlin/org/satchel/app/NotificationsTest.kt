// What a person sees, hears and can silence while the app is closed.

package org.satchel.app

import android.app.Notification
import android.app.NotificationManager
import android.content.Intent
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.satchel.mail.AccountId
import org.satchel.mail.AccountProtocol
import org.satchel.mail.AccountStatusView
import org.satchel.mail.AccountView
import org.satchel.mail.AddressView
import org.satchel.mail.BodyPolicy
import org.satchel.mail.ConnectionSecurity
import org.satchel.mail.PlacementId
import org.satchel.mail.ServerCopy
import org.satchel.mail.ServerView
import org.satchel.mail.Window.All

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = TestApplication::class, manifest = Config.NONE)
class NotificationsTest {
    private val app = RuntimeEnvironment.getApplication() as TestApplication
    private val manager = checkNotNull(app.getSystemService(NotificationManager::class.java))
    private val notifications = app.notifications
    private val ann = status(1, "ann@example.org")
    private val bob = status(2, "bob@example.org")

    private fun status(
        id: Long,
        address: String,
    ) = AccountStatusView(AccountId(id), address, AccountProtocol.IMAP, null, null, null, 0u, 0u)

    private fun account(
        id: Long,
        address: String,
    ) = AccountView(
        AccountId(id),
        address,
        AccountProtocol.IMAP,
        ServerView("mail.example.org", 993u, ConnectionSecurity.IMPLICIT_TLS, address),
        null,
        All,
        BodyPolicy.ON_OPEN,
        ServerCopy.Leave,
    )

    private fun mail(vararg ids: Long) =
        ids.map {
            row(it).let { plain ->
                plain.copy(
                    from = listOf(AddressView("Eve", "eve@example.org", "Eve")),
                    subject = "Secret plan $it",
                    preview = "We meet",
                )
            }
        }

    private fun Notification.title() = extras.getCharSequence(Notification.EXTRA_TITLE).toString()

    private fun Notification.text() = extras.getCharSequence(Notification.EXTRA_TEXT)?.toString()

    private fun messages() =
        manager.activeNotifications.filter { it.tag.startsWith("message/") }.map { it.notification }

    private fun summaries() =
        manager.activeNotifications.map { it.notification }.filter { it.flags and Notification.FLAG_GROUP_SUMMARY != 0 }

    @Test
    fun `each account can be silenced by itself, and goes from the settings with the account`() {
        notifications.keep(listOf(account(1, "ann@example.org"), account(2, "bob@example.org")))
        assertEquals(
            setOf("Accounts", "ann@example.org", "bob@example.org"),
            manager.notificationChannelGroups.mapTo(HashSet()) { it.name.toString() },
        )
        assertEquals(
            listOf("New mail"),
            manager.notificationChannels.filter { it.group == "account/1" }.map { it.name },
        )
        notifications.keep(listOf(account(2, "bob@example.org")))
        assertEquals(
            setOf("Accounts", "bob@example.org"),
            manager.notificationChannelGroups.mapTo(HashSet()) { it.name.toString() },
        )
        assertTrue(manager.notificationChannels.none { it.group == "account/1" })
    }

    @Test
    fun `from the start there is a place to say that an account needs the person`() =
        assertEquals(listOf("Accounts that need you"), manager.notificationChannels.map { it.name })

    @Test
    fun `sender and subject are said, under one count for the account`() {
        notifications.arrived(NewMail(ann, mail(11, 10)))
        assertEquals(setOf("Secret plan 10", "Secret plan 11"), messages().mapTo(HashSet()) { it.text() })
        assertEquals(setOf("Eve"), messages().mapTo(HashSet()) { it.title() })
        assertEquals(listOf("2 new"), summaries().map { it.title() })
        assertEquals(setOf("account/1"), messages().mapTo(HashSet()) { it.group })
        assertTrue(
            "fifty mails, one sound",
            messages().all { it.groupAlertBehavior == Notification.GROUP_ALERT_SUMMARY },
        )
    }

    @Test
    fun `a message without sender and subject says so`() {
        notifications.arrived(NewMail(ann, listOf(row(10))))
        assertEquals("(No sender)" to "(No subject)", messages().single().let { it.title() to it.text() })
    }

    @Test
    fun `the lock screen shows a number and nothing of the mail`() {
        notifications.arrived(NewMail(ann, mail(11, 10)))
        notifications.needsPerson(NeedsPerson(bob, "the server refused the password"))
        val all = manager.activeNotifications.map { it.notification }
        assertEquals(4, all.size)
        all.forEach {
            assertEquals(Notification.VISIBILITY_PRIVATE, it.visibility)
            val shown = it.publicVersion.extras.keySet().joinToString { key -> "${it.publicVersion.extras.get(key)}" }
            listOf("Eve", "plan", "meet", "ann@", "bob@", "refused").forEach { word ->
                assertFalse(shown, word in shown)
            }
        }
        assertTrue(manager.notificationChannels.all { it.lockscreenVisibility == Notification.VISIBILITY_PRIVATE })
    }

    @Test
    fun `a tap opens the message`() {
        notifications.arrived(NewMail(ann, mail(10)))
        val opened = shadowOf(messages().single().contentIntent).savedIntent
        assertEquals("satchel://message/10", opened.dataString)
        assertEquals(Intent.ACTION_VIEW to app.packageName, opened.action to opened.`package`)
        assertTrue(shadowOf(messages().single().contentIntent).isImmutable)
    }

    @Test
    fun `fifty messages are counted, and only some are shown`() {
        notifications.arrived(NewMail(ann, mail(*LongArray(50) { 100L - it })))
        assertEquals(8, messages().size)
        assertEquals("50 new", summaries().single().title())
        notifications.arrived(NewMail(ann, mail(*LongArray(50) { 100L - it }), count = 300))
        assertEquals("what is not named is counted", "300 new", summaries().single().title())
    }

    @Test
    fun `what was read elsewhere goes, and the count with the last of its account`() {
        notifications.arrived(NewMail(ann, mail(11, 10)))
        notifications.arrived(NewMail(bob, mail(20)))
        assertEquals(setOf(10L, 11L, 20L), notifications.shown().mapTo(HashSet()) { it.value })
        notifications.withdraw(listOf(PlacementId(10)))
        assertEquals(2, summaries().size)
        notifications.withdraw(listOf(PlacementId(11)))
        assertEquals(listOf("account/2"), summaries().map { it.group })
        assertEquals(listOf(20L), notifications.shown().map { it.value })
    }

    @Test
    fun `an account that needs the person says why until it is well`() {
        notifications.needsPerson(NeedsPerson(ann, "the server refused the password"))
        val said = manager.activeNotifications.single().notification
        assertEquals("ann@example.org needs you" to "the server refused the password", said.title() to said.text())
        assertTrue("once, not each quarter of an hour", said.flags and Notification.FLAG_ONLY_ALERT_ONCE != 0)
        notifications.isWell(AccountId(2))
        assertEquals(1, manager.activeNotifications.size)
        notifications.isWell(AccountId(1))
        assertNull(manager.activeNotifications.singleOrNull())
    }
}
