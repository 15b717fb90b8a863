// The native library: made ready once, before anything else of the generated code is touched.

package org.satchel.mail

import org.satchel.ffi.API_FINGERPRINT
import org.satchel.ffi.apiFingerprint
import org.satchel.ffi.uniffiEnsureInitialized

internal object Library {
    /** Loads the library and makes sure that it is the one this app was built with. */
    @Synchronized
    fun load() {
        val loaded =
            try {
                FfiThreads.keepAttached
                uniffiEnsureInitialized()
                failing { apiFingerprint() }
            } catch (missing: LinkageError) {
                // Not there, for another processor, or functions that differ; the words of the loader name files only.
                throw incompatible(missing.cause?.message ?: missing.message.orEmpty()).apply { initCause(missing) }
            }
        if (loaded != API_FINGERPRINT) {
            // Functions may agree while the fields of a record do not, and then values are misread.
            throw incompatible("made for $API_FINGERPRINT, but $loaded is installed")
        }
    }

    private fun incompatible(reason: String) =
        MailFailure.IncompatibleLibrary(
            "this app and its mail library do not belong together: install the app again",
            reason,
        )
}
