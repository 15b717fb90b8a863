// What the list of messages shows, and what a person can do there.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui.messages

import org.satchel.mail.MailboxView
import org.satchel.mail.MessageView
import org.satchel.mail.PlacementId
import org.satchel.mail.UndoToken
import org.satchel.ui.Notice
import org.satchel.ui.Problem

/** The messages of one mailbox. [mailbox] is absent until it is read. */
data class MessagesState(
    val mailbox: MailboxView? = null,
    val content: MessagesContent = MessagesContent.Placeholder,
    val selected: Set<PlacementId> = emptySet(),
    val offline: Boolean = false,
    val syncing: Boolean = false,
    val canFetchOlder: Boolean = false,
    val fetchingOlder: Boolean = false,
    val notice: Notice? = null,
)

/** What fills the list. */
sealed interface MessagesContent {
    /** Not read yet. */
    data object Placeholder : MessagesContent

    /** [rows] stand at position [first] and on, in a list of [total]; the others are drawn as placeholders. */
    data class Rows(
        val total: Int,
        val first: Int,
        val rows: List<MessageView>,
    ) : MessagesContent {
        /** The row at a position of the whole list, if it is here. */
        fun at(position: Int): MessageView? = rows.getOrNull(position - first)
    }

    /** There is nothing, and why. */
    data class Empty(
        val reason: EmptyReason,
    ) : MessagesContent

    /** It cannot be read. */
    data class Failed(
        val problem: Problem,
    ) : MessagesContent
}

/** Why a list is empty. */
enum class EmptyReason {
    /** The inbox, and everything in it is done. */
    AllDone,

    /** The mailbox holds nothing. */
    NoMessages,

    /** The server holds messages; none of them is on this device. */
    NoneFetched,
}

/** What a person did. */
sealed interface MessagesEvent {
    /** So many rows are seen, from that position on. */
    data class Scrolled(
        val first: Int,
        val count: Int,
    ) : MessagesEvent

    /** Opened a message. */
    data class Opened(
        val id: PlacementId,
    ) : MessagesEvent

    /** Swiped towards the archive. */
    data class SwipedToArchive(
        val id: PlacementId,
    ) : MessagesEvent

    /** Swiped towards the trash. */
    data class SwipedToDelete(
        val id: PlacementId,
    ) : MessagesEvent

    /** Set or cleared a star. */
    data class ToggledStar(
        val id: PlacementId,
    ) : MessagesEvent

    /** Marked as read or unread. */
    data class ToggledSeen(
        val id: PlacementId,
    ) : MessagesEvent

    /** Picked a message, or put it back. */
    data class ToggledSelection(
        val id: PlacementId,
    ) : MessagesEvent

    /** Picked all that are here. */
    data object SelectedAll : MessagesEvent

    /** Picked none. */
    data object ClearedSelection : MessagesEvent

    /** Archived what is picked. */
    data object ArchivedSelected : MessagesEvent

    /** Deleted what is picked. */
    data object DeletedSelected : MessagesEvent

    /** Marked what is picked as junk. */
    data object JunkedSelected : MessagesEvent

    /** Marked what is picked as read. */
    data object MarkedSelectedSeen : MessagesEvent

    /** Asked for messages older than those on this device. */
    data object FetchedOlder : MessagesEvent

    /** Asked whether there is new mail. */
    data object AskedForNews : MessagesEvent

    /** Took an action back. */
    data class PressedUndo(
        val token: UndoToken,
    ) : MessagesEvent

    /** The notice was shown long enough. */
    data class NoticeSeen(
        val id: Long,
    ) : MessagesEvent
}
