// What the app tells the core of the network, and what the core was told.
import SatchelCore

/// The network, as far as the core was told.
public struct Network: Sendable {
    let core: Core

    /// Tells the core how the network is now. Coming back starts nothing by itself: call `activity.sync`.
    public func changed(_ state: NetworkState) throws(MailFailure) {
        try call { try core.ffi.networkChanged(state: state) }
    }

    /// How the network is.
    public func state() throws(MailFailure) -> NetworkState {
        try call {
            // The library answers this one even when it was shut down.
            guard try core.ffi.isOpen() else {
                throw MailFailure.closed(sentence: "the mail core was shut down: open it again")
            }
            return try core.ffi.network()
        }
    }

    /// How the network is, now and whenever it changes.
    public func watch() -> AsyncThrowingStream<NetworkState, any Error> {
        observe(core, matches: \.network) { try state() }
    }
}
