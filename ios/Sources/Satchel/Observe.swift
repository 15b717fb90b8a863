// The one bridge from the core's events to streams: subscribe, read, read again on each matching change.
import Foundation
import SatchelCore

/// Wakes a stream; any number of wakes while it is busy are one.
final class Pulse: Sendable {
    private let beats: AsyncStream<Void>
    private let beat: AsyncStream<Void>.Continuation

    init() {
        (beats, beat) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        wake()
    }

    func wake() { beat.yield() }

    /// Nobody waits for it any more.
    func end() { beat.finish() }

    /// Waits for a wake; false when there will be none, because of an end or because the task was cancelled.
    func next() async -> Bool { await beats.first { true } != nil }
}

/// Those who wait for the same thing; none of them is kept by it.
final class Pulses: @unchecked Sendable {
    private struct Waiting { weak var pulse: Pulse? }

    private let lock = NSLock()
    private var all: [Waiting] = []

    func add(_ pulse: Pulse) {
        lock.withLock {
            all.removeAll { $0.pulse == nil }
            all.append(Waiting(pulse: pulse))
        }
    }

    func wake() {
        for waiting in lock.withLock({ all }) { waiting.pulse?.wake() }
    }
}

/// Emits what `read` brings, now and after each change that `matches`. It subscribes first and reads then, so that a
/// change between the two is not missed. The stream reads when it is asked for a value, so a slow screen misses steps and
/// never the last one. Nobody else holds the subscription: it ends when the stream is let go of. An error of the
/// subscription or of a read is thrown and ends the stream; so does the end of the core, with `.closed`.
func observe<T: Sendable>(
    _ core: Core,
    pulse: Pulse = Pulse(),
    matches: @escaping @Sendable (ChangesView) -> Bool,
    read: @escaping @Sendable () async throws -> T
) -> AsyncThrowingStream<T, any Error> {
    core.streams.add(pulse)
    let subscribed = Result { try core.ffi.subscribe(observer: Listener(pulse: pulse, matches: matches)) }
    return follow(pulse) {
        let subscription = try subscribed.get()
        let value = try await read()
        return withExtendedLifetime(subscription) { value }
    }
}

/// Emits what `read` brings, now and after each wake.
func follow<T: Sendable>(
    _ pulse: Pulse, read: @escaping @Sendable () async throws -> T
) -> AsyncThrowingStream<T, any Error> {
    AsyncThrowingStream {
        do {
            guard await pulse.next() else { return nil }
            return try await read()
        } catch {
            // A stream made like this would go on after an error.
            pulse.end()
            throw MailFailure(error)
        }
    }
}

/// Called on threads of the library; it must not keep the core, or nothing would end.
private final class Listener: MailObserver {
    private let pulse: Pulse
    private let matches: @Sendable (ChangesView) -> Bool

    init(pulse: Pulse, matches: @escaping @Sendable (ChangesView) -> Bool) {
        self.pulse = pulse
        self.matches = matches
    }

    func onChanges(changes: ChangesView) {
        if matches(changes) { pulse.wake() }
    }
}
