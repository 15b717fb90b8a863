// A row of the list of messages in words, marks and actions: everything a view needs, decided here.
import Satchel

/// Signs beside a row, in the order they are drawn.
public enum RowMark: Equatable, Sendable, CaseIterable {
    /// It was answered.
    case answered
    /// There is something to save.
    case attachment
    /// Only part of it is on this device (POP).
    case partlyHere
    /// It has its star.
    case star

    var word: Word {
        switch self {
        case .answered: .isAnswered
        case .attachment: .hasAttachment
        case .partlyHere: .isPartlyHere
        case .star: .isStarred
        }
    }
}

/// Something that can be done to a row: by a swipe, from a menu, and by name with a screen reader.
public struct RowAction: Equatable, Sendable, Identifiable {
    /// What it is called.
    public let word: Word
    /// What it does.
    public let event: MessagesEvent
    /// Its place in the row's list of actions.
    public var id: Word { word }
}

/// A row as it is drawn and read out.
public struct RowFacts: Equatable, Sendable {
    /// The letters of whoever wrote it.
    public let initials: Initials
    /// Who wrote it.
    public let sender: String
    /// Its subject, or that there is none.
    public let subject: String
    /// First words of the text.
    public let preview: String
    /// When it came.
    public let date: String
    /// Whether it is unread: drawn by weight and a dot.
    public let unread: Bool
    /// Whether it is picked.
    public let selected: Bool
    /// Signs beside it.
    public let marks: [RowMark]
    /// All of it in one sentence, the most important first.
    public let spoken: String
    /// What a swipe from the leading edge does.
    public let leading: [RowAction]
    /// What a swipe from the trailing edge does.
    public let trailing: [RowAction]
    /// What else can be done.
    public let others: [RowAction]

    /// All that can be done, for menus and screen readers.
    public var actions: [RowAction] { leading + others + trailing }

    /// The facts of a row.
    public init(_ row: MessageView, selected: Bool, _ words: Words) {
        initials = Initials(row.from.first)
        let names = row.from.map(\.label).joined(separator: ", ")
        sender = names.isEmpty ? words(.noSender) : names
        subject = row.subject.isEmpty ? words(.noSubject) : row.subject
        preview = row.preview
        date = words.dates.short(row.receivedAt)
        unread = !row.flags.seen
        self.selected = selected
        let held: [RowMark: Bool] = [
            .answered: row.flags.answered, .attachment: row.hasAttachments, .star: row.flags.flagged,
            .partlyHere: row.body == .partial && !row.onServer,
        ]
        marks = RowMark.allCases.filter { held[$0] == true }
        let state = (unread ? [words(.isUnread)] : []) + [sender, subject, date]
        spoken = (state + marks.map { words($0.word) } + [preview]).filter { !$0.isEmpty }.joined(separator: ", ")
        leading = [RowAction(word: .archive, event: .swipedToArchive(row.id))]
        trailing = [RowAction(word: .delete, event: .swipedToDelete(row.id))]
        others = [
            RowAction(word: row.flags.flagged ? .unstar : .star, event: .toggledStar(row.id)),
            RowAction(word: row.flags.seen ? .markUnseen : .markSeen, event: .toggledSeen(row.id)),
            RowAction(word: selected ? .deselect : .select, event: .toggledSelection(row.id)),
        ]
    }
}
