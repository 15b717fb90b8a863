// A long list as one screen scrolls it: a stretch of rows that follows every change.

package org.satchel.mail

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import org.satchel.ffi.ChangesView
import org.satchel.ffi.ListWindowView
import org.satchel.ffi.MessageList

/** A stretch of a list. */
data class ShownRows(
    /** Rows of the whole list. */
    val total: Int,
    /** Position of the first row here; 0 is the newest. */
    val first: Int,
    /** What stands there, in order. */
    val rows: List<MessageView>,
    /** Store generation it was read in. */
    val generation: ULong,
)

/** The list of a mailbox for one screen. Order, conversations and counts come from the core. */
class MessageWindow internal constructor(
    private val core: Core,
    private val mailbox: MailboxId,
    private val list: MessageList,
) {
    private val asked = MutableStateFlow(Stretch(0, FIRST_LOOK))

    /** Moves the window to [count] rows (1…200) from position [first] on. Call it whenever, from any thread. */
    fun show(
        first: Int,
        count: Int,
    ) {
        asked.value = Stretch(first, count)
    }

    /** The rows of the window: now, when it is moved, and when something in it changes. The first look is at 50. */
    fun watch(): Flow<ShownRows> =
        flow {
            val known = Rows()
            val looks = combine(ticks(core, ::touched), asked) { _, stretch -> stretch }
            looks.conflate().map { known.read(it) }.collect(::emit)
        }

    private fun touched(changes: ChangesView) =
        mailbox in changes.mailboxes || changes.messages.any { it.mailbox == mailbox }

    /** What this collector was told: only differences come across. */
    private inner class Rows {
        private var byId = emptyMap<PlacementId, MessageView>()
        private var serial: ULong? = null

        suspend fun read(stretch: Stretch): ShownRows =
            asking { taken(list.show(stretch.first.counted(), stretch.count.counted(), serial)) }

        private fun taken(window: ListWindowView): ShownRows {
            val changed = window.changed.associateBy { it.id }
            byId = window.ids.associateWith { changed[it] ?: byId.getValue(it) }
            serial = window.serial
            return ShownRows(window.total.toInt(), window.first.toInt(), byId.values.toList(), window.generation)
        }
    }

    private data class Stretch(
        val first: Int,
        val count: Int,
    )

    private companion object {
        const val FIRST_LOOK = 50
    }
}
