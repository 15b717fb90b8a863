// What the list of mailboxes is made of: news goes in, the state comes out.
import Satchel

/// A piece of news.
enum MailboxesNews: Equatable, Sendable {
    case accounts([AccountView])
    case mailboxes(AccountId, [MailboxView])
    case status([AccountStatusView])
    case syncing(Set<AccountId>)
    case network(NetworkState)
    case toggled(AccountId)
    case failed(Problem)
}

/// Everything heard so far.
struct MailboxesKnown: Equatable, Sendable {
    private var accounts: [AccountView]?
    private var mailboxes: [AccountId: [MailboxView]] = [:]
    private var status: [AccountId: AccountStatusView] = [:]
    private var syncing: Set<AccountId> = []
    private var collapsed: Set<AccountId> = []
    private var offline = false
    private var problem: Problem?

    mutating func take(_ news: MailboxesNews) {
        switch news {
        case .accounts(let all):
            (accounts, problem) = (all, nil)
            let here = Set(all.map(\.id))
            mailboxes = mailboxes.filter { here.contains($0.key) }
        case .mailboxes(let account, let all):
            mailboxes[account] = all
            problem = nil
        case .status(let all): status = Dictionary(all.map { ($0.account, $0) }) { $1 }
        case .syncing(let running): syncing = running
        case .network(let state): offline = !state.online
        case .toggled(let account): collapsed.formSymmetricDifference([account])
        case .failed(let what): problem = what
        }
    }

    var state: MailboxesState { MailboxesState(content: content, offline: offline) }

    private var content: MailboxesContent {
        if let problem { return .failed(problem) }
        guard let accounts else { return .placeholder }
        let sections = accounts.compactMap(section)
        // Half a list would jump when the other half comes.
        guard sections.count == accounts.count else { return .placeholder }
        return sections.isEmpty ? .empty : .sections(sections)
    }

    private func section(_ account: AccountView) -> AccountSection? {
        mailboxes[account.id].map {
            AccountSection(
                account: account, status: status[account.id], syncing: syncing.contains(account.id),
                collapsed: collapsed.contains(account.id), rows: $0)
        }
    }
}
