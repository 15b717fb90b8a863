// Moments as a person reads them, seen from now and here.
import Foundation

/// Writes moments in the words of some language, as seen from a moment and a place.
public struct DateText: Sendable {
    private let strings: any Strings
    private let now: Date
    private let calendar: Calendar

    /// As seen from `now` in `zone`; previews and tests hand in ones that stand still.
    public init(_ strings: any Strings, now: Date = Date(), zone: TimeZone = .current) {
        self.strings = strings
        self.now = now
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        calendar.locale = strings.locale
        self.calendar = calendar
    }

    /// In a row: the time today, the day this year, the day and the year before.
    public func short(_ at: Date) -> String {
        if calendar.isDate(at, inSameDayAs: now) { return written(at, "HHmm") }
        return written(at, calendar.isDate(at, equalTo: now, toGranularity: .year) ? "dMMM" : "dMMMyyyy")
    }

    /// Over a message: everything.
    public func full(_ at: Date) -> String { written(at, "EEEEdMMMMyyyyHHmm") }

    /// In a sentence about an account: the time today, otherwise the day and the time.
    public func moment(_ at: Date) -> String {
        let time = written(at, "HHmm")
        return calendar.isDate(at, inSameDayAs: now) ? time : "\(short(at)), \(time)"
    }

    /// Over a group of rows: today, yesterday, a day of this week, a month.
    public func heading(_ at: Date) -> String {
        let days = calendar.dateComponents(
            [.day], from: calendar.startOfDay(for: at), to: calendar.startOfDay(for: now)
        ).day
        switch days ?? 0 {
        case ...0: return strings.word(.today)
        case 1: return strings.word(.yesterday)
        case ..<7: return written(at, "EEEE")
        default: return written(at, "MMMMyyyy")
        }
    }

    private func written(_ at: Date, _ template: String) -> String {
        let format = DateFormatter()
        format.calendar = calendar
        format.timeZone = calendar.timeZone
        format.locale = strings.locale
        format.setLocalizedDateFormatFromTemplate(template)
        return format.string(from: at)
    }
}
