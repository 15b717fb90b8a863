// What the list of messages is made of: news goes in, the state comes out.
import Satchel

/// A piece of news.
enum MessagesNews: Equatable, Sendable {
    case mailbox(MailboxView)
    case rows(ShownRows)
    case syncing(Set<AccountId>)
    case network(NetworkState)
    case toggledSelection(PlacementId)
    case selectedAll(Set<PlacementId>)
    case stillThere(Set<PlacementId>)
    case clearedSelection
    case fetchingOlder(Bool)
    case failed(Problem)
}

/// Everything heard so far.
struct MessagesKnown: Equatable, Sendable {
    private(set) var mailbox: MailboxView?
    private(set) var shown: ShownRows?
    private var running: Set<AccountId> = []
    private(set) var selected: Set<PlacementId> = []
    private var offline = false
    private var fetchingOlder = false
    private var problem: Problem?

    mutating func take(_ news: MessagesNews) {
        switch news {
        case .mailbox(let view): mailbox = view
        case .rows(let rows):
            (shown, problem) = (rows, nil)
            // Where all of the list is here, what is no longer in it is no longer picked.
            if rows.isWhole { selected.formIntersection(rows.rows.map(\.id)) }
        case .syncing(let accounts): running = accounts
        case .network(let state): offline = !state.online
        case .toggledSelection(let id): selected.formSymmetricDifference([id])
        case .selectedAll(let all): selected = all
        case .stillThere(let all): selected.formIntersection(all)
        case .clearedSelection: selected = []
        case .fetchingOlder(let now): fetchingOlder = now
        case .failed(let what): problem = what
        }
    }

    /// Whether something that is picked may be gone, now that these rows come: only a look at the whole list can tell.
    func mayLose(with rows: ShownRows) -> Bool {
        guard let shown, !selected.isEmpty, !rows.isWhole else { return false }
        return rows.total != shown.total || (rows.first == shown.first && rows.rows.map(\.id) != shown.rows.map(\.id))
    }

    func row(_ id: PlacementId) -> MessageView? { shown?.rows.first { $0.id == id } }

    var state: MessagesState {
        var state = MessagesState()
        state.mailbox = mailbox
        state.content = content
        state.selected = selected
        state.offline = offline
        state.syncing = mailbox.map { running.contains($0.account) } ?? false
        state.canFetchOlder = mailbox?.hasOlder ?? false
        state.fetchingOlder = fetchingOlder
        return state
    }

    private var content: MessagesContent {
        if let problem { return .failed(problem) }
        guard let shown, let mailbox else { return .placeholder }
        guard shown.total == 0 else {
            return .rows(total: Int(shown.total), first: Int(shown.first), rows: shown.rows)
        }
        if mailbox.hasOlder { return .empty(.noneFetched) }
        return .empty(mailbox.role == .inbox ? .allDone : .noMessages)
    }
}

extension ShownRows {
    /// Whether the window holds all of the list.
    fileprivate var isWhole: Bool { rows.count == Int(total) }
}
