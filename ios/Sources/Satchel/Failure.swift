// The one error of the facade: cases that a screen acts on.
import SatchelCore

/// What every call of the facade ends in when it fails. `sentence` says it in English, for a log or as a fallback text; it
/// never holds an address, a secret or a server's words.
public enum MailFailure: Error, Equatable, Sendable {
    /// The server refused the name, the password or the token.
    case authentication(sentence: String, host: String, serverText: ServerText)
    /// The server cannot be reached, or the connection broke.
    case network(sentence: String, host: String, reason: String)
    /// The connection is not safe; nothing was sent. `sha256` is that of the certificate which was shown.
    case tls(sentence: String, host: String, problem: TlsProblem, reason: String, sha256: String?)
    /// The server said no, or said something no server should. `code` is that of RFC 5530.
    case serverRejected(sentence: String, what: String, code: String?, serverText: ServerText)
    /// There is no such account, mailbox, message or part here.
    case notFound(sentence: String, what: String)
    /// There is no network and the answer is not on this device.
    case offline(sentence: String, what: String)
    /// The store or the credential store failed. Nothing that was confirmed earlier is lost.
    case storage(sentence: String, problem: StorageProblem)
    /// An argument cannot be used.
    case invalidInput(sentence: String, field: String, reason: String)
    /// The task was cancelled, or the work was ended by its handle.
    case cancelled(sentence: String)
    /// The mail core was closed: open it again.
    case closed(sentence: String)
    /// A fault of the library. Please report it.
    case `internal`(sentence: String, reason: String)
    /// The library is another one than this facade was made for: install the app again. Nothing was opened.
    case incompatibleLibrary(sentence: String)

    /// What happened and what to do.
    public var sentence: String {
        switch self {
        case .authentication(let sentence, _, _), .network(let sentence, _, _), .tls(let sentence, _, _, _, _),
            .serverRejected(let sentence, _, _, _), .notFound(let sentence, _), .offline(let sentence, _),
            .storage(let sentence, _), .invalidInput(let sentence, _, _), .cancelled(let sentence),
            .closed(let sentence), .internal(let sentence, _), .incompatibleLibrary(let sentence):
            sentence
        }
    }
}

extension MailFailure {
    /// Whatever the generated code throws, as a failure of the facade.
    init(_ error: any Error) {
        switch error {
        case let failure as MailFailure: self = failure
        case let error as MailError: self.init(mail: error)
        case is CancellationError: self = .cancelled(sentence: "the work was cancelled")
        default:
            // What a panic says may hold anything; its kind is enough.
            let reason = "the boundary broke (\(type(of: error)))"
            self = .internal(sentence: "a fault of the mail core: please report it (\(reason))", reason: reason)
        }
    }

    private init(mail error: MailError) {
        switch error {
        case .Authentication(let sentence, let host, let serverText):
            self = .authentication(sentence: sentence, host: host, serverText: serverText)
        case .Network(let sentence, let host, let reason):
            self = .network(sentence: sentence, host: host, reason: reason)
        case .Tls(let sentence, let host, let problem, let reason, let sha256):
            self = .tls(sentence: sentence, host: host, problem: problem, reason: reason, sha256: sha256)
        case .ServerRejected(let sentence, let what, let code, let serverText):
            self = .serverRejected(sentence: sentence, what: what, code: code, serverText: serverText)
        case .NotFound(let sentence, let what): self = .notFound(sentence: sentence, what: what)
        case .Offline(let sentence, let what): self = .offline(sentence: sentence, what: what)
        case .Storage(let sentence, let problem): self = .storage(sentence: sentence, problem: problem)
        case .InvalidInput(let sentence, let field, let reason):
            self = .invalidInput(sentence: sentence, field: field, reason: reason)
        case .Cancelled(let sentence): self = .cancelled(sentence: sentence)
        case .Closed(let sentence): self = .closed(sentence: sentence)
        case .Internal(let sentence, let reason): self = .internal(sentence: sentence, reason: reason)
        }
    }
}
