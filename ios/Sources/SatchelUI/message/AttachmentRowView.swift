// Draws an attachment with its size, how far its download is, and the one thing that can be done with it.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    struct AttachmentRowView: View {
        let attachment: AttachmentState
        let on: (MessageEvent) -> Void
        @Environment(\.words) private var words

        var body: some View {
            let words = words()
            let action = attachment.action
            HStack(spacing: Theme.edge) {
                Image(systemName: RowMark.attachment.symbol).accessibilityHidden(true)
                VStack(alignment: .leading) {
                    Text(verbatim: attachment.part.name)
                    attachment.progress.share.map { SwiftUI.ProgressView(value: $0) }
                    Text(attachment.told(words)).font(.caption.monospacedDigit()).foregroundStyle(.secondary)
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                Button {
                    on(action.event)
                } label: {
                    Image(systemName: action.word.symbol).frame(minWidth: Theme.target, minHeight: Theme.target)
                }
                .accessibilityLabel(words.strings.named(action.word, attachment.part.name))
            }
            .padding(.horizontal, Theme.edge)
            .background(.quaternary, in: RoundedRectangle(cornerRadius: 12))
            .accessibilityElement(children: .contain)
        }
    }
#endif
