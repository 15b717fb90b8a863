// A person scrolls, opens and downloads.
import Desk
import Foundation
import Satchel
import XCTest

final class ReadingTests: XCTestCase {
    func testPagesThroughFiveThousandMessages() async throws {
        let desk = try Desk.empty()
        try desk.office.tell("deliver \(Desk.ann) INBOX 5000")
        let account = try await desk.satchel.accounts.add(desk.request())
        _ = try await desk.satchel.accounts.change(account.id, AccountChangeRequest(window: .all))
        try await desk.sync()
        let inbox = try await desk.inbox()
        var seen: [PlacementId] = []
        var subjects: Set<String> = []
        var next: String?
        repeat {
            let page = try await desk.satchel.messages.page(inbox.id, limit: 100, before: next)
            seen += page.rows.map(\.id)
            subjects.formUnion(page.rows.map(\.subject))
            next = page.next
        } while next != nil
        XCTAssertEqual(seen.count, 5_000)
        XCTAssertEqual(Set(seen).count, 5_000, "no row twice")
        XCTAssertEqual(subjects.count, 5_000, "no message is missing")
        XCTAssertEqual(inbox.total, 5_000)

        let window = desk.satchel.messages.list(inbox.id, order: .messages)
        let stream = window.watch()
        let top = try await until(stream, "the newest rows") { $0.first == 0 }
        XCTAssertEqual(top.rows.map(\.id), Array(seen[..<50]))
        window.show(first: 4_900, count: 100)
        let end = try await until(stream, "the oldest rows") { $0.first == 4_900 }
        XCTAssertEqual(end.rows.map(\.id), Array(seen[4_900...]))
        XCTAssertEqual(end.total, 5_000)
    }

    func testOpensABody() async throws {
        let desk = try await Desk.with(messages: 3)
        let row = try await desk.first()
        let content = try await desk.satchel.messages.open(row.id)
        XCTAssertEqual(content.row.subject, row.subject)
        XCTAssertFalse(content.text.isEmpty)
        let raw = try await desk.satchel.messages.raw(row.id)
        let headers = try await desk.satchel.messages.headers(row.id)
        XCTAssertTrue(raw.starts(with: headers))
        XCTAssertTrue(String(decoding: headers, as: UTF8.self).contains(row.subject))
        let thread = try await desk.satchel.messages.thread(row.thread)
        XCTAssertTrue(thread.contains { $0.id == row.id })
    }

    func testDownloadsWithProgressAndCancels() async throws {
        let desk = try Desk.empty()
        let size = 3_000_000
        try desk.office.tell("deliver-with-attachment \(Desk.ann) INBOX \(size)")
        let account = try await desk.satchel.accounts.add(desk.request())
        try await desk.satchel.activity.sync(account.id)
        let id = try await desk.first().id
        let parts = try await desk.satchel.messages.attachments(id)
        let plan = try found(parts.first { $0.name == "plan.bin" }, "attachment")
        let (stopped, file) = (freshFolder(), freshFolder())
        defer { try? FileManager.default.removeItem(at: file) }

        try desk.office.tell("throttle 300000")
        let given = try desk.satchel.messages.download(id, section: plan.section, to: stopped)
        let begun = try await limited(30, "progress") {
            for await at in given.progress where at.received.bytes > 0 { return at }
            throw Missing(what: "progress")
        }
        XCTAssertFalse(begun.done)
        XCTAssertGreaterThan(begun.announced, begun.received)
        try given.cancel()
        await assertFails(with: "cancelled") { _ = try await given.finished() }
        XCTAssertFalse(FileManager.default.fileExists(atPath: stopped.path), "no half file")

        try desk.office.tell("throttle 0")
        let whole = try desk.satchel.messages.download(id, section: plan.section, to: file)
        let told = try await limited(60, "the end") {
            var told: [DownloadProgressView] = []
            for await at in whole.progress { told.append(at) }
            return told
        }
        let bytes = try await whole.finished()
        XCTAssertEqual(bytes, ByteCount(Int64(size)))
        XCTAssertEqual(told.last?.done, true, "the stream ends with done")
        XCTAssertEqual(told.map(\.received), told.map(\.received).sorted(), "progress goes forward only")
        XCTAssertEqual(try Data(contentsOf: file).count, size)
    }

    func testAWatchedWindowFollowsTheMailbox() async throws {
        let desk = try await Desk.with(messages: 10)
        let inbox = try await desk.inbox()
        let window = desk.satchel.messages.list(inbox.id, order: .messages)
        window.show(first: 0, count: 5)
        let stream = window.watch()
        let before = try await until(stream, "five rows") { $0.rows.count == 5 }
        try await desk.satchel.actions.delete([before.rows[1].id])
        let after = try await until(stream, "the row went") { $0.total == 9 }
        XCTAssertEqual(after.rows.map(\.id).prefix(4), (before.rows[..<1] + before.rows[2...]).map(\.id).prefix(4))
        XCTAssertEqual(after.rows.count, 5, "the next one moved up")
        try desk.office.tell("deliver \(Desk.ann) INBOX 1")
        try await desk.sync()
        let grown = try await until(stream, "the new row") { $0.total == 10 }
        XCTAssertGreaterThan(grown.generation, after.generation)
    }

    func testTwoWatchersOfOneWindowBothSeeWhatChanges() async throws {
        let desk = try await Desk.with(messages: 4)
        let window = desk.satchel.messages.list(try await desk.inbox().id, order: .messages)
        let (one, other) = (window.watch(), window.watch())
        let row = try await until(one).rows[2]
        try await until(other)
        try await desk.satchel.actions.star([row.id], on: true)
        for stream in [one, other] {
            let shown = try await until(stream, "the star") { $0.rows[2].flags.flagged }
            XCTAssertEqual(shown.rows.count, 4)
        }
    }

    func testSearchFindsWhatIsHere() async throws {
        let desk = try await Desk.with(messages: 12)
        let row = try await desk.newest()[5]
        let page = try await desk.satchel.search.page("subject:\"\(row.subject)\"")
        XCTAssertTrue(page.rows.contains { $0.id == row.id })
        await assertFails(with: "invalidInput") { _ = try await desk.satchel.search.page("before:nonsense") }
    }
}
