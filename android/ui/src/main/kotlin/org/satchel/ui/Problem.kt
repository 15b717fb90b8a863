// What keeps a screen from doing what was asked, as something a person can act on.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui

import org.satchel.mail.MailFailure
import org.satchel.mail.ServerText
import org.satchel.mail.StorageProblem
import org.satchel.mail.TlsProblem

/** Made from a [MailFailure]; its title and action are found in `ProblemText`, the [sentence] is the core's. */
sealed interface Problem {
    /** What happened and what to do, in words of the core; no address, no secret, no server's words. */
    val sentence: String

    /** The server refused the name or the password. */
    data class SignInRefused(
        override val sentence: String,
        val host: String,
        val serverText: ServerText,
    ) : Problem

    /** The server was not reached. */
    data class NotReached(
        override val sentence: String,
        val host: String,
    ) : Problem

    /** The connection was not safe; nothing was sent. */
    data class NotSafe(
        override val sentence: String,
        val host: String,
        val why: TlsProblem,
    ) : Problem

    /** The server said no. */
    data class Refused(
        override val sentence: String,
        val serverText: ServerText,
    ) : Problem

    /** It is not there any more. */
    data class Gone(
        override val sentence: String,
    ) : Problem

    /** There is no network, and it is not on this device. */
    data class NotHere(
        override val sentence: String,
    ) : Problem

    /** The device's storage failed. */
    data class Storage(
        override val sentence: String,
        val why: StorageProblem,
    ) : Problem

    /** What was asked cannot be done. */
    data class NotPossible(
        override val sentence: String,
    ) : Problem

    /** It was stopped. */
    data class Stopped(
        override val sentence: String,
    ) : Problem

    /** A fault of the app: of the core, or of parts that do not fit together. */
    data class Fault(
        override val sentence: String,
    ) : Problem

    /** Makes problems. */
    companion object {
        /** The problem behind a failure. */
        fun of(failure: MailFailure): Problem =
            when (failure) {
                is MailFailure.Authentication -> SignInRefused(failure.sentence, failure.host, failure.serverText)
                is MailFailure.Network -> NotReached(failure.sentence, failure.host)
                is MailFailure.Tls -> NotSafe(failure.sentence, failure.host, failure.problem)
                is MailFailure.ServerRejected -> Refused(failure.sentence, failure.serverText)
                is MailFailure.NotFound -> Gone(failure.sentence)
                is MailFailure.Offline -> NotHere(failure.sentence)
                is MailFailure.Storage -> Storage(failure.sentence, failure.problem)
                is MailFailure.InvalidInput -> NotPossible(failure.sentence)
                is MailFailure.Cancelled, is MailFailure.Closed -> Stopped(failure.sentence)
                is MailFailure.Internal, is MailFailure.IncompatibleLibrary -> Fault(failure.sentence)
            }
    }
}
