// What tests expect of failures.
import Desk
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

/// The database of a home that was just opened and closed, with everything in the one file.
func wholeDatabase(in home: URL) async throws -> URL {
    for _ in 0..<50 {
        try await Satchel.open(home: home, vault: MemoryVault()).close()
        let files = try FileManager.default.contentsOfDirectory(at: home, includingPropertiesForKeys: nil)
        // Connections that close at the same moment leave the journal behind, and what is in it comes before the file.
        guard !files.contains(where: { $0.lastPathComponent.hasSuffix("-wal") }) else { continue }
        let databases = files.filter { (try? Data(contentsOf: $0).starts(with: Data("SQLite format 3".utf8))) == true }
        return try found(databases.first, "database")
    }
    throw Missing(what: "a database without a journal")
}
