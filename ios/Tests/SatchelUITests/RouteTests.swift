// Links to places, and the way through them.
import Satchel
import XCTest

@testable import SatchelUI

final class RouteTests: XCTestCase {
    func testLinksAreWrittenAndReadBack() {
        let table: [(Route, String)] = [
            (.mailboxes, "satchel://mailboxes"),
            (.messages(MailboxId(7)), "satchel://mailbox/7"),
            (.message(PlacementId(42)), "satchel://message/42"),
        ]
        for (route, link) in table {
            XCTAssertEqual(route.link, link)
            XCTAssertEqual(Route(link: link), route)
        }
        XCTAssertEqual(Route(link: "SATCHEL://mailbox/7/"), .messages(MailboxId(7)))
    }

    func testALinkThatLeadsNowhereIsNone() {
        let table = [
            "", "satchel://", "satchel://mailbox", "satchel://mailbox/", "satchel://mailbox/x", "satchel://mailbox/0",
            "satchel://mailbox/-1", "satchel://mailbox/7/8", "satchel://mailboxes/7", "https://mailboxes",
            "satchel://mailbox/99999999999999999999",
        ]
        for link in table { XCTAssertNil(Route(link: link), link) }
    }

    func testASecondMailboxTakesThePlaceOfTheFirst() async {
        await onMain {
            let navigator = Navigator()
            navigator.open(.messages(MailboxId(1)))
            navigator.open(.message(PlacementId(5)))
            navigator.open(.messages(MailboxId(2)))
            XCTAssertEqual(navigator.routes, [.mailboxes, .messages(MailboxId(2))])
            navigator.open(.message(PlacementId(6)))
            XCTAssertEqual(navigator.mailbox, MailboxId(2))
            XCTAssertEqual(navigator.message, PlacementId(6))
            navigator.leave(.message(PlacementId(9)))
            XCTAssertEqual(navigator.routes.count, 3, "what is not open cannot be left")
            navigator.leave(.messages(MailboxId(2)))
            XCTAssertEqual(navigator.routes, [.mailboxes])
            navigator.back()
            XCTAssertEqual(navigator.routes, [.mailboxes])
        }
    }

    func testWhatWasOpenIsOpenAgain() async {
        await onMain {
            let navigator = Navigator()
            navigator.open(.messages(MailboxId(1)))
            navigator.open(.message(PlacementId(5)))
            XCTAssertEqual(Navigator(saved: navigator.saved).routes, navigator.routes)
            XCTAssertEqual(Navigator(saved: ["nonsense"]).routes, [.mailboxes])
        }
    }
}
