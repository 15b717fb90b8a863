// A phone for the tests: the real core on a home of its own, and the screens over it.
package org.satchel.ui

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.satchel.mail.AccountRequest
import org.satchel.mail.AccountView
import org.satchel.mail.CredentialVault
import org.satchel.mail.Satchel
import org.satchel.mail.Secret
import org.satchel.mail.ServerCopy
import org.satchel.mail.ServerTrust
import org.satchel.mail.Trust
import java.io.File
import java.nio.file.Files
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executors
import kotlin.time.Duration.Companion.seconds

internal const val ANN = "ann@example.org"
internal const val PASSWORD = "sea-and-salt"

/** Longer than anything takes that does not hang. */
private val SOON = 30.seconds

internal class Phone(
    home: File,
    scope: CoroutineScope,
) {
    val mail = Satchel.open(home, MemoryVault())
    val navigator = Navigator()
    val opened = mutableListOf<String>()
    val screens =
        Screens(
            mail,
            navigator,
            Surroundings(
                place = { message, part -> File(home, "${message.value}-${part.name}") },
                showFile = { path, type -> opened += "$path $type" },
                followLink = { opened += it },
            ),
            scope,
        )

    suspend fun addAccount(
        server: String,
        trust: ServerTrust = Trust.Platform,
        prove: Boolean = false,
        address: String = ANN,
    ): AccountView =
        mail.accounts.add(AccountRequest(address, server, null, Secret(PASSWORD), trust, ServerCopy.Leave, prove))
}

/** Waits until a screen shows what is wanted; what it showed instead is the failure. */
internal suspend fun <S> StateFlow<S>.until(wanted: (S) -> Boolean): S =
    withTimeoutOrNull(SOON) { first(wanted) } ?: throw AssertionError("it still shows $value")

/** Runs a test on a new phone, the screens on a thread of their own as on a real one. */
internal fun onPhone(test: suspend Phone.() -> Unit) {
    val home = Files.createTempDirectory("satchel-ui").toFile()
    val main = Executors.newSingleThreadExecutor()
    val scope = CoroutineScope(main.asCoroutineDispatcher())
    try {
        runBlocking {
            val phone = Phone(home, scope)
            try {
                phone.test()
            } finally {
                scope.cancel()
                phone.mail.close()
            }
        }
    } finally {
        main.shutdown()
        home.deleteRecursively()
    }
}

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
