// What each piece of news does to the state of a screen.
import Satchel
import XCTest

@testable import SatchelUI

final class KnownTests: XCTestCase {
    private let online = NetworkState(online: true, metered: false)
    private let offline = NetworkState(online: false, metered: false)

    private func mailboxes(_ news: MailboxesNews...) -> MailboxesState {
        var known = MailboxesKnown()
        news.forEach { known.take($0) }
        return known.state
    }

    private func messages(_ news: MessagesNews...) -> MessagesState {
        var known = MessagesKnown()
        news.forEach { known.take($0) }
        return known.state
    }

    private func message(_ news: MessageNews...) -> MessageState {
        var known = MessageKnown()
        news.forEach { known.take($0) }
        return known.state
    }

    private func shown(_ rows: [MessageView], total: UInt32? = nil, first: UInt32 = 0) -> ShownRows {
        ShownRows(total: total ?? UInt32(rows.count), first: first, rows: rows, generation: 1)
    }

    func testMailboxesWaitForAllTheyShow() {
        let (one, two) = (Samples.account(1), Samples.account(2))
        XCTAssertEqual(mailboxes().content, .placeholder)
        XCTAssertEqual(mailboxes(.accounts([])).content, .empty)
        XCTAssertEqual(mailboxes(.accounts([one, two]), .mailboxes(one.id, [])).content, .placeholder)
        let both = mailboxes(
            .accounts([one, two]), .mailboxes(two.id, []), .mailboxes(one.id, [Samples.mailbox()]),
            .syncing([two.id]), .status([Samples.status(1)]))
        guard case .sections(let sections) = both.content else { return XCTFail("\(both.content)") }
        XCTAssertEqual(sections.map(\.id), [one.id, two.id], "in the core's order")
        XCTAssertEqual(sections.map(\.syncing), [false, true])
        XCTAssertEqual(sections.map { $0.status != nil }, [true, false])
    }

    func testAnAccountThatWentTakesItsMailboxesAlong() {
        let one = Samples.account(1)
        let gone = mailboxes(.accounts([one]), .mailboxes(one.id, []), .accounts([]))
        XCTAssertEqual(gone.content, .empty)
        let again = mailboxes(.accounts([one]), .mailboxes(one.id, []), .accounts([]), .accounts([one]))
        XCTAssertEqual(again.content, .placeholder, "not with what it had before")
    }

    func testAFoldedAccountKeepsItsRowsAndShowsNone() {
        let one = Samples.account(1)
        let base: [MailboxesNews] = [.accounts([one]), .mailboxes(one.id, [Samples.mailbox()])]
        for (times, count) in [(0, 1), (1, 0), (2, 1)] {
            var known = MailboxesKnown()
            (base + Array(repeating: .toggled(one.id), count: times)).forEach { known.take($0) }
            guard case .sections(let sections) = known.state.content else { return XCTFail("no sections") }
            XCTAssertEqual(sections[0].shown.count, count)
            XCTAssertEqual(sections[0].rows.count, 1)
        }
    }

    func testTheNetworkShowsOnEveryScreen() {
        XCTAssertEqual([offline, online].map { mailboxes(.network($0)).offline }, [true, false])
        XCTAssertEqual([offline, online].map { messages(.network($0)).offline }, [true, false])
        XCTAssertEqual([offline, online].map { message(.network($0)).offline }, [true, false])
    }

    func testAnEmptyListSaysWhy() {
        let nothing = MessagesNews.rows(shown([]))
        XCTAssertEqual(messages(nothing).content, .placeholder, "until the mailbox is known")
        let table: [(MailboxView, EmptyReason)] = [
            (Samples.mailbox(), .allDone), (Samples.mailbox(role: nil), .noMessages),
            (Samples.mailbox(hasOlder: true), .noneFetched),
        ]
        for (mailbox, reason) in table {
            XCTAssertEqual(messages(.mailbox(mailbox), nothing).content, .empty(reason))
        }
    }

    func testRowsAreFoundByTheirPosition() {
        let rows = [Samples.row(1), Samples.row(2)]
        let content = messages(.mailbox(Samples.mailbox()), .rows(shown(rows, total: 60, first: 40))).content
        XCTAssertEqual(content, .rows(total: 60, first: 40, rows: rows))
        XCTAssertEqual([39, 40, 41, 42].map { content.at($0)?.id.value }, [nil, 1, 2, nil])
    }

