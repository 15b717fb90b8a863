// What the phone says of its networks, and what the mail core hears of it.

package org.satchel.app.platform

import android.net.ConnectivityManager
import android.net.LinkProperties
import android.net.Network
import android.net.NetworkCapabilities
import android.net.NetworkCapabilities.NET_CAPABILITY_INTERNET
import android.net.NetworkCapabilities.NET_CAPABILITY_NOT_METERED
import android.net.NetworkCapabilities.NET_CAPABILITY_TEMPORARILY_NOT_METERED
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowNetwork
import org.satchel.app.TestApplication
import org.satchel.mail.NetworkState
import java.net.InetAddress

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = TestApplication::class, manifest = Config.NONE)
class NetworkTest {
    private val connectivity =
        checkNotNull(RuntimeEnvironment.getApplication().getSystemService(ConnectivityManager::class.java))
    private val told = mutableListOf<NetworkState>()
    private val watchdog = NetworkWatchdog(connectivity) { told += it }
    private val home: Network = ShadowNetwork.newInstance(1)
    private val mobile: Network = ShadowNetwork.newInstance(2)

    private fun can(vararg capabilities: Int) =
        NetworkCapabilities.Builder().apply { capabilities.forEach(::addCapability) }.build()

    private fun names(vararg servers: String) =
        LinkProperties().apply { setDnsServers(servers.map(InetAddress::getByName)) }

    private fun arrive(
        network: Network,
        can: NetworkCapabilities,
        names: LinkProperties,
    ) {
        watchdog.onAvailable(network)
        watchdog.onCapabilitiesChanged(network, can)
        watchdog.onLinkPropertiesChanged(network, names)
    }

    private val free = can(NET_CAPABILITY_INTERNET, NET_CAPABILITY_NOT_METERED)

    @Test
    fun `the network at home is free, and names its servers, in one word`() {
        arrive(home, free, names("192.0.2.53", "2001:db8::53"))
        assertEquals(listOf(NetworkState(true, false, listOf("192.0.2.53", "2001:db8:0:0:0:0:0:53"))), told)
    }

    @Test
    fun `mobile data costs money, unless the operator gives it away for a while`() {
        arrive(mobile, can(NET_CAPABILITY_INTERNET), names())
        watchdog.onCapabilitiesChanged(mobile, can(NET_CAPABILITY_INTERNET, NET_CAPABILITY_TEMPORARILY_NOT_METERED))
        assertEquals(listOf(true, false), told.map { it.metered })
    }

    @Test
    fun `a lost network is told as none, and its return as one`() {
        arrive(home, free, names("192.0.2.53"))
        watchdog.onLost(home)
        arrive(home, free, names("192.0.2.53"))
        assertEquals(listOf(true, false, true), told.map { it.online })
        assertEquals(listOf(1, 0, 1), told.map { it.dnsServers.size })
    }

    @Test
    fun `leaving the house takes mobile data, and a late word of the network at home is not heard`() {
        arrive(home, free, names("192.0.2.53"))
        arrive(mobile, can(NET_CAPABILITY_INTERNET), names("198.51.100.53"))
        watchdog.onLost(home)
        watchdog.onCapabilitiesChanged(home, free)
        assertEquals(NetworkState(true, true, listOf("198.51.100.53")), told.last())
        assertEquals(2, told.size)
    }

    @Test
    fun `a network in a house without internet is none`() {
        arrive(home, can(NET_CAPABILITY_NOT_METERED), names("192.0.2.53"))
        assertEquals(false, told.single().online)
    }

    @Test
    fun `a network that the system keeps from the app is none`() {
        arrive(home, free, names())
        watchdog.onBlockedStatusChanged(home, true)
        watchdog.onBlockedStatusChanged(home, false)
        assertEquals(listOf(true, false, true), told.map { it.online })
    }

    @Test
    fun `what changes nothing is not told`() {
        arrive(home, free, names("192.0.2.53"))
        repeat(5) { watchdog.onCapabilitiesChanged(home, free) }
        watchdog.onLinkPropertiesChanged(home, names("192.0.2.53"))
        assertEquals(1, told.size)
    }

    @Test
    fun `it listens from start to stop`() {
        watchdog.start()
        assertEquals(setOf<ConnectivityManager.NetworkCallback>(watchdog), shadowOf(connectivity).networkCallbacks)
        watchdog.stop()
        assertEquals(0, shadowOf(connectivity).networkCallbacks.size)
    }

    @Test
    fun `when the mail is opened the core is told the network there is`() {
        shadowOf(connectivity).setNetworkCapabilities(connectivity.activeNetwork, free)
        shadowOf(connectivity).setLinkProperties(connectivity.activeNetwork, names("192.0.2.53"))
        assertEquals(NetworkState(true, false, listOf("192.0.2.53")), NetworkNow(connectivity).state())
        shadowOf(connectivity).setActiveNetworkInfo(null)
        assertEquals(NetworkState(false, false, emptyList()), NetworkNow(connectivity).state())
    }
}
