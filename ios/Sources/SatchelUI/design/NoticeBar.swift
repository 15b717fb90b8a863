// Says what was just done, with the way to take it back.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    struct NoticeBar: View {
        let notice: Notice
        let undo: (UndoToken) -> Void
        let seen: (Int) -> Void

        @Environment(\.words) private var words
        @Environment(\.accessibilityVoiceOverEnabled) private var spoken
        @State private var left = 1.0

        var body: some View {
            let words = words()
            HStack(spacing: Theme.edge) {
                Text(noticeText(notice.text, words.strings)).frame(maxWidth: .infinity, alignment: .leading)
                notice.undo.map { token in
                    Button(words(.undo)) {
                        undo(token)
                        seen(notice.id)
                    }
                    .bold()
                    .frame(minWidth: Theme.target, minHeight: Theme.target)
                }
            }
            .padding(.horizontal, Theme.edge)
            .frame(minHeight: Theme.target)
            .background(.thickMaterial, in: RoundedRectangle(cornerRadius: 12))
            .overlay(alignment: .bottomLeading) {
                Capsule().fill(Theme.accent).frame(height: 2).scaleEffect(x: left, anchor: .leading)
            }
            .padding(Theme.edge)
            .onAppear(perform: run)
            .accessibilityElement(children: .contain)
            .accessibilityAction(.escape) { seen(notice.id) }
        }

        /// The line that grows shorter is the clock. Whoever listens instead of looking has all the time they want.
        private func run() {
            AccessibilityNotification.Announcement(noticeText(notice.text, words().strings)).post()
            guard !spoken else { return }
            withAnimation(.linear(duration: 8)) {
                left = 0
            } completion: {
                seen(notice.id)
            }
        }
    }
#endif
