// Mailboxes of an account: listing with counts, watching, making, renaming, deleting.
import SatchelCore

/// The mailboxes of accounts.
public struct Mailboxes: Sendable {
    let core: MailCore

    /// The mailboxes of an account: roles first, then by name.
    public func list(_ account: AccountId) async throws(MailFailure) -> [MailboxView] {
        try await call { [core] in try await core.mailboxes(account: account) }
    }

    /// The same, now and whenever a mailbox comes, goes, or its counts change.
    public func watch(_ account: AccountId) -> AsyncThrowingStream<[MailboxView], any Error> {
        let matches: @Sendable (ChangesView) -> Bool = {
            $0.everything || !$0.mailboxes.isEmpty || $0.accounts.contains(account)
        }
        return observe(core, matches: matches) { try await list(account) }
    }

    /// One mailbox.
    public func one(_ id: MailboxId) async throws(MailFailure) -> MailboxView {
        try await call { [core] in try await core.mailbox(id: id) }
    }

    /// One mailbox, now and whenever its name or its counts change.
    public func watch(one id: MailboxId) -> AsyncThrowingStream<MailboxView, any Error> {
        let matches: @Sendable (ChangesView) -> Bool = {
            $0.everything || !$0.accounts.isEmpty || $0.mailboxes.contains(id)
        }
        return observe(core, matches: matches) { try await one(id) }
    }

    /// Makes a mailbox: on the server with the next pass, or only on this device.
    public func create(
        _ account: AccountId, name: String, local: Bool = false
    ) async throws(MailFailure) -> MailboxView {
        try await call { [core] in try await core.createMailbox(account: account, name: name, local: local) }
    }

    /// Renames a mailbox and those below it.
    public func rename(_ id: MailboxId, name: String) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.renameMailbox(id: id, name: name) }
    }

    /// Deletes an empty mailbox; `.invalidInput` if it holds messages.
    public func delete(_ id: MailboxId) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.deleteMailbox(id: id) }
    }
}
