// Mailboxes of an account: listing with counts, watching, making, renaming, deleting.
import SatchelCore

/// The mailboxes of accounts.
public struct Mailboxes: Sendable {
    let core: Core

    /// The mailboxes of an account: roles first, then by name.
    public func list(_ account: AccountId) async throws(MailFailure) -> [MailboxView] {
        try await call { [core] in try await core.ffi.mailboxes(account: account) }
    }

    /// The same, now and whenever a mailbox comes, goes, or its counts change.
    public func watch(_ account: AccountId) -> AsyncThrowingStream<[MailboxView], any Error> {
        let matches: @Sendable (ChangesView) -> Bool = {
            !$0.mailboxes.isEmpty || !$0.messages.isEmpty || $0.touches(counts: account)
        }
        return observe(core, matches: matches) { try await list(account) }
    }

    /// One mailbox.
    public func one(_ id: MailboxId) async throws(MailFailure) -> MailboxView {
        try await call { [core] in try await core.ffi.mailbox(id: id) }
    }

    /// One mailbox, now and whenever its name or its counts change.
    public func watch(one id: MailboxId) -> AsyncThrowingStream<MailboxView, any Error> {
        let matches: @Sendable (ChangesView) -> Bool = { changes in
            changes.mailboxes.contains(id) || changes.messages.contains { $0.mailbox == id }
                || changes.touches(counts: nil)
        }
        return observe(core, matches: matches) { try await one(id) }
    }

    /// Makes a mailbox: on the server with the next pass, or only on this device.
    public func create(
        _ account: AccountId, name: String, local: Bool = false
    ) async throws(MailFailure) -> MailboxView {
        try await call { [core] in try await core.ffi.createMailbox(account: account, name: name, local: local) }
    }

    /// Renames a mailbox and those below it.
    public func rename(_ id: MailboxId, name: String) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.ffi.renameMailbox(id: id, name: name) }
    }

    /// Deletes an empty mailbox; `.invalidInput` if it holds messages.
    public func delete(_ id: MailboxId) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.ffi.deleteMailbox(id: id) }
    }
}

extension ChangesView {
    /// Whether counts may be others: they go with messages and with what a pass learned from the server, and the core
    /// names a mailbox only when the mailbox itself is another.
    fileprivate func touches(counts account: AccountId?) -> Bool {
        everything || !accounts.isEmpty || syncing.contains { account == nil || $0.account == account }
    }
}
