// Swipes of a row, which are named actions too: nothing can be done only by a gesture.
#if canImport(SwiftUI)
    import SwiftUI

    extension View {
        /// Swipes and a menu; for the outermost view of a list's row, where alone swipes are seen.
        func swipes(_ facts: RowFacts, _ on: @escaping (MessagesEvent) -> Void) -> some View {
            swipeActions(edge: .leading) { RowActions(actions: facts.leading, on: on).tint(Theme.archive) }
                .swipeActions(edge: .trailing) { RowActions(actions: facts.trailing, on: on).tint(Theme.delete) }
                .contextMenu { RowActions(actions: facts.actions, on: on) }
        }

        /// The same by name, for the element a screen reader stops at.
        func namedActions(_ facts: RowFacts, _ on: @escaping (MessagesEvent) -> Void) -> some View {
            accessibilityActions { RowActions(actions: facts.actions, on: on) }
        }
    }

    private struct RowActions: View {
        let actions: [RowAction]
        let on: (MessagesEvent) -> Void
        @Environment(\.words) private var words

        var body: some View {
            let words = words()
            ForEach(actions) { action in
                Button {
                    on(action.event)
                } label: {
                    Label(words(action.word), systemImage: action.word.symbol)
                }
            }
        }
    }
#endif
