// The open places, the way between them, and the one notice, with the real mail core.
import Desk
import Satchel
import XCTest

@testable import SatchelUI

final class RootTests: XCTestCase {
    func testAPersonGoesIntoAMessageDeletesItAndTakesItBack() async throws {
        let desk = try await Desk.with(messages: 2)
        let row = try await desk.first()
        try await onMain {
            let root = makeRoot(desk)
            XCTAssertEqual(root.depth, 0)
            root.mailboxes.on(.opened(row.mailbox))
            XCTAssertEqual(root.depth, 1)
            let messages = try XCTUnwrap(root.messages)
            messages.on(.opened(row.id))
            XCTAssertEqual(root.depth, 2)
            XCTAssertTrue(root.messages === messages, "the list stays as it is")
            let message = try XCTUnwrap(root.message)
            message.on(.deleted)
            await message.finished()
            XCTAssertNil(root.message)
            XCTAssertEqual(root.depth, 1)
            let notice = try XCTUnwrap(root.notice)
            XCTAssertEqual(notice.text, .deleted(1), "it outlasts the screen it was made on")
            root.undo(try XCTUnwrap(notice.undo))
            await root.finished()
            XCTAssertEqual(root.notice?.text, .takenBack)
            root.noticeSeen(notice.id)
            XCTAssertNotNil(root.notice, "an older one does not take the newer one along")
            root.back(to: 0)
            XCTAssertNil(root.messages)
        }
        let back = try await desk.satchel.messages.row(row.id)
        XCTAssertEqual(back.mailbox, row.mailbox)
    }

    func testALinkLeadsToItsPlaceAndOneThatLeadsNowhereChangesNothing() async throws {
        let desk = try Desk.empty()
        await onMain {
            let root = makeRoot(desk)
            root.open(link: "satchel://mailbox/7")
            root.open(link: "satchel://message/42")
            XCTAssertEqual(root.saved, ["satchel://mailboxes", "satchel://mailbox/7", "satchel://message/42"])
            root.open(link: "satchel://nowhere")
            XCTAssertEqual(root.depth, 2)
            let again = makeRoot(desk, saved: root.saved)
            XCTAssertEqual(again.depth, 2)
            XCTAssertNotNil(again.message)
        }
    }

    func testClosedScreensAreLetGoOf() async throws {
        let desk = try Desk.empty()
        await onMain {
            let root = makeRoot(desk)
            root.open(.message(PlacementId(1)))
            weak var message = root.message
            XCTAssertNotNil(message)
            root.back(to: 0)
            XCTAssertNil(message)
        }
    }
}

@MainActor
private func makeRoot(_ desk: Desk, saved: [String] = []) -> RootViewModel {
    RootViewModel(
        satchel: desk.satchel, folder: desk.home.appendingPathComponent("saved"), saved: saved,
        outside: .init(show: { _ in }, follow: { _ in }))
}
