// Several things to do, of which one that fails keeps no other from being done.

package org.satchel.app

/** Does one after the other, all of them; it ends as the last that failed did. */
internal suspend fun eachOf(works: List<suspend () -> Unit>) {
    val first = works.firstOrNull() ?: return
    try {
        first()
    } finally {
        eachOf(works.drop(1))
    }
}
