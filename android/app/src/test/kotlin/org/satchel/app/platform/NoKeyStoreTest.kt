// A phone whose key store does not answer: the person is told, and no password lies about.

package org.satchel.app.platform

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.satchel.app.TestApplication
import org.satchel.mail.Secret
import org.satchel.mail.VaultFailed
import java.io.File

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = TestApplication::class, manifest = Config.NONE)
class NoKeyStoreTest {
    @Test
    fun `a phone without a key store says so and keeps nothing`() {
        // Robolectric has no key store: what fails here is the real key.
        val folder = File(RuntimeEnvironment.getApplication().noBackupFilesDir, "passwords")
        val vault = KeystoreVault(folder, SecretBox(KeystoreKey())) { true }
        val failed = assertThrows(VaultFailed::class.java) { vault.set("a", Secret("secret")) }
        assertTrue(failed.reason, failed.reason.contains("the key store failed"))
        assertEquals(emptyList<File>(), folder.listFiles().orEmpty().toList())
    }
}