    func testPickingAddsTakesBackAndEnds() {
        let (one, two) = (PlacementId(1), PlacementId(2))
        let rows: [MessagesNews] = [
            .mailbox(Samples.mailbox()), .rows(shown([Samples.row(1), Samples.row(2)])),
        ]
        let table: [([MessagesNews], Set<PlacementId>)] = [
            ([.toggledSelection(one)], [one]), ([.toggledSelection(one), .toggledSelection(one)], []),
            ([.selectedAll([one, two])], [one, two]), ([.selectedAll([one, two]), .toggledSelection(two)], [one]),
            ([.selectedAll([one, two]), .clearedSelection], []),
            ([.selectedAll([one, two]), .stillThere([two])], [two]),
            ([.selectedAll([one, two]), .rows(shown([Samples.row(2)]))], [two]),
            ([.selectedAll([one, two]), .rows(shown([Samples.row(2)], total: 9))], [one, two]),
        ]
        for (news, selected) in table {
            var known = MessagesKnown()
            (rows + news).forEach { known.take($0) }
            XCTAssertEqual(known.state.selected, selected)
            XCTAssertEqual(known.state.picking, selected.isEmpty ? .none : .some(selected.count))
        }
    }

    func testOnlyWhatMayHaveTakenAPickedMessageAwayIsLookedInto() {
        let (before, picked) = (
            shown([Samples.row(1), Samples.row(2)], total: 9), MessagesNews.selectedAll([PlacementId(1)])
        )
        let table: [(String, [MessagesNews], ShownRows, Bool)] = [
            ("nothing is picked", [.rows(before)], shown([Samples.row(2)], total: 8), false),
            ("nothing was shown", [picked], shown([Samples.row(2)], total: 8), false),
            ("fewer", [.rows(before), picked], shown([Samples.row(2)], total: 8), true),
            ("one came, one went", [.rows(before), picked], shown([Samples.row(3), Samples.row(2)], total: 9), true),
            ("scrolled", [.rows(before), picked], shown([Samples.row(4)], total: 9, first: 4), false),
            (
                "a mark", [.rows(before), picked], shown([Samples.row(1, starred: true), Samples.row(2)], total: 9),
                false
            ),
            ("all of it is seen", [.rows(before), picked], shown([Samples.row(2)]), false),
        ]
        for (name, news, next, may) in table {
            var known = MessagesKnown()
            news.forEach { known.take($0) }
            XCTAssertEqual(known.mayLose(with: next), may, name)
        }
    }

    func testRowsThatComeAfterAProblemTakeItsPlace() {
        let one = Samples.account(1)
        let tree: [MailboxesNews] = [.accounts([one]), .mailboxes(one.id, [Samples.mailbox()])]
        for news in tree {
            var known = MailboxesKnown()
            (tree + [.failed(Samples.problem)]).forEach { known.take($0) }
            XCTAssertEqual(known.state.content, .failed(Samples.problem))
            known.take(news)
            guard case .sections = known.state.content else { return XCTFail("\(known.state.content)") }
        }
        let rows = MessagesNews.rows(shown([Samples.row(1)]))
        let list = messages(.mailbox(Samples.mailbox()), rows, .failed(Samples.problem), rows)
        XCTAssertEqual(list.content.here.count, 1)
    }

    func testATextThatIsShownStaysWhateverFailsAfterIt() {
        let content = Samples.content(Samples.row(1))
        XCTAssertEqual(message(.content(content), .failed(Samples.problem)).content, .shown(content, heldBack: 0))
        XCTAssertEqual(
            message(.content(content), .opening, .failed(Samples.problem)).content, .shown(content, heldBack: 0))
    }

    func testOlderMessagesAreOfferedAndOnTheirWay() {
        XCTAssertEqual(messages(.mailbox(Samples.mailbox())).older, .none)
        XCTAssertEqual(messages(.mailbox(Samples.mailbox(hasOlder: true))).older, .offered)
        XCTAssertEqual(messages(.mailbox(Samples.mailbox(hasOlder: true)), .fetchingOlder(true)).older, .coming)
    }

    func testAPassOfAnotherAccountIsNotThisOnes() {
        XCTAssertTrue(messages(.mailbox(Samples.mailbox()), .syncing([AccountId(1)])).syncing)
        XCTAssertFalse(messages(.mailbox(Samples.mailbox()), .syncing([AccountId(2)])).syncing)
    }

    func testAMessageShowsWhatIsKnownOfIt() {
        let (row, content) = (Samples.row(1), Samples.content(Samples.row(1), parts: [Samples.part("2")]))
        XCTAssertEqual(message().content, .placeholder)
        XCTAssertEqual(message(.row(row)).content, .header(row))
        XCTAssertEqual(message(.content(content)).content, .shown(content, heldBack: 0))
        XCTAssertEqual(message(.row(row), .failed(Samples.problem)).content, .failed(Samples.problem, row: row))
        XCTAssertEqual(message(.failed(Samples.problem), .opening).content, .placeholder, "asked again")
        let starred = Samples.row(1, starred: true)
        XCTAssertEqual(message(.content(content), .row(starred)).row, starred, "the row changes under the text")
    }

    func testOnlyListedPartsAreAttachments() {
        let content = Samples.content(parts: [Samples.part("2"), Samples.part("3", listed: false)])
        XCTAssertEqual(message(.content(content)).attachments.map(\.id), ["2"])
    }
}
