// Seals small secrets with a key that never leaves the phone's key store.

package org.satchel.app.platform

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import java.security.KeyStore
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** Where the key is. */
interface SealingKey {
    /** The key; null if there is none. */
    fun existing(): SecretKey?

    /** A new key in the place of the one that is missing. */
    fun make(): SecretKey
}

/** AES-GCM: whoever changes a sealed box, or gives it out for another, is found out. */
class SecretBox(
    private val key: SealingKey,
) {
    /** A box that only this phone opens, and only under the name [of]. */
    fun seal(
        plain: ByteArray,
        of: ByteArray,
    ): ByteArray {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.ENCRYPT_MODE, keyForSealing())
        cipher.updateAAD(of)
        val sealed = cipher.doFinal(plain)
        return cipher.iv + sealed
    }

    /** Two accounts that are added at once need one key: with a second one the first one's box could not be opened. */
    private fun keyForSealing(): SecretKey = synchronized(MAKING) { key.existing() ?: key.make() }

    /**
     * What was sealed; null if its key is gone, as after a move to another phone.
     *
     * @throws AEADBadTagException if the box was changed, or is not that of [of].
     */
    fun open(
        box: ByteArray,
        of: ByteArray,
    ): ByteArray? {
        val key = key.existing() ?: return null
        if (box.size < IV_BYTES) throw AEADBadTagException("cut short")
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, box, 0, IV_BYTES))
        cipher.updateAAD(of)
        return cipher.doFinal(box, IV_BYTES, box.size - IV_BYTES)
    }

    private companion object {
        /** One for the process: a second box over the same store makes no second key either. */
        val MAKING = Any()
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val IV_BYTES = 12
        const val TAG_BITS = 128
    }
}

/**
 * A key in the system's key store. It asks for no finger and no unlocked screen: mail is fetched at night too. Until
 * the phone was unlocked once after it started, the files it seals cannot be read anyway.
 */
class KeystoreKey(
    private val alias: String = "satchel-passwords",
) : SealingKey {
    private val store: KeyStore by lazy { KeyStore.getInstance(PROVIDER).apply { load(null) } }

    override fun existing(): SecretKey? = store.getKey(alias, null) as SecretKey?

    override fun make(): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec =
            KeyGenParameterSpec
                .Builder(alias, purposes)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setKeySize(KEY_BITS)
                .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).apply { init(spec) }.generateKey()
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val KEY_BITS = 256
    }
}
