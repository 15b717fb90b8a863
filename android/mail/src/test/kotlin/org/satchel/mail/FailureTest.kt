// Each error of the library arrives as the failure of its name with all it had to say, and prints what it may.

package org.satchel.mail

import kotlinx.coroutines.CancellationException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.assertThrows
import org.satchel.ffi.InternalException
import org.satchel.ffi.MailException

class FailureTest {
    private val words = ServerText("go away, ann")

    private val thrown =
        listOf(
            MailException.Authentication("s", "h", words),
            MailException.Network("s", "h", "r"),
            MailException.Tls("s", "h", TlsProblem.EXPIRED, "r", "f0"),
            MailException.ServerRejected("s", "w", "c", words),
            MailException.NotFound("s", "w"),
            MailException.Offline("s", "w"),
            MailException.Storage("s", StorageProblem.FULL),
            MailException.InvalidInput("s", "f", "r"),
            MailException.Cancelled("s"),
            MailException.Closed("s"),
            MailException.Internal("s", "r"),
        )

    private fun fields(of: Any): Map<String, Any?> =
        of.javaClass.declaredFields
            .filterNot { it.isSynthetic }
            .associate { field -> field.name to field.apply { isAccessible = true }.get(of) }

    @TestFactory
    fun `each error keeps its name and its fields`() =
        thrown.map { error ->
            DynamicTest.dynamicTest(error.javaClass.simpleName) {
                val failure = assertThrows<MailFailure> { failing { throw error } }
                assertEquals(error.javaClass.simpleName, failure.javaClass.simpleName)
                assertEquals("s", failure.sentence)
                assertEquals(fields(error) - "sentence", fields(failure) - "sentence")
            }
        }

    @Test
    fun `every error there is was tried`() {
        val cases = MailException::class.java.classes.filter { MailException::class.java.isAssignableFrom(it) }
        assertEquals(cases.map { it.simpleName }.toSet(), thrown.map { it.javaClass.simpleName }.toSet())
    }

    @Test
    fun `a fault of the glue is internal and its words stay out`() {
        val failure = assertThrows<MailFailure.Internal> { failing { throw InternalException("boom at $PASSWORD") } }
        assertFalse(PASSWORD in failure.stackTraceToString())
        assertTrue("InternalException" in failure.reason)
    }

    @Test
    fun `an object that a close took away says that it was closed`() {
        assertThrows<MailFailure.Closed> { failing { error("MailCore object has already been destroyed") } }
    }

    @Test
    fun `no other wrong state says that it was closed`() {
        for (words in listOf("MailCore call counter would overflow", "planted", null)) {
            val failure = assertThrows<MailFailure.Internal> { failing { throw IllegalStateException(words) } }
            assertTrue("IllegalStateException" in failure.reason)
        }
    }

    @Test
    fun `a coroutine that is cancelled stays cancelled`() {
        val cancelled = CancellationException("left")
        assertSame(cancelled, assertThrows<CancellationException> { failing { throw cancelled } })
    }

    @Test
    fun `a secret and a server's words never print`() {
        val secret = Secret(PASSWORD)
        assertEquals("Secret", "$secret")
        assertEquals(PASSWORD, secret.reveal())
        assertEquals("ServerText(12 characters)", "$words")
        for (error in thrown) {
            val failure = error.run { assertThrows<MailFailure> { failing { throw this } } }
            assertFalse(words.forPerson in failure.stackTraceToString(), failure.sentence)
            assertEquals("MailFailure: s", failure.toString())
        }
    }
}
