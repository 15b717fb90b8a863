// Looking for new mail in several accounts at once: one that fails keeps no other from its mail.
import Satchel

/// What kept an account from its mail.
public struct AccountTrouble: Equatable, Sendable {
    /// The account's address.
    public let address: String
    /// What kept it.
    public let problem: Problem

    /// The trouble of an account.
    public init(address: String, problem: Problem) {
        self.address = address
        self.problem = problem
    }
}

/// What a person is told who asked for new mail.
enum News {
    /// A pass for each account, at the same time, and the truth about all of them.
    static func ask(_ accounts: [AccountView], _ activity: Activity) async -> NoticeText {
        let ends = await withTaskGroup(of: (Int, Result<UInt32, MailFailure>).self) { group in
            for (place, account) in accounts.enumerated() {
                group.addTask { (place, await pass(account.id, activity)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var (came, troubles) = (0, [AccountTrouble]())
        for (place, account) in accounts.enumerated() {
            switch ends[place] {
            case .success(let count): came += Int(count)
            case .failure(let why): troubles.append(.init(address: account.address, problem: Problem(why)))
            case nil: break
            }
        }
        return told(came: came, troubles, of: accounts.count)
    }

    /// What to say, when so many messages came and some of so many accounts had trouble.
    static func told(came: Int, _ troubles: [AccountTrouble], of accounts: Int) -> NoticeText {
        guard let first = troubles.first else { return came > 0 ? .cameIn(came) : .nothingNew }
        // Where all fare alike, as without a network, naming each says no more.
        let alike = troubles.count == accounts && troubles.allSatisfy { $0.problem == first.problem }
        return alike ? .failed(first.problem) : .notAll(came: came, troubles)
    }

    private static func pass(_ account: AccountId, _ activity: Activity) async -> Result<UInt32, MailFailure> {
        do throws(MailFailure) {
            return .success(try await activity.sync(account).newMessages)
        } catch {
            return .failure(error)
        }
    }
}
