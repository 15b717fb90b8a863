// What the app knows of the network and the core cannot see.

package org.satchel.mail

import kotlinx.coroutines.flow.Flow

/** How the network is, as far as the core was told. */
class Network internal constructor(
    private val core: Core,
) {
    /** Tells the core how the network is now. Coming back starts nothing by itself: call [Activity.sync]. */
    fun changed(state: NetworkState): Unit = failing { core.ffi.networkChanged(state) }

    /** How it is. */
    fun state(): NetworkState = failing { core.ffi.network() }

    /** How it is, now and whenever it changes. */
    fun watch(): Flow<NetworkState> = observe(core, { it.network }, ::state)
}
