// Passes: starting them, and what is going on.

package org.satchel.mail

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.combine
import org.satchel.ffi.CancelToken
import org.satchel.ffi.SyncRequest
import kotlin.coroutines.cancellation.CancellationException
import kotlin.time.Duration

/** Brings accounts up to date, and tells how they stand. */
class Activity internal constructor(
    private val core: Core,
    private val passes: Passes,
) {
    /** How each account stands. */
    suspend fun status(): List<AccountStatusView> = core.ask { status() }

    /** The same, now and whenever a pass ends or something waits for the server. */
    fun watch(): Flow<List<AccountStatusView>> =
        observe(core, { it.accounts.isNotEmpty() || it.syncing.isNotEmpty() || it.operations.isNotEmpty() }, ::status)

    /** The accounts whose pass runs, now and whenever one begins or ends. */
    fun syncing(): Flow<Set<AccountId>> =
        combine(passes.running, core.closed) { running, closed ->
            if (closed) core.refuseIfClosed()
            running
        }

    /**
     * Brings an account up to date: tells the server what waits, and reads what is new. Ended early, by the [deadline]
     * or by cancelling, it loses nothing: a later one goes on.
     *
     * @param older so many rows older than those that are here, in [mailbox] or in the inbox.
     * @param mailbox only this one.
     * @throws MailFailure `Authentication`, `Network`, `Tls`, `ServerRejected`, `Offline`, `NotFound`, `Storage`,
     * `InvalidInput` for a [deadline] below zero.
     */
    suspend fun sync(
        account: AccountId,
        older: Int = 0,
        mailbox: MailboxId? = null,
        deadline: Duration? = null,
    ): SyncReportView {
        val request = SyncRequest(mailbox, older.counted(), deadline?.granted("deadline"))
        return core.ask { sync(account, request, null) }
    }

    /**
     * One slice of work in the background: all accounts at once, until the deadline; what was done is durable when it
     * returns. Give it some seconds less than the system gives you. What went wrong with an account stands in its view.
     *
     * @throws MailFailure `InvalidInput` for a [deadline] below zero.
     */
    suspend fun runUntil(deadline: Duration): List<SliceView> {
        val granted = deadline.granted("deadline")
        return endedByHand { token -> core.ask { runUntil(granted, token) } }
    }

    /** A slice waits for several passes apart from its caller, whose going away alone would not end them. */
    private suspend fun <T> endedByHand(call: suspend (CancelToken) -> T): T =
        CancelToken().use { token ->
            try {
                call(token)
            } catch (left: CancellationException) {
                token.cancel()
                throw left
            }
        }

    /**
     * What a slice named as `fresh` was told to the person, and no later slice names it again; [token] is that slice's
     * `told`. Tell first: what is not told for sure is named once more.
     *
     * @throws MailFailure `InvalidInput`, `NotFound` if the account is gone, `Storage`.
     */
    suspend fun told(token: String): Unit = core.ask { told(token) }

    /** The person has seen what is here: none of it is fresh. Call it when the app is left. */
    suspend fun toldEverything(): Unit = core.ask { toldEverything() }

    /** Writes the facts of passes that are kept in memory. Call it before the app is put to sleep. */
    suspend fun settle(): Unit = core.ask { settle() }
}
