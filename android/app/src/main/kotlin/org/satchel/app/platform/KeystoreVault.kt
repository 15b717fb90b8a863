// Keeps the accounts' passwords: sealed by the phone's key store, one file each, in a folder that no backup takes.

package org.satchel.app.platform

import org.satchel.mail.CredentialVault
import org.satchel.mail.Secret
import org.satchel.mail.VaultFailed
import org.satchel.mail.VaultLocked
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.MessageDigest
import java.security.ProviderException
import javax.crypto.AEADBadTagException

/**
 * The vault of the mail core. [folder] is the app's own; [unlocked] says whether the phone was unlocked since it
 * started: before that nothing can be told of its files, not even that they are not there.
 */
class KeystoreVault(
    private val folder: File,
    private val box: SecretBox,
    private val unlocked: () -> Boolean,
) : CredentialVault {
    override fun get(key: String): Secret? =
        guarded("read") {
            val file = file(key)
            if (!file.exists()) return@guarded null
            val plain = box.open(file.readBytes(), key.toByteArray()) ?: throw failed("read", "its key is gone")
            Secret(plain.decodeToString()).also { plain.fill(0) }
        }

    override fun set(
        key: String,
        secret: Secret,
    ) = guarded("kept") {
        val plain = secret.reveal().toByteArray()
        val sealed = box.seal(plain, key.toByteArray())
        plain.fill(0)
        write(file(key), sealed)
    }

    override fun delete(key: String) =
        guarded("deleted") {
            val file = file(key)
            if (!file.delete() && file.exists()) throw failed("deleted", "the file stays")
        }

    /** The key is the core's and random; as a file name it is a hash, whatever characters it holds. */
    private fun file(key: String): File {
        val hash = MessageDigest.getInstance("SHA-256").digest(key.toByteArray())
        return File(folder, hash.joinToString("") { "%02x".format(it) })
    }

    /** Whole or not at all, also when the phone loses power: the old password is better than half of the new one. */
    private fun write(
        file: File,
        sealed: ByteArray,
    ) {
        if (!folder.isDirectory && !folder.mkdirs()) throw IOException("no folder")
        val part = File(folder, "${file.name}.new")
        FileOutputStream(part).use {
            it.write(sealed)
            it.fd.sync()
        }
        if (!part.renameTo(file)) throw IOException("no place")
    }

    @Suppress("SwallowedException") // Of an exception only its kind goes on: its text may hold what was to be kept.
    private fun <T> guarded(
        what: String,
        work: () -> T,
    ): T {
        if (!unlocked()) throw VaultLocked()
        return try {
            work()
        } catch (_: AEADBadTagException) {
            throw failed(what, "it was sealed by another key, or changed")
        } catch (e: GeneralSecurityException) {
            throw failed(what, "the key store failed: ${e.javaClass.simpleName}")
        } catch (e: ProviderException) {
            throw failed(what, "the key store failed: ${e.javaClass.simpleName}")
        } catch (e: IOException) {
            throw failed(what, "its file failed: ${e.javaClass.simpleName}")
        }
    }

    private fun failed(
        what: String,
        why: String,
    ) = VaultFailed("a password could not be $what: $why")
}
