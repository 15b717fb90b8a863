// A person reads one message, with the real mail core and a post office.
import Desk
import Foundation
import Satchel
import XCTest

@testable import SatchelUI

final class MessageJourneyTests: XCTestCase {
    func testOpeningShowsTheTextAndMarksItRead() async throws {
        let desk = try await Desk.with(messages: 1)
        let row = try await desk.first()
        try await desk.satchel.actions.markSeen([row.id], on: false)
        try await onMain {
            let left = Left()
            let model = model(desk, row, left)
            XCTAssertEqual(model.state.content, .placeholder)
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("the text") {
                if case .shown(let content, 0) = model.state.content { !content.text.isEmpty } else { false }
            }
            try await eventually("read") { model.state.row?.flags.seen == true }
            model.on(.toggledStar)
            try await eventually("the star") { model.state.row?.flags.flagged == true }
            model.on(.tappedLink("https://example.org"))
            XCTAssertEqual(left.links, ["https://example.org"])
        }
    }

    func testWithoutANetworkTheHeaderStaysAndAskingAgainBringsTheText() async throws {
        let desk = try await Desk.with(messages: 1)
        let row = try await desk.first()
        try desk.satchel.network.changed(NetworkState(online: false, metered: false))
        try await onMain {
            let model = model(desk, row, Left())
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("the problem") {
                if case .failed(.notHere, let row?) = model.state.content { row.subject == "Message 1" } else { false }
            }
            XCTAssertTrue(model.state.offline)
            try desk.satchel.network.changed(NetworkState(online: true, metered: false))
            model.on(.askedAgain)
            try await eventually("the text") { model.isShown }
        }
    }

    func testAnAttachmentIsDownloadedStoppedAndOpened() async throws {
        let desk = try Desk.empty()
        try desk.office.tell("deliver-with-attachment \(Desk.ann) INBOX 3000000")
        let account = try await desk.satchel.accounts.add(desk.request())
        try await desk.satchel.activity.sync(account.id)
        let row = try await desk.first()
        try await onMain {
            let left = Left()
            let model = model(desk, row, left)
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("the attachment") { model.state.attachments.count == 1 }
            let section = model.state.attachments[0].id
            try desk.office.tell("throttle 300000")
            model.on(.pressedDownload(section: section))
            XCTAssertEqual(model.state.attachments[0].action.event, .pressedCancel(section: section))
            try await eventually("progress") { (model.state.attachments[0].progress.share ?? 0) > 0 }
            model.on(.pressedOpen(section: section))
            XCTAssertEqual(left.files, [], "it is not here yet")
            model.on(.pressedCancel(section: section))
            await model.finished()
            XCTAssertEqual(model.state.attachments[0].progress, .none)

            try desk.office.tell("throttle 0")
            model.on(.pressedDownload(section: section))
            await model.finished()
            model.on(.pressedOpen(section: section))
            let file = try XCTUnwrap(left.files.first)
            XCTAssertEqual(file.lastPathComponent, "plan.bin")
            XCTAssertEqual(try Data(contentsOf: file).count, 3_000_000)
        }
    }

    func testADownloadGoesOnWhenTheMessageIsLeftAndNoSecondOneIsStarted() async throws {
        let desk = try Desk.empty()
        try desk.office.tell("deliver-with-attachment \(Desk.ann) INBOX 1000000")
        let account = try await desk.satchel.accounts.add(desk.request())
        try await desk.satchel.activity.sync(account.id)
        let row = try await desk.first()
        try await onMain {
            let root = RootViewModel(
                satchel: desk.satchel, folder: desk.home.appendingPathComponent("saved"),
                outside: .init(show: { _ in }, follow: { _ in }))
            /// Opens the message, and waits for its attachment.
            @MainActor func opened() async throws -> (MessageViewModel, Task<Void, Never>) {
                root.open(.message(row.id))
                let model = try XCTUnwrap(root.message)
                let run = Task { await model.run() }
                try await eventually("the attachment") { model.state.attachments.count == 1 }
                return (model, run)
            }
            let (first, run) = try await opened()
            let section = first.state.attachments[0].id
            try desk.office.tell("throttle 300000")
            first.on(.pressedDownload(section: section))
            try await eventually("progress") { (first.state.attachments[0].progress.share ?? 0) > 0 }
            run.cancel()
            root.back(to: 0)

            let (second, again) = try await opened()
            defer { again.cancel() }
            XCTAssertFalse(second === first)
            let share = try XCTUnwrap(second.state.attachments[0].progress.share, "it is still on its way")
            XCTAssertGreaterThan(share, 0)
            second.on(.pressedDownload(section: section))
            XCTAssertEqual(second.state.attachments[0].progress.share, share, "a second one would begin anew")
            try desk.office.tell("throttle 0")
            await second.finished()
            guard case .saved = second.state.attachments[0].progress else {
                return XCTFail("\(second.state.attachments)")
            }
        }
    }

