// The library's log, handed to the app.
import SatchelCore

/// The library's log. It holds no address, no secret, no content and no server's words. A process has one.
public enum Log {
    /// Sends lines of at least this gravity to `sink` from now on, in order, on a thread of the library; nil ends it. What
    /// the sink throws loses the lines and nothing else.
    ///
    /// - Throws: `.incompatibleLibrary`.
    public static func to(
        _ least: LogLevel, sink: (@Sendable ([LogRecord]) throws -> Void)?
    ) throws(MailFailure) {
        // An app sets it before it opens anything.
        try refuseAnotherLibrary()
        try call { try setLogSink(least: least, sink: sink.map(Sink.init)) }
    }
}

private final class Sink: LogSink {
    private let write: @Sendable ([LogRecord]) throws -> Void

    init(_ write: @escaping @Sendable ([LogRecord]) throws -> Void) { self.write = write }

    func log(records: [LogRecord]) throws { try write(records) }
}
