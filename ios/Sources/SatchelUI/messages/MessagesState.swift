// What the list of messages shows, and what a person can do there.
import Satchel

/// The messages of one mailbox.
public struct MessagesState: Equatable, Sendable {
    /// Which mailbox; nil until it is read.
    public var mailbox: MailboxView?
    /// What fills the list.
    public var content = MessagesContent.placeholder
    /// What is picked.
    public var selected: Set<PlacementId> = []
    /// Whether there is no network.
    public var offline = false
    /// Whether a pass of the account runs.
    public var syncing = false
    /// Whether the server holds older messages.
    public var canFetchOlder = false
    /// Whether they are on their way.
    public var fetchingOlder = false
    /// What is to be said.
    public var notice: Notice?

    /// The state before anything is known.
    public init() {}
}

/// What fills the list.
public enum MessagesContent: Equatable, Sendable {
    /// Not read yet.
    case placeholder
    /// These rows stand at position `first` and on, in a list of `total`; the others are drawn as placeholders.
    case rows(total: Int, first: Int, rows: [MessageView])
    /// There is nothing, and why.
    case empty(EmptyReason)
    /// It cannot be read.
    case failed(Problem)

    /// The row at a position of the whole list, if it is here.
    public func at(_ position: Int) -> MessageView? {
        guard case .rows(_, let first, let rows) = self, rows.indices.contains(position - first) else { return nil }
        return rows[position - first]
    }

    /// The rows that are here.
    public var here: [MessageView] {
        guard case .rows(_, _, let rows) = self else { return [] }
        return rows
    }
}

/// Why a list is empty.
public enum EmptyReason: Equatable, Sendable, CaseIterable {
    /// The inbox, and everything in it is done.
    case allDone
    /// The mailbox holds nothing.
    case noMessages
    /// The server holds messages; none of them is on this device.
    case noneFetched
}

/// What a person did.
public enum MessagesEvent: Equatable, Sendable {
    /// So many rows are seen, from that position on.
    case scrolled(first: Int, count: Int)
    /// Opened a message; while some are picked, picked it too.
    case opened(PlacementId)
    /// Swiped towards the archive.
    case swipedToArchive(PlacementId)
    /// Swiped towards the trash.
    case swipedToDelete(PlacementId)
    /// Set or cleared a star.
    case toggledStar(PlacementId)
    /// Marked as read or unread.
    case toggledSeen(PlacementId)
    /// Picked a message, or put it back.
    case toggledSelection(PlacementId)
    /// Picked all of the mailbox, whether it is seen or not.
    case selectedAll
    /// Picked none.
    case clearedSelection
    /// Archived what is picked.
    case archivedSelected
    /// Deleted what is picked.
    case deletedSelected
    /// Marked what is picked as junk.
    case junkedSelected
    /// Marked what is picked as read.
    case markedSelectedSeen
    /// Asked for messages older than those on this device.
    case fetchedOlder
    /// Asked whether there is new mail.
    case askedForNews
    /// Took an action back.
    case pressedUndo(UndoToken)
    /// The notice was shown long enough.
    case noticeSeen(Int)
}
