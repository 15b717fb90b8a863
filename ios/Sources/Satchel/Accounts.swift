// Accounts: listing, watching, adding, changing, removing.
import SatchelCore

/// The accounts of this home.
public struct Accounts: Sendable {
    let core: Core

    /// All accounts, oldest first.
    public func list() async throws(MailFailure) -> [AccountView] {
        try await call { [core] in try await core.ffi.accounts() }
    }

    /// All accounts, now and whenever one is added, changed or removed.
    public func watch() -> AsyncThrowingStream<[AccountView], any Error> {
        observe(core, matches: { $0.everything || !$0.accounts.isEmpty }, read: list)
    }

    /// Adds an account. Nothing is kept unless the server took the password (with `prove`).
    public func add(_ request: AccountRequest) async throws(MailFailure) -> AccountView {
        try await call { [core] in try await core.ffi.addAccount(request: request) }
    }

    /// Changes settings of an account; they apply from the next pass on. A new password is kept once the server took it, or
    /// at once without a network.
    ///
    /// - Throws: `.authentication` if the server refused the password: the old one stays.
    public func change(_ id: AccountId, _ change: AccountChangeRequest) async throws(MailFailure) -> AccountView {
        try await call { [core] in try await core.ffi.changeAccount(id: id, change: change) }
    }

    /// How many messages exist on this device only: what `remove` would take away for good. Tell the person.
    public func soleCopies(_ id: AccountId) async throws(MailFailure) -> UInt32 {
        try await call { [core] in try await core.ffi.soleCopies(id: id) }
    }

    /// Removes an account, its mail on this device and its password; the server is not touched. Refused with
    /// `.invalidInput` while there is mail that exists only here, unless `discardSoleCopies`.
    public func remove(_ id: AccountId, discardSoleCopies: Bool) async throws(MailFailure) {
        try await call { [core] in try await core.ffi.removeAccount(id: id, discardSoleCopies: discardSoleCopies) }
    }
}
