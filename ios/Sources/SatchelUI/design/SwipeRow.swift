// Swipes of a row, which are named actions too: nothing can be done only by a gesture.
#if canImport(SwiftUI)
    import SwiftUI

    struct SwipeRow: ViewModifier {
        let facts: RowFacts
        let on: (MessagesEvent) -> Void
        @Environment(\.words) private var words

        func body(content: Content) -> some View {
            content
                .swipeActions(edge: .leading) { buttons(facts.leading).tint(Theme.archive) }
                .swipeActions(edge: .trailing) { buttons(facts.trailing).tint(Theme.delete) }
                .contextMenu { buttons(facts.leading + facts.others + facts.trailing) }
                .accessibilityActions { buttons(facts.leading + facts.others + facts.trailing) }
        }

        private func buttons(_ actions: [RowAction]) -> some View {
            let words = words()
            return ForEach(actions) { action in
                Button {
                    on(action.event)
                } label: {
                    Label(words(action.word), systemImage: action.word.symbol)
                }
            }
        }
    }
#endif
