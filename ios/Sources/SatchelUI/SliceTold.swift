// What a slice of background work has for the person, told before the core hears that it was.
import Satchel

/// Something to tell while nobody looks at the app.
public struct SliceNotice: Equatable, Sendable {
    /// What there is to tell.
    public enum Subject: Equatable, Sendable {
        /// So many messages are here that the person does not know of.
        case came(Int)
        /// The account waits for the person; the sentence says why.
        case needsPerson(String)
    }

    /// Whose it is.
    public let account: AccountId
    /// What there is to tell.
    public let subject: Subject

    /// A notice of an account.
    public init(account: AccountId, subject: Subject) {
        self.account = account
        self.subject = subject
    }

    /// Names it: a later one of the same account and kind takes its place.
    public var name: String {
        switch subject {
        case .came: Self.cameName(account)
        case .needsPerson: Self.needsPersonName(account)
        }
    }

    /// What it says on a lock screen, which anybody reads: neither sender nor address.
    public func title(_ strings: any Strings) -> String {
        switch subject {
        case .came(let count): strings.counted(.cameIn, count)
        case .needsPerson: strings.word(.accountNeedsYou)
        }
    }

    /// The sentence below it; empty if the title says it all.
    public var sentence: String {
        switch subject {
        case .came: ""
        case .needsPerson(let sentence): sentence
        }
    }

    static func cameName(_ account: AccountId) -> String { "mail-\(account.value)" }
    static func needsPersonName(_ account: AccountId) -> String { "account-\(account.value)" }
}

/// Tells the person what slices brought, each account by itself. `show` throws if it could not be shown: the core is then
/// told nothing, and the same mail is fresh in the next slice. `withdraw` takes back the notice of that name.
public func tell(
    _ slices: [SliceView], to activity: Activity, show: (SliceNotice) async throws -> Void,
    withdraw: (String) async -> Void
) async {
    for slice in slices {
        if slice.needsPerson {
            try? await show(.init(account: slice.account, subject: .needsPerson(slice.problem ?? "")))
        } else if slice.report != nil {
            await withdraw(SliceNotice.needsPersonName(slice.account))
        }
        guard let token = slice.told, slice.freshCount > 0 else { continue }
        do {
            try await show(.init(account: slice.account, subject: .came(Int(slice.freshCount))))
            try await activity.told(token)
        } catch {
            // Told once more is better than never: the next slice names it again.
            continue
        }
    }
}
