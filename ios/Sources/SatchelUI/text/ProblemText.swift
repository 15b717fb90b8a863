// Words for problems and notices: title, sentence, one action.
import Satchel

/// A problem in words.
public struct ProblemText: Equatable, Sendable {
    /// The one thing to do about a problem.
    public enum Action: Equatable, Sendable {
        /// Ask for the same once more.
        case askAgain
        /// Leave the page.
        case goBack
    }

    /// A few words.
    public let title: String
    /// What happened and what to do.
    public let sentence: String
    /// The server's own words, for the person only.
    public let serverWords: String?
    /// The one thing to do.
    public let action: Action
    /// What the button says.
    public let label: String

    /// A problem in the words of `strings`; the sentence is the core's.
    public init(_ problem: Problem, _ strings: any Strings) {
        title = strings.title(problem)
        sentence = Self.written(problem.sentence)
        switch problem {
        case .signInRefused(_, _, let said), .refused(_, let said):
            serverWords = said.forPerson.isEmpty ? nil : strings.serverSaid(said.forPerson)
        default: serverWords = nil
        }
        switch problem {
        case .gone, .notPossible: (action, label) = (.goBack, strings.word(.back))
        default: (action, label) = (.askAgain, strings.word(.askAgain))
        }
    }

    /// The core's sentences begin small and end without a stop, as they stand in logs.
    private static func written(_ core: String) -> String {
        let begun = core.prefix(1).uppercased() + core.dropFirst()
        return begun.last.map { $0.isLetter || $0.isNumber } == true ? begun + "." : begun
    }
}

/// A notice in the words of `strings`.
public func noticeText(_ text: NoticeText, _ strings: any Strings) -> String {
    switch text {
    case .archived(let count): strings.counted(.archived, count)
    case .deleted(let count): strings.counted(.deleted, count)
    case .junked(let count): strings.counted(.junked, count)
    case .markedSeen(let count): strings.counted(.markedSeen, count)
    case .cameIn(let count): strings.counted(.cameIn, count)
    case .nothingNew: strings.word(.nothingNew)
    case .notAll(let came, let troubles):
        strings.notAll(
            came: came > 0 ? strings.counted(.cameIn, came) : nil,
            troubles.map { strings.trouble(of: $0.address, strings.title($0.problem)) })
    case .takenBack: strings.word(.takenBack)
    case .failed(let problem): strings.title(problem)
    }
}
