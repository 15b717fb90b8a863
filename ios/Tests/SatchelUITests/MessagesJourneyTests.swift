// A person at the list of messages, with the real mail core and a post office.
import Desk
import Satchel
import XCTest

@testable import SatchelUI

final class MessagesJourneyTests: XCTestCase {
    /// Opens the inbox of a desk, runs its view model, and hands all of it to `work`.
    private func atTheInbox(
        messages: Int, _ work: @MainActor (Desk, MessagesViewModel, Opened) async throws -> Void
    ) async throws {
        let desk = try await Desk.with(messages: messages)
        let inbox = try await desk.inbox()
        try await onMain {
            let opened = Opened()
            let model = MessagesViewModel(
                mailbox: inbox.id, satchel: desk.satchel, notices: Notices(), open: opened.open)
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("the list") { model.state.content != .placeholder }
            try await work(desk, model, opened)
        }
    }

    func testAPersonArchivesBySwipeAndTakesItBack() async throws {
        try await atTheInbox(messages: 5) { _, model, _ in
            let row = try XCTUnwrap(model.state.content.at(1))
            model.on(.swipedToArchive(row.id))
            await model.finished()
            XCTAssertEqual(model.state.notice?.text, .archived(1))
            try await eventually("it is gone") { !model.state.content.here.contains { $0.id == row.id } }
            XCTAssertEqual(model.state.content.here.count, 4)
            model.on(.pressedUndo(try XCTUnwrap(model.state.notice?.undo)))
            await model.finished()
            try await eventually("it is back") { model.state.content.at(1)?.id == row.id }
            XCTAssertEqual(model.state.notice?.text, .takenBack)
        }
    }

    func testAPersonPicksSomeAndDeletesThem() async throws {
        try await atTheInbox(messages: 5) { _, model, opened in
            let rows = model.state.content.here
            model.on(.toggledSelection(rows[0].id))
            model.on(.opened(rows[2].id))
            XCTAssertEqual(model.state.selected, [rows[0].id, rows[2].id], "while picking, a tap picks")
            XCTAssertEqual(opened.routes, [])
            model.on(.deletedSelected)
            XCTAssertEqual(model.state.selected, [])
            await model.finished()
            XCTAssertEqual(model.state.notice?.text, .deleted(2))
            try await eventually("three are left") {
                model.state.content.here.map(\.id) == [1, 3, 4].map { rows[$0].id }
            }
            model.on(.opened(rows[1].id))
            XCTAssertEqual(opened.routes, [.message(rows[1].id)])
        }
    }

    func testEachEventOnWhatIsPickedDoesWhatItSays() async throws {
        let table: [(MessagesEvent, NoticeText)] = [
            (.markedSelectedSeen, .markedSeen(3)), (.junkedSelected, .junked(3)), (.archivedSelected, .archived(3)),
        ]
        for (event, text) in table {
            try await atTheInbox(messages: 3) { desk, model, _ in
                model.on(.selectedAll)
                await model.finished()
                model.on(event)
                await model.finished()
                XCTAssertEqual(model.state.notice?.text, text)
                XCTAssertEqual(model.state.picking, .none)
                guard case .markedSeen = text else {
                    // Until the server was told it holds more than this device.
                    try await desk.sync()
                    return try await eventually("all done") { model.state.content == .empty(.allDone) }
                }
                try await eventually("all read") { model.state.content.here.allSatisfy(\.flags.seen) }
            }
        }
    }

    func testAllOfTheMailboxIsPickedAndWhatLeavesItIsPickedNoLonger() async throws {
        try await atTheInbox(messages: 230) { desk, model, _ in
            XCTAssertLessThan(model.state.content.here.count, 230, "a window of it is seen")
            model.on(.selectedAll)
            await model.finished()
            XCTAssertEqual(model.state.picking, .some(230))
            let inbox = try await desk.inbox()
            let last = try await desk.oldest(inbox.id)
            // Gone behind this screen's back: one that is seen, and the last, which is not.
            let gone = [try XCTUnwrap(model.state.content.at(0)).id, last]
            try await desk.satchel.actions.archive(gone)
            try await eventually("they are picked no longer") { model.state.picking == .some(228) }
            XCTAssertTrue(model.state.selected.isDisjoint(with: gone))
            model.on(.selectedAll)
            model.on(.clearedSelection)
            await model.finished()
            XCTAssertEqual(model.state.picking, .none, "who put all back meanwhile has the last word")
        }
    }

