// The one bridge from the core's events to a flow.

package org.satchel.mail

import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.satchel.ffi.ChangesView
import org.satchel.ffi.MailObserver

/**
 * Reads at once, and again after each change that [matches]; changes that come while the collector is busy are read as
 * one. It listens before it reads: a change between the two is not missed. It ends with its collector, with the first
 * error of listening or reading, and with [MailFailure.Closed] when the core is closed.
 */
internal fun <T> observe(
    core: Core,
    matches: (ChangesView) -> Boolean,
    read: suspend () -> T,
): Flow<T> = ticks(core, matches).map { read() }

/** The same without the reading: once when it listens, and once or more after each change. */
internal fun ticks(
    core: Core,
    matches: (ChangesView) -> Boolean,
): Flow<Unit> =
    callbackFlow {
        val observer =
            object : MailObserver {
                override fun onChanges(changes: ChangesView) {
                    if (changes.everything || matches(changes)) trySend(Unit)
                }
            }
        val subscription = failing { core.ffi.subscribe(observer) }
        trySend(Unit)
        launch {
            core.closed.first { it }
            close(closedFailure())
        }
        awaitClose { subscription.use { it.end() } }
    }.conflate()
