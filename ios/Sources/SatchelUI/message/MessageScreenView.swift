// Draws one message.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    struct MessageScreenView: View {
        let state: MessageState
        let on: (MessageEvent) -> Void
        let leave: () -> Void
        let picture: @Sendable (String) async -> Data?
        @Environment(\.words) private var words

        var body: some View {
            let words = words()
            content(words)
                .offlineBanner(state.offline, words)
                .toolbar {
                    button(state.star, .toggledStar, words)
                    button(.archive, .archived, words)
                    button(.delete, .deleted, words)
                    button(.junk, .junked, words)
                }
        }

        @ViewBuilder
        private func content(_ words: Words) -> some View {
            switch state.content {
            case .placeholder: Skeleton()
            case .header(let row):
                page {
                    MessageHeaderView(row: row, lines: [])
                } text: {
                    SkeletonRow()
                }
            case .failed(let problem, let row):
                page {
                    row.map { MessageHeaderView(row: $0, lines: []) }
                } text: {
                    ProblemPage(problem: problem, act: act)
                }
            case .shown(let content, _):
                page {
                    MessageHeaderView(row: content.row, lines: content.addressLines)
                    ForEach(content.warnings(words), id: \.self) { Banner(text: $0, symbol: "eye.slash") }
                } text: {
                    MessageBodyView(content: content.body, follow: { on(.tappedLink($0)) }, picture: picture)
                    ForEach(state.attachments) { AttachmentRowView(attachment: $0, on: on) }
                }
            }
        }

        private func page(
            @ViewBuilder head: () -> some View, @ViewBuilder text: () -> some View
        ) -> some View {
            ScrollView {
                VStack(alignment: .leading, spacing: Theme.edge) {
                    head()
                    text()
                }
                .padding(Theme.edge)
                .frame(maxWidth: Theme.column, alignment: .leading)
                .frame(maxWidth: .infinity)
            }
        }

        private func act(_ action: ProblemText.Action) {
            switch action {
            case .askAgain: on(.askedAgain)
            case .goBack: leave()
            }
        }

        private func button(_ word: Word, _ event: MessageEvent, _ words: Words) -> some View {
            Button(words(word), systemImage: word.symbol) { on(event) }
        }
    }

    #Preview {
        TabView {
            ForEach(MessageState.samples, id: \.0) { name, state in
                NavigationStack {
                    MessageScreenView(state: state, on: { _ in }, leave: {}, picture: { _ in nil })
                }
                .tabItem { Text(verbatim: name) }
            }
        }
        .environment(\.words, { Samples.words })
    }
#endif
