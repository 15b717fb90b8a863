// The library that is installed and the app must belong together: seen from a process that has another one.

package org.satchel.mail

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

class LibraryTest {
    @Test
    fun `a newer library is refused`() {
        assertTrue(File(System.getProperty("newer.dir"), "libsatchel_ffi.so").exists())
        val told = openedWith(System.getProperty("newer.dir"))
        assertTrue(told.startsWith("IncompatibleLibrary: this app and its mail library do not belong together"), told)
        assertTrue("made for" in told, told)
    }

    @Test
    fun `a missing library is refused`() =
        inHome { nothing ->
            val told = openedWith(nothing.path)
            assertTrue(told.startsWith("IncompatibleLibrary: "), told)
        }

    @Test
    fun `the library of this app opens`() = assertEquals("opened", openedWith(System.getProperty("native.dir")))

    private fun openedWith(libraries: String): String =
        inHome { home ->
            val java = File(System.getProperty("java.home"), "bin/java").path
            val path = System.getProperty("java.class.path")
            val options = listOf("-Djna.library.path=$libraries", "-Djna.nosys=true", "-cp", path)
            val child =
                ProcessBuilder(listOf(java) + options + listOf("org.satchel.mail.AnotherProcess", home.path))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()
            child.inputReader().readText().trim().also { child.waitFor() }
        }
}

/** Opens a home twice and says what came of it: the second failure must be as clear as the first. */
internal object AnotherProcess {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val told = List(2) { attempt(File(arguments.single(), "$it")) }.distinct()
        println(told.joinToString(" / "))
    }

    private fun attempt(home: File): String =
        try {
            Satchel.open(home, MemoryVault())
            "opened"
        } catch (refused: MailFailure.IncompatibleLibrary) {
            "IncompatibleLibrary: ${refused.sentence} (${refused.reason})"
        }
}
