// What tests expect of failures.
import Foundation
import Satchel
import XCTest

extension MailFailure {
    /// The case's name.
    var name: String { String("\(self)".prefix { $0 != "(" }) }
}

/// The work fails with a `MailFailure` of that case, and with nothing else.
@discardableResult
func assertFails(
    with name: String, file: StaticString = #filePath, line: UInt = #line, _ work: () async throws -> Void
) async -> MailFailure? {
    do {
        try await work()
        XCTFail("it did not fail", file: file, line: line)
    } catch let failure as MailFailure {
        XCTAssertEqual(failure.name, name, failure.sentence, file: file, line: line)
        XCTAssertFalse(failure.sentence.isEmpty, file: file, line: line)
        return failure
    } catch {
        XCTFail("not a MailFailure: \(error)", file: file, line: line)
    }
    return nil
}

/// The database files of a home, by what they begin with.
func databases(in home: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: home, includingPropertiesForKeys: nil).filter {
        (try? Data(contentsOf: $0).starts(with: Data("SQLite format 3".utf8))) == true
    }
}
