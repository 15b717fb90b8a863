// Passes: starting them, watching them, and how accounts stand.
import Foundation
import SatchelCore

/// What goes on between this device and the servers.
public struct Activity: Sendable {
    let core: Core
    let passes: Passes

    /// How each account stands.
    public func status() async throws(MailFailure) -> [AccountStatusView] {
        try await call { [core] in try await core.ffi.status() }
    }

    /// How each account stands, now and when a pass begins or ends, an account or an operation changes.
    public func watch() -> AsyncThrowingStream<[AccountStatusView], any Error> {
        let matches: @Sendable (ChangesView) -> Bool = {
            $0.everything || !$0.syncing.isEmpty || !$0.accounts.isEmpty || !$0.operations.isEmpty
        }
        return observe(core, matches: matches, read: status)
    }

    /// The accounts whose pass runs, now and whenever one begins or ends.
    public func syncing() -> AsyncThrowingStream<Set<AccountId>, any Error> { passes.watch(core) }

    /// Brings an account up to date: tells the server what waits, and reads what is new. Cut short by a deadline (seconds)
    /// or by cancelling it loses nothing: the next one goes on.
    ///
    /// - Parameters:
    ///   - older: fetch so many rows older than those that are here, in `mailbox` or else in the inbox.
    ///   - mailbox: only this one.
    @discardableResult
    public func sync(
        _ account: AccountId, older: UInt32 = 0, mailbox: MailboxId? = nil, deadline: TimeInterval? = nil
    ) async throws(MailFailure) -> SyncReportView {
        let request = SyncRequest(mailbox: mailbox, older: older, deadline: try deadline.map(seconds))
        return try await cancellable { [core] in try await core.ffi.sync(account: account, request: request, cancel: $0)
        }
    }

    /// One slice of work in the background: all accounts, until the deadline (seconds from now). What was done is durable
    /// when it returns. Each slice names the mail that the person was not told of: show it, then hand its token to `told`.
    /// Give it some seconds less than the system gives you.
    @discardableResult
    public func runUntil(_ deadline: TimeInterval) async throws(MailFailure) -> [SliceView] {
        let deadline = try seconds(deadline)
        return try await cancellable { [core] in try await core.ffi.runUntil(deadline: deadline, cancel: $0) }
    }

    /// What a slice named as fresh was told to the person: it is not named again. The token is the slice's `told`; hand it
    /// over after the notification is shown.
    ///
    /// - Throws: `.invalidInput` (the token), `.notFound` if the account is gone, `.storage`, `.closed`.
    public func told(_ token: String) async throws(MailFailure) {
        try await call { [core] in try await core.ffi.told(token: token) }
    }

    /// The person has seen what is here, so that none of it is fresh. Call it when the app is left, and after mail was
    /// looked for while it was seen.
    public func toldEverything() async throws(MailFailure) {
        try await call { [core] in try await core.ffi.toldEverything() }
    }

    /// Writes the facts of passes that are kept in memory. Call it before the app is put to sleep.
    public func settle() async throws(MailFailure) {
        try await call { [core] in try await core.ffi.settle() }
    }
}