    func testAskingAgainAfterAProblemFollowsTheMailboxAnew() async throws {
        let desk = try await Desk.with(messages: 1)
        let account = try await desk.account()
        let last = try found(try await desk.satchel.mailboxes.list(account.id).map(\.id).max(), "mailbox")
        let next = MailboxId(last.value + 1)
        try await onMain {
            let model = MessagesViewModel(mailbox: next, satchel: desk.satchel, notices: Notices(), open: { _ in })
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("it is not there") {
                if case .failed(.gone) = model.state.content { true } else { false }
            }
            let made = try await desk.satchel.mailboxes.create(account.id, name: "Boats")
            XCTAssertEqual(made.id, next)
            model.on(.askedForNews)
            try await eventually("it is there") { model.state.content == .empty(.noMessages) }
            try await desk.satchel.actions.copy([desk.first().id], to: next)
            try await eventually("it is followed") { model.state.content.here.count == 1 }
        }
    }

    func testAStarAndAReadMarkGoOnAndOff() async throws {
        try await atTheInbox(messages: 2) { _, model, _ in
            let id = try XCTUnwrap(model.state.content.at(0)).id
            for on in [true, false] {
                model.on(.toggledStar(id))
                try await eventually("the star") { model.state.content.at(0)?.flags.flagged == on }
            }
            let seen = try XCTUnwrap(model.state.content.at(0)).flags.seen
            for on in [!seen, seen] {
                model.on(.toggledSeen(id))
                try await eventually("the mark") { model.state.content.at(0)?.flags.seen == on }
            }
        }
    }

    func testScrollingBringsRowsAndNewsArriveWithoutAJump() async throws {
        try await atTheInbox(messages: 400) { desk, model, _ in
            XCTAssertNil(model.state.content.at(300))
            model.on(.scrolled(first: 300, count: 12))
            try await eventually("rows far down") { model.state.content.at(311) != nil }
            model.on(.scrolled(first: 0, count: 12))
            try await eventually("back at the top") { model.state.content.at(0) != nil }
            try desk.office.tell("deliver \(Desk.ann) INBOX 1")
            model.on(.askedForNews)
            await model.finished()
            XCTAssertEqual(model.state.notice?.text, .cameIn(1))
            try await eventually("the new row") {
                if case .rows(401, _, _) = model.state.content { true } else { false }
            }
        }
    }

    func testOlderMessagesAreFetchedWhenAskedFor() async throws {
        let desk = try Desk.empty()
        try desk.office.tell("deliver \(Desk.ann) INBOX 30")
        let account = try await desk.satchel.accounts.add(desk.request())
        _ = try await desk.satchel.accounts.change(account.id, AccountChangeRequest(window: .newest(count: 10)))
        try await desk.sync()
        let inbox = try await desk.inbox()
        try await onMain {
            let model = MessagesViewModel(
                mailbox: inbox.id, satchel: desk.satchel, notices: Notices(), open: { _ in })
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("ten rows") { model.state.content.here.count == 10 }
            XCTAssertEqual(model.state.older, .offered)
            model.on(.fetchedOlder)
            XCTAssertEqual(model.state.older, .coming)
            await model.finished()
            try await eventually("all of them") { model.state.content.here.count == 30 }
            try await eventually("nothing more is offered") { model.state.older == .none }
        }
    }

    func testAnActionThatFailsIsSaidInANotice() async throws {
        try await atTheInbox(messages: 1) { _, model, _ in
            model.on(.swipedToDelete(PlacementId(9_999)))
            await model.finished()
            guard case .failed(.gone)? = model.state.notice?.text else {
                return XCTFail("\(String(describing: model.state.notice))")
            }
        }
    }
}

extension Desk {
    /// The oldest message of a mailbox.
    fileprivate func oldest(_ mailbox: MailboxId) async throws -> PlacementId {
        var page = try await satchel.messages.page(mailbox, limit: 100)
        while let next = page.next { page = try await satchel.messages.page(mailbox, limit: 100, before: next) }
        return try found(page.rows.last, "message").id
    }
}
