// Messages: windows of long lists, pages, conversations, reading, parts.
import Foundation
import SatchelCore

/// Lists, conversations, messages and their parts.
public struct Messages: Sendable {
    let core: Core

    /// The list of a mailbox for one screen that scrolls it. Reads nothing until it is watched.
    public func list(_ mailbox: MailboxId, order: ListOrder = .threads) -> MessageWindow {
        MessageWindow(core: core, mailbox: mailbox, order: order)
    }

    /// Opens a message: fetches its text if it is not here, and nothing else. It is not marked as read.
    public func open(_ id: PlacementId) async throws(MailFailure) -> MessageContentView {
        try await cancellable { [core] in try await core.ffi.openMessage(id: id, cancel: $0) }
    }

    /// The row of a message.
    public func row(_ id: PlacementId) async throws(MailFailure) -> MessageView {
        try await call { [core] in try await core.ffi.message(id: id) }
    }

    /// The row of a message, now and whenever it changes. Ends with `.notFound` when the message goes.
    public func watch(_ id: PlacementId) -> AsyncThrowingStream<MessageView, any Error> {
        let matches: @Sendable (ChangesView) -> Bool = { changes in
            // With an account its mail goes, without a word on each message.
            changes.everything || !changes.accounts.isEmpty
                || changes.messages.contains { $0.ids.isEmpty || $0.ids.contains(id) }
        }
        return observe(core, matches: matches) { try await row(id) }
    }

    /// All messages of a conversation, over all mailboxes, oldest first; at most 1,000.
    public func thread(_ id: ThreadId) async throws(MailFailure) -> [MessageView] {
        try await call { [core] in try await core.ffi.thread(id: id) }
    }

    /// A page of a list, newest first, with nothing kept between calls. `limit` is held to 1…100; `before` is the `next`
    /// of the page before.
    public func page(
        _ mailbox: MailboxId, order: ListOrder = .messages, limit: UInt32 = 50, before: String? = nil
    ) async throws(MailFailure) -> PageView {
        try await call { [core] in
            try await core.ffi.page(mailbox: mailbox, order: order, limit: limit, before: before)
        }
    }

    /// The exact bytes of a message (RFC 5322), fetched if they are not here.
    public func raw(_ id: PlacementId) async throws(MailFailure) -> Data {
        try await cancellable { [core] in try await core.ffi.rawMessage(id: id, cancel: $0) }
    }

    /// The header block of a message as it came, with the empty line that ends it.
    public func headers(_ id: PlacementId) async throws(MailFailure) -> Data {
        try await cancellable { [core] in try await core.ffi.headers(id: id, cancel: $0) }
    }

    /// The parts of a message, without fetching more than its structure.
    public func attachments(_ id: PlacementId) async throws(MailFailure) -> [AttachmentView] {
        try await cancellable { [core] in try await core.ffi.attachments(id: id, cancel: $0) }
    }

    /// The decoded bytes of one part, for small ones such as a picture inside the HTML; fetched if they are not here.
    public func part(_ id: PlacementId, section: String) async throws(MailFailure) -> Data {
        try await cancellable { [core] in try await core.ffi.part(id: id, section: section, cancel: $0) }
    }

    /// Brings a part into a file, which appears when it is whole. Goes on where an earlier try stopped, and goes on when
    /// the screen is left.
    public func download(_ id: PlacementId, section: String, to file: URL) throws(MailFailure) -> DownloadHandle {
        try call { try DownloadHandle(core.ffi, id, section, file.path) }
    }
}
