// What a person does to mail: done here at once, told to the server with the next pass, taken back by a token.
import SatchelCore

/// Actions on messages. Each is durable when it returns; its `undo` takes it back.
public struct Actions: Sendable {
    let core: Core

    /// Sets and clears flags. All or none of the messages are changed.
    @discardableResult
    public func flag(
        _ ids: [PlacementId], add: [MessageFlag] = [], remove: [MessageFlag] = []
    ) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.ffi.flag(ids: ids, add: add, remove: remove) }
    }

    /// Stars messages, or takes the star away.
    @discardableResult
    public func star(_ ids: [PlacementId], on: Bool) async throws(MailFailure) -> ActionView {
        try await flag(ids, add: on ? [.flagged] : [], remove: on ? [] : [.flagged])
    }

    /// Marks messages as read or unread.
    @discardableResult
    public func markSeen(_ ids: [PlacementId], on: Bool) async throws(MailFailure) -> ActionView {
        try await flag(ids, add: on ? [.seen] : [], remove: on ? [] : [.seen])
    }

    /// Moves messages to another mailbox of the same account.
    @discardableResult
    public func move(_ ids: [PlacementId], to mailbox: MailboxId) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.ffi.moveTo(ids: ids, mailbox: mailbox) }
    }

    /// Copies messages to another mailbox of the same account.
    @discardableResult
    public func copy(_ ids: [PlacementId], to mailbox: MailboxId) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.ffi.copyTo(ids: ids, mailbox: mailbox) }
    }

    /// Moves messages to the account's archive, which is made if there is none.
    @discardableResult
    public func archive(_ ids: [PlacementId]) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.ffi.archive(ids: ids) }
    }

    /// Moves messages to the trash; those that are there already are deleted for good.
    @discardableResult
    public func delete(_ ids: [PlacementId]) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.ffi.delete(ids: ids) }
    }

    /// Moves messages to the account's junk mailbox, which is made if there is none.
    @discardableResult
    public func junk(_ ids: [PlacementId]) async throws(MailFailure) -> ActionView {
        try await call { [core] in try await core.ffi.junk(ids: ids) }
    }

    /// Takes an action back, all of it or with an error nothing.
    ///
    /// - Throws: `.invalidInput` if it cannot be taken back, as a deletion for good.
    @discardableResult
    public func undo(_ token: UndoToken) async throws(MailFailure) -> [OperationView] {
        try await call { [core] in try await core.ffi.undo(token: token) }
    }
}
