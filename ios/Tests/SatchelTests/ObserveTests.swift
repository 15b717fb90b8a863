// The one bridge from events to streams: nothing is missed, nothing is kept.
import Desk
import Foundation
import XCTest

@testable import Satchel

final class ObserveTests: XCTestCase {
    func testAChangeWhileTheFirstReadRunsIsNotMissed() async throws {
        let desk = try await Desk.with(messages: 1)
        let (messages, id) = (desk.satchel.messages, try await desk.first().id)
        let first = Once()
        let stream = observe(messages.core, matches: { !$0.messages.isEmpty }) {
            let row = try await messages.row(id)
            // What was read is old before it is handed out.
            if first.take() { try await desk.satchel.actions.star([id], on: true) }
            return row
        }
        try await until(stream, "what was read first") { !$0.flags.flagged }
        try await until(stream, "the change") { $0.flags.flagged }
    }

    func testManyChangesWhileAScreenIsSlowAreReadOnceAndTheLastIsSeen() async throws {
        let desk = try await Desk.with(messages: 1)
        let (messages, id) = (desk.satchel.messages, try await desk.first().id)
        let reads = Counter()
        let stream = observe(messages.core, matches: { !$0.messages.isEmpty }) {
            reads.add()
            return try await messages.row(id)
        }
        try await until(stream)
        for on in [true, false, true, false, true] {
            try await desk.satchel.actions.star([id], on: on)
            try await Task.sleep(for: .milliseconds(120))
        }
        XCTAssertEqual(reads.count, 1, "nobody asked for more yet")
        try await until(stream, "the last state") { $0.flags.flagged }
        XCTAssertEqual(reads.count, 2)
    }

    func testAnErrorOfTheReadEndsTheStreamWithIt() async throws {
        let desk = try await Desk.with(messages: 0)
        let stream = desk.satchel.messages.watch(PlacementId(99))
        await assertFails(with: "notFound") { try await until(stream) }
        try await limited(10, "the end") {
            for try await _ in stream { XCTFail("it went on") }
        }
    }

    func testACloseEndsEveryStreamThatIsWatched() async throws {
        let desk = try await Desk.with(messages: 2)
        let (satchel, account, inbox) = (desk.satchel, try await desk.account(), try await desk.inbox())
        let row = try await desk.first()
        let (watching, ended) = (Counter(), Counter())
        let ends = [
            ("accounts", end(of: satchel.accounts.watch(), watching, ended)),
            ("mailboxes", end(of: satchel.mailboxes.watch(account.id), watching, ended)),
            ("a mailbox", end(of: satchel.mailboxes.watch(one: inbox.id), watching, ended)),
            ("a list", end(of: satchel.messages.list(inbox.id).watch(), watching, ended)),
            ("a message", end(of: satchel.messages.watch(row.id), watching, ended)),
            ("operations", end(of: satchel.pending.watch(), watching, ended)),
            ("status", end(of: satchel.activity.watch(), watching, ended)),
            ("passes", end(of: satchel.activity.syncing(), watching, ended)),
            ("network", end(of: satchel.network.watch(), watching, ended)),
        ]
        try await eventually("all of them show something") { watching.count == ends.count }
        try await satchel.close()
        defer { ends.forEach { $0.1.cancel() } }
        try await eventually("the end of all of them", within: 10) { ended.count == ends.count }
        for (name, end) in ends {
            let why = await end.value
            guard case MailFailure.closed? = why else { return XCTFail("\(name): \(String(describing: why))") }
        }
        await assertFails(with: "closed") { try await until(satchel.accounts.watch()) }
    }

    /// Watches until the stream ends, and gives what ended it; counts when the first value is here, and when it ended.
    private func end<T: Sendable>(
        of stream: AsyncThrowingStream<T, any Error>, _ watching: Counter, _ ended: Counter
    ) -> Task<(any Error)?, Never> {
        Task {
            defer { ended.add() }
            var shown = false
            do {
                for try await _ in stream {
                    if !shown { watching.add() }
                    shown = true
                }
                return nil
            } catch {
                return error
            }
        }
    }

    #if os(Linux)
        func testAStreamThatIsLetGoOfEndsItsSubscription() async throws {
            let desk = try await Desk.with(messages: 1)
            let id = try await desk.first().id
            var streams = try await watched(desk.satchel.messages, id, times: 30)
            // A thread takes its name a moment after it began.
            try await eventually("each has a thread of its own", within: 3) { try threads() >= 30 }
            streams.removeAll()
            try await eventually("the threads are gone", within: 3) { try threads() <= 1 }
        }

        func testACancelledConsumerEndsItsStream() async throws {
            let desk = try await Desk.with(messages: 1)
            let id = try await desk.first().id
            let messages = desk.satchel.messages
            let tasks = (0..<30).map { _ in
                Task { for try await _ in messages.watch(id) {} }
            }
            try await eventually("they watch") { try threads() >= 30 }
            tasks.forEach { $0.cancel() }
            for task in tasks { try await limited(10, "the end") { try await task.value } }
            try await eventually("the threads are gone", within: 3) { try threads() <= 1 }
        }

        private func watched(
            _ messages: Messages, _ id: PlacementId, times: Int
        ) async throws -> [AsyncThrowingStream<MessageView, any Error>] {
            var streams: [AsyncThrowingStream<MessageView, any Error>] = []
            for _ in 0..<times {
                let stream = messages.watch(id)
                try await until(stream)
                streams.append(stream)
            }
            return streams
        }
    #endif
}

#if os(Linux)
    /// How many threads wait for events; others come and go with the reads.
    private func threads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").filter {
            (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8))?.hasPrefix("satchel-events")
                == true
        }.count
    }
#endif

/// Says yes the first time only.
private final class Once: @unchecked Sendable {
    private let lock = NSLock()
    private var taken = false

    func take() -> Bool {
        lock.withLock {
            defer { taken = true }
            return !taken
        }
    }
}

/// Counts.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0

    func add() { lock.withLock { value += 1 } }
    var count: Int { lock.withLock { value } }
}
