// The process: opens the mail when it is first needed, and joins it to what the system tells.

package org.satchel.app

import android.app.Application
import android.net.ConnectivityManager
import android.os.UserManager
import android.util.Log
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.satchel.app.platform.BackgroundSlice
import org.satchel.app.platform.KeystoreKey
import org.satchel.app.platform.KeystoreVault
import org.satchel.app.platform.NetworkNow
import org.satchel.app.platform.NetworkWatchdog
import org.satchel.app.platform.OtherApps
import org.satchel.app.platform.SealingKey
import org.satchel.app.platform.SecretBox
import org.satchel.mail.LogLevel
import org.satchel.mail.MailFailure
import org.satchel.mail.NetworkState
import org.satchel.mail.PlacementId
import org.satchel.mail.Satchel
import org.satchel.mail.platform.SystemTrust
import java.io.File
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes

/** What is the same wherever it runs. The real app adds what is in its resources: [face]. */
abstract class SatchelApplication : Application() {
    /** The app's words and mark outside of its screens. */
    protected abstract val face: Face

    /** The mail of this process. */
    val mail = OpenedOnce(::open)

    /** What is said while nobody looks. */
    lateinit var notifications: Notifications
        private set

    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private var window: Window? = null
    private val foreground = Foreground(came = { launch { refresh() } }, left = { launch { rest() } })
    private val connectivity get() = checkNotNull(getSystemService(ConnectivityManager::class.java))

    override fun onCreate() {
        super.onCreate()
        notifications = Notifications(this, face).apply { register() }
        BackgroundSlice.schedule(this)
        registerActivityLifecycleCallbacks(foreground)
    }

    /** What stands behind the one window. [routes] say where the person was when the system put the app away. */
    fun window(routes: List<String>): Window =
        window ?: Window(mail::get, OtherApps(this).surroundings(), MainScope(), routes).also { window = it }

    /** The person is done with the window. */
    fun closeWindow() {
        window?.close()
        window = null
    }

    /** One slice of background work, told to the person. True if another turn soon would serve. */
    suspend fun slice(turn: Duration): Boolean =
        try {
            Slice(mail.get(), notifications).run(turn).also { forgetWhatWasRead() }
        } catch (e: MailFailure) {
            Log.w(TAG, e.sentence)
            false
        }

    /** Where the sealing key is. */
    protected open fun sealingKey(): SealingKey = KeystoreKey()

    /** Joins the mail core to the phone's certificates; whether that worked. */
    protected open fun trustSystem(): Boolean = SystemTrust.start(this)

    /** What the mail hears of the phone, and the phone of the mail, from its opening on. */
    protected open fun join(mail: Satchel) {
        NetworkWatchdog(connectivity) { networkIs(mail, it) }.start()
        launch { mail.accounts.watch().collect(notifications::keep) }
    }

    private fun open(): Satchel = opening { joined(openHome(), ::join) }

    private fun openHome(): Satchel {
        org.satchel.mail.Log.to(LogLevel.WARN, LogcatSink)
        if (!trustSystem()) Log.e(TAG, "the phone's certificates cannot be asked: no server will be connected to")
        return Satchel.open(File(filesDir, HOME), vault(), NetworkNow(connectivity))
    }

    private fun vault() =
        KeystoreVault(File(noBackupFilesDir, PASSWORDS), SecretBox(sealingKey())) {
            getSystemService(UserManager::class.java)?.isUserUnlocked == true
        }

    private fun networkIs(
        mail: Satchel,
        now: NetworkState,
    ) {
        val before = mail.network.state()
        mail.network.changed(now)
        // The core starts nothing by itself. In the background the next turn comes anyway.
        if (now.online && !before.online && foreground.here) launch { refresh() }
    }

    /** For a person who looks at the screen: news is shown there, and needs no notification. */
    private suspend fun refresh() {
        val activity = mail.get().activity
        activity.runUntil(SOON)
        // Who left meanwhile has not seen what came: the next turn tells it.
        if (foreground.here) activity.toldEverything()
        forgetWhatWasRead()
    }

    /** Each of it counts by itself; above all what the core knows must be written before the phone sleeps. */
    private suspend fun rest() {
        val activity = mail.opened?.activity ?: return
        eachOf(listOf(activity::toldEverything, ::forgetWhatWasRead, activity::settle))
    }

    /** A message that was read here or elsewhere is no news any more. */
    private suspend fun forgetWhatWasRead() {
        val mail = mail.get()
        notifications.withdraw(notifications.shown().filterNot { isNews(mail, it) })
    }

    private suspend fun isNews(
        mail: Satchel,
        id: PlacementId,
    ): Boolean =
        try {
            !mail.messages.watch(id).first().flags.seen
        } catch (_: MailFailure.NotFound) {
            false
        }

    private fun launch(work: suspend () -> Unit) {
        scope.launch {
            try {
                work()
            } catch (e: MailFailure) {
                // Nobody waits for an answer; the screens find out by themselves.
                Log.w(TAG, e.sentence)
            }
        }
    }

    private companion object {
        /** The folder of the mail: named in the rules of what a backup may take. */
        const val HOME = "mail"

        /** Not among the files of a backup: another phone could not open them. */
        const val PASSWORDS = "passwords"

        /** How long news is fetched for a person who has just come. */
        val SOON = 1.minutes
    }
}
