// Callbacks: whichever thread they come on, whatever they do.

package org.satchel.mail

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Test
import org.satchel.ffi.ChangesView
import org.satchel.ffi.MailObserver
import org.satchel.ffi.ProgressObserver
import java.io.File
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

class CallbackTest {
    private class Ear(
        val act: (ChangesView) -> Unit = {},
    ) : MailObserver {
        val heardOn = LinkedBlockingQueue<Thread>()

        override fun onChanges(changes: ChangesView) {
            heardOn += Thread.currentThread()
            act(changes)
        }

        fun next(): Thread = heardOn.poll(SOON.inWholeSeconds, TimeUnit.SECONDS) ?: fail("nothing was heard")
    }

    @Test
    fun `callbacks come from many threads and may call back in`() =
        onPhone {
            office.ask("deliver $ANN INBOX 1")
            val row = newest(signIn())
            val counts = LinkedBlockingQueue<Int>()
            val ears = List(4) { Ear { counts += runBlocking { mail.accounts.list().size } } }
            val subscriptions = ears.map { mail.core.ffi.subscribe(it) }
            mail.actions.star(listOf(row.id), on = true)
            val threads = ears.map { it.next() }
            assertEquals(4, threads.distinct().size, "a slow listener holds up only itself")
            assertEquals(List(4) { 1 }, List(4) { counts.poll(SOON.inWholeSeconds, TimeUnit.SECONDS) })

            mail.actions.star(listOf(row.id), on = false)
            assertEquals(threads, ears.map { it.next() }, "each stays on the thread it has")
            assertTrue(threads.all { it.isDaemon }, "they do not keep a process from ending")
            subscriptions.forEach { it.end() }
        }

    @Test
    fun `an exception thrown by a callback ends nothing`() =
        onPhone {
            office.ask("deliver $ANN INBOX 1")
            val account = signIn()
            val row = newest(account)
            val ear = Ear { error("planted") }
            val worse = Ear { throw AssertionError("planted") }
            val subscriptions = listOf(ear, worse).map { mail.core.ffi.subscribe(it) }
            for (on in listOf(true, false, true)) {
                mail.actions.star(listOf(row.id), on)
                ear.next()
                worse.next()
            }
            subscriptions.forEach { it.end() }
            mail.activity.sync(account.id)
            assertTrue(mail.messages.watch(row.id).first().flags.flagged)
        }

    @Test
    fun `a listener of a download that throws keeps nothing from coming`() =
        onPhone {
            office.ask("deliver-with-attachment $ANN INBOX 300000")
            val row = newest(signIn())
            val section = mail.messages.attachments(row.id).last().section
            for (planted in listOf(IllegalStateException("planted"), AssertionError("planted"))) {
                val told = LinkedBlockingQueue<ProgressView>()
                val deaf =
                    object : ProgressObserver {
                        override fun onProgress(progress: ProgressView) {
                            told += progress
                            throw planted
                        }
                    }
                val file = File(home, planted.javaClass.simpleName)
                val download = mail.core.ffi.download(row.id, section, file.path, deaf)
                assertEquals(ByteCount(300_000), withTimeout(SOON) { download.finished() })
                assertEquals(300_000L, file.length())
                assertTrue(told.poll(SOON.inWholeSeconds, TimeUnit.SECONDS) != null)
            }
        }

    @Test
    fun `a vault that fails is a storage failure and what it says is not passed on`() =
        inHome { home ->
            PostOffice().use { office ->
                office.ask("user $ANN $PASSWORD")
                val broken =
                    object : CredentialVault {
                        override fun get(key: String): Secret? = throw VaultLocked()

                        override fun set(
                            key: String,
                            secret: Secret,
                        ) = error("cannot keep ${secret.reveal()}")

                        override fun delete(key: String) = throw VaultFailed("no keystore")
                    }
                runBlocking {
                    val mail = Satchel.open(home, broken)
                    val refused = failsWith<MailFailure.Storage> { mail.accounts.add(request(office)) }
                    assertEquals(StorageProblem.CREDENTIALS, refused.problem)
                    assertTrue(PASSWORD !in refused.stackTraceToString())
                    mail.close()
                }
            }
        }

    @Test
    fun `the network is asked for when a home is opened`() =
        inHome { home ->
            val abroad =
                object : NetworkWatch {
                    override fun state() = NetworkState(online = true, metered = true, dnsServers = listOf("192.0.2.1"))
                }
            runBlocking {
                val mail = Satchel.open(home, MemoryVault(), abroad)
                assertTrue(mail.network.state().metered)
                mail.close()
            }
        }

    @Test
    fun `the log goes where it is sent and tells no address`() =
        onPhone {
            val lines = LinkedBlockingQueue<LogRecord>()
            val sink =
                object : LogSink {
                    override fun log(records: List<LogRecord>) {
                        lines += records
                    }
                }
            Log.to(LogLevel.DEBUG, sink)
            try {
                val ear = Ear { error("planted") }
                val subscription = mail.core.ffi.subscribe(ear)
                office.ask("deliver $ANN INBOX 1")
                val row = newest(signIn())
                mail.actions.star(listOf(row.id), on = true)
                ear.next()
                withTimeout(SOON) { mail.messages.watch(row.id).first { it.flags.flagged } }
                assertTrue(lines.poll(SOON.inWholeSeconds, TimeUnit.SECONDS) != null)
                assertTrue(lines.none { ANN in it.text || PASSWORD in it.text || "Message 1" in it.text })
                subscription.end()
            } finally {
                Log.to(LogLevel.ERROR, null)
            }
        }
}
