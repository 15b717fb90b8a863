// What the app has to say about something that was just done, with the way to take it back.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import org.satchel.mail.UndoToken

/** A notice. It is state, not an event: it outlasts a turned screen, and the screen it was made on. */
data class Notice(
    val id: Long,
    val text: NoticeText,
    val undo: UndoToken? = null,
)

/** What a notice says. */
sealed interface NoticeText {
    /** So many messages went to the archive. */
    data class Archived(
        val count: Int,
    ) : NoticeText

    /** So many messages were deleted. */
    data class Deleted(
        val count: Int,
    ) : NoticeText

    /** So many messages were marked as junk. */
    data class Junked(
        val count: Int,
    ) : NoticeText

    /** So many messages were marked as read. */
    data class MarkedSeen(
        val count: Int,
    ) : NoticeText

    /** So many messages came. */
    data class CameIn(
        val count: Int,
    ) : NoticeText

    /** Mail was looked for and there was none. */
    data object NothingNew : NoticeText

    /** Some accounts could not be asked, the first of them because of [problem]; to the others [came] so many. */
    data class NotAsked(
        val addresses: List<String>,
        val problem: Problem,
        val came: Int,
    ) : NoticeText

    /** The last action was taken back. */
    data object TakenBack : NoticeText

    /** It did not work. */
    data class Failed(
        val problem: Problem,
    ) : NoticeText
}

/** The one notice of the whole app; a later one takes the place of an earlier one. */
class Notices {
    private val held = MutableStateFlow<Notice?>(null)
    private val ids = MutableStateFlow(0L)

    /** What is to be said now. */
    val current: StateFlow<Notice?> = held.asStateFlow()

    /** Says [text], with what takes it back. */
    fun say(
        text: NoticeText,
        undo: UndoToken? = null,
    ) {
        ids.update { it + 1 }
        held.value = Notice(ids.value, text, undo)
    }

    /** It was shown long enough, or acted on. A newer one stays. */
    fun seen(id: Long) = held.update { if (it?.id == id) null else it }
}
