// The app as tests run it: the real library and a key of their own in the place of the phone's.

package org.satchel.app

import org.satchel.app.platform.SealingKey
import org.satchel.mail.CredentialVault
import org.satchel.mail.Secret
import org.satchel.mail.VaultFailed
import java.util.Locale
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/** A key in memory; [lose] is what a move to another phone does. */
class SoftwareKey : SealingKey {
    private var key: SecretKey? = null

    override fun existing(): SecretKey? = key

    override fun make(): SecretKey = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey().also { key = it }

    fun lose() {
        key = null
    }
}

open class TestApplication : SatchelApplication() {
    override val face = PlainFace

    override fun sealingKey(): SealingKey = SoftwareKey()

    // On the JVM the library asks the system's files.
    override fun trustSystem() = true
}

object PlainFace : Face {
    override val mark = android.R.drawable.ic_dialog_email
    override val newMail = "New mail"
    override val signIn = "Accounts that need you"
    override val accounts = "Accounts"
    override val noSubject = "(No subject)"
    override val noSender = "(No sender)"

    override fun newMessages(count: Int) = String.format(Locale.ROOT, "%d new", count)

    override fun needsYou(address: String) = "$address needs you"
}

/** A phone that keeps no passwords. */
object NoVault : CredentialVault {
    override fun get(key: String): Secret? = null

    override fun set(
        key: String,
        secret: Secret,
    ) = throw VaultFailed("there is no vault")

    override fun delete(key: String) = Unit
}
