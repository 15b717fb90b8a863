// One message: its row, its text, its attachments, made into the message view.
package org.satchel.ui.message

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import org.satchel.mail.AttachmentView
import org.satchel.mail.MessageContentView
import org.satchel.mail.MessageView
import org.satchel.mail.PlacementId
import org.satchel.mail.Satchel
import org.satchel.ui.Deeds
import org.satchel.ui.Downloads
import org.satchel.ui.Notice
import org.satchel.ui.Notices
import org.satchel.ui.PartOf
import org.satchel.ui.Problem
import org.satchel.ui.Watched
import org.satchel.ui.attempt
import org.satchel.ui.follow

/** What a message view is made of. */
internal data class MessageFacts(
    val row: MessageView? = null,
    val content: MessageContentView? = null,
    val downloads: Map<String, DownloadProgress> = emptyMap(),
    val online: Boolean = true,
    val notice: Notice? = null,
    val problem: Problem? = null,
) {
    fun shown() =
        MessageState(
            content = message(),
            attachments =
                content
                    ?.parts
                    .orEmpty()
                    .filter { it.listed }
                    .map { AttachmentState(it, downloads[it.section] ?: DownloadProgress.None) },
            offline = !online,
            notice = notice,
        )

    /** The row is the newer of the two: its marks change while the text stays. */
    private fun message(): MessageShown =
        when {
            content != null -> {
                MessageShown.Shown(row?.let { content.with(it) } ?: content, content.html?.heldBack?.toInt() ?: 0)
            }

            problem != null -> {
                MessageShown.Failed(problem, row)
            }

            row != null -> {
                MessageShown.Header(row)
            }

            else -> {
                MessageShown.Placeholder
            }
        }
}

private fun MessageContentView.with(row: MessageView) =
    MessageContentView(row, cc, replyTo, text, html, encrypted, parts)

/** What a message view may do outside of the app. */
class MessageWays(
    /** Leaves the message: it went elsewhere. */
    val leave: () -> Unit,
    /** Shows a file to the person, in whatever app opens its media type. */
    val showFile: (path: String, mediaType: String) -> Unit,
    /** Follows a link. */
    val followLink: (url: String) -> Unit,
)

/** The message [id]. It is marked as read once, when its text is here. */
class MessageViewModel internal constructor(
    private val mail: Satchel,
    private val id: PlacementId,
    private val notices: Notices,
    private val deeds: Deeds,
    private val downloads: Downloads,
    scope: CoroutineScope,
    private val ways: MessageWays,
) {
    private var marked = false
    private val watched = Watched(scope, MessageFacts(), MessageFacts::shown) { it.followMail(this) }

    /** What the screen shows. */
    val state: StateFlow<MessageState> = watched.state

    /** The only way in. */
    fun on(event: MessageEvent) {
        when (event) {
            MessageEvent.AskedAgain -> askAgain()
            MessageEvent.ToggledStar -> watched.now.row?.let { deeds.setStar(id, !it.flags.flagged) }
            MessageEvent.Archived -> deeds.archive(listOf(id), ways.leave)
            MessageEvent.Deleted -> deeds.delete(listOf(id), ways.leave)
            MessageEvent.Junked -> deeds.junk(listOf(id), ways.leave)
            is MessageEvent.PressedDownload -> part(event.section)?.let { downloads.start(id, it) }
            is MessageEvent.PressedCancel -> downloads.cancel(id, event.section)
            is MessageEvent.PressedOpen -> show(event.section)
            is MessageEvent.PressedUndo -> deeds.undo(event.token)
            is MessageEvent.NoticeSeen -> notices.seen(event.id)
            is MessageEvent.TappedLink -> ways.followLink(event.url)
        }
    }

    private fun Watched<MessageFacts, MessageState>.followMail(scope: CoroutineScope) {
        val failed = { problem: Problem -> learn { copy(problem = problem) } }
        scope.follow(mail.messages.watch(id), failed) { learn { copy(row = it) } }
        scope.launch { attempt(failed) { read() } }
        scope.follow(downloads.all, failed) { all ->
            learn { copy(downloads = all.filterKeys { it.message == id }.mapKeys { (of, _) -> of.section }) }
        }
        scope.follow(mail.network.watch(), failed) { learn { copy(online = it.online) } }
        scope.follow(notices.current, failed) { learn { copy(notice = it) } }
    }

    private suspend fun read() {
        val content = mail.messages.open(id)
        watched.learn { copy(content = content, row = row ?: content.row, problem = null) }
        if (!marked && !content.row.flags.seen) deeds.quietlySetSeen(id, on = true)
        // Once: a person who marks it as unread has the last word.
        marked = true
    }

    private fun askAgain() {
        watched.learn { copy(problem = null) }
        watched.followAgain()
    }

    private fun part(section: String): AttachmentView? = watched.now.content?.parts?.find { it.section == section }

    private fun show(section: String) {
        val saved = downloads.all.value[PartOf(id, section)] as? DownloadProgress.Saved
        val part = part(section)
        if (saved != null && part != null) ways.showFile(saved.path, part.mediaType)
    }
}
