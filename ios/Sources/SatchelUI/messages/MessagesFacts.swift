// The list of messages as it is laid out: a slot for each position, with headings between days.
import Satchel

/// A place in the list: a row, or room for one that is not here yet.
public struct MessageSlot: Equatable, Sendable, Identifiable {
    /// What keeps its place when rows come and go.
    public enum Key: Hashable, Sendable {
        /// A row that is here.
        case row(PlacementId)
        /// Room for a row.
        case room(Int)
    }

    /// What fills a slot.
    public enum Content: Equatable, Sendable {
        /// A row that is here, with the heading above it if a new group of days begins.
        case row(MessageView, heading: String?)
        /// Room for a row.
        case room
    }

    /// Names it.
    public let id: Key
    /// Its position in the whole list.
    public let position: Int
    /// What fills it.
    public let content: Content
}

/// What can be done at the end of a list.
public enum OlderMessages: Equatable, Sendable {
    /// There are none.
    case none
    /// They can be fetched.
    case offered
    /// They are on their way.
    case coming
}

/// Whether single messages are picked.
public enum Picking: Equatable, Sendable {
    /// None is.
    case none
    /// So many are.
    case some(Int)
}

extension MessagesState {
    /// All slots of the list, top to bottom.
    public func slots(_ words: Words) -> [MessageSlot] {
        guard case .rows(let total, let first, let rows) = content else { return [] }
        let end = first + rows.count
        let headings = rows.map { words.dates.heading($0.receivedAt) }
        return (0..<max(total, end)).map { position in
            guard (first..<end).contains(position) else {
                return MessageSlot(id: .room(position), position: position, content: .room)
            }
            let at = position - first
            let begins = at == 0 ? first == 0 : headings[at] != headings[at - 1]
            return MessageSlot(
                id: .row(rows[at].id), position: position,
                content: .row(rows[at], heading: begins ? headings[at] : nil))
        }
    }

    /// What can be done at the end of the list.
    public var older: OlderMessages {
        fetchingOlder ? .coming : canFetchOlder ? .offered : .none
    }

    /// Whether single messages are picked.
    public var picking: Picking { selected.isEmpty ? .none : .some(selected.count) }
}

extension EmptyReason {
    /// What an empty page says: title and sentence.
    public var words: (title: Word, sentence: Word) {
        switch self {
        case .allDone: (.allDone, .allDoneSentence)
        case .noMessages: (.noMessages, .noMessagesSentence)
        case .noneFetched: (.noneFetched, .noneFetchedSentence)
        }
    }
}
