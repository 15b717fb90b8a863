// The door of the facade: opens a mail store and hands out its parts.

package org.satchel.mail

import org.satchel.ffi.MailCore
import org.satchel.ffi.OpenRequest
import java.io.File

/**
 * A mail core on one home. Open it once per process and home; every part may be used from any thread.
 *
 * Reads end when their coroutine is cancelled; actions finish whatever becomes of the caller. Everything throws
 * [MailFailure] only; after [close], `MailFailure.Closed`.
 */
class Satchel private constructor(
    internal val core: Core,
    private val passes: Passes,
) {
    /** Accounts. */
    val accounts = Accounts(core)

    /** Mailboxes and their counts. */
    val mailboxes = Mailboxes(core)

    /** Lists of messages, messages, and their parts. */
    val messages = Messages(core)

    /** Search on this device. */
    val search = Search(core)

    /** What a person does to messages. */
    val actions = Actions(core)

    /** What the server has not been told yet. */
    val pending = Pending(core)

    /** Room that mail takes. */
    val storage = Storage(core)

    /** Passes, and how accounts stand. */
    val activity = Activity(core, passes)

    /** The network as the core knows it. */
    val network = Network(core)

    /** Whether it was not closed. */
    val isOpen: Boolean
        get() = !core.closed.value

    /**
     * The damaged database that was set aside when the home was opened, if any: a file name in the home. Say so; the
     * file was not deleted, and what could be read of it was kept.
     */
    val damagedDatabase: String?
        get() = failing { core.ffi.damagedDatabase() }

    /**
     * Ends reads and downloads, waits for actions, and lets go of the home. Streams end with `MailFailure.Closed`.
     * Doing it twice is no error.
     */
    suspend fun close() {
        passes.end()
        core.close()
    }

    /** Fails with `MailFailure.Internal` on purpose, so that an app can try how it shows one. Nothing is harmed. */
    suspend fun provokeInternalError(): Unit = core.ask { provokeInternalError() }

    /** Opens homes. */
    companion object {
        /**
         * Opens a home, making it if there is none. Not on the main thread: it blocks for some milliseconds, longer
         * after a crash. A damaged store is set aside and what can be read of it kept.
         *
         * @param home a folder of the app's own. Only `cache` in it may be left out of backups: the rest may hold mail
         * that exists nowhere else.
         * @param vault the system's place for passwords.
         * @param network asked once, here; without it there is taken to be a network until [Network.changed].
         * @throws MailFailure `Storage`: the home is in use, cannot be written, is full, or was written by a newer
         * version of the app; nothing is lost. `IncompatibleLibrary`.
         */
        fun open(
            home: File,
            vault: CredentialVault,
            network: NetworkWatch? = null,
        ): Satchel {
            Library.load()
            val opened = failing { MailCore.open(OpenRequest(home.path), vault, network) }
            return try {
                Satchel(Core(opened), Passes(opened))
            } catch (failure: MailFailure) {
                // Nobody else could let go of the home.
                opened.destroy()
                throw failure
            }
        }
    }
}
