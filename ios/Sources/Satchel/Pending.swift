// Actions the server was not told of yet, or refused.
import SatchelCore

/// The newest operations.
public struct Pending: Sendable {
    let core: Core

    /// The newest operations, open ones first; at most 200.
    public func list() async throws(MailFailure) -> [OperationView] {
        try await call { [core] in try await core.ffi.operations() }
    }

    /// The same, now and whenever one changes its state.
    public func watch() -> AsyncThrowingStream<[OperationView], any Error> {
        observe(core, matches: { $0.everything || !$0.operations.isEmpty }, read: list)
    }
}
