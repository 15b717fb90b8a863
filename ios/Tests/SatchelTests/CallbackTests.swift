// Callbacks: from which threads they come, what they may do, and what happens when they misbehave.
import Desk
import Foundation
import Satchel
import XCTest

final class CallbackTests: XCTestCase {
    private struct Planted: Error {}

    func testCallbacksComeFromManyThreadsAndMayCallBackIn() async throws {
        let desk = try Desk.empty()
        let seen = Seen()
        let satchel = desk.satchel
        try Log.to(.debug) { _ in
            // Called back in from the log's own thread.
            seen.add(satchel.isOpen)
        }
        defer { try? Log.to(.error, sink: nil) }
        desk.vault.whenAsked { seen.add(satchel.isOpen) }
        // The core keeps the vault, and now the vault keeps the core.
        defer { desk.vault.whenAsked(nil) }
        try desk.office.tell("deliver \(Desk.ann) INBOX 20")
        let account = try await satchel.accounts.add(desk.request())
        try await satchel.activity.sync(account.id)
        let row = try await desk.first()
        // Each stream is a listener with a thread of its own.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                let stream = satchel.messages.watch(row.id)
                group.addTask {
                    try await until(stream, "the star") { row in
                        seen.add(satchel.isOpen)
                        return row.flags.flagged
                    }
                    let again = try await satchel.messages.row(row.id)
                    XCTAssertTrue(again.flags.flagged)
                }
            }
            try await satchel.actions.star([row.id], on: true)
            try await group.waitForAll()
        }
        XCTAssertGreaterThan(seen.threads, 2)
        XCTAssertTrue(seen.all, "each could call back in")
    }

    func testAnExceptionThrownByACallbackEndsNothing() async throws {
        let desk = try await Desk.with(messages: 2)
        desk.vault.whenAsked { throw Planted() }
        await assertFails(with: "storage") { try await desk.sync() }
        desk.vault.whenAsked { throw VaultError.Locked }
        await assertFails(with: "storage") { try await desk.sync() }
        desk.vault.whenAsked(nil)
        try await desk.sync()

        let home = freshFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        let other = try Satchel.open(home: home, vault: MemoryVault(), network: BrokenWatch())
        XCTAssertTrue(try other.network.state().online, "taken for granted")
        try await other.close()
    }

    func testALogThatThrowsIsHandedTheNextLinesAllTheSame() async throws {
        let lines = Seen()
        try Log.to(.debug) { _ in
            lines.add(true)
            throw Planted()
        }
        defer { try? Log.to(.error, sink: nil) }
        let home = freshFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        for count in 1...2 {
            let database = try await wholeDatabase(in: home)
            try Data(repeating: 0xFF, count: 40_000).write(to: database)
            let satchel = try Satchel.open(home: home, vault: MemoryVault())
            XCTAssertNotNil(try satchel.damagedDatabase())
            try await satchel.close()
            try await eventually("lines of the damage") { lines.count >= count }
        }
    }

    func testTheNetworkIsAskedForWhenTheHomeIsOpened() async throws {
        let home = freshFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        let satchel = try Satchel.open(home: home, vault: MemoryVault(), network: OfflineWatch())
        XCTAssertEqual(try satchel.network.state().online, false)
        try await satchel.close()
    }

    private final class BrokenWatch: NetworkWatch {
        func state() throws -> NetworkState { throw Planted() }
    }

    private final class OfflineWatch: NetworkWatch {
        func state() -> NetworkState { NetworkState(online: false, metered: false) }
    }

    /// Answers given on threads.
    private final class Seen: @unchecked Sendable {
        private let lock = NSLock()
        private var names: Set<UInt> = []
        private var answers: [Bool] = []

        func add(_ answer: Bool) {
            lock.withLock {
                names.insert(UInt(pthread_self()))
                answers.append(answer)
            }
        }

        var count: Int { lock.withLock { answers.count } }
        var threads: Int { lock.withLock { names.count } }
        var all: Bool { lock.withLock { !answers.isEmpty && answers.allSatisfy { $0 } } }
    }
}
