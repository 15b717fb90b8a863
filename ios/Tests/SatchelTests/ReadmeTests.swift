// The snippet of the README, run as it stands there.
import Desk
import Foundation
import Satchel
import XCTest

final class ReadmeTests: XCTestCase {
    func testTheReadmesSnippetPrintsTheNewestTenSubjects() async throws {
        let desk = try Desk.empty()
        try desk.office.tell("deliver \(Desk.ann) INBOX 12")
        let (folder, server) = (freshFolder(), "imaps://localhost:\(desk.office.ports["imaps"] ?? 0)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (vault, authority) = (MemoryVault(), desk.office.authority)
        var printed: [String] = []
        func print(_ line: String) { printed.append(line) }

        // readme:begin
        let satchel = try Satchel.open(home: folder, vault: vault)
        let account = try await satchel.accounts.add(
            AccountRequest(
                address: "ann@example.org", incoming: server, password: Secret("secret"),
                trust: .platformAnd(authorities: authority), popRule: .leave))
        try await satchel.activity.sync(account.id)
        let mailboxes = try await satchel.mailboxes.list(account.id)
        for inbox in mailboxes where inbox.role == .inbox {
            let page = try await satchel.messages.page(inbox.id, limit: 10)
            for row in page.rows { print(row.subject) }
        }
        try await satchel.close()
        // readme:end

        XCTAssertEqual(printed.count, 10)
        XCTAssertEqual(printed.first, "Message 12")
    }
}
