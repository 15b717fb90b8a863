// The places a person went through, and the way back.
package org.satchel.ui

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update

/**
 * The list of open routes, the first one being the list of mailboxes. How many of them are seen at once is the
 * window's matter.
 */
class Navigator(
    start: List<Route> = emptyList(),
) {
    private val held = MutableStateFlow(wellFormed(start))

    /** Open routes; the last one is on top. Never empty. */
    val routes: StateFlow<List<Route>> = held.asStateFlow()

    /** Goes to [route]. What stood at its level or above it is left: a second mailbox takes the place of the first. */
    fun open(route: Route) = held.update { routes -> routes.takeWhile { level(it) < level(route) } + route }

    /** Leaves the top; `false` if there is nothing under it, which is the moment to leave the app. */
    fun back(): Boolean {
        val before = held.value
        return before.size > 1 && held.compareAndSet(before, before.dropLast(1))
    }

    /** Leaves [route] and what stands on it, if it is open. */
    fun leave(route: Route) =
        held.update { routes ->
            wellFormed(if (route in routes) routes.takeWhile { it != route } else routes)
        }

    /** What to keep while the app is away; [restored] reads it. */
    fun saved(): List<String> = routes.value.map(Route::link)

    /** Makes navigators. */
    companion object {
        /** From what [saved] gave. What cannot be read is left out. */
        fun restored(links: List<String>) = Navigator(links.mapNotNull(Route::of))

        private fun wellFormed(routes: List<Route>): List<Route> =
            listOf(Route.Mailboxes) + routes.filter { it != Route.Mailboxes }.sortedBy(::level).distinctBy(::level)

        private fun level(route: Route): Int =
            when (route) {
                Route.Mailboxes -> 0
                is Route.Messages -> 1
                is Route.Message -> 2
            }
    }
}
