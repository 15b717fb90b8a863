// A phone for the tests: a home, a vault in memory, and an account at the post office.

package org.satchel.mail

import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import java.io.File
import java.nio.file.Files
import java.util.concurrent.ConcurrentHashMap
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

internal const val ANN = "ann@example.org"
internal const val PASSWORD = "sea-and-salt"

/** Longer than anything takes that does not hang. */
internal val SOON = 30.seconds

internal class MemoryVault : CredentialVault {
    val kept = ConcurrentHashMap<String, String>()

    override fun get(key: String): Secret? = kept[key]?.let(::Secret)

    override fun set(
        key: String,
        secret: Secret,
    ) {
        kept[key] = secret.reveal()
    }

    override fun delete(key: String) {
        kept.remove(key)
    }
}

internal class Phone(
    val home: File,
    val office: PostOffice,
) {
    val vault = MemoryVault()
    var mail = Satchel.open(home, vault)

    fun request(password: String = PASSWORD) = request(office, password)

    /** Ann's account after one pass. */
    suspend fun signIn(): AccountView = mail.accounts.add(request()).also { mail.activity.sync(it.id) }

    suspend fun inbox(account: AccountView): MailboxView =
        mail.mailboxes.list(account.id).first { it.role == MailboxRole.INBOX }

    suspend fun newest(account: AccountView): MessageView =
        mail.messages
            .page(inbox(account).id, ListOrder.MESSAGES, limit = 1)
            .rows
            .single()
}

/** What Ann's account is made of. */
internal fun request(
    office: PostOffice,
    password: String = PASSWORD,
) = AccountRequest(
    address = ANN,
    incoming = office.imap,
    password = Secret(password),
    trust = Trust.PlatformAnd(office.authority),
    popRule = ServerCopy.Leave,
)

/** Runs a test on a phone whose post office knows Ann; nothing of either is left behind. */
internal fun onPhone(
    within: Duration = 2.minutes,
    test: suspend Phone.() -> Unit,
) = inHome { home ->
    PostOffice().use { office ->
        office.ask("user $ANN $PASSWORD")
        runBlocking {
            val phone = Phone(home, office)
            try {
                withTimeout(within) { phone.test() }
            } finally {
                phone.mail.close()
            }
        }
    }
}

internal fun <T> inHome(test: (File) -> T): T {
    val home = Files.createTempDirectory("satchel-test").toFile()
    try {
        return test(home)
    } finally {
        home.deleteRecursively()
    }
}

/** What a call fails with; that it succeeds is the failure of the test. */
internal suspend inline fun <reified F : MailFailure> failsWith(call: suspend () -> Unit): F {
    try {
        call()
    } catch (failure: MailFailure) {
        return failure as? F ?: throw AssertionError("another failure", failure)
    }
    throw AssertionError("it did not fail")
}
