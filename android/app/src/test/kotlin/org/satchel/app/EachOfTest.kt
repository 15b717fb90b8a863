// Several things to do: one that fails keeps no other from being done.

package org.satchel.app

import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import org.satchel.mail.MailFailure
import org.satchel.mail.StorageProblem

class EachOfTest {
    private val done = mutableListOf<String>()

    private fun full(): Unit = throw MailFailure.Storage("no space is left", StorageProblem.FULL)

    @Test
    fun `what comes after a failure is done, and the failure is said`() {
        val works = listOf<suspend () -> Unit>({ done += "first" }, { full() }, { done += "last" })
        assertThrows(MailFailure.Storage::class.java) { runBlocking { eachOf(works) } }
        assertEquals(listOf("first", "last"), done)
    }

    @Test
    fun `without a failure nothing is said`() = runBlocking { eachOf(listOf({ done += "only" })) }
}
