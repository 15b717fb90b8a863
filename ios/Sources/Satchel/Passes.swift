// Which passes run: heard from the moment the home is opened, because it can only be heard.
import Foundation
import SatchelCore

/// The accounts whose pass runs.
final class Passes: Sendable {
    private let heard = Heard()
    private let subscription: Subscription

    init(_ core: Core) throws {
        subscription = try core.ffi.subscribe(observer: heard)
    }

    func watch(_ core: Core) -> AsyncThrowingStream<Set<AccountId>, any Error> {
        let pulse = Pulse()
        heard.watchers.add(pulse)
        core.streams.add(pulse)
        return follow(pulse) { [heard] in
            // A closed core says so.
            _ = try core.ffi.damagedDatabase()
            return heard.now
        }
    }

    func end() { try? subscription.end() }
}

/// Called on a thread of the library.
private final class Heard: MailObserver, @unchecked Sendable {
    let watchers = Pulses()

    private let lock = NSLock()
    private var accounts: Set<AccountId> = []

    var now: Set<AccountId> { lock.withLock { accounts } }

    func onChanges(changes: ChangesView) {
        guard !changes.syncing.isEmpty else { return }
        lock.withLock {
            for pass in changes.syncing {
                if pass.running { accounts.insert(pass.account) } else { accounts.remove(pass.account) }
            }
        }
        watchers.wake()
    }
}
