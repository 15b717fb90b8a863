// Tells the mail core how the network is: whether there is one, whether it costs money, and whom it asks for names.

package org.satchel.app.platform

import android.net.ConnectivityManager
import android.net.LinkProperties
import android.net.Network
import android.net.NetworkCapabilities
import android.os.Build
import org.satchel.mail.NetworkState
import org.satchel.mail.NetworkWatch

/** What the system has said of the network that the app would use. It says it piece by piece; null is not said yet. */
data class NetworkFacts(
    /** There is one. */
    val there: Boolean = false,
    /** It leads out of the house. */
    val internet: Boolean? = null,
    /** It costs nothing. */
    val free: Boolean? = null,
    /** The system keeps the app from it. */
    val blocked: Boolean = false,
    /** Whom it asks for names. */
    val dnsServers: List<String>? = null,
) {
    /**
     * As the core takes it; null as long as only half is known. A network that the system could not prove to reach the
     * internet counts all the same: behind many a firewall only the mail server answers.
     */
    fun state(): NetworkState? {
        if (!there) return NONE
        return NetworkState(
            online = (internet ?: return null) && !blocked,
            metered = !(free ?: return null),
            dnsServers = dnsServers ?: return null,
        )
    }

    /** With what a network can do. */
    fun with(capabilities: NetworkCapabilities?) =
        copy(
            internet = capabilities?.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) == true,
            free = capabilities != null && FREE.any(capabilities::hasCapability),
        )

    /** With whom it asks for names. */
    fun with(link: LinkProperties?) = copy(dnsServers = link?.dnsServers.orEmpty().mapNotNull { it.hostAddress })

    private companion object {
        val NONE = NetworkState(online = false, metered = false, dnsServers = emptyList())
        val FREE =
            buildList {
                add(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
                if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
                    add(NetworkCapabilities.NET_CAPABILITY_TEMPORARILY_NOT_METERED)
                }
            }
    }
}

/** How the network is now: asked once by the core, when the mail is opened. */
class NetworkNow(
    private val connectivity: ConnectivityManager,
) : NetworkWatch {
    override fun state(): NetworkState {
        val network = connectivity.activeNetwork
        val facts =
            NetworkFacts(there = network != null)
                .with(connectivity.getNetworkCapabilities(network))
                .with(connectivity.getLinkProperties(network))
        return checkNotNull(facts.state()) { "all of it was asked" }
    }
}

/** Listens from [start] to [stop], and tells each change to [tell] once. */
class NetworkWatchdog(
    private val connectivity: ConnectivityManager,
    private val tell: (NetworkState) -> Unit,
) : ConnectivityManager.NetworkCallback() {
    private var current: Network? = null
    private var facts = NetworkFacts()
    private var told: NetworkState? = null

    /** Begins to listen; the system tells at once how things are. */
    fun start() = connectivity.registerDefaultNetworkCallback(this)

    /** Ends it. */
    fun stop() = connectivity.unregisterNetworkCallback(this)

    override fun onAvailable(network: Network) {
        // What was said of the network before is of no use; the rest is said at once after this.
        current = network
        facts = NetworkFacts(there = true)
    }

    override fun onCapabilitiesChanged(
        network: Network,
        networkCapabilities: NetworkCapabilities,
    ) = change(network) { with(networkCapabilities) }

    override fun onLinkPropertiesChanged(
        network: Network,
        linkProperties: LinkProperties,
    ) = change(network) { with(linkProperties) }

    override fun onBlockedStatusChanged(
        network: Network,
        blocked: Boolean,
    ) = change(network) { copy(blocked = blocked) }

    override fun onLost(network: Network) {
        change(network) { NetworkFacts() }
        current = null
    }

    /** Word of a network that was left for another comes late, and says nothing of the one in use. */
    private fun change(
        network: Network,
        what: NetworkFacts.() -> NetworkFacts,
    ) {
        if (network != current) return
        facts = facts.what()
        val state = facts.state()
        if (state == null || state == told) return
        told = state
        tell(state)
    }
}
