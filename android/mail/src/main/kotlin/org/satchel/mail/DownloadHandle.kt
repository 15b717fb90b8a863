// A download that runs in the core: watched, awaited or stopped by its handle.

package org.satchel.mail

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.transformWhile
import org.satchel.ffi.Download
import org.satchel.ffi.ProgressObserver

/** A part of a message on its way into a file. Letting go of the handle stops nothing. */
class DownloadHandle internal constructor(
    private val download: Download,
    private val heard: Heard,
) {
    /** How far it is, from now on and by several collectors if need be; the last one is `done`, well or not. */
    val progress: Flow<ProgressView>
        get() =
            heard.latest.transformWhile {
                emit(it)
                !it.done
            }

    /**
     * Waits for the end and gives the size of the file. To stop waiting does not stop the download.
     *
     * @throws MailFailure `Cancelled`, `NotFound`, `Offline`, those of a connection, `Storage`, `InvalidInput` if the
     * file cannot be written.
     */
    suspend fun finished(): ByteCount = asking { download.finished() }

    /** Stops it. What came stays on this device, and a later download of the same part goes on from there. */
    fun cancel(): Unit = failing { download.cancel() }
}

/** Keeps what was told last, so that whoever looks later sees it too. */
internal class Heard : ProgressObserver {
    val latest = MutableStateFlow(ProgressView(ByteCount(0), ByteCount(0), done = false))

    override fun onProgress(progress: ProgressView) {
        latest.value = progress
    }
}
