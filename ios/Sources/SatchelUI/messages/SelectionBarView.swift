// Draws what can be done with the messages that are picked; nothing while none is.
#if canImport(SwiftUI)
    import SwiftUI

    struct SelectionBarView: View {
        let picking: Picking
        let on: (MessagesEvent) -> Void
        @Environment(\.words) private var words
        @AccessibilityFocusState private var focused: Bool

        var body: some View {
            switch picking {
            case .none: EmptyView()
            case .some(let count): bar(count, words())
            }
        }

        private func bar(_ count: Int, _ words: Words) -> some View {
            VStack(spacing: 0) {
                HStack {
                    Text(words.strings.counted(.selected, count)).accessibilityFocused($focused)
                    Spacer()
                    button(.selectAll, .selectedAll, words)
                    button(.clearSelection, .clearedSelection, words)
                }
                HStack {
                    button(.archive, .archivedSelected, words)
                    Spacer()
                    button(.markSeen, .markedSelectedSeen, words)
                    Spacer()
                    button(.junk, .junkedSelected, words)
                    Spacer()
                    button(.delete, .deletedSelected, words)
                }
            }
            .padding(.horizontal, Theme.edge)
            .background(.bar)
            .onAppear { focused = true }
        }

        private func button(_ word: Word, _ event: MessagesEvent, _ words: Words) -> some View {
            Button {
                on(event)
            } label: {
                Image(systemName: word.symbol).frame(minWidth: Theme.target, minHeight: Theme.target)
            }
            .accessibilityLabel(words(word))
        }
    }
#endif
