// The snippet of the front page does what it says.

package org.satchel.mail

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.io.PrintStream

class ReadmeSnippetTest {
    @Test
    fun `prints the newest ten subjects`() =
        inHome { home ->
            PostOffice().use { office ->
                office.ask("user $ANN $PASSWORD")
                office.ask("deliver $ANN INBOX 12")
                val trust = Trust.PlatformAnd(office.authority)
                val printed = printedBy { readNewestSubjects(home, MemoryVault(), office.imap, trust, PASSWORD) }
                assertEquals((12 downTo 3).map { "Message $it" }, printed.lines().filter { it.isNotEmpty() })
            }
        }

    private fun printedBy(work: suspend () -> Unit): String {
        val (paper, screen) = ByteArrayOutputStream() to System.out
        System.setOut(PrintStream(paper, true))
        try {
            runBlocking { work() }
        } finally {
            System.setOut(screen)
        }
        return paper.toString()
    }
}
