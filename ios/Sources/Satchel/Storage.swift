// How much room mail takes, and what became of a maildrop.
import SatchelCore

/// The store as a person asks about it.
public struct Storage: Sendable {
    let core: Core

    /// How much room the store takes.
    public func usage() async throws(MailFailure) -> UsageView {
        try await call { [core] in try await core.ffi.storage() }
    }

    /// What became of each message of a POP account's maildrop.
    public func popState(_ account: AccountId) async throws(MailFailure) -> [LedgerView] {
        try await call { [core] in try await core.ffi.popState(account: account) }
    }
}
