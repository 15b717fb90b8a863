// How the facade calls the core: failures of one kind, and tasks that end the call they wait for.
import Foundation
import SatchelCore

/// To be asked before anything of the generated code is used: that ends the process when it meets another library.
func refuseAnotherLibrary() throws(MailFailure) {
    guard Library.matchesBindings else {
        throw .incompatibleLibrary(sentence: "the mail library does not belong to this app: install the app again")
    }
}

/// A call that answers at once.
func call<T>(_ work: () throws -> T) throws(MailFailure) -> T {
    do { return try work() } catch { throw MailFailure(error) }
}

/// A call that finishes whatever becomes of the task: reads of the store, which are short, and all writes.
func call<T: Sendable>(_ work: @Sendable () async throws -> T) async throws(MailFailure) -> T {
    do { return try await work() } catch { throw MailFailure(error) }
}

/// A call that may wait for a server. The library does not notice that a task was cancelled; its token tells it.
func cancellable<T: Sendable>(
    _ work: @Sendable (CancelToken) async throws -> T
) async throws(MailFailure) -> T {
    let token = CancelToken()
    do {
        return try await withTaskCancellationHandler {
            try await work(token)
        } onCancel: {
            // Nothing it could say would help who no longer waits.
            try? token.cancel()
        }
    } catch {
        throw MailFailure(error)
    }
}

/// Seconds as the library takes them; the generated code would end the process over any other.
func seconds(_ given: TimeInterval) throws(MailFailure) -> TimeInterval {
    guard (0...1e9).contains(given) else {
        let reason = "give a number of seconds that is not negative"
        throw .invalidInput(sentence: "the deadline cannot be used: \(reason)", field: "deadline", reason: reason)
    }
    return given
}
