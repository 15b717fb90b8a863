// What a screen follows, from when it is shown until it is left, and anew when a person asks again.

/// Streams end with their first error; whoever asks again starts them anew.
@MainActor
final class Following {
    /// Whether a stream of this turn ended with an error.
    var hasEnded = false

    private var ask: AsyncStream<Void>.Continuation?

    /// Starts anew what is followed now. Nothing, while no screen follows.
    func again() { ask?.yield() }

    /// Runs `follow` until this task is cancelled, and from its beginning each time `again` is called.
    func run(_ follow: @escaping @MainActor () async -> Void) async {
        let (asked, ask) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.ask = ask
        hasEnded = false
        var turn = Task { await follow() }
        for await _ in asked {
            turn.cancel()
            await turn.value
            hasEnded = false
            turn = Task { await follow() }
        }
        turn.cancel()
        await turn.value
    }
}
