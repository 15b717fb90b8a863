// What problems are called in English.
import Satchel

extension English {
    /// What kept a person from what they asked for, in a few words.
    public func title(_ problem: Problem) -> String {
        switch problem {
        case .signInRefused: "Sign-in was refused"
        case .notReached: "The server was not reached"
        case .notSafe(_, _, let why): unsafe(why)
        case .refused: "The server refused"
        case .gone: "No longer here"
        case .notHere: "Not on this device"
        case .storage(_, let why): storage(why)
        case .notPossible: "That is not possible"
        case .stopped: "Stopped"
        case .fault: "A fault of the app"
        }
    }

    private func unsafe(_ why: TlsProblem) -> String {
        switch why {
        case .unknownIssuer: "Nobody vouches for this server"
        case .expired: "The server's certificate is out of date"
        case .wrongHost: "The certificate names another server"
        case .unusable: "The server's certificate cannot be used"
        case .notThePinnedOne: "Not the certificate you trusted"
        case .startTlsMissing: "The server offers no safe connection"
        case .injected: "Someone may be listening"
        case .handshake: "No safe connection came about"
        }
    }

    private func storage(_ why: StorageProblem) -> String {
        switch why {
        case .full: "No space left"
        case .readOnly: "The storage cannot be written"
        case .inUse: "Mail is open elsewhere"
        case .newerVersion: "Your mail needs a newer app"
        case .damaged: "The mail database is damaged"
        case .io: "The storage failed"
        case .credentials: "The password store is locked"
        }
    }
}
