// Draws the list of mailboxes.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    struct MailboxesScreenView: View {
        let state: MailboxesState
        let on: (MailboxesEvent) -> Void
        let refresh: @Sendable () async -> Void
        @Environment(\.words) private var words

        var body: some View {
            let words = words()
            content(words)
                .navigationTitle(words(.mailboxes))
                .offlineBanner(state.offline, words)
                .toolbar {
                    Button(words(.checkForMail), systemImage: Word.checkForMail.symbol) { on(.askedForNews) }
                }
        }

        @ViewBuilder
        private func content(_ words: Words) -> some View {
            switch state.content {
            case .placeholder: Skeleton()
            case .empty:
                EmptyPage(title: words(.noAccounts), sentence: words(.noAccountsSentence), symbol: "tray")
            case .failed(let problem): ProblemPage(problem: problem) { _ in on(.askedForNews) }
            case .sections(let sections):
                List(sections) { AccountSectionView(section: $0, on: on) }.refreshable(action: refresh)
            }
        }
    }

    #Preview {
        TabView {
            ForEach(MailboxesState.samples, id: \.0) { name, state in
                NavigationStack { MailboxesScreenView(state: state, on: { _ in }, refresh: {}) }
                    .tabItem { Text(verbatim: name) }
            }
        }
        .environment(\.words, { Samples.words })
    }
#endif
