// How rows, accounts, mailboxes and attachments are told in words.
import Satchel
import XCTest

@testable import SatchelUI

final class FactsTests: XCTestCase {
    private let words = Samples.words

    func testARowIsReadOutWithTheMostImportantFirst() {
        let row = Samples.row(1, starred: true, answered: true, attachment: true)
        let facts = RowFacts(row, selected: false, words)
        XCTAssertEqual(
            facts.spoken,
            "Unread, Ben, Boat trip?, 09:26, Answered, With attachment, Starred, The weather holds until Sunday.")
        XCTAssertEqual(facts.marks, [.answered, .attachment, .star])
        let plain = RowFacts(Samples.row(1, from: "", subject: "", seen: true), selected: false, words)
        XCTAssertTrue(plain.spoken.hasPrefix("Unknown sender, No subject"), plain.spoken)
        XCTAssertFalse(plain.unread)
    }

    func testEverySwipeIsAlsoANamedAction() {
        let facts = RowFacts(Samples.row(1, seen: true, starred: true), selected: true, words)
        XCTAssertEqual(facts.leading.map(\.event), [.swipedToArchive(PlacementId(1))])
        XCTAssertEqual(facts.trailing.map(\.event), [.swipedToDelete(PlacementId(1))])
        XCTAssertEqual(facts.others.map(\.word), [.unstar, .markUnseen, .deselect])
        for swiped in facts.leading + facts.trailing { XCTAssertTrue(facts.actions.contains(swiped)) }
        let other = RowFacts(Samples.row(1), selected: false, words)
        XCTAssertEqual(other.others.map(\.word), [.star, .markSeen, .select])
    }

    func testAnAccountTellsWhatIsTheMatter() {
        let section = { (status: AccountStatusView?, syncing: Bool) in
            AccountSection(account: Samples.account(), status: status, syncing: syncing, collapsed: false, rows: [])
        }
        XCTAssertEqual(section(nil, false).told(words), "Not checked yet")
        XCTAssertEqual(section(Samples.status(), true).told(words), "Checking for mail…")
        XCTAssertEqual(section(Samples.status(), false).told(words), "Up to date, 09:16")
        let troubled = Samples.status(problem: "authentication")
        XCTAssertEqual(section(troubled, false).told(words), "Sign-in was refused. Last checked 09:16")
        let never = Samples.status(success: nil, problem: "network", waiting: 2)
        XCTAssertEqual(section(never, false).told(words), "The server was not reached. Not checked yet")
        XCTAssertEqual(section(never, false).pending(words), ["2 changes wait for the server"])
    }

    func testAMailboxIsCalledByItsRole() {
        XCTAssertEqual(Samples.mailbox().spoken(words), "Inbox, 3 unread")
        XCTAssertEqual(Samples.mailbox(1, "Boats", role: nil, unread: 0).spoken(words), "Boats")
        XCTAssertEqual(Samples.mailbox(unread: 0).badge, "")
    }

    func testHeadingsStandWhereAGroupOfDaysBegins() {
        guard let rows = MessagesState.samples.first(where: { $0.0 == "rows" })?.1 else { return XCTFail("none") }
        let slots = rows.slots(words)
        XCTAssertEqual(slots.count, 5, "one of them has no row yet")
        let headings = slots.map { slot -> String? in
            if case .row(_, let heading) = slot.content { heading } else { "room" }
        }
        XCTAssertEqual(headings, ["Today", nil, "Yesterday", "January 2026", "room"])
        XCTAssertEqual(slots.map(\.id), (1...4).map { .row(PlacementId($0)) } + [.room(4)])
    }

    func testAMessageClosedToUsSaysSo() {
        let html = HtmlView(html: "<p>x</p>", heldBack: 2, heldBackHosts: [], truncated: true)
        XCTAssertEqual(Samples.content(encrypted: .openPgp).body, .nothing(.openPgp))
        XCTAssertEqual(Samples.content(encrypted: .smimeSigned).body, .nothing(.smime))
        XCTAssertEqual(Samples.content(text: "").body, .nothing(.noText))
        XCTAssertEqual(Samples.content(html: html).body, .html("<p>x</p>"))
        XCTAssertEqual(Samples.content(html: html).warnings(words).count, 2)
        XCTAssertEqual(Samples.content().warnings(words), [])
    }

    func testAnAvatarHasOneOrTwoLettersAndKeepsItsColour() {
        let table = [
            ("Ann", "A"), ("Ben de Groot", "BG"), ("נועה", "נ"), ("  ", ""), ("dana@example.org", "DO"), ("«Eva»", "E"),
        ]
        for (label, letters) in table {
            let person = AddressView(name: label, address: "Ann@example.org", label: label)
            XCTAssertEqual(Initials(person).letters, letters)
            XCTAssertEqual(Initials(person).tint, Initials(Samples.person("ann")).tint, "by the address")
        }
        XCTAssertEqual(Initials(nil).letters, "")
    }

    func testEverythingThatIsDrawnHasASymbol() {
        let drawn: [Word] = [
            .archive, .delete, .junk, .star, .unstar, .markSeen, .markUnseen, .select, .deselect, .selectAll,
            .clearSelection, .checkForMail, .askAgain, .download, .fetchOlder, .cancel, .open, .offline, .fold, .unfold,
        ]
        for word in drawn { XCTAssertNotEqual(word.symbol, "circle.dotted", "\(word)") }
    }

    func testAddressesAreShownWhole() {
        let lines = Samples.content().addressLines
        XCTAssertEqual(lines.map(\.word), [.from, .to])
        XCTAssertEqual(lines[0].addresses, ["Ben <ben@example.org>"])
    }

    func testAnAttachmentOffersWhatCanBeDoneNow() {
        guard let state = MessageState.samples.first(where: { $0.0 == "attachments" })?.1 else {
            return XCTFail("none")
        }
        XCTAssertEqual(state.attachments.map(\.action.word), [.download, .cancel, .open, .askAgain])
        XCTAssertEqual(state.attachments[1].told(words), "400 kB of 1.9 MB")
        XCTAssertEqual(state.attachments[1].progress.share ?? 0, 0.21, accuracy: 0.01)
        XCTAssertEqual(state.attachments[3].told(words), "The server was not reached")
    }
}
