// A person at the list of mailboxes, with the real mail core and a post office.
import Desk
import Satchel
import XCTest

@testable import SatchelUI

final class MailboxesJourneyTests: XCTestCase {
    func testAPersonSeesMailboxesFoldsThemAsksForNewsAndOpensOne() async throws {
        let desk = try await Desk.with(messages: 3)
        try await onMain {
            let (notices, opened) = (Notices(), Opened())
            let model = MailboxesViewModel(satchel: desk.satchel, notices: notices, open: opened.open)
            XCTAssertEqual(model.state.content, .placeholder)
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("the inbox") { model.sections.first?.rows.first?.total == 3 }
            let section = try XCTUnwrap(model.sections.first)
            try await eventually("how it stands") { model.sections.first?.status?.lastSuccess != nil }

            model.on(.toggledAccount(section.id))
            XCTAssertEqual(model.sections.first?.shown, [])

            try desk.office.tell("deliver \(Desk.ann) INBOX 2")
            model.on(.askedForNews)
            await model.finished()
            XCTAssertEqual(model.state.notice?.text, .cameIn(2))
            try await eventually("the count") { model.sections.first?.rows.first?.total == 5 }
            model.on(.askedForNews)
            await model.finished()
            XCTAssertEqual(model.state.notice?.text, .nothingNew)
            model.on(.noticeSeen(model.state.notice?.id ?? 0))
            XCTAssertNil(model.state.notice)

            try desk.satchel.network.changed(NetworkState(online: false, metered: false))
            try await eventually("the banner") { model.state.offline }
            model.on(.askedForNews)
            await model.finished()
            guard case .failed(.notHere)? = model.state.notice?.text else {
                return XCTFail("\(String(describing: model.state.notice))")
            }

            model.on(.opened(section.rows[0].id))
            XCTAssertEqual(opened.routes, [.messages(section.rows[0].id)])
        }
    }

    func testAccountsComeAndGoWhileTheScreenIsOpen() async throws {
        let desk = try Desk.empty()
        try await onMain {
            let model = MailboxesViewModel(satchel: desk.satchel, notices: Notices(), open: { _ in })
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("no account") { model.state.content == .empty }
            let account = try await desk.satchel.accounts.add(desk.request())
            try await eventually("the account") { model.sections.map(\.id) == [account.id] }
            try await desk.satchel.accounts.remove(account.id, discardSoleCopies: true)
            try await eventually("no account again") { model.state.content == .empty }
        }
    }

    func testAnAccountThatFailsKeepsNoOtherFromItsMailAndIsNamed() async throws {
        let desk = try await Desk.with(messages: 1)
        // Nobody listens there.
        let away = AccountRequest(
            address: "bob@example.org", incoming: "imaps://localhost:1", password: Secret("secret"),
            trust: .platformAnd(authorities: desk.office.authority), popRule: .leave, prove: false)
        _ = try await desk.satchel.accounts.add(away)
        try desk.office.tell("deliver \(Desk.ann) INBOX 2")
        // The one that fails has failed long before the other is done.
        try desk.office.tell("slow 100")
        await onMain {
            let model = MailboxesViewModel(satchel: desk.satchel, notices: Notices(), open: { _ in })
            model.on(.askedForNews)
            await model.finished()
            guard case .notAll(2, let troubles)? = model.state.notice?.text else {
                return XCTFail("\(String(describing: model.state.notice))")
            }
            XCTAssertEqual(troubles.map(\.address), ["bob@example.org"])
            guard case .notReached? = troubles.first?.problem else { return XCTFail("\(troubles)") }
        }
    }

    func testAPersonTakesAnActionBackFromTheListOfMailboxes() async throws {
        let desk = try await Desk.with(messages: 1)
        let row = try await desk.first()
        let done = try await desk.satchel.actions.archive([row.id])
        await onMain {
            let model = MailboxesViewModel(satchel: desk.satchel, notices: Notices(), open: { _ in })
            model.on(.pressedUndo(done.undo))
            await model.finished()
            XCTAssertEqual(model.state.notice?.text, .takenBack)
        }
        let back = try await desk.satchel.messages.row(row.id)
        XCTAssertEqual(back.mailbox, row.mailbox)
    }

    func testAClosedCoreIsSaidOnTheScreen() async throws {
        let desk = try Desk.empty()
        try await desk.satchel.close()
        try await onMain {
            let model = MailboxesViewModel(satchel: desk.satchel, notices: Notices(), open: { _ in })
            let run = Task { await model.run() }
            defer { run.cancel() }
            try await eventually("the problem") {
                if case .failed(.stopped) = model.state.content { true } else { false }
            }
        }
    }
}

/// Where a screen led.
@MainActor
final class Opened {
    private(set) var routes: [Route] = []
    func open(_ route: Route) { routes.append(route) }
}

extension MailboxesViewModel {
    /// The sections that are shown.
    fileprivate var sections: [AccountSection] {
        guard case .sections(let sections) = state.content else { return [] }
        return sections
    }
}
