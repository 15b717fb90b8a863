// Follows one mailbox for the list of messages, and does what a person asks for there.
import Observation
import Satchel

/// The messages of one mailbox.
@MainActor @Observable
public final class MessagesViewModel {
    /// Rows that are asked for before and after those that are seen.
    private static let margin = 50
    /// Older messages that are fetched at a time.
    private static let older: UInt32 = 100

    private var known = MessagesKnown()
    @ObservationIgnored private let mailbox: MailboxId
    @ObservationIgnored private let satchel: Satchel
    @ObservationIgnored private let window: MessageWindow
    @ObservationIgnored private let notices: Notices
    @ObservationIgnored private let open: (Route) -> Void
    @ObservationIgnored private let work: Work
    @ObservationIgnored private let following = Following()
    @ObservationIgnored private var asked = 0..<50
    @ObservationIgnored private var picking = 0
    @ObservationIgnored private var looking = false
    @ObservationIgnored private var missed = false

    /// A view model; `open` leads to another place.
    public init(mailbox: MailboxId, satchel: Satchel, notices: Notices, open: @escaping (Route) -> Void) {
        self.mailbox = mailbox
        self.satchel = satchel
        self.notices = notices
        self.open = open
        // A row is a message: what is done to a row is then done to all that it stands for.
        window = satchel.messages.list(mailbox, order: .messages)
        work = Work(notices: notices)
    }

    /// What the screen shows.
    public var state: MessagesState {
        var state = known.state
        state.notice = notices.current
        return state
    }

    /// What a person did: the only way in.
    public func on(_ event: MessagesEvent) {
        switch event {
        case .scrolled(let first, let count): show(first, count)
        case .opened(let id): known.selected.isEmpty ? open(.message(id)) : take(.toggledSelection(id))
        case .swipedToArchive(let id): archive([id])
        case .swipedToDelete(let id): delete([id])
        case .toggledStar(let id): toggleStar(id)
        case .toggledSeen(let id): toggleSeen(id)
        case .toggledSelection(let id): take(.toggledSelection(id))
        case .selectedAll: selectAll()
        case .clearedSelection: clear()
        case .archivedSelected: archive(picked())
        case .deletedSelected: delete(picked())
        case .junkedSelected: junk(picked())
        case .markedSelectedSeen: markSeen(picked())
        case .fetchedOlder: fetchOlder()
        case .askedForNews: askForNews()
        case .pressedUndo(let token): work.undo(token, satchel)
        case .noticeSeen(let id): notices.seen(id)
        }
    }

    /// Follows what the screen is made of until the task is cancelled: start it with the screen.
    public func run() async { await following.run { await self.followMail() } }

    /// Waits until what events started is done, so that a pull to refresh ends with the truth.
    public func finished() async { await work.finished() }

    private func followMail() async {
        async let box: Void = hear(satchel.mailboxes.watch(one: mailbox)) { .mailbox($0) }
        async let rows: Void = followRows()
        async let syncing: Void = hear(satchel.activity.syncing()) { .syncing($0) }
        async let network: Void = hear(satchel.network.watch()) { .network($0) }
        _ = await (box, rows, syncing, network)
    }

    private func take(_ news: MessagesNews) { known.take(news) }

    private func fail(_ problem: Problem) {
        following.hasEnded = true
        take(.failed(problem))
    }

    private func hear<T: Sendable>(
        _ stream: AsyncThrowingStream<T, any Error>, as news: (T) -> MessagesNews
    ) async {
        await follow(stream, failed: fail, take: { take(news($0)) })
    }

    private func show(_ first: Int, _ count: Int) {
        let (start, end) = (max(0, first), max(0, first) + max(1, count))
        // Each row that comes into view says so; most are far from the window's edges.
        guard max(0, start - Self.margin / 2) < asked.lowerBound || end + Self.margin / 2 > asked.upperBound else {
            return
        }
        let from = max(0, start - Self.margin)
        guard asked != from..<end + Self.margin else { return }
        asked = from..<end + Self.margin
        window.show(first: UInt32(from), count: UInt32(asked.count))
    }

    private func followRows() async {
        await follow(window.watch(), failed: { fail($0) }) { rows in
            let mayLose = known.mayLose(with: rows)
            take(.rows(rows))
            if mayLose { lookAgain() }
        }
    }

    private func clear() {
        picking += 1
        take(.clearedSelection)
    }

    private func selectAll() {
        let asked = picking
        work.start { [self] in
            let all = try await Self.all(of: mailbox, satchel.messages)
            // Who put everything back meanwhile has the last word.
            if asked == picking { take(.selectedAll(all)) }
        }
    }

    /// What left the mailbox is picked no longer. One look at a time; what changes during it brings the next.
    private func lookAgain() {
        guard !looking else { return missed = true }
        looking = true
        work.start { [self] in
            defer { looking = false }
            repeat {
                missed = false
                take(.stillThere(try await Self.all(of: mailbox, satchel.messages)))
            } while missed
        }
    }

    private nonisolated static func all(
        of mailbox: MailboxId, _ messages: Messages
    ) async throws(MailFailure) -> Set<PlacementId> {
        var (ids, next) = (Set<PlacementId>(), String?.none)
        repeat {
            let page = try await messages.page(mailbox, limit: 100, before: next)
            ids.formUnion(page.rows.map(\.id))
            next = page.next
        } while next != nil
        return ids
    }

    /// What is picked; it is picked no longer.
    private func picked() -> [PlacementId] {
        defer { clear() }
        return known.selected.sorted()
    }

    private func archive(_ ids: [PlacementId]) {
        act(.archived(ids.count)) { try await $0.archive(ids) }
    }

    private func delete(_ ids: [PlacementId]) {
        act(.deleted(ids.count)) { try await $0.delete(ids) }
    }

    private func junk(_ ids: [PlacementId]) {
        act(.junked(ids.count)) { try await $0.junk(ids) }
    }

    private func markSeen(_ ids: [PlacementId]) {
        act(.markedSeen(ids.count)) { try await $0.markSeen(ids, on: true) }
    }

    private func act(_ text: NoticeText, _ action: @escaping @Sendable (Actions) async throws -> ActionView) {
        work.start { [satchel, notices] in
            let done = try await action(satchel.actions)
            notices.say(text, undo: done.undo)
        }
    }

    private func toggleStar(_ id: PlacementId) {
        guard let row = known.row(id) else { return }
        work.start { [satchel] in try await satchel.actions.star([id], on: !row.flags.flagged) }
    }

    private func toggleSeen(_ id: PlacementId) {
        guard let row = known.row(id) else { return }
        work.start { [satchel] in try await satchel.actions.markSeen([id], on: !row.flags.seen) }
    }

    private func fetchOlder() {
        guard let mailbox = known.mailbox else { return }
        take(.fetchingOlder(true))
        work.start { [self, satchel] in
            defer { take(.fetchingOlder(false)) }
            try await satchel.activity.sync(mailbox.account, older: Self.older, mailbox: mailbox.id)
        }
    }

    private func askForNews() {
        if following.hasEnded { following.again() }
        work.start { [satchel, notices, mailbox] in
            let account = try await satchel.mailboxes.one(mailbox).account
            let came = try await satchel.activity.sync(account).newMessages
            notices.say(News.told(came: Int(came), [], of: 1))
            try await satchel.activity.toldEverything()
        }
    }
}
