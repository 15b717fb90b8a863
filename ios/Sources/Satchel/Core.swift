// One opened core as the parts of the facade share it: whom to ask, and whom its end wakes.
import SatchelCore

/// What all parts hold.
final class Core: Sendable {
    /// The library's object.
    let ffi: MailCore
    /// Every stream of this core. A closed core sends no events, and a stream that waits for one would wait for ever.
    let streams = Pulses()

    init(_ ffi: MailCore) { self.ffi = ffi }

    /// Closes it. Streams are woken when it is done: their next read is refused with `.closed`, and that ends them.
    func close() async throws(MailFailure) {
        defer { streams.wake() }
        try await call { [ffi] in try await ffi.shutdown() }
    }
}
