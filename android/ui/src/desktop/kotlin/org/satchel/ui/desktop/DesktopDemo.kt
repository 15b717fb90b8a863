// The app in a window on a desk, over a home and a mail server that are named by properties.
package org.satchel.ui.desktop

import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import kotlinx.coroutines.runBlocking
import org.satchel.mail.AccountRequest
import org.satchel.mail.CredentialVault
import org.satchel.mail.MailFailure
import org.satchel.mail.Satchel
import org.satchel.mail.Secret
import org.satchel.mail.ServerCopy
import org.satchel.mail.Trust
import org.satchel.ui.Navigator
import org.satchel.ui.SatchelApp
import org.satchel.ui.Screens
import org.satchel.ui.Surroundings
import org.satchel.ui.design.MailTheme
import java.awt.Desktop
import java.io.File
import java.net.URI
import java.util.concurrent.ConcurrentHashMap

/**
 * Opens the window. Properties: `home` (a folder), `server` (such as `imaps://localhost:993`), `ca` (its authority in
 * PEM, for a server of one's own), `user` (the address), `password`.
 */
object DesktopDemo {
    /** Opens it, and ends with it. */
    @JvmStatic
    fun main(arguments: Array<String>) {
        val home = File(asked("home"))
        val mail = Satchel.open(home, MemoryVault())
        runBlocking { signIn(mail) }
        application {
            val close = {
                runBlocking { mail.close() }
                exitApplication()
            }
            val scope = rememberCoroutineScope()
            val navigator = remember { Navigator() }
            val screens = remember { Screens(mail, navigator, surroundings(home), scope) }
            Window(
                close,
                rememberWindowState(size = DpSize(1000.dp, 720.dp)),
                title = "Satchel",
                onPreviewKeyEvent = { it.key == Key.Escape && it.type == KeyEventType.KeyDown && navigator.back() },
            ) {
                MailTheme(family = heebo()) { SatchelApp(screens) }
            }
        }
    }

    /** The account is made where the home has none; a pass follows, and what it cannot do the window says. */
    private suspend fun signIn(mail: Satchel) {
        val account = mail.accounts.list().firstOrNull() ?: mail.accounts.add(request())
        try {
            mail.activity.sync(account.id)
        } catch (failure: MailFailure) {
            println(failure.sentence)
        }
    }

    private fun request() =
        AccountRequest(
            address = asked("user"),
            incoming = asked("server"),
            password = Secret(asked("password")),
            trust = System.getProperty("ca")?.let { Trust.PlatformAnd(File(it).readBytes()) } ?: Trust.Platform,
            popRule = ServerCopy.Leave,
        )

    private fun surroundings(home: File) =
        Surroundings(
            place = { message, part ->
                File(home, "saved/${message.value}").apply { mkdirs() }.resolve(part.name)
            },
            showFile = { path, _ -> open { Desktop.getDesktop().open(File(path)) } },
            followLink = { url -> open { Desktop.getDesktop().browse(URI(url)) } },
        )

    private fun open(act: () -> Unit) {
        if (Desktop.isDesktopSupported()) act()
    }

    private fun asked(property: String): String =
        requireNotNull(System.getProperty(property)) { "start it with -D$property=…" }
}

/** Forgets the password with the window: a demo's is no secret, and a home that is opened again asks for it anew. */
private class MemoryVault : CredentialVault {
    private val kept = ConcurrentHashMap<String, Secret>()

    override fun get(key: String): Secret? = kept[key]

    override fun set(
        key: String,
        secret: Secret,
    ) {
        kept[key] = secret
    }

    override fun delete(key: String) {
        kept.remove(key)
    }
}
