// What a single message shows, and what a person can do with it.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui.message

import org.satchel.mail.AttachmentView
import org.satchel.mail.ByteCount
import org.satchel.mail.MessageContentView
import org.satchel.mail.MessageView
import org.satchel.mail.UndoToken
import org.satchel.ui.Notice
import org.satchel.ui.Problem

/** One message. */
data class MessageState(
    val content: MessageShown = MessageShown.Placeholder,
    val attachments: List<AttachmentState> = emptyList(),
    val offline: Boolean = false,
    val notice: Notice? = null,
) {
    /** The row, as soon as it is known. */
    val row: MessageView?
        get() =
            when (content) {
                MessageShown.Placeholder -> null
                is MessageShown.Header -> content.row
                is MessageShown.Shown -> content.content.row
                is MessageShown.Failed -> content.row
            }
}

/** How much of the message is here. */
sealed interface MessageShown {
    /** Nothing yet. */
    data object Placeholder : MessageShown

    /** Who and what about; the text is on its way. */
    data class Header(
        val row: MessageView,
    ) : MessageShown

    /** All of it. [heldBack] remote references were not loaded. */
    data class Shown(
        val content: MessageContentView,
        val heldBack: Int,
    ) : MessageShown

    /** The text cannot be had; [row] is what is known. */
    data class Failed(
        val problem: Problem,
        val row: MessageView?,
    ) : MessageShown
}

/** An attachment, and where its download is. */
data class AttachmentState(
    val part: AttachmentView,
    val progress: DownloadProgress = DownloadProgress.None,
)

/** Where a download is. */
sealed interface DownloadProgress {
    /** Not asked for. */
    data object None : DownloadProgress

    /** On its way; [announced] is 0 until the server told. */
    data class Running(
        val received: ByteCount,
        val announced: ByteCount,
    ) : DownloadProgress

    /** In a file. */
    data class Saved(
        val path: String,
    ) : DownloadProgress

    /** It did not work. */
    data class Failed(
        val problem: Problem,
    ) : DownloadProgress
}

/** What a person did. */
sealed interface MessageEvent {
    /** Asked for the text once more. */
    data object AskedAgain : MessageEvent

    /** Set or cleared the star. */
    data object ToggledStar : MessageEvent

    /** Archived it. */
    data object Archived : MessageEvent

    /** Deleted it. */
    data object Deleted : MessageEvent

    /** Marked it as junk. */
    data object Junked : MessageEvent

    /** Asked for an attachment. */
    data class PressedDownload(
        val section: String,
    ) : MessageEvent

    /** Stopped the download of an attachment. */
    data class PressedCancel(
        val section: String,
    ) : MessageEvent

    /** Opened an attachment that is here. */
    data class PressedOpen(
        val section: String,
    ) : MessageEvent

    /** Took an action back. */
    data class PressedUndo(
        val token: UndoToken,
    ) : MessageEvent

    /** The notice was shown long enough. */
    data class NoticeSeen(
        val id: Long,
    ) : MessageEvent

    /** Followed a link. */
    data class TappedLink(
        val url: String,
    ) : MessageEvent
}
