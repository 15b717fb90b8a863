// Where a person can be, and how each place is written as a link.
import Foundation
import Satchel

/// A place of the app. It is written `satchel://mailboxes`, `satchel://mailbox/7`, `satchel://message/42`.
public enum Route: Hashable, Sendable {
    /// The list of mailboxes.
    case mailboxes
    /// The messages of a mailbox.
    case messages(MailboxId)
    /// One message.
    case message(PlacementId)

    private static let scheme = "satchel://"

    /// How it is written in a link, in a notification, and in what the system keeps while the app is away.
    public var link: String {
        switch self {
        case .mailboxes: Self.scheme + "mailboxes"
        case .messages(let mailbox): Self.scheme + "mailbox/\(mailbox.value)"
        case .message(let placement): Self.scheme + "message/\(placement.value)"
        }
    }

    /// Reads a link; nil if it leads nowhere we know.
    public init?(link: String) {
        guard link.lowercased().hasPrefix(Self.scheme) else { return nil }
        let steps = link.dropFirst(Self.scheme.count).split(separator: "/").map(String.init)
        let id = steps.count == 2 ? Int64(steps[1]).flatMap { $0 > 0 ? $0 : nil } : nil
        switch (steps.first, id) {
        case ("mailboxes", nil) where steps.count == 1: self = .mailboxes
        case ("mailbox", let id?): self = .messages(MailboxId(id))
        case ("message", let id?): self = .message(PlacementId(id))
        default: return nil
        }
    }

    /// How deep it lies: a place takes that of another at its level.
    var level: Int {
        switch self {
        case .mailboxes: 0
        case .messages: 1
        case .message: 2
        }
    }
}
