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
            await model.finished()
            guard case .shown = model.state.content else { return XCTFail("\(model.state.content)") }
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
        folder: desk.home.appendingPathComponent("saved"), ways: left.ways)
}
