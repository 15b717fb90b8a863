// The attachments that are on their way, whichever screen asked for them.
package org.satchel.ui

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.mail.AttachmentView
import org.satchel.mail.DownloadHandle
import org.satchel.mail.MailFailure
import org.satchel.mail.PlacementId
import org.satchel.mail.Satchel
import org.satchel.ui.message.DownloadProgress
import java.io.File
import java.util.concurrent.ConcurrentHashMap

/** Names a part of a message. */
internal data class PartOf(
    val message: PlacementId,
    val section: String,
)

/** Downloads go on when their screen is left, and are still there when it is opened again. [place] names the file. */
internal class Downloads(
    private val mail: Satchel,
    private val scope: CoroutineScope,
    private val place: (PlacementId, AttachmentView) -> File,
) {
    private val held = MutableStateFlow<Map<PartOf, DownloadProgress>>(emptyMap())
    private val handles = ConcurrentHashMap<PartOf, DownloadHandle>()

    /** Where each stands. */
    val all: StateFlow<Map<PartOf, DownloadProgress>> = held.asStateFlow()

    fun start(
        message: PlacementId,
        part: AttachmentView,
    ) {
        val of = PartOf(message, part.section)
        if (handles.containsKey(of)) return
        scope.launch {
            try {
                val file = place(message, part)
                val handle = mail.messages.download(message, part.section, file)
                handles[of] = handle
                handle.progress.collect { stands(of, DownloadProgress.Running(it.received, it.announced)) }
                handle.finished()
                stands(of, DownloadProgress.Saved(file.path))
            } catch (_: MailFailure.Cancelled) {
                stands(of, DownloadProgress.None)
            } catch (failure: MailFailure) {
                stands(of, DownloadProgress.Failed(Problem.of(failure)))
            } finally {
                handles.remove(of)
            }
        }
    }

    fun cancel(
        message: PlacementId,
        section: String,
    ) {
        handles[PartOf(message, section)]?.cancel()
    }

    private fun stands(
        of: PartOf,
        progress: DownloadProgress,
    ) = held.update { it + (of to progress) }
}