    func testWhoMarksItAsUnreadHasTheLastWordWhenTheScreenIsShownAgain() async throws {
        let desk = try await Desk.with(messages: 1)
        let row = try await desk.first()
        try await desk.satchel.actions.markSeen([row.id], on: false)
        try await onMain {
            let model = model(desk, row, Left())
            let run = Task { await model.run() }
            try await eventually("read") { model.isShown && model.state.row?.flags.seen == true }
            run.cancel()
            await run.value
            try await desk.satchel.actions.markSeen([row.id], on: false)
            let again = Task { await model.run() }
            defer { again.cancel() }
            try await eventually("unread") { model.state.row?.flags.seen == false }
            // Long enough for the text, which is here, to be opened once more.
            for _ in 0..<20 {
                try await Task.sleep(for: .milliseconds(20))
                let now = try await desk.satchel.messages.row(row.id)
                XCTAssertFalse(now.flags.seen)
            }
        }
    }

    func testATextThatIsShownStaysWhenItsMessageGoes() async throws {
        let desk = try await Desk.with(messages: 1)
        let (row, account) = (try await desk.first(), try await desk.account())
        try await onMain {
            let model = model(desk, row, Left())
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("the text") { model.isShown }
            let watched = desk.satchel.messages.watch(row.id)
            try await desk.satchel.accounts.remove(account.id, discardSoleCopies: true)
            do {
                try await until(watched) { _ in false }
                XCTFail("it is still there")
            } catch MailFailure.notFound {}
            try await Task.sleep(for: .milliseconds(50))
            XCTAssertTrue(model.isShown, "\(model.state.content)")
        }
    }

    func testAskingAgainFollowsTheMessageAnew() async throws {
        let desk = try await Desk.with(messages: 1)
        let (row, inbox) = (try await desk.first(), try await desk.inbox())
        try await onMain {
            let next = PlacementId(row.id.value + 1)
            let model = MessageViewModel(
                message: next, satchel: desk.satchel, notices: Notices(), downloads: saved(desk), ways: Left().ways)
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("it is not there") {
                if case .failed(.gone, nil) = model.state.content { true } else { false }
            }
            try desk.office.tell("deliver \(Desk.ann) INBOX 1")
            try await desk.sync()
            let newest = try await desk.satchel.messages.page(inbox.id).rows[0].id
            XCTAssertEqual(newest, next)
            model.on(.askedAgain)
            try await eventually("the text") { model.isShown }
            try await desk.satchel.actions.star([next], on: true)
            try await eventually("the star") { model.state.row?.flags.flagged == true }
        }
    }

    func testAMessageThatWasPutAwayIsLeftAndCanBeTakenBack() async throws {
        for (event, text) in [
            (MessageEvent.archived, NoticeText.archived(1)), (.deleted, .deleted(1)), (.junked, .junked(1)),
        ] {
            let desk = try await Desk.with(messages: 1)
            let (row, inbox) = (try await desk.first(), try await desk.inbox())
            try await onMain {
                let left = Left()
                let model = model(desk, row, left)
                model.on(event)
                await model.finished()
                XCTAssertEqual(left.times, 1)
                XCTAssertEqual(model.state.notice?.text, text)
                model.on(.pressedUndo(try XCTUnwrap(model.state.notice?.undo)))
                await model.finished()
                let back = try await desk.satchel.messages.row(row.id)
                XCTAssertEqual(back.mailbox, inbox.id)
            }
        }
    }

    func testLeavingTheScreenEndsTheOpeningInSilence() async throws {
        let desk = try await Desk.with(messages: 1)
        let row = try await desk.first()
        try desk.office.tell("slow 20000")
        try await onMain {
            let model = model(desk, row, Left())
            let run = Task { await model.run() }
            try await eventually("the header") { model.state.row != nil }
            run.cancel()
            try await limited(10, "the end") { await run.value }
            guard case .header = model.state.content else { return XCTFail("\(model.state.content)") }
            XCTAssertNil(model.state.notice)
        }
    }

    func testAMessageThatIsGoneSaysSo() async throws {
        let desk = try await Desk.with(messages: 1)
        let row = try await desk.first()
        try await desk.satchel.accounts.remove(desk.account().id, discardSoleCopies: true)
        try await onMain {
            let model = model(desk, row, Left())
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("the problem") {
                if case .failed(.gone, nil) = model.state.content { true } else { false }
            }
        }
    }
}

/// Where a screen led.
@MainActor
private final class Left {
    var times = 0
    var files: [URL] = []
    var links: [String] = []

    var ways: MessageViewModel.Ways {
        .init(leave: { self.times += 1 }, show: { self.files.append($0) }, follow: { self.links.append($0) })
    }
}

/// A screen of one message.
@MainActor
private func model(_ desk: Desk, _ row: MessageView, _ left: Left) -> MessageViewModel {
    MessageViewModel(
        message: row.id, satchel: desk.satchel, notices: Notices(),
        downloads: saved(desk), ways: left.ways)
}

/// Downloads of a desk.
@MainActor
private func saved(_ desk: Desk) -> Downloads {
    Downloads(satchel: desk.satchel, folder: desk.home.appendingPathComponent("saved"), notices: Notices())
}

extension MessageViewModel {
    /// Whether the text is on the screen.
    fileprivate var isShown: Bool {
        if case .shown = state.content { true } else { false }
    }
}
