// Keeps what one screen knows: changed in one place, its sources followed only while someone looks.
package org.satchel.ui

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.stateIn
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.mail.MailFailure

/** A turned screen comes back within this; its sources then need not start anew. */
private const val GRACE_MILLISECONDS = 5_000L

/**
 * The facts [F] a screen is made of, and the state [S] that [show] makes of them. [sources] follows where the facts
 * come from, from the first watcher until a while after the last.
 */
internal class Watched<F, S>(
    scope: CoroutineScope,
    start: F,
    show: (F) -> S,
    sources: CoroutineScope.(Watched<F, S>) -> Unit,
) {
    private val facts = MutableStateFlow(start)
    private val rounds = MutableStateFlow(0)

    /** What the screen shows. */
    val state: StateFlow<S> =
        channelFlow {
            launch { rounds.collectLatest { coroutineScope { sources(this@Watched) } } }
            facts.collect { send(show(it)) }
        }.stateIn(scope, SharingStarted.WhileSubscribed(GRACE_MILLISECONDS), show(start))

    /** The newest facts. */
    val now: F get() = facts.value

    /** The only way to new facts. */
    fun learn(change: F.() -> F) = facts.update(change)

    /** Follows the sources anew, after they failed. */
    fun followAgain() = rounds.update { it + 1 }
}

/** Follows one source; its end by an error is handed to [failed]. */
internal fun <T> CoroutineScope.follow(
    source: Flow<T>,
    failed: (Problem) -> Unit,
    take: suspend (T) -> Unit,
) {
    launch { attempt(failed) { source.collect(take) } }
}

/** Runs [work]; a failure is handed to [failed], and there is no answer then. */
internal suspend fun <T> attempt(
    failed: suspend (Problem) -> Unit,
    work: suspend () -> T,
): T? =
    try {
        work()
    } catch (failure: MailFailure) {
        failed(Problem.of(failure))
        null
    }
