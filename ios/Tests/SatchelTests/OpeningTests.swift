// Opening a home: with another library, a newer store, and a thousand times.
import Desk
import Foundation
import Satchel
import XCTest

final class OpeningTests: XCTestCase {
    private var home = freshFolder()

    override func setUp() { home = freshFolder() }

    override func tearDown() { try? FileManager.default.removeItem(at: home) }

    func testANewerLibraryIsRefused() throws {
        XCTAssertEqual(try probe(library: nil), "opened", "with its own library it opens")
        let newer = try found(ProcessInfo.processInfo.environment["SATCHEL_NEWER"], "SATCHEL_NEWER")
        let said = try probe(library: newer)
        XCTAssertTrue(said.hasPrefix("incompatible: "), said)
    }

    func testALogSetBeforeAnythingIsOpenedRefusesANewerLibraryToo() throws {
        XCTAssertEqual(try probe(library: nil, "--log"), "logging", "with its own library it logs")
        let newer = try found(ProcessInfo.processInfo.environment["SATCHEL_NEWER"], "SATCHEL_NEWER")
        let said = try probe(library: newer, "--log")
        XCTAssertTrue(said.hasPrefix("incompatible: "), "it said “\(said)”")
    }

    func testWhicheverOfTwoClosesAtOnceComesBackFirstTheHomeIsFree() async throws {
        for _ in 0..<20 {
            let (satchel, door) = (try Satchel.open(home: home, vault: MemoryVault()), Door(home))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        try await satchel.close()
                        XCTAssertFalse(satchel.isOpen)
                        try await door.open()
                    }
                }
                try await group.waitForAll()
            }
            try await door.opened?.close()
            try await satchel.close()
        }
    }

    /// Opens a home for the first who asks.
    private actor Door {
        private let home: URL
        private(set) var opened: Satchel?

        init(_ home: URL) { self.home = home }

        func open() throws { opened = try opened ?? Satchel.open(home: home, vault: MemoryVault()) }
    }

    func testANewerStoreIsRefusedWithWords() async throws {
        let database = try await wholeDatabase(in: home)
        var bytes = try Data(contentsOf: database)
        // The schema's number stands here in the file's header, big endian.
        bytes.replaceSubrange(60..<64, with: [0, 0, 0x27, 0x0F])
        try bytes.write(to: database)
        let failure = await assertFails(with: "storage") { _ = try Satchel.open(home: home, vault: MemoryVault()) }
        guard case .storage(let sentence, .newerVersion)? = failure else {
            return XCTFail("\(String(describing: failure))")
        }
        XCTAssertTrue(sentence.contains("newer"), sentence)
        XCTAssertEqual(try Data(contentsOf: database), bytes, "it was left untouched")
    }

    func testAHomeWhoseCacheWasMadeByTheAppIsOpened() async throws {
        // The app makes it, to leave it out of backups.
        let cache = home.appendingPathComponent("cache")
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        try await Satchel.open(home: home, vault: MemoryVault()).close()
        XCTAssertTrue(FileManager.default.fileExists(atPath: cache.path), "it is the one the core uses")
    }

    func testAHomeThatIsInUseIsRefused() async throws {
        let satchel = try Satchel.open(home: home, vault: MemoryVault())
        let failure = await assertFails(with: "storage") { _ = try Satchel.open(home: home, vault: MemoryVault()) }
        guard case .storage(_, .inUse)? = failure else { return XCTFail("\(String(describing: failure))") }
        try await satchel.close()
        try await Satchel.open(home: home, vault: MemoryVault()).close()
    }

    #if os(Linux)
        func testAThousandOpensAndClosesWithoutGrowth() async throws {
            try await openAndClose(times: 100)
            let before = try Size()
            try await openAndClose(times: 1_000)
            let after = try Size()
            XCTAssertLessThanOrEqual(after.files, before.files + 2)
            XCTAssertLessThanOrEqual(after.threads, before.threads + 4)
            XCTAssertLessThan(after.kilobytes, before.kilobytes + 20_000)
        }

        private func openAndClose(times: Int) async throws {
            for _ in 0..<times {
                let satchel = try Satchel.open(home: home, vault: MemoryVault())
                let stream = satchel.accounts.watch()
                try await until(stream, "accounts")
                try await satchel.close()
            }
        }

        /// What this process holds.
        private struct Size {
            let files: Int
            let threads: Int
            let kilobytes: Int

            init() throws {
                files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
                let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
                let number = { (name: String) in
                    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
                    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
                }
                threads = number("Threads:")
                kilobytes = number("VmRSS:")
            }
        }
    #endif

    /// Opens the home in a process of its own.
    private func probe(library: String?, _ words: String...) throws -> String {
        #if os(macOS)
            let built = Bundle(for: Self.self).bundleURL.deletingLastPathComponent()
        #else
            let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        #endif
        let (program, out) = (Process(), Pipe())
        program.executableURL = built.appendingPathComponent("OpenProbe")
        program.arguments = [home.path] + words
        program.standardOutput = out
        var environment = ProcessInfo.processInfo.environment
        for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] { environment[name] = library }
        program.environment = environment
        try program.run()
        let said = out.fileHandleForReading.readDataToEndOfFile()
        program.waitUntilExit()
        return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
