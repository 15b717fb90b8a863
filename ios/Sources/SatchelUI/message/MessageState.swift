// What a single message shows, and what a person can do with it.
import Satchel

/// One message.
public struct MessageState: Equatable, Sendable {
    /// How much of it is here.
    public var content = MessageShown.placeholder
    /// Its attachments.
    public var attachments: [AttachmentState] = []
    /// Whether there is no network.
    public var offline = false
    /// What is to be said.
    public var notice: Notice?

    /// The state before anything is known.
    public init() {}

    /// The row, as soon as it is known.
    public var row: MessageView? {
        switch content {
        case .placeholder: nil
        case .header(let row): row
        case .shown(let content, _): content.row
        case .failed(_, let row): row
        }
    }
}

/// How much of the message is here.
public enum MessageShown: Equatable, Sendable {
    /// Nothing yet.
    case placeholder
    /// Who and what about; the text is on its way.
    case header(MessageView)
    /// All of it; so many remote references were not loaded.
    case shown(MessageContentView, heldBack: Int)
    /// The text cannot be had; the row is what is known.
    case failed(Problem, row: MessageView?)
}

/// An attachment, and where its download is.
public struct AttachmentState: Equatable, Sendable, Identifiable {
    /// The part.
    public let part: AttachmentView
    /// Where its download is.
    public var progress = DownloadProgress.none

    /// An attachment nobody asked for yet.
    public init(part: AttachmentView, progress: DownloadProgress = .none) {
        self.part = part
        self.progress = progress
    }

    /// The part's section.
    public var id: String { part.section }
}

/// Where a download is.
public enum DownloadProgress: Equatable, Sendable {
    /// Not asked for.
    case none
    /// On its way; `announced` is 0 until the server told.
    case running(received: ByteCount, announced: ByteCount)
    /// In a file.
    case saved(path: String)
    /// It did not work.
    case failed(Problem)

    /// How much of it is here, 0 to 1; nil until the server told.
    public var share: Double? {
        guard case .running(let received, let announced) = self, announced.bytes > 0 else { return nil }
        return min(1, Double(received.bytes) / Double(announced.bytes))
    }
}

/// What a person did.
public enum MessageEvent: Equatable, Sendable {
    /// Asked for the text once more.
    case askedAgain
    /// Set or cleared the star.
    case toggledStar
    /// Archived it.
    case archived
    /// Deleted it.
    case deleted
    /// Marked it as junk.
    case junked
    /// Asked for an attachment.
    case pressedDownload(section: String)
    /// Stopped the download of an attachment.
    case pressedCancel(section: String)
    /// Opened an attachment that is here.
    case pressedOpen(section: String)
    /// Took an action back.
    case pressedUndo(UndoToken)
    /// The notice was shown long enough.
    case noticeSeen(Int)
    /// Followed a link.
    case tappedLink(String)
}
