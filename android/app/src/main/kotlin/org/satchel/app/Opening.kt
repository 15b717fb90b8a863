// What keeps the mail from being opened, in the one shape that the screens know; and nothing half open is left behind.

package org.satchel.app

import kotlinx.coroutines.runBlocking
import org.satchel.mail.MailFailure
import org.satchel.mail.Satchel

/** Runs [work]; whatever ends it arrives as a [MailFailure], also what the system throws. */
internal fun <T> opening(work: () -> T): T =
    try {
        work()
    } catch (failure: MailFailure) {
        throw failure
    } catch (missing: LinkageError) {
        val sentence = "this app and its mail library do not belong together: install the app again"
        throw MailFailure.IncompatibleLibrary(sentence, kind(missing)).apply { initCause(missing) }
    } catch (
        @Suppress("TooGenericExceptionCaught") thrown: RuntimeException,
    ) {
        val sentence = "the phone did not let the mail be opened: start the app again"
        throw MailFailure.Internal(sentence, kind(thrown)).apply { initCause(thrown) }
    }

/** Joins [mail] to the rest of the app. Where that fails it is closed: nobody else could let go of its home. */
internal fun joined(
    mail: Satchel,
    join: (Satchel) -> Unit,
): Satchel {
    var done = false
    try {
        join(mail)
        done = true
    } finally {
        if (!done) runBlocking { mail.close() }
    }
    return mail
}

// Its words may hold anything.
private fun kind(thrown: Throwable) = thrown::class.java.simpleName
