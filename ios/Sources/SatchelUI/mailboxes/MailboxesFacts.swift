// How accounts and mailboxes are told in words.
import Satchel

extension AccountSection {
    /// What pressing its head does.
    public var fold: Word { collapsed ? .unfold : .fold }

    /// What stands below an account's address: what it does now, what is wrong with it, or when it was last well.
    public func told(_ words: Words) -> String {
        guard !syncing else { return words(.syncing) }
        guard let status else { return words(.neverSynced) }
        let since = status.lastSuccess.map(words.dates.moment)
        if let problem = status.lastProblem {
            return words.strings.troubled(words.strings.outcome(problem), since: since)
        }
        return since.map(words.strings.updated) ?? words(.neverSynced)
    }

    /// What the server does not know yet, or refused; empty mostly.
    public func pending(_ words: Words) -> [String] {
        let counts = [
            (Counted.waitingOperations, status?.waitingOperations), (.failedOperations, status?.failedOperations),
        ]
        return counts.compactMap { what, count in
            count.flatMap { $0 > 0 ? words.strings.counted(what, Int($0)) : nil }
        }
    }
}

extension MailboxView {
    /// What it is called: by its role, or as its owner named it.
    public func called(_ words: Words) -> String { role.map(words.strings.role) ?? title }

    /// The number beside it; empty if everything is read.
    public var badge: String { unread > 0 ? "\(unread)" : "" }

    /// What a screen reader says.
    public func spoken(_ words: Words) -> String {
        unread > 0 ? "\(called(words)), \(words.strings.counted(.unread, Int(unread)))" : called(words)
    }
}
