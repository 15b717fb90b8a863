// A mail server for tests: the program `postoffice` as a child process, told what to do line by line.
import Foundation

/// A mail server on this machine. It ends with this object.
public final class PostOffice: @unchecked Sendable {
    /// What the program answered instead of `ok`.
    public struct Refused: Error { let answer: String }

    private let program = Process()
    private let (into, out) = (Pipe(), Pipe())
    private let lock = NSLock()
    private var heard = Data()

    /// Ports by protocol (`imap imaps pop pops`), and the authority's certificate in PEM.
    public private(set) var ports: [String: Int] = [:]
    public private(set) var authority = Data()

    /// Starts a server without users.
    public init() throws {
        guard let path = ProcessInfo.processInfo.environment["SATCHEL_POSTOFFICE"] else {
            throw Refused(answer: "set SATCHEL_POSTOFFICE to the program; `cargo xtask swift` does")
        }
        program.executableURL = URL(fileURLWithPath: path)
        program.standardInput = into
        program.standardOutput = out
        try program.run()
        let ready = try line().split(separator: " ")
        guard ready.first == "ready" else { throw Refused(answer: ready.joined(separator: " ")) }
        for word in ready.dropFirst() {
            let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
            if pair[0] == "ca" {
                authority = try Data(contentsOf: URL(fileURLWithPath: pair[1]))
            } else {
                ports[pair[0]] = Int(pair[1])
            }
        }
    }

    deinit {
        try? into.fileHandleForWriting.close()
        program.waitUntilExit()
    }

    /// Tells the server one thing and gives what follows `ok`.
    @discardableResult
    public func tell(_ command: String) throws -> String {
        try lock.withLock {
            try into.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
            let answer = try line()
            guard answer == "ok" || answer.hasPrefix("ok ") else { throw Refused(answer: "\(command): \(answer)") }
            return String(answer.dropFirst(3))
        }
    }

    private func line() throws -> String {
        while true {
            if let end = heard.firstIndex(of: UInt8(ascii: "\n")) {
                defer { heard = Data(heard[heard.index(after: end)...]) }
                return String(decoding: heard[..<end], as: UTF8.self)
            }
            let more = out.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Refused(answer: "the post office ended") }
            heard.append(more)
        }
    }
}
