// Mail while nobody looks: the job, the real mail core, and a mail server.

package org.satchel.app

import android.app.Activity
import android.app.Notification
import android.app.NotificationManager
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.net.ConnectivityManager
import android.net.LinkProperties
import android.net.NetworkCapabilities
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import org.satchel.app.platform.BackgroundSlice
import org.satchel.mail.AccountView
import org.satchel.mail.ListOrder
import org.satchel.mail.MailboxRole
import org.satchel.mail.MessageView
import org.satchel.mail.Satchel
import java.io.File
import java.util.Base64
import kotlin.time.Duration.Companion.seconds

private const val ANN = "ann@example.org"

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = TestApplication::class, manifest = Config.NONE)
class BackgroundTest {
    private val app = RuntimeEnvironment.getApplication() as TestApplication
    private val manager = checkNotNull(app.getSystemService(NotificationManager::class.java))
    private val connectivity = checkNotNull(app.getSystemService(ConnectivityManager::class.java))
    private val internet =
        NetworkCapabilities
            .Builder()
            .addCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET)
            .addCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
            .build()
    private val office = PostOffice()

    @Before
    fun start() {
        shadowOf(connectivity).setNetworkCapabilities(connectivity.activeNetwork, internet)
        office.tell("user $ANN secret")
    }

    @After
    fun end() {
        office.close()
        runBlocking { app.mail.opened?.close() }
    }

    private fun signIn(): AccountView = runBlocking { app.mail.get().accounts.add(office.account(ANN, "secret")) }

    /** As a person who has used the app before. */
    private fun signInAndRead() =
        runBlocking {
            val activity = app.mail.get().activity
            signIn().also {
                activity.sync(it.id)
                activity.toldEverything()
            }
        }

    private fun send(subject: String) {
        val header = "From: Eve <eve@example.org>\r\nTo: $ANN\r\nSubject: $subject\r\nMessage-ID: <$subject@x>\r\n"
        val mail = "$header\r\nHello.\r\n"
        office.tell("deliver-raw $ANN INBOX ${Base64.getEncoder().encodeToString(mail.toByteArray())}")
    }

    private fun job(): BackgroundSlice = Robolectric.buildService(BackgroundSlice::class.java).create().get()

    private fun parameters(): JobParameters = ReflectionHelpers.callConstructor(JobParameters::class.java)

    private fun turn() {
        val job = job()
        assertTrue("the work goes on elsewhere", job.onStartJob(parameters()))
        until("the job to be finished") { shadowOf(job).isJobFinished }
        assertFalse("the next turn comes by itself", shadowOf(job).isRescheduleNeeded)
    }

    private fun until(
        what: String,
        done: () -> Boolean,
    ) {
        val end = System.nanoTime() + 20_000_000_000
        while (!done()) {
            check(System.nanoTime() < end) { "waited for $what" }
            Thread.sleep(10)
        }
    }

    private suspend fun inbox(
        mail: Satchel,
        account: AccountView,
    ): List<MessageView> {
        val inbox = mail.mailboxes.list(account.id).first { it.role == MailboxRole.INBOX }
        return mail.messages.page(inbox.id, ListOrder.MESSAGES, 100).rows
    }

    private fun subjects(account: AccountView) =
        runBlocking { inbox(app.mail.get(), account).mapTo(HashSet()) { it.subject } }

    private fun said() =
        manager.activeNotifications
            .filter { it.tag.startsWith("message/") }
            .mapTo(HashSet()) { it.notification.extras.getCharSequence(Notification.EXTRA_TEXT).toString() }

    @Test
    fun `a turn brings new mail and says so`() {
        send("old")
        val account = signInAndRead()
        send("one")
        send("two")
        turn()
        assertEquals(setOf("old", "one", "two"), subjects(account))
        assertEquals(setOf("one", "two"), said())
        turn()
        assertEquals("nothing new, nothing more is said", setOf("one", "two"), said())
    }

    @Test
    fun `the mail of an account that was just added is no news`() {
        send("old")
        val account = signIn()
        turn()
        assertEquals(setOf("old"), subjects(account))
        assertEquals(emptySet<String>(), said())
    }

    @Test
    fun `what is read on another device is taken back`() {
        signInAndRead()
        send("one")
        send("two")
        turn()
        office.tell("flag $ANN INBOX 1 \\Seen on")
        turn()
        assertEquals(setOf("two"), said())
    }

    @Test
    fun `the system takes the turn back, the work ends, and a later turn does the rest`() {
        val account = signInAndRead()
        send("one")
        office.tell("slow 3000")
        val job = job()
        job.onStartJob(parameters())
        val activity = runBlocking { app.mail.get() }.activity
        runBlocking { withTimeout(20.seconds) { activity.syncing().first { it.isNotEmpty() } } }
        assertTrue("more is wanted", job.onStopJob(parameters()))
        runBlocking { withTimeout(2.seconds) { activity.syncing().first { it.isEmpty() } } }
        assertFalse("it was over by then", shadowOf(job).isJobFinished)
        office.tell("slow 0")
        turn()
        assertEquals(setOf("one"), subjects(account))
    }

    @Test
    fun `mail that was fetched in a turn that was taken back is said in the next, once`() {
        val account = signInAndRead()
        send("one")
        // As far as a turn came: the mail is here, and nobody was told.
        runBlocking { app.mail.get().activity.sync(account.id) }
        turn()
        assertEquals(setOf("one"), said())
        manager.cancelAll()
        turn()
        assertEquals("it was said", emptySet<String>(), said())
    }

    @Test
    fun `a turn that is taken back before it has said what came leaves it to the next`() {
        signInAndRead()
        send("one")
        val mail = runBlocking { app.mail.get() }
        val cut =
            object : SliceListener by app.notifications {
                override fun arrived(mail: NewMail): Unit = throw CancellationException("taken back")
            }
        assertThrows(CancellationException::class.java) { runBlocking { Slice(mail, cut).run(20.seconds) } }
        turn()
        assertEquals(setOf("one"), said())
    }

    @Test
    fun `what the person had before them when they left is no news`() {
        val account = signInAndRead()
        val window = Robolectric.buildActivity(Activity::class.java).setup()
        send("one")
        val activity = runBlocking { app.mail.get().activity.also { it.sync(account.id) } }
        window.pause().stop()
        until("the core to be told") { runBlocking { activity.runUntil(20.seconds).single().freshCount == 0u } }
        send("two")
        turn()
        assertEquals(setOf("two"), said())
    }

    @Test
    fun `a home that cannot be opened ends the turn`() {
        val other = Satchel.open(File(app.filesDir, "mail"), NoVault)
        turn()
        runBlocking { other.close() }
        turn()
        assertTrue(app.mail.opened != null)
    }

    @Test
    fun `a password that was changed elsewhere is asked for until it works`() {
        signInAndRead()
        office.tell("password $ANN other")
        turn()
        val needs = manager.activeNotifications.single().notification
        assertEquals("$ANN needs you", needs.extras.getCharSequence(Notification.EXTRA_TITLE))
        office.tell("password $ANN secret")
        turn()
        assertEquals(0, manager.activeNotifications.size)
    }

    @Test
    fun `who comes to the app sees new mail, and is not notified of it`() {
        val account = signInAndRead()
        send("one")
        Robolectric.buildActivity(Activity::class.java).setup()
        until("new mail") { "one" in subjects(account) }
        assertEquals(emptySet<String>(), said())
    }

    @Test
    fun `when the network comes back to somebody who waits, mail comes`() {
        val account = signInAndRead()
        Robolectric.buildActivity(Activity::class.java).setup()
        val network = checkNotNull(connectivity.activeNetwork)
        val heard = shadowOf(connectivity).networkCallbacks.single()
        heard.onAvailable(network)
        heard.onLost(network)
        assertFalse(runBlocking { app.mail.get() }.network.state().online)
        send("one")
        heard.onAvailable(network)
        heard.onCapabilitiesChanged(network, internet)
        heard.onLinkPropertiesChanged(network, LinkProperties())
        until("new mail") { "one" in subjects(account) }
    }

    @Test
    fun `turns go on after a restart, need a network, and are not put off by opening the app`() {
        val scheduler = checkNotNull(app.getSystemService(JobScheduler::class.java))
        val asked = checkNotNull(scheduler.getPendingJob(BackgroundSlice.ID))
        assertTrue(asked.isPeriodic && asked.isPersisted)
        assertEquals(JobInfo.NETWORK_TYPE_ANY, asked.networkType)
        BackgroundSlice.schedule(app)
        assertSame(asked, scheduler.getPendingJob(BackgroundSlice.ID))
        scheduler.cancelAll()
        BackgroundSlice.schedule(app)
        assertEquals(1, scheduler.allPendingJobs.size)
    }
}
