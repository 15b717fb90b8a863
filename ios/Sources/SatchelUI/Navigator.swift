// The places a person went through, and the way back.
import Observation
import Satchel

/// The list of open routes, the first one being the list of mailboxes. How many of them are seen at once is the window's
/// matter.
@MainActor @Observable
public final class Navigator {
    /// Open routes; the last one is on top. Never empty.
    public private(set) var routes: [Route]

    /// Starts at the list of mailboxes, or where `saved` links lead; what cannot be read is left out.
    public init(saved: [String] = []) {
        routes = Self.wellFormed(saved.compactMap(Route.init(link:)))
    }

    /// Goes there. What stood at its level or above it is left: a second mailbox takes the place of the first.
    public func open(_ route: Route) {
        routes = Self.wellFormed(routes.filter { $0.level < route.level } + [route])
    }

    /// Leaves the top; the list of mailboxes stays.
    public func back() {
        routes = Self.wellFormed(routes.dropLast())
    }

    /// Leaves a place and what stands on it, if it is open.
    public func leave(_ route: Route) {
        routes = Self.wellFormed(routes.prefix { $0 != route })
    }

    /// What to keep while the app is away.
    public var saved: [String] { routes.map(\.link) }

    /// The open mailbox, if one is.
    public var mailbox: MailboxId? {
        for case .messages(let mailbox) in routes { return mailbox }
        return nil
    }

    /// The open message, if one is.
    public var message: PlacementId? {
        for case .message(let placement) in routes { return placement }
        return nil
    }

    private static func wellFormed(_ routes: some Sequence<Route>) -> [Route] {
        routes.reduce(into: [Route.mailboxes]) { formed, route in
            formed.removeAll { $0.level >= route.level && route.level > 0 }
            if route.level > 0 { formed.append(route) }
        }
    }
}
