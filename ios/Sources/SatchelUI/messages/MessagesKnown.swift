// What the list of messages is made of: news goes in, the state comes out.
import Satchel

/// A piece of news.
enum MessagesNews: Equatable, Sendable {
    case mailbox(MailboxView)
    case rows(ShownRows)
    case syncing(Set<AccountId>)
    case network(NetworkState)
    case toggledSelection(PlacementId)
    case selectedAll
    case clearedSelection
    case fetchingOlder(Bool)
    case failed(Problem)
}

/// Everything heard so far.
struct MessagesKnown: Equatable, Sendable {
    private(set) var mailbox: MailboxView?
    private var shown: ShownRows?
    private var running: Set<AccountId> = []
    private(set) var selected: Set<PlacementId> = []
    private var offline = false
    private var fetchingOlder = false
    private var problem: Problem?

    mutating func take(_ news: MessagesNews) {
        switch news {
        case .mailbox(let view): mailbox = view
        case .rows(let rows): shown = rows
        case .syncing(let accounts): running = accounts
        case .network(let state): offline = !state.online
        case .toggledSelection(let id): selected.formSymmetricDifference([id])
        case .selectedAll: selected.formUnion(content.here.map(\.id))
        case .clearedSelection: selected = []
        case .fetchingOlder(let now): fetchingOlder = now
        case .failed(let what): problem = what
        }
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
