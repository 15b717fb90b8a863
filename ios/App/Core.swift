// Opens the mail core away from the main thread and keeps it while the app lives.
import Foundation
import Observation
import Satchel

/// The mail core of this process.
@MainActor @Observable
final class Core {
    /// How far opening is.
    enum State {
        /// On the way.
        case opening
        /// It is open.
        case open(Satchel)
        /// It cannot be opened.
        case failed(MailFailure)
    }

    private(set) var state = State.opening
    @ObservationIgnored private var opening: Task<Satchel, any Error>?
    @ObservationIgnored private var network: NetworkPath?

    /// Opens it; whoever asks later gets the same one.
    @discardableResult
    func open() async -> Satchel? {
        let task = opening ?? Task.detached(priority: .userInitiated) { try Self.openHome() }
        opening = task
        do {
            let satchel = try await task.value
            network = network ?? NetworkPath(telling: satchel)
            state = .open(satchel)
            return satchel
        } catch let failure as MailFailure {
            state = .failed(failure)
        } catch {
            state = .failed(.internal(sentence: "the folder for mail cannot be made", reason: "file system"))
        }
        // The next one to ask opens it anew, as after the device was unlocked.
        opening = nil
        return nil
    }

    /// The person leaves the app: no slice tells them of what they saw, and what is kept in memory is written.
    func settle() async {
        guard case .open(let satchel) = state else { return }
        try? await satchel.activity.toldEverything()
        try? await satchel.activity.settle()
    }

    private nonisolated static func openHome() throws -> Satchel {
        try Satchel.open(home: try Places.home(), vault: KeychainVault())
    }
}
