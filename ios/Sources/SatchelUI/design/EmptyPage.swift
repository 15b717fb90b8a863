// A page with nothing on it: why, and the one next step.
#if canImport(SwiftUI)
    import SwiftUI

    struct EmptyPage: View {
        let title: String
        let sentence: String
        let symbol: String

        var body: some View {
            ContentUnavailableView {
                Label(title, systemImage: symbol)
            } description: {
                Text(sentence)
            }
        }
    }

    /// A page that cannot be shown: what happened, what the server said, one action.
    struct ProblemPage: View {
        let problem: Problem
        let act: (ProblemText.Action) -> Void
        @Environment(\.words) private var words

        var body: some View {
            let text = ProblemText(problem, words().strings)
            ContentUnavailableView {
                Label(text.title, systemImage: "exclamationmark.triangle")
            } description: {
                Text(text.sentence)
                text.serverWords.map { Text($0).textSelection(.enabled) }
            } actions: {
                Button(text.label) { act(text.action) }.buttonStyle(.borderedProminent)
            }
        }
    }
#endif
