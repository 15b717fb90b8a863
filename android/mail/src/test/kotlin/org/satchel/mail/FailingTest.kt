// What goes wrong, and what the person is told then.

package org.satchel.mail

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.io.RandomAccessFile
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds

class FailingTest {
    @Test
    fun `wrong password is an authentication failure`() =
        onPhone {
            val refused = failsWith<MailFailure.Authentication> { mail.accounts.add(request("not-this-one")) }
            assertEquals("localhost", refused.host)
            assertTrue(refused.serverText.forPerson.isNotEmpty())
            assertFalse("not-this-one" in refused.stackTraceToString())
            assertFalse(refused.serverText.forPerson in refused.toString())
            assertEquals(0, mail.accounts.list().size + vault.kept.size, "nothing is kept")
            mail.accounts.add(request())
            assertEquals(listOf(PASSWORD), vault.kept.values.toList())
        }

    @Test
    fun `dead network is a network failure`() =
        onPhone {
            office.ask("deliver $ANN INBOX 1")
            val account = signIn()
            office.ask("down")
            assertEquals("localhost", failsWith<MailFailure.Network> { mail.activity.sync(account.id) }.host)
            assertEquals("network", mail.activity.status().single().lastProblem)
            office.ask("up")
            mail.activity.sync(account.id)
            assertEquals(null, mail.activity.status().single().lastProblem)
        }

    @Test
    fun `an unknown certificate is refused and can be pinned by what is told`() =
        onPhone {
            val stranger = request().copy(trust = Trust.Platform)
            val refused = failsWith<MailFailure.Tls> { mail.accounts.add(stranger) }
            assertEquals(TlsProblem.UNKNOWN_ISSUER, refused.problem)
            mail.accounts.add(stranger.copy(trust = Trust.Pinned(refused.sha256!!)))
        }

    @Test
    fun `a message that is gone and a query that is odd are told apart`() =
        onPhone {
            signIn()
            failsWith<MailFailure.NotFound> { mail.messages.open(PlacementId(4711)) }
            failsWith<MailFailure.NotFound> { mail.messages.watch(PlacementId(4711)).first() }
        }

    @Test
    fun `calls after close are refused`() =
        onPhone {
            office.ask("deliver $ANN INBOX 1")
            val account = signIn()
            val row = newest(account)
            val list = mail.messages.list(row.mailbox, ListOrder.MESSAGES)
            failsWith<MailFailure.Storage> { Satchel.open(home, vault) }
            mail.close()
            mail.close()
            assertFalse(mail.isOpen)
            for ((name, call) in everyCall(mail, account, row, file = File(home, "x"))) {
                val failure = runCatching { call() }.exceptionOrNull()
                assertTrue(failure is MailFailure.Closed, "$name: $failure")
            }
            failsWith<MailFailure.Closed> { mail.messages.list(row.mailbox, ListOrder.MESSAGES) }
            failsWith<MailFailure.Closed> { mail.network.changed(NetworkState(online = true, metered = false)) }
            failsWith<MailFailure.Closed> { mail.network.state() }
            failsWith<MailFailure.Closed> { list.watch().first() }
            failsWith<MailFailure.Closed> { mail.accounts.watch().first() }
            failsWith<MailFailure.Closed> { mail.activity.syncing().first() }
            mail = Satchel.open(home, vault)
            assertEquals(1, mail.accounts.list().size)
        }

    @Test
    fun `time that has passed cannot be worked in`() =
        onPhone {
            val account = signIn()
            val refused = failsWith<MailFailure.InvalidInput> { mail.activity.runUntil((-1).seconds) }
            assertEquals("deadline", refused.field)
            failsWith<MailFailure.InvalidInput> { mail.activity.sync(account.id, deadline = (-1).nanoseconds) }
            mail.activity.runUntil(Duration.INFINITE)
        }

    @Test
    fun `a panic in the core becomes an error`() =
        onPhone {
            val fault = failsWith<MailFailure.Internal> { mail.provokeInternalError() }
            assertTrue(fault.reason.isNotEmpty())
            assertTrue(mail.accounts.list().isEmpty(), "the next call works")
        }

    @Test
    fun `a newer store is refused with words`() =
        inHome { home ->
            runBlocking { Satchel.open(home, MemoryVault()).close() }
            val database = home.listFiles().orEmpty().single { it.isFile && it.isDatabase() }
            RandomAccessFile(database, "rw").use {
                it.seek(SCHEMA_VERSION_AT)
                it.writeInt(NEWER_SCHEMA)
            }
            val before = database.readBytes()
            val refused = runBlocking { failsWith<MailFailure.Storage> { Satchel.open(home, MemoryVault()) } }
            assertEquals(StorageProblem.NEWER_VERSION, refused.problem)
            assertTrue("newer" in refused.sentence, refused.sentence)
            assertTrue(before.contentEquals(database.readBytes()), "it is left untouched")
        }

    private fun File.isDatabase() = inputStream().use { it.readNBytes(MAGIC.length).decodeToString() == MAGIC }

    private companion object {
        const val MAGIC = "SQLite format 3"
        const val SCHEMA_VERSION_AT = 60L
        const val NEWER_SCHEMA = 9_999
    }
}
