// Work that an event started: it goes on when the screen is left, and says what came of it.
import Satchel

/// The calls a view model waits for. Failures become notices.
@MainActor
final class Work {
    private let notices: Notices
    private var running: [Int: Task<Void, Never>] = [:]
    private var count = 0

    init(notices: Notices) { self.notices = notices }

    func start(_ work: @escaping @MainActor () async throws -> Void) {
        count += 1
        let id = count
        running[id] = Task { [notices] in
            do {
                try await work()
            } catch {
                notices.say(.failed(Problem(thrown: error)))
            }
            running[id] = nil
        }
    }

    /// Takes an action back and says so.
    func undo(_ token: UndoToken, _ satchel: Satchel) {
        start { [notices] in
            try await satchel.actions.undo(token)
            notices.say(.takenBack)
        }
    }

    /// Waits until nothing runs any more.
    func finished() async {
        while let task = running.values.first { await task.value }
    }
}

/// Takes each value of a stream until it ends or the task is cancelled; `failed` takes the error that ended it.
@MainActor
func follow<T: Sendable>(
    _ stream: AsyncThrowingStream<T, any Error>, failed: (Problem) -> Void, take: (T) -> Void
) async {
    do {
        for try await value in stream { take(value) }
    } catch {
        guard !Task.isCancelled else { return }
        failed(Problem(thrown: error))
    }
}
