// New mail is told to the person first and to the core then, with the real mail core and a post office.
import Desk
import Satchel
import XCTest

@testable import SatchelUI

final class SliceToldTests: XCTestCase {
    private struct NotAllowed: Error {}

    func testMailThatCouldNotBeShownIsShownWithTheNextSlice() async throws {
        let desk = try await Desk.with(messages: 1)
        let (activity, account) = (desk.satchel.activity, try await desk.account())
        try await activity.toldEverything()
        try desk.bringNewMail(2)
        let came = SliceNotice(account: account.id, subject: .came(2))
        for (allowed, shown) in [(false, [came]), (true, [came]), (true, [])] {
            var asked: [SliceNotice] = []
            let slices = try await activity.runUntil(20)
            await tell(
                slices, to: activity,
                show: { notice in
                    asked.append(notice)
                    guard allowed else { throw NotAllowed() }
                }, withdraw: { _ in })
            XCTAssertEqual(asked, shown)
        }
    }

    func testARefusedLoginAsksForThePersonAndIsTakenBackWhenAllIsWell() async throws {
        let desk = try await Desk.with(messages: 1)
        let (activity, account) = (desk.satchel.activity, try await desk.account())
        try await activity.toldEverything()
        let (asked, withdrawn) = try await told(desk) { try desk.office.tell("password \(Desk.ann) other") }
        XCTAssertEqual(asked.map(\.account), [account.id])
        guard case .needsPerson(let sentence)? = asked.first?.subject else { return XCTFail("\(asked)") }
        XCTAssertFalse(sentence.isEmpty)
        XCTAssertFalse(sentence.contains(Desk.ann))
        XCTAssertEqual(asked.first?.title(English()), "An account needs you")
        XCTAssertEqual(withdrawn, [])
        let (none, back) = try await told(desk) { try desk.office.tell("password \(Desk.ann) secret") }
        XCTAssertEqual(none, [])
        XCTAssertEqual(back, asked.map(\.name))
    }

    func testWhoLookedForMailInTheAppIsNotToldOfItAgain() async throws {
        for screen in 0..<2 {
            let desk = try await Desk.with(messages: 1)
            let inbox = try await desk.inbox()
            try await desk.satchel.activity.toldEverything()
            try desk.bringNewMail(2)
            await onMain {
                if screen == 0 {
                    let model = MailboxesViewModel(satchel: desk.satchel, notices: Notices(), open: { _ in })
                    model.on(.askedForNews)
                    await model.finished()
                } else {
                    let model = MessagesViewModel(
                        mailbox: inbox.id, satchel: desk.satchel, notices: Notices(), open: { _ in })
                    model.on(.askedForNews)
                    await model.finished()
                }
            }
            let slices = try await desk.satchel.activity.runUntil(20)
            XCTAssertEqual(slices.map(\.freshCount), [0])
        }
    }

    /// What a slice after `change` tells, and what it takes back.
    private func told(_ desk: Desk, after change: () throws -> Void) async throws -> ([SliceNotice], [String]) {
        try change()
        var (asked, withdrawn): ([SliceNotice], [String]) = ([], [])
        await tell(
            try await desk.satchel.activity.runUntil(20), to: desk.satchel.activity,
            show: { asked.append($0) }, withdraw: { withdrawn.append($0) })
        return (asked, withdrawn)
    }
}
