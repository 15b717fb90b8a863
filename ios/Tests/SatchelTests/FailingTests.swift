// What goes wrong, and what the app is told then.
import Desk
import Foundation
import Satchel
import XCTest

final class FailingTests: XCTestCase {
    func testWrongPasswordIsAnAuthenticationFailure() async throws {
        let desk = try Desk.empty()
        let failure = await assertFails(with: "authentication") {
            _ = try await desk.satchel.accounts.add(desk.request(password: "wrong"))
        }
        guard case .authentication(_, let host, let serverText)? = failure else { return XCTFail("no failure") }
        XCTAssertEqual(host, "localhost")
        XCTAssertFalse(serverText.forPerson.isEmpty)
        XCTAssertFalse("\(String(describing: failure))".contains(serverText.forPerson), "not for logs")
        let accounts = try await desk.satchel.accounts.list()
        XCTAssertEqual(accounts, [], "nothing is kept")

        _ = try await desk.satchel.accounts.add(desk.request())
        try desk.office.tell("password \(Desk.ann) changed")
        await assertFails(with: "authentication") { try await desk.sync() }
    }

    func testDeadNetworkIsANetworkFailure() async throws {
        let desk = try await Desk.with(messages: 1)
        try desk.office.tell("down")
        await assertFails(with: "network") { try await desk.sync() }
        try desk.office.tell("up")
        try await desk.sync()
    }

    func testAnUnknownAuthorityIsATlsFailure() async throws {
        let desk = try Desk.empty()
        let given = desk.request()
        let request = AccountRequest(
            address: given.address, incoming: given.incoming, password: given.password, trust: .platform,
            popRule: .leave)
        let failure = await assertFails(with: "tls") { _ = try await desk.satchel.accounts.add(request) }
        guard case .tls(_, _, .unknownIssuer, _, let sha256?)? = failure else {
            return XCTFail("no certificate to pin in \(String(describing: failure))")
        }
        XCTAssertEqual(sha256.count, 64)
    }

    func testCallsAfterCloseAreRefused() async throws {
        let desk = try await Desk.with(messages: 1)
        let (satchel, row, account) = (desk.satchel, try await desk.first(), try await desk.account())
        let stream = satchel.accounts.watch()
        try await until(stream)
        try await satchel.close()
        try await satchel.close()
        XCTAssertFalse(satchel.isOpen)
        let calls: [(String, () async throws -> Void)] = [
            ("accounts", { _ = try await satchel.accounts.list() }),
            ("add", { _ = try await satchel.accounts.add(desk.request()) }),
            ("mailboxes", { _ = try await satchel.mailboxes.list(account.id) }),
            ("window", { try await until(satchel.messages.list(row.mailbox).watch()) }),
            ("watch", { try await until(satchel.accounts.watch()) }),
            ("open", { _ = try await satchel.messages.open(row.id) }),
            ("page", { _ = try await satchel.messages.page(row.mailbox) }),
            ("search", { _ = try await satchel.search.page("x") }),
            ("star", { try await satchel.actions.star([row.id], on: true) }),
            ("pending", { _ = try await satchel.pending.list() }),
            ("usage", { _ = try await satchel.storage.usage() }),
            ("sync", { try await satchel.activity.sync(account.id) }),
            ("runUntil", { try await satchel.activity.runUntil(1) }),
            ("status", { _ = try await satchel.activity.status() }),
            ("changed", { try satchel.network.changed(NetworkState(online: true, metered: false)) }),
            ("state", { _ = try satchel.network.state() }),
            ("damaged", { _ = try satchel.damagedDatabase() }),
            ("download", { _ = try satchel.messages.download(row.id, section: "1", to: freshFolder()) }),
        ]
        for (name, call) in calls {
            let failure = await assertFails(with: "closed", call)
            XCTAssertNotNil(failure, name)
        }
    }

    func testAPanicInTheCoreBecomesAnError() async throws {
        let desk = try await Desk.with(messages: 1)
        await assertFails(with: "internal") { try await desk.satchel.provokeInternalError() }
        try await desk.sync()
        let rows = try await desk.newest()
        XCTAssertEqual(rows.count, 1, "and it goes on")
    }

    func testACancelledTaskEndsAPassAndAnOpening() async throws {
        let desk = try await Desk.with(messages: 2)
        let (account, row) = (try await desk.account(), try await desk.first())
        try desk.office.tell("slow 20000")
        let works: [@Sendable () async throws -> Void] = [
            { try await desk.satchel.activity.sync(account.id) },
            { _ = try await desk.satchel.messages.open(row.id) },
            { _ = try await desk.satchel.messages.raw(row.id) },
        ]
        for work in works {
            let began = ContinuousClock.now
            let task = Task { try await work() }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            await assertFails(with: "cancelled") { try await task.value }
            XCTAssertLessThan(ContinuousClock.now - began, .seconds(10), "it did not wait for the server")
        }
        try desk.office.tell("slow 0")
        try await desk.sync()
    }

    func testADeadlineThatIsNoneIsRefused() async throws {
        let desk = try await Desk.with(messages: 0)
        let account = try await desk.account()
        for deadline in [-1, .nan, .infinity] {
            await assertFails(with: "invalidInput") {
                try await desk.satchel.activity.sync(account.id, deadline: deadline)
            }
            await assertFails(with: "invalidInput") { try await desk.satchel.activity.runUntil(deadline) }
        }
        try await desk.satchel.activity.sync(account.id, deadline: 30)
    }

    func testWhatGoesAwayEndsItsStreamWithNotFound() async throws {
        let desk = try await Desk.with(messages: 2)
        let row = try await desk.first()
        let rows = desk.satchel.messages.watch(row.id)
        let window = desk.satchel.messages.list(row.mailbox).watch()
        let mailbox = desk.satchel.mailboxes.watch(one: row.mailbox)
        try await until(rows)
        try await until(window)
        try await until(mailbox)
        try await desk.satchel.accounts.remove(desk.account().id, discardSoleCopies: true)
        await assertFails(with: "notFound") { try await until(rows) { _ in false } }
        await assertFails(with: "notFound") { try await until(window) { _ in false } }
        await assertFails(with: "notFound") { try await until(mailbox) { _ in false } }
    }

    func testSecretsAndServerWordsAreNotPrinted() {
        for value in [Secret("hunter2"), ServerText("hunter2")] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for printed in ["\(value)", String(reflecting: value), dumped] {
                XCTAssertFalse(printed.contains("hunter2"), printed)
            }
        }
    }
}
