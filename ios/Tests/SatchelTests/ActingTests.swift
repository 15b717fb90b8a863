// A person flags, moves, undoes, with and without a network.
import Desk
import Satchel
import XCTest

final class ActingTests: XCTestCase {
    func testFlagsOneAndSeesTheEvent() async throws {
        let desk = try await Desk.with(messages: 3)
        let row = try await desk.first()
        let rows = desk.satchel.messages.watch(row.id)
        let pending = desk.satchel.pending.watch()
        try await until(rows, "the row") { !$0.flags.flagged }
        try await until(pending, "nothing waits") { $0.isEmpty }
        let done = try await desk.satchel.actions.star([row.id], on: true)
        try await until(rows, "the star") { $0.flags.flagged }
        try await until(pending, "it waits") { $0.contains { $0.kind == .flag && $0.state == .waiting } }
        try await desk.satchel.actions.undo(done.undo)
        try await until(rows, "the star is gone") { !$0.flags.flagged }
    }

    func testWorksOfflineAndTellsTheServerWhenTheNetworkIsBack() async throws {
        let desk = try await Desk.with(messages: 3)
        let (row, account) = (try await desk.first(), try await desk.account())
        let watched = desk.satchel.network.watch()
        try await until(watched, "online") { $0.online }
        try desk.satchel.network.changed(NetworkState(online: false, metered: false))
        try await until(watched, "offline") { !$0.online }
        try await desk.satchel.actions.star([row.id], on: true)
        await assertFails(with: "offline") { try await desk.sync() }
        let waiting = try await desk.satchel.activity.status()[0].waitingOperations
        XCTAssertEqual(waiting, 1)
        XCTAssertFalse(try flagged(desk), "the server knows nothing yet")

        try desk.satchel.network.changed(NetworkState(online: true, metered: false))
        try await until(watched, "online again") { $0.online }
        let passes = desk.satchel.activity.syncing()
        try await until(passes, "nothing runs") { $0.isEmpty }
        let report = try await desk.satchel.activity.sync(account.id)
        XCTAssertEqual(report.operationsDone, 1)
        XCTAssertTrue(try flagged(desk))
        let status = try await desk.satchel.activity.status()[0]
        XCTAssertEqual(status.waitingOperations, 0)
        XCTAssertNil(status.lastProblem)
    }

    /// Whether the newest message of three has its star on the server.
    private func flagged(_ desk: Desk) throws -> Bool {
        try desk.office.tell("flags \(Desk.ann) INBOX 3").contains("\\Flagged")
    }

    func testArchivesDeletesAndJunksAndTakesEachBack() async throws {
        let desk = try await Desk.with(messages: 3)
        let (row, inbox, actions) = (try await desk.first(), try await desk.inbox(), desk.satchel.actions)
        for act in [actions.archive, actions.delete, actions.junk] {
            let done = try await act([row.id])
            let moved = try await desk.satchel.messages.row(row.id)
            XCTAssertNotEqual(moved.mailbox, inbox.id)
            try await actions.undo(done.undo)
            let back = try await desk.satchel.messages.row(row.id)
            XCTAssertEqual(back.mailbox, inbox.id)
        }
    }

    func testMakesRenamesAndDeletesAMailbox() async throws {
        let desk = try await Desk.with(messages: 1)
        let account = try await desk.account()
        let watched = desk.satchel.mailboxes.watch(account.id)
        try await until(watched)
        let made = try await desk.satchel.mailboxes.create(account.id, name: "Boats")
        try await until(watched, "the new mailbox") { $0.contains { $0.name == "Boats" } }
        _ = try await desk.satchel.mailboxes.rename(made.id, name: "Ships")
        try await until(watched, "the new name") { $0.contains { $0.name == "Ships" } }
        try await desk.satchel.actions.copy([desk.first().id], to: made.id)
        await assertFails(with: "invalidInput") { _ = try await desk.satchel.mailboxes.delete(made.id) }
        let page = try await desk.satchel.messages.page(made.id)
        try await desk.satchel.actions.move(page.rows.map(\.id), to: desk.inbox().id)
        _ = try await desk.satchel.mailboxes.delete(made.id)
        try await until(watched, "it is gone") { !$0.contains { $0.id == made.id } }
    }

    func testAnAccountIsAddedWatchedAndRemoved() async throws {
        let desk = try Desk.empty()
        let watched = desk.satchel.accounts.watch()
        try await until(watched, "none yet") { $0.isEmpty }
        let account = try await desk.satchel.accounts.add(desk.request())
        try await until(watched, "the account") { $0.map(\.id) == [account.id] }
        XCTAssertEqual(desk.vault.count, 1)
        let sole = try await desk.satchel.accounts.soleCopies(account.id)
        XCTAssertEqual(sole, 0)
        try await desk.satchel.accounts.remove(account.id, discardSoleCopies: false)
        try await until(watched, "none any more") { $0.isEmpty }
        XCTAssertEqual(desk.vault.count, 0, "the password went with it")
    }

    func testNewMailIsFreshUntilItWasTold() async throws {
        let desk = try await Desk.with(messages: 1)
        let activity = desk.satchel.activity
        try await activity.toldEverything()
        try desk.bringNewMail(2)
        let first = try await found(activity.runUntil(20).first, "slice")
        XCTAssertEqual(first.freshCount, 2)
        let newest = try await desk.newest(2)
        XCTAssertEqual(Set(first.fresh.map(\.id)), Set(newest.map(\.id)))
        let again = try await found(activity.runUntil(20).first, "slice")
        XCTAssertEqual(again.freshCount, 2, "it was taken back before anybody was told")
        try await activity.told(try found(again.told, "token"))
        let after = try await found(activity.runUntil(20).first, "slice")
        XCTAssertEqual(after.freshCount, 0)
        XCTAssertNil(after.told)
        try desk.bringNewMail(1)
        try await desk.sync()
        try await activity.toldEverything()
        let seen = try await found(activity.runUntil(20).first, "slice")
        XCTAssertEqual(seen.freshCount, 0, "the person saw it in the app")
        await assertFails(with: "invalidInput") { try await activity.told("nonsense") }
    }

    func testANewPasswordIsKeptOnlyOnceTheServerTookIt() async throws {
        let desk = try await Desk.with(messages: 1)
        let (account, accounts) = (try await desk.account(), desk.satchel.accounts)
        await assertFails(with: "authentication") {
            _ = try await accounts.change(account.id, AccountChangeRequest(password: Secret("wrong")))
        }
        try await desk.sync()
        _ = try await accounts.change(account.id, AccountChangeRequest(password: Secret("secret")))
        try await desk.sync()
        XCTAssertEqual(desk.vault.count, 1)
    }

    func testASliceOfBackgroundWorkBringsNewMail() async throws {
        let desk = try await Desk.with(messages: 1)
        try desk.office.tell("deliver \(Desk.ann) INBOX 2")
        let slices = try await desk.satchel.activity.runUntil(20)
        XCTAssertEqual(slices.map(\.report?.newMessages), [2])
        try await desk.satchel.activity.settle()
        let usage = try await desk.satchel.storage.usage()
        XCTAssertGreaterThan(usage.database.bytes, 0)
    }
}
