// A process that lives long: what it opens, it lets go of.

package org.satchel.mail

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

class GrowthTest {
    @Test
    fun `a thousand opens and closes without growth`() =
        inHome { home ->
            turns(home, WARM_UP)
            val before = Footprint.now()
            turns(home, THOUSAND)
            val after = Footprint.now()
            assertTrue(after.files <= before.files + SLACK, "file descriptors: $before, then $after")
            assertTrue(after.threads <= before.threads + SLACK, "threads: $before, then $after")
            assertTrue(after.kilobytes <= before.kilobytes + ROOM, "memory: $before, then $after")
            assertTrue(after.objects <= before.objects + OBJECTS, "objects: $before, then $after")
        }

    @Test
    fun `a core that was closed holds no file while something still refers to it`() =
        inHome { home ->
            turns(home, 1)
            val before = Footprint.now()
            val closed = List(MANY) { turn(home) }
            val after = Footprint.now()
            assertTrue(closed.none { it.isOpen })
            assertTrue(after.files <= before.files + SLACK, "file descriptors: $before, then $after")
            assertTrue(after.threads <= before.threads + SLACK, "threads: $before, then $after")
        }

    private fun turns(
        home: File,
        count: Int,
    ) = repeat(count) { turn(home) }

    private fun turn(home: File): Satchel =
        runBlocking {
            val mail = Satchel.open(home, MemoryVault())
            mail.accounts.watch().first()
            mail.close()
            mail
        }

    private data class Footprint(
        val files: Int,
        val threads: Int,
        val kilobytes: Int,
        val objects: Long,
    ) {
        companion object {
            fun now(): Footprint {
                System.gc()
                val resident = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
                return Footprint(
                    files = File("/proc/self/fd").list().orEmpty().size,
                    threads = File("/proc/self/task").list().orEmpty().size,
                    kilobytes = resident.filter { it.isDigit() }.toInt(),
                    objects = Runtime.getRuntime().run { totalMemory() - freeMemory() } / 1_024,
                )
            }
        }
    }

    private companion object {
        const val WARM_UP = 500
        const val THOUSAND = 1_000
        const val MANY = 50

        // One that stays in each turn would be a thousand.
        const val SLACK = 20

        // What threads free comes back to the system when it pleases: 40 MB up and down were seen over 3,500 turns.
        const val ROOM = 80_000

        // Of Java's objects: 4 KB for each turn would be 4 MB.
        const val OBJECTS = 4_000
    }
}
