// What a call ends in when it does not end well: one type, with a case for each thing a screen can do about it.

package org.satchel.mail

import org.satchel.ffi.MailException
import kotlin.coroutines.cancellation.CancellationException

/**
 * The one thing the facade throws, besides the `CancellationException` of a cancelled coroutine.
 *
 * [sentence] says it in English, for a log or where a screen has no words of its own; it holds no address, no secret
 * and none of the server's words. Those are in `serverText`, for the person only.
 */
sealed class MailFailure(
    /** What happened and what to do. */
    val sentence: String,
) : Exception(sentence) {
    /** The server refused the name, the password or the token. */
    class Authentication(
        sentence: String,
        /** Who refused. */
        val host: String,
        /** The server's own words. */
        val serverText: ServerText,
    ) : MailFailure(sentence)

    /** The server cannot be reached, or the connection broke. */
    class Network(
        sentence: String,
        /** Whom we tried to reach. */
        val host: String,
        /** What happened. */
        val reason: String,
    ) : MailFailure(sentence)

    /** The connection is not safe. Nothing was sent. */
    class Tls(
        sentence: String,
        /** Whom we tried to reach. */
        val host: String,
        /** The kind, for a screen to act on. */
        val problem: TlsProblem,
        /** What happened. */
        val reason: String,
        /** SHA-256 of the certificate that was shown, lower-case hex: what a pin would have to be. */
        val sha256: String?,
    ) : MailFailure(sentence)

    /** The server said no, or said something no server should. */
    class ServerRejected(
        sentence: String,
        /** What was asked of it. */
        val what: String,
        /** The response code, if any: `OVERQUOTA`, `ALREADYEXISTS` … */
        val code: String?,
        /** The server's own words. */
        val serverText: ServerText,
    ) : MailFailure(sentence)

    /** There is no such account, mailbox, message or part here. */
    class NotFound(
        sentence: String,
        /** What was looked for. */
        val what: String,
    ) : MailFailure(sentence)

    /** There is no network and the answer is not on this device. */
    class Offline(
        sentence: String,
        /** What would have to be fetched. */
        val what: String,
    ) : MailFailure(sentence)

    /** The store or the credential store failed. Nothing that was confirmed earlier is lost. */
    class Storage(
        sentence: String,
        /** The kind, for a screen to act on. */
        val problem: StorageProblem,
    ) : MailFailure(sentence)

    /** An argument cannot be used. */
    class InvalidInput(
        sentence: String,
        /** Which argument. */
        val field: String,
        /** Why, and what would do. */
        val reason: String,
    ) : MailFailure(sentence)

    /** The work was ended by its handle. */
    class Cancelled(
        sentence: String,
    ) : MailFailure(sentence)

    /** The core was closed: open it again. */
    class Closed(
        sentence: String,
    ) : MailFailure(sentence)

    /** A fault of the library. Please report it. */
    class Internal(
        sentence: String,
        /** What went wrong. */
        val reason: String,
    ) : MailFailure(sentence)

    /** The library that is installed is missing, or is not the one this app was built with. */
    class IncompatibleLibrary(
        sentence: String,
        /** What went wrong. */
        val reason: String,
    ) : MailFailure(sentence)

    // The fields are for screens; what ends up in a log is the sentence alone.
    final override fun toString(): String = "MailFailure: $sentence"
}

/** Runs a call of the generated code; whatever it throws arrives as a [MailFailure]. */
internal inline fun <T> failing(call: () -> T): T =
    try {
        call()
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (
        @Suppress("TooGenericExceptionCaught") thrown: Exception,
    ) {
        throw thrown.asFailure()
    }

internal fun Exception.asFailure(): MailFailure =
    when (this) {
        is MailFailure -> this

        is MailException -> asFailure()

        // The generated code says so of an object that a close took away meanwhile, and of nothing else.
        is IllegalStateException -> if (wasTakenAway()) closedFailure() else fault()

        else -> fault()
    }

/** How the generated code ends what it says of an object whose other half in the library is gone. */
private const val TAKEN_AWAY = "object has already been destroyed"

private fun IllegalStateException.wasTakenAway() = message.orEmpty().endsWith(TAKEN_AWAY)

// What a panic says may hold anything: it stays out.
private fun Exception.fault(): MailFailure {
    val reason = "a call ended in ${this::class.java.simpleName}"
    return MailFailure.Internal("a fault of the mail core: please report it ($reason)", reason)
}

internal fun closedFailure() = MailFailure.Closed("the mail core was closed: open it again")

private fun MailException.asFailure(): MailFailure =
    when (this) {
        is MailException.Authentication -> MailFailure.Authentication(sentence, host, serverText)
        is MailException.Network -> MailFailure.Network(sentence, host, reason)
        is MailException.Tls -> MailFailure.Tls(sentence, host, problem, reason, sha256)
        is MailException.ServerRejected -> MailFailure.ServerRejected(sentence, what, code, serverText)
        is MailException.NotFound -> MailFailure.NotFound(sentence, what)
        is MailException.Offline -> MailFailure.Offline(sentence, what)
        is MailException.Storage -> MailFailure.Storage(sentence, problem)
        is MailException.InvalidInput -> MailFailure.InvalidInput(sentence, `field`, reason)
        is MailException.Cancelled -> MailFailure.Cancelled(sentence)
        is MailException.Closed -> MailFailure.Closed(sentence)
        is MailException.Internal -> MailFailure.Internal(sentence, reason)
    }
