// What a person trusts the app with, and what a thief of its files gets.

package org.satchel.app.platform

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.satchel.app.SoftwareKey
import org.satchel.mail.Secret
import org.satchel.mail.VaultFailed
import org.satchel.mail.VaultLocked
import java.io.File
import java.util.concurrent.atomic.AtomicInteger
import javax.crypto.SecretKey
import kotlin.concurrent.thread

class PasswordsTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val key = SoftwareKey()
    private var unlocked = true
    private val files: Array<File> get() = checkNotNull(File(folder.root, "passwords").listFiles())
    private val vault by lazy { KeystoreVault(File(folder.root, "passwords"), SecretBox(key)) { unlocked } }

    private fun failure(work: () -> Unit): String = assertThrows(VaultFailed::class.java) { work() }.reason

    @Test
    fun `a password comes back, the newest one, until it is forgotten`() {
        assertNull(vault.get("a"))
        vault.set("a", Secret("first"))
        vault.set("a", Secret("gänseblümchen 🌼"))
        vault.set("b", Secret(""))
        assertEquals("gänseblümchen 🌼", vault.get("a")?.reveal())
        assertEquals("", vault.get("b")?.reveal())
        vault.delete("a")
        vault.delete("a")
        assertNull(vault.get("a"))
        assertEquals("", vault.get("b")?.reveal())
    }

    @Test
    fun `what lies in the folder holds neither the password nor the account's key`() {
        vault.set("account/../key", Secret("correct horse"))
        val file = files.single()
        assertFalse(file.readBytes().decodeToString().contains("correct"))
        assertTrue(file.name.all { it in "0123456789abcdef" })
    }

    @Test
    fun `the same password is never sealed the same way twice`() {
        vault.set("a", Secret("same"))
        val first = files.single().readBytes()
        vault.set("a", Secret("same"))
        assertFalse(first.contentEquals(files.single().readBytes()))
    }

    @Test
    fun `a box put in another account's place is not opened`() {
        vault.set("mine", Secret("mine"))
        val mine = files.single().readBytes()
        vault.set("yours", Secret("yours"))
        files.forEach { it.writeBytes(mine) }
        assertTrue(failure { vault.get("yours") }.contains("another key, or changed"))
    }

    @Test
    fun `a file that was changed or cut short is said, not handed on`() {
        vault.set("a", Secret("secret"))
        val whole = files.single().readBytes()
        val turned = whole.copyOf().also { it[it.lastIndex] = (it.last().toInt() xor 1).toByte() }
        listOf(turned, whole.copyOf(20), whole.copyOf(5), ByteArray(0)).forEach {
            files.single().writeBytes(it)
            assertFalse(failure { vault.get("a") }.contains("secret"))
        }
    }

    @Test
    fun `on another phone the password is said to be lost`() {
        vault.set("a", Secret("secret"))
        key.lose()
        assertTrue(failure { vault.get("a") }.contains("its key is gone"))
        key.make()
        assertTrue(failure { vault.get("a") }.contains("another key"))
        vault.set("a", Secret("typed again"))
        assertEquals("typed again", vault.get("a")?.reveal())
    }

    @Test
    fun `accounts that are added at once are sealed by one key`() {
        val made = AtomicInteger()
        val slow =
            object : SealingKey {
                private val real = SoftwareKey()

                override fun existing() = real.existing()

                override fun make(): SecretKey {
                    made.incrementAndGet()
                    Thread.sleep(50)
                    return real.make()
                }
            }
        val vault = KeystoreVault(File(folder.root, "passwords"), SecretBox(slow)) { true }
        val names = List(8) { "account $it" }
        names.map { thread { vault.set(it, Secret(it)) } }.forEach { it.join() }
        assertEquals(1, made.get())
        names.forEach { assertEquals(it, vault.get(it)?.reveal()) }
    }

    @Test
    fun `before the phone is unlocked nothing is told, not even that there is nothing`() {
        unlocked = false
        assertThrows(VaultLocked::class.java) { vault.get("a") }
        assertThrows(VaultLocked::class.java) { vault.set("a", Secret("x")) }
        assertThrows(VaultLocked::class.java) { vault.delete("a") }
    }

    @Test
    fun `a new password that cannot be written leaves the old one`() {
        vault.set("a", Secret("old"))
        File(files.single().path + ".new").mkdir()
        failure { vault.set("a", Secret("new")) }
        assertEquals("old", vault.get("a")?.reveal())
    }
}
