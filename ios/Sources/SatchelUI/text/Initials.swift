// What an avatar shows: letters of a name, and a colour that stays the same for a person.
import Satchel

/// An avatar's letters and the number of its colour.
public struct Initials: Equatable, Sendable {
    /// How many colours there are.
    public static let tints = 6

    /// One or two letters; empty for a name without any.
    public let letters: String
    /// Which colour, from 0.
    public let tint: Int

    /// The avatar of a person.
    public init(_ person: AddressView?) {
        let label = person?.label ?? ""
        let words = label.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        let ends = words.count > 1 ? [words.first, words.last] : [words.first]
        letters = ends.compactMap { $0?.first }.map { $0.uppercased() }.joined()
        // Swift's own hash differs from one start of the app to the next.
        let sum = (person?.address ?? "").lowercased().utf8.reduce(UInt32(7)) { $0 &* 31 &+ UInt32($1) }
        tint = Int(sum % UInt32(Self.tints))
    }
}
