// Keeps the open screens: one view model for each open place, the way between them, and the one notice.
import Foundation
import Observation
import Satchel

/// The app's root.
@MainActor @Observable
public final class RootViewModel {
    /// The list of mailboxes, which is always there.
    public let mailboxes: MailboxesViewModel
    /// The open mailbox.
    public private(set) var messages: MessagesViewModel?
    /// The open message.
    public private(set) var message: MessageViewModel?

    private let navigator: Navigator
    private let notices = Notices()
    private var shown: (mailbox: MailboxId?, message: PlacementId?)
    @ObservationIgnored private let satchel: Satchel
    @ObservationIgnored private let downloads: Downloads
    @ObservationIgnored private let outside: Outside
    @ObservationIgnored private let work: Work

    /// Where the app can lead a person to outside of it.
    public struct Outside {
        /// Shows a file.
        public let show: (URL) -> Void
        /// Follows a link.
        public let follow: (String) -> Void

        /// The ways out of the app.
        public init(show: @escaping (URL) -> Void, follow: @escaping (String) -> Void) {
            self.show = show
            self.follow = follow
        }
    }

    /// A root at the places that were `saved`; attachments are saved below `folder`.
    public init(satchel: Satchel, folder: URL, saved: [String] = [], outside: Outside) {
        let navigator = Navigator(saved: saved)
        let way = Way()
        self.satchel = satchel
        downloads = Downloads(satchel: satchel, folder: folder, notices: notices)
        self.outside = outside
        self.navigator = navigator
        work = Work(notices: notices)
        mailboxes = MailboxesViewModel(satchel: satchel, notices: notices, open: way.open)
        way.root = self
        settle()
    }

    /// What is to be said.
    public var notice: Notice? { notices.current }

    /// How deep the person went: 0 at the list of mailboxes, 1 in a mailbox, 2 in a message.
    public var depth: Int { navigator.routes.last?.level ?? 0 }

    /// What to keep while the app is away.
    public var saved: [String] { navigator.saved }

    /// Goes to a place.
    public func open(_ route: Route) {
        navigator.open(route)
        settle()
    }

    /// Goes where a link leads; one that leads nowhere is passed over.
    public func open(link: String) { Route(link: link).map(open) }

    /// Goes back until no place is deeper than that.
    public func back(to depth: Int) {
        while self.depth > max(0, depth) { navigator.back() }
        settle()
    }

    /// Takes an action back.
    public func undo(_ token: UndoToken) {
        work.undo(token, satchel)
    }

    /// The notice was shown long enough.
    public func noticeSeen(_ id: Int) { notices.seen(id) }

    /// Waits until what was asked for here is done.
    public func finished() async { await work.finished() }

    private func leave(_ route: Route) {
        navigator.leave(route)
        settle()
    }

    /// Makes the view models of the places that are open now, and keeps those that stay open.
    private func settle() {
        let now = (mailbox: navigator.mailbox, message: navigator.message)
        defer { shown = now }
        if now.mailbox != shown.mailbox {
            messages = now.mailbox.map {
                MessagesViewModel(mailbox: $0, satchel: satchel, notices: notices) { [weak self] in self?.open($0) }
            }
        }
        if now.message != shown.message {
            message = now.message.map(makeMessage)
        }
    }

    private func makeMessage(_ id: PlacementId) -> MessageViewModel {
        let ways = MessageViewModel.Ways(
            leave: { [weak self] in self?.leave(.message(id)) }, show: outside.show, follow: outside.follow)
        return MessageViewModel(message: id, satchel: satchel, notices: notices, downloads: downloads, ways: ways)
    }
}

/// Lets a view model that is made before the root lead to it.
@MainActor
private final class Way {
    weak var root: RootViewModel?
    nonisolated init() {}
    func open(_ route: Route) { root?.open(route) }
}
