// What the app has to say about something that was just done, with the way to take it back.
import Observation
import Satchel

/// A notice. It is state, not an event: it outlasts the screen it was made on.
public struct Notice: Equatable, Sendable, Identifiable {
    /// Names it, so that a later one is not taken for it.
    public let id: Int
    /// What it says.
    public let text: NoticeText
    /// What takes the action back.
    public let undo: UndoToken?

    /// A notice, for previews and tests; the app's are made by `Notices`.
    public init(id: Int, text: NoticeText, undo: UndoToken? = nil) {
        self.id = id
        self.text = text
        self.undo = undo
    }
}

/// What a notice says.
public enum NoticeText: Equatable, Sendable {
    /// So many messages went to the archive.
    case archived(Int)
    /// So many messages were deleted.
    case deleted(Int)
    /// So many messages were marked as junk.
    case junked(Int)
    /// So many messages were marked as read.
    case markedSeen(Int)
    /// So many messages came.
    case cameIn(Int)
    /// Mail was looked for and there was none.
    case nothingNew
    /// So many messages came, and these accounts had trouble.
    case notAll(came: Int, [AccountTrouble])
    /// The last action was taken back.
    case takenBack
    /// It did not work.
    case failed(Problem)
}

/// The one notice of the whole app; a later one takes the place of an earlier one.
@MainActor @Observable
public final class Notices {
    /// What is to be said now.
    public private(set) var current: Notice?
    private var count = 0

    /// Nothing to say yet.
    public init() {}

    /// Says something, with what takes it back.
    public func say(_ text: NoticeText, undo: UndoToken? = nil) {
        count += 1
        current = Notice(id: count, text: text, undo: undo)
    }

    /// It was shown long enough, or acted on. A newer one stays.
    public func seen(_ id: Int) {
        if current?.id == id { current = nil }
    }
}
