// Hands Android's Context to the mail core, which asks the phone through it which certificates it believes.

package org.satchel.mail.platform

import android.content.Context

/** Once per process, before the mail is opened; the name and the package are those the library looks for. */
object SystemTrust {
    /**
     * Whether the phone's certificates can be asked. If not, what is on the phone can be read, and no server is
     * connected to.
     */
    fun start(context: Context): Boolean {
        // JNA has loaded it already, but a function of this kind is found only in what the system has loaded.
        System.loadLibrary("satchel_ffi")
        return initialize(context.applicationContext)
    }

    @JvmStatic
    private external fun initialize(context: Context): Boolean
}
