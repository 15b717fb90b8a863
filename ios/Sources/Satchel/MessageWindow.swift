// A long list as a screen scrolls it: the rows around what is seen, kept current.
import Foundation
import SatchelCore

/// The rows a screen was asked to show, in order.
public struct ShownRows: Equatable, Sendable {
    /// Rows of the whole list.
    public let total: UInt32
    /// Position of the first row; 0 is the newest.
    public let first: UInt32
    /// What stands there.
    public let rows: [MessageView]
    /// Store generation they were read in.
    public let generation: UInt64

    /// Rows for previews and tests.
    public init(total: UInt32, first: UInt32, rows: [MessageView], generation: UInt64) {
        self.total = total
        self.first = first
        self.rows = rows
        self.generation = generation
    }
}

/// A mailbox's list for one screen. Order, conversations and counts come from the core, and only differences cross.
public final class MessageWindow: Sendable {
    private let core: Core
    private let mailbox: MailboxId
    private let order: ListOrder
    private let place = Place()

    init(core: Core, mailbox: MailboxId, order: ListOrder) {
        self.core = core
        self.mailbox = mailbox
        self.order = order
    }

    /// Moves the window: `count` rows (held to 1…200) from position `first` on. Callable any time, from any thread; the
    /// streams of `watch` bring the rows.
    public func show(first: UInt32, count: UInt32) { place.move(first: first, count: count) }

    /// The rows of the window, now, when it is moved, and whenever the list changes. Ends with `.notFound` when the
    /// mailbox goes. The first window is the newest 50.
    public func watch() -> AsyncThrowingStream<ShownRows, any Error> {
        let (mailbox, place, pulse) = (mailbox, place, Pulse())
        place.watchers.add(pulse)
        let shown = Result { Shown(try core.ffi.messageList(mailbox: mailbox, order: order)) }
        let matches: @Sendable (ChangesView) -> Bool = { changes in
            changes.everything || !changes.accounts.isEmpty || changes.mailboxes.contains(mailbox)
                || changes.messages.contains { $0.mailbox == mailbox }
        }
        return observe(core, pulse: pulse, matches: matches) { [place] in
            let (first, count) = place.now
            return try await shown.get().rows(first: first, count: count)
        }
    }
}

/// What one stream holds of the list, patched by the differences the core sends.
private actor Shown {
    private let list: MessageList
    private var serial: UInt64?
    private var held: [PlacementId: MessageView] = [:]

    init(_ list: MessageList) { self.list = list }

    func rows(first: UInt32, count: UInt32) async throws -> ShownRows {
        let answer = try await list.show(first: first, count: count, after: serial)
        for id in answer.removed { held[id] = nil }
        for row in answer.changed { held[row.id] = row }
        serial = answer.serial
        let rows = answer.ids.compactMap { held[$0] }
        return ShownRows(
            total: answer.total, first: answer.first, rows: rows, generation: answer.generation)
    }
}

/// Where the window stands, and whom a move wakes.
private final class Place: @unchecked Sendable {
    let watchers = Pulses()

    private let lock = NSLock()
    private var at: (first: UInt32, count: UInt32) = (0, 50)

    var now: (first: UInt32, count: UInt32) { lock.withLock { at } }

    func move(first: UInt32, count: UInt32) {
        lock.withLock { at = (first, count) }
        watchers.wake()
    }
}
