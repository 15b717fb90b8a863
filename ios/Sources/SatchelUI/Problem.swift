// What keeps a screen from doing what was asked, as something a person can act on.
import Satchel

/// Made from a `MailFailure`; its title and action are found in `ProblemText`, the sentence is the core's.
public enum Problem: Equatable, Sendable {
    /// The server refused the name or the password.
    case signInRefused(sentence: String, host: String, serverText: ServerText)
    /// The server was not reached.
    case notReached(sentence: String, host: String)
    /// The connection was not safe; nothing was sent.
    case notSafe(sentence: String, host: String, why: TlsProblem)
    /// The server said no.
    case refused(sentence: String, serverText: ServerText)
    /// It is not there any more.
    case gone(sentence: String)
    /// There is no network, and it is not on this device.
    case notHere(sentence: String)
    /// The device's storage failed.
    case storage(sentence: String, why: StorageProblem)
    /// What was asked cannot be done.
    case notPossible(sentence: String)
    /// It was stopped.
    case stopped(sentence: String)
    /// A fault of the app: of the core, or of parts that do not fit together.
    case fault(sentence: String)

    /// The problem behind a failure.
    public init(_ failure: MailFailure) {
        let sentence = failure.sentence
        switch failure {
        case .authentication(_, let host, let serverText):
            self = .signInRefused(sentence: sentence, host: host, serverText: serverText)
        case .network(_, let host, _): self = .notReached(sentence: sentence, host: host)
        case .tls(_, let host, let why, _, _): self = .notSafe(sentence: sentence, host: host, why: why)
        case .serverRejected(_, _, _, let serverText): self = .refused(sentence: sentence, serverText: serverText)
        case .notFound: self = .gone(sentence: sentence)
        case .offline: self = .notHere(sentence: sentence)
        case .storage(_, let why): self = .storage(sentence: sentence, why: why)
        case .invalidInput: self = .notPossible(sentence: sentence)
        case .cancelled, .closed: self = .stopped(sentence: sentence)
        case .internal, .incompatibleLibrary: self = .fault(sentence: sentence)
        }
    }

    /// What happened and what to do, in words of the core; no address, no secret, no server's words.
    public var sentence: String {
        switch self {
        case .signInRefused(let sentence, _, _), .notReached(let sentence, _), .notSafe(let sentence, _, _),
            .refused(let sentence, _), .gone(let sentence), .notHere(let sentence), .storage(let sentence, _),
            .notPossible(let sentence), .stopped(let sentence), .fault(let sentence):
            sentence
        }
    }
}

extension Problem {
    /// The problem behind whatever a stream of the facade threw; those throw `MailFailure` only.
    init(thrown error: any Error) {
        self = (error as? MailFailure).map(Problem.init) ?? .fault(sentence: "a fault of the app: please report it")
    }
}
