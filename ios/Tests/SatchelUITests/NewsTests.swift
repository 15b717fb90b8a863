// What a person is told who asked for new mail in several accounts.
import Satchel
import XCTest

@testable import SatchelUI

final class NewsTests: XCTestCase {
    func testTheNoticeTellsTheTruthAboutAllAccounts() {
        let (gone, cut) = (Samples.problem, Problem.stopped(sentence: "it was cut short"))
        let (ann, bob) = (
            AccountTrouble(address: "ann@example.org", problem: gone),
            AccountTrouble(address: "bob@example.org", problem: cut)
        )
        let alike = AccountTrouble(address: "bob@example.org", problem: gone)
        let table: [(Int, [AccountTrouble], Int, NoticeText)] = [
            (0, [], 2, .nothingNew), (3, [], 2, .cameIn(3)), (0, [ann], 1, .failed(gone)),
            (0, [ann, alike], 2, .failed(gone)), (0, [ann, bob], 2, .notAll(came: 0, [ann, bob])),
            (3, [ann], 2, .notAll(came: 3, [ann])), (0, [ann], 2, .notAll(came: 0, [ann])),
        ]
        for (came, troubles, accounts, told) in table {
            XCTAssertEqual(News.told(came: came, troubles, of: accounts), told)
        }
    }

    func testItNamesTheAccountAndWhatKeptIt() {
        let trouble = AccountTrouble(address: "bob@example.org", problem: .stopped(sentence: "it was cut short"))
        let english = English()
        XCTAssertEqual(
            noticeText(.notAll(came: 2, [trouble]), english), "2 new messages. bob@example.org: Stopped")
        XCTAssertEqual(noticeText(.notAll(came: 0, [trouble]), english), "bob@example.org: Stopped")
    }
}
