// Callbacks: from which threads they come, what they may do, and what happens when they misbehave.
import Desk
import Foundation
import SatchelCore
import XCTest

@testable import Satchel

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

    func testACallbackMayWaitForTheCoreWhileItIsCalled() async throws {
        let desk = try await Desk.with(messages: 1)
        let (satchel, row, seen) = (desk.satchel, try await desk.first(), Seen())
        desk.vault.whenAsked { seen.add(waited { try await satchel.accounts.list().count == 1 }) }
        // The core keeps the vault, and now the vault keeps the core.
        defer { desk.vault.whenAsked(nil) }
        let observer = Hearing { _ in
            seen.add(
                waited {
                    // An event tells of what can be read already.
                    let now = try await satchel.messages.row(row.id)
                    let page = try await satchel.messages.page(row.mailbox)
                    return now.id == row.id && page.rows.count == 1
                })
        }
        let subscription = try satchel.messages.core.ffi.subscribe(observer: observer)
        try await satchel.actions.star([row.id], on: true)
        try await eventually("the event") { seen.count >= 1 }
        try await limited(20, "the pass") { try await desk.sync() }
        try subscription.end()
        XCTAssertGreaterThanOrEqual(seen.count, 2, "the vault was asked, too")
        XCTAssertTrue(seen.all, "each had its answer before the callback returned")
    }

    func testAnObserverThatThrowsIsToldOfTheNextChangeAllTheSame() async throws {
        let desk = try await Desk.with(messages: 1)
        let (row, seen) = (try await desk.first(), Seen())
        for error in [Planted(), CallbackError.Failed(reason: "planted")] as [any Error] {
            let before = seen.count
            let observer = Hearing { _ in
                seen.add(true)
                throw error
            }
            let subscription = try desk.satchel.messages.core.ffi.subscribe(observer: observer)
            for (times, on) in [true, false].enumerated() {
                try await desk.satchel.actions.star([row.id], on: on)
                try await eventually("change \(times)") { seen.count > before + times }
            }
            try subscription.end()
        }
    }

    func testAProgressObserverThatThrowsSpoilsNoDownload() async throws {
        let desk = try Desk.empty()
        try desk.office.tell("deliver-with-attachment \(Desk.ann) INBOX 300000")
        let account = try await desk.satchel.accounts.add(desk.request())
        try await desk.satchel.activity.sync(account.id)
        let (row, seen) = (try await desk.first(), Seen())
        let parts = try await desk.satchel.messages.attachments(row.id)
        let section = try found(parts.first { $0.listed }, "attachment").section
        let file = desk.home.appendingPathComponent("plan")
        let download = try desk.satchel.messages.core.ffi.download(
            id: row.id, section: section, path: file.path,
            observer: Measuring {
                seen.add(true)
                throw Planted()
            })
        let size = try await limited(20, "the end") { try await download.finished() }
        XCTAssertEqual(size.bytes, 300_000)
        XCTAssertEqual(try Data(contentsOf: file).count, 300_000)
        XCTAssertGreaterThan(seen.count, 0, "it was called")
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

    private final class Hearing: MailObserver {
        private let hear: @Sendable (ChangesView) throws -> Void
        init(_ hear: @escaping @Sendable (ChangesView) throws -> Void) { self.hear = hear }
        func onChanges(changes: ChangesView) throws { try hear(changes) }
    }

    private final class Measuring: ProgressObserver {
        private let measure: @Sendable () throws -> Void
        init(_ measure: @escaping @Sendable () throws -> Void) { self.measure = measure }
        func onProgress(progress: DownloadProgressView) throws { try measure() }
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

/// Holds this thread until the core has answered; no answer in time is a no.
private func waited(_ ask: @escaping @Sendable () async throws -> Bool) -> Bool {
    let (answered, answer) = (DispatchSemaphore(value: 0), Answer())
    Task.detached {
        answer.set((try? await ask()) ?? false)
        answered.signal()
    }
    return answered.wait(timeout: .now() + 5) == .success && answer.get
}

/// A yes or a no, from one thread to another.
private final class Answer: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false

    var get: Bool { lock.withLock { value } }
    func set(_ value: Bool) { lock.withLock { self.value = value } }
}
