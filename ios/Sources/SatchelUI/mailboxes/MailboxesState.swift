// What the list of mailboxes shows, and what a person can do there.
import Satchel

/// The list of mailboxes.
public struct MailboxesState: Equatable, Sendable {
    /// What fills it.
    public var content = MailboxesContent.placeholder
    /// Whether there is no network.
    public var offline = false
    /// What is to be said.
    public var notice: Notice?

    /// A state for previews and tests.
    public init(content: MailboxesContent = .placeholder, offline: Bool = false, notice: Notice? = nil) {
        self.content = content
        self.offline = offline
        self.notice = notice
    }
}

/// What fills the list.
public enum MailboxesContent: Equatable, Sendable {
    /// Not read yet.
    case placeholder
    /// There is no account.
    case empty
    /// One section for each account.
    case sections([AccountSection])
    /// It cannot be read.
    case failed(Problem)
}

/// An account with its mailboxes, in the core's order.
public struct AccountSection: Equatable, Sendable, Identifiable {
    /// Whose.
    public let account: AccountView
    /// How it stands, once that is known.
    public let status: AccountStatusView?
    /// Whether a pass runs.
    public let syncing: Bool
    /// Whether it is folded.
    public let collapsed: Bool
    /// All its mailboxes.
    public let rows: [MailboxView]

    /// A section for previews and tests.
    public init(
        account: AccountView, status: AccountStatusView?, syncing: Bool, collapsed: Bool, rows: [MailboxView]
    ) {
        self.account = account
        self.status = status
        self.syncing = syncing
        self.collapsed = collapsed
        self.rows = rows
    }

    /// The account's id.
    public var id: AccountId { account.id }
    /// The mailboxes that are drawn.
    public var shown: [MailboxView] { collapsed ? [] : rows }
}

/// What a person did.
public enum MailboxesEvent: Equatable, Sendable {
    /// Opened a mailbox.
    case opened(MailboxId)
    /// Folded or unfolded an account.
    case toggledAccount(AccountId)
    /// Asked whether there is new mail.
    case askedForNews
    /// Took an action back: its notice outlasts the screen it was made on.
    case pressedUndo(UndoToken)
    /// The notice was shown long enough.
    case noticeSeen(Int)
}
