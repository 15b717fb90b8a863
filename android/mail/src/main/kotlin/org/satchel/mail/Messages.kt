// Messages: lists, opening, parts, and downloads.

package org.satchel.mail

import kotlinx.coroutines.flow.Flow
import org.satchel.ffi.ChangesView
import java.io.File

/** The messages of the mailboxes. Reads end when the coroutine that waits for them is cancelled. */
class Messages internal constructor(
    private val core: Core,
) {
    /** The list of a mailbox, for one screen that scrolls it. */
    fun list(
        mailbox: MailboxId,
        order: ListOrder,
    ): MessageWindow = failing { MessageWindow(core, mailbox, core.ffi.messageList(mailbox, order)) }

    /** A page of a list, newest first. [limit] is held to 1…100; [before] is the `next` of the page before. */
    suspend fun page(
        mailbox: MailboxId,
        order: ListOrder,
        limit: Int,
        before: String? = null,
    ): PageView = core.ask { page(mailbox, order, limit.counted(), before) }

    /** The rows of a conversation over all mailboxes, oldest first; at most 1,000. */
    suspend fun thread(id: ThreadId): List<MessageView> = core.ask { thread(id) }

    /**
     * One row.
     *
     * @throws MailFailure `NotFound`.
     */
    suspend fun row(id: PlacementId): MessageView = core.ask { message(id) }

    /** One row, now and whenever it changes. Ends with `NotFound` when the message is gone. */
    fun watch(id: PlacementId): Flow<MessageView> = observe(core, { it.touches(id) }) { row(id) }

    /**
     * Opens a message: fetches its text if it is not here, and nothing else. It is not marked as read.
     *
     * @throws MailFailure `NotFound`, `Offline` (not here and no network), those of a connection, `Storage`.
     */
    suspend fun open(id: PlacementId): MessageContentView = core.ask { openMessage(id, null) }

    /** The exact bytes of a message, fetched if they are not here. */
    suspend fun raw(id: PlacementId): ByteArray = core.ask { rawMessage(id, null) }

    /** The header block as it came, with the empty line that ends it. */
    suspend fun headers(id: PlacementId): ByteArray = core.ask { headers(id, null) }

    /** The parts of a message, without fetching more than its structure. */
    suspend fun attachments(id: PlacementId): List<AttachmentView> = core.ask { attachments(id, null) }

    /** The decoded bytes of a small part, such as a picture inside the HTML; fetched if they are not here. */
    suspend fun part(
        id: PlacementId,
        section: String,
    ): ByteArray = core.ask { part(id, section, null) }

    /**
     * Brings a part into a file, which appears when it is whole. It goes on where an earlier try stopped, and goes on
     * when the screen is left; to stop it, keep the handle.
     */
    fun download(
        id: PlacementId,
        section: String,
        path: File,
    ): DownloadHandle {
        val heard = Heard()
        return DownloadHandle(failing { core.ffi.download(id, section, path.path, heard) }, heard)
    }
}

// An empty list of ids stands for many.
internal fun ChangesView.touches(id: PlacementId) = messages.any { it.ids.isEmpty() || id in it.ids }
