// The words and the moment a screen is drawn with.
import Foundation
import Satchel

/// What turns facts into words: a language, and now and here.
public struct Words: Sendable {
    /// The language.
    public let strings: any Strings
    /// Moments in that language.
    public let dates: DateText

    /// Words of `strings`, as seen from `now` in `zone`.
    public init(_ strings: any Strings = English(), now: Date = Date(), zone: TimeZone = .current) {
        self.strings = strings
        dates = DateText(strings, now: now, zone: zone)
    }

    /// A word.
    public func callAsFunction(_ word: Word) -> String { strings.word(word) }
}
