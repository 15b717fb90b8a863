// Tells the core when the network comes, goes, or begins to cost money.
import Dispatch
import Network
import Satchel

/// Watches the device's network while it lives.
final class NetworkPath {
    private let monitor = NWPathMonitor()

    /// Tells this core of every change, and how it is now.
    init(telling satchel: Satchel) {
        monitor.pathUpdateHandler = { [weak satchel] path in
            let state = NetworkState(
                online: path.status == .satisfied, metered: path.isExpensive || path.isConstrained)
            // A core that was closed has no use for it.
            try? satchel?.network.changed(state)
        }
        monitor.start(queue: DispatchQueue(label: "org.satchel.app.network"))
    }

    deinit { monitor.cancel() }
}
