// Follows accounts and mailboxes for the list of mailboxes, and does what a person asks for there.
import Observation
import Satchel

/// The list of mailboxes.
@MainActor @Observable
public final class MailboxesViewModel {
    private var known = MailboxesKnown()
    @ObservationIgnored private let satchel: Satchel
    @ObservationIgnored private let notices: Notices
    @ObservationIgnored private let open: (Route) -> Void
    @ObservationIgnored private let work: Work
    @ObservationIgnored private let following = Following()

    /// A view model; `open` leads to another place.
    public init(satchel: Satchel, notices: Notices, open: @escaping (Route) -> Void) {
        self.satchel = satchel
        self.notices = notices
        self.open = open
        work = Work(notices: notices)
    }

    /// What the screen shows.
    public var state: MailboxesState {
        var state = known.state
        state.notice = notices.current
        return state
    }

    /// What a person did: the only way in.
    public func on(_ event: MailboxesEvent) {
        switch event {
        case .opened(let mailbox): open(.messages(mailbox))
        case .toggledAccount(let account): take(.toggled(account))
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
        let streams = satchel
        async let accounts: Void = followAccounts()
        async let status: Void = hear(streams.activity.watch()) { .status($0) }
        async let syncing: Void = hear(streams.activity.syncing()) { .syncing($0) }
        async let network: Void = hear(streams.network.watch()) { .network($0) }
        _ = await (accounts, status, syncing, network)
    }

    private func take(_ news: MailboxesNews) { known.take(news) }

    private func fail(_ problem: Problem) {
        following.hasEnded = true
        take(.failed(problem))
    }

    private func hear<T: Sendable>(
        _ stream: AsyncThrowingStream<T, any Error>, as news: (T) -> MailboxesNews
    ) async {
        await follow(stream, failed: fail, take: { take(news($0)) })
    }

    private func followAccounts() async {
        var mailboxes: [AccountId: Task<Void, Never>] = [:]
        defer { mailboxes.values.forEach { $0.cancel() } }
        let stream = satchel.accounts.watch()
        await follow(stream, failed: fail) { accounts in
            take(.accounts(accounts))
            let here = Set(accounts.map(\.id))
            for (gone, task) in mailboxes where !here.contains(gone) {
                task.cancel()
                mailboxes[gone] = nil
            }
            for id in here where mailboxes[id] == nil {
                mailboxes[id] = Task { await self.followMailboxes(of: id) }
            }
        }
    }

    private func followMailboxes(of account: AccountId) async {
        await follow(satchel.mailboxes.watch(account)) { problem in
            // The account went; the list of accounts is about to say so.
            if case .gone = problem { return }
            fail(problem)
        } take: {
            take(.mailboxes(account, $0))
        }
    }

    private func askForNews() {
        if following.hasEnded { following.again() }
        work.start { [satchel, notices] in
            let accounts = try await satchel.accounts.list()
            notices.say(await News.ask(accounts, satchel.activity))
            try await satchel.activity.toldEverything()
        }
    }
}
