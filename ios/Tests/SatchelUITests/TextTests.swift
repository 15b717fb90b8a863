// Words for problems, notices, moments and sizes.
import Foundation
import Satchel
import XCTest

@testable import SatchelUI

final class TextTests: XCTestCase {
    private let english = English()

    func testEveryFailureBecomesAProblemWithWords() {
        let server = ServerText("no such user")
        let table: [(MailFailure, ProblemText.Action, String?)] = [
            (.authentication(sentence: "s", host: "h", serverText: server), .askAgain, "no such user"),
            (.network(sentence: "s", host: "h", reason: "r"), .askAgain, nil),
            (.tls(sentence: "s", host: "h", problem: .expired, reason: "r", sha256: nil), .askAgain, nil),
            (.serverRejected(sentence: "s", what: "w", code: nil, serverText: server), .askAgain, "no such user"),
            (.notFound(sentence: "s", what: "w"), .goBack, nil),
            (.offline(sentence: "s", what: "w"), .askAgain, nil),
            (.storage(sentence: "s", problem: .full), .askAgain, nil),
            (.invalidInput(sentence: "s", field: "f", reason: "r"), .goBack, nil),
            (.cancelled(sentence: "s"), .askAgain, nil),
            (.closed(sentence: "s"), .askAgain, nil),
            (.internal(sentence: "s", reason: "r"), .askAgain, nil),
            (.incompatibleLibrary(sentence: "s"), .askAgain, nil),
        ]
        for (failure, action, said) in table {
            let text = ProblemText(Problem(failure), english)
            XCTAssertFalse(text.title.isEmpty, "\(failure)")
            XCTAssertFalse(text.label.isEmpty, "\(failure)")
            XCTAssertEqual(text.sentence, "S.")
            XCTAssertEqual(text.action, action, "\(failure)")
            XCTAssertEqual(text.serverWords?.contains(said ?? ""), said.map { _ in true }, "\(failure)")
        }
    }

    func testEachKindOfUnsafeAndOfStorageHasATitleOfItsOwn() {
        let tls: [TlsProblem] = [
            .unknownIssuer, .expired, .wrongHost, .unusable, .notThePinnedOne, .startTlsMissing, .injected, .handshake,
        ]
        let storage: [StorageProblem] = [.full, .readOnly, .inUse, .newerVersion, .damaged, .io, .credentials]
        let titles =
            tls.map { english.title(.notSafe(sentence: "", host: "", why: $0)) }
            + storage.map { english.title(.storage(sentence: "", why: $0)) }
        XCTAssertEqual(Set(titles).count, titles.count)
    }

    func testEveryWordIsThere() {
        for word in Word.allCases { XCTAssertFalse(english.word(word).isEmpty, "\(word)") }
        for what in Counted.allCases {
            XCTAssertNotEqual(english.counted(what, 1), english.counted(what, 2), "\(what)")
        }
    }

    func testEveryNoticeHasWords() {
        let table: [(NoticeText, String)] = [
            (.archived(1), "Message archived"), (.deleted(3), "3 messages deleted"),
            (.junked(1), "Message marked as junk"), (.markedSeen(2), "2 messages marked as read"),
            (.cameIn(1), "1 new message"), (.nothingNew, "Nothing new"), (.takenBack, "Taken back"),
            (.failed(Samples.problem), "The server was not reached"),
        ]
        for (text, words) in table { XCTAssertEqual(noticeText(text, english), words) }
    }

    func testSizesHaveThreeDigitsAtMost() {
        let table: [(Int64, String)] = [
            (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1 kB"), (24_300, "24 kB"),
            (999_499, "999 kB"), (999_500, "1.0 MB"), (1_449_000, "1.4 MB"), (24_000_000, "24 MB"),
            (999_400_000, "999 MB"), (999_600_000, "1.0 GB"), (-5, "0 bytes"),
        ]
        for (bytes, words) in table { XCTAssertEqual(sizeText(ByteCount(bytes), english), words, "\(bytes)") }
    }

    func testMomentsAreSeenFromNowAndHere() throws {
        let now = Samples.now
        let dates = Samples.words.dates
        let hour: TimeInterval = 3_600
        XCTAssertEqual(dates.short(now), "09:26")
        XCTAssertEqual(dates.short(now - 10 * hour), "13 Mar")
        XCTAssertTrue(dates.short(now - 400 * 24 * hour).contains("2025"))
        XCTAssertEqual(dates.heading(now - 9 * hour), "Today")
        XCTAssertEqual(dates.heading(now + 48 * hour), "Today", "a clock that is ahead")
        XCTAssertEqual(dates.heading(now - 10 * hour), "Yesterday", "by the day, not by 24 hours")
        XCTAssertEqual(dates.heading(now - 3 * 24 * hour), "Wednesday")
        XCTAssertEqual(dates.heading(now - 20 * 24 * hour), "February 2026")
        XCTAssertEqual(dates.moment(now - hour), "08:26")
        let west = DateText(english, now: now, zone: try XCTUnwrap(TimeZone(secondsFromGMT: -10 * 3_600)))
        XCTAssertEqual(west.heading(now - 10 * hour), "Today", "there midnight is far")
    }
}
