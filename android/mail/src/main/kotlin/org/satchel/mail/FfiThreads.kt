// Lets the library's threads stay with the JVM between callbacks, instead of becoming a new Java thread for each.

package org.satchel.mail

import com.sun.jna.Callback
import com.sun.jna.CallbackThreadInitializer
import com.sun.jna.Native
import org.satchel.ffi.uniffiCallbackInterfaceCredentialVault
import org.satchel.ffi.uniffiCallbackInterfaceLogSink
import org.satchel.ffi.uniffiCallbackInterfaceMailObserver
import org.satchel.ffi.uniffiCallbackInterfaceNetworkWatch
import org.satchel.ffi.uniffiCallbackInterfaceProgressObserver
import org.satchel.ffi.uniffiRustFutureContinuationCallbackImpl

internal object FfiThreads {
    // A daemon: a thread of the library's must not keep a process from ending.
    private val stays = CallbackThreadInitializer(true, false, "satchel")

    private val callbacks: List<Callback> =
        listOf(
            uniffiRustFutureContinuationCallbackImpl,
            uniffiCallbackInterfaceCredentialVault.get,
            uniffiCallbackInterfaceCredentialVault.set,
            uniffiCallbackInterfaceCredentialVault.delete,
            uniffiCallbackInterfaceCredentialVault.uniffiFree,
            uniffiCallbackInterfaceCredentialVault.uniffiClone,
            uniffiCallbackInterfaceLogSink.log,
            uniffiCallbackInterfaceLogSink.uniffiFree,
            uniffiCallbackInterfaceLogSink.uniffiClone,
            uniffiCallbackInterfaceMailObserver.onChanges,
            uniffiCallbackInterfaceMailObserver.uniffiFree,
            uniffiCallbackInterfaceMailObserver.uniffiClone,
            uniffiCallbackInterfaceNetworkWatch.state,
            uniffiCallbackInterfaceNetworkWatch.uniffiFree,
            uniffiCallbackInterfaceNetworkWatch.uniffiClone,
            uniffiCallbackInterfaceProgressObserver.onProgress,
            uniffiCallbackInterfaceProgressObserver.uniffiFree,
            uniffiCallbackInterfaceProgressObserver.uniffiClone,
        )

    /** It is read when a callback is first handed over, and has no effect after that. */
    val keepAttached: Unit by lazy { callbacks.forEach { Native.setCallbackThreadInitializer(it, stays) } }
}
