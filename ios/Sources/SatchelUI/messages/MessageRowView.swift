// Draws a row of the list of messages.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    struct MessageRowView: View {
        let row: MessageView
        let facts: RowFacts
        let on: (MessagesEvent) -> Void
        @Environment(\.dynamicTypeSize) private var type

        var body: some View {
            Button {
                on(.opened(row.id))
            } label: {
                HStack(alignment: .top, spacing: Theme.edge) {
                    AvatarView(initials: facts.initials, picked: facts.selected)
                        .onTapGesture { on(.toggledSelection(row.id)) }
                    texts
                }
                .frame(minHeight: Theme.target)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(facts.spoken)
            .accessibilityAddTraits(facts.selected ? [.isButton, .isSelected] : .isButton)
            .namedActions(facts, on)
        }

        private var texts: some View {
            VStack(alignment: .leading, spacing: 2) {
                head
                Text(facts.subject).fontWeight(facts.unread ? .semibold : .regular).lineLimit(type.lines)
                Text(facts.preview).font(.subheadline).foregroundStyle(.secondary).lineLimit(type.lines)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }

        /// Sender and date beside each other; one below the other in the largest type.
        private var head: some View {
            let layout =
                type.isAccessibilitySize
                ? AnyLayout(VStackLayout(alignment: .leading)) : AnyLayout(HStackLayout(alignment: .firstTextBaseline))
            return layout {
                Circle().fill(Theme.accent).frame(width: 9, height: 9).opacity(facts.unread ? 1 : 0)
                Text(facts.sender)
                    .fontWeight(facts.unread ? .bold : .regular)
                    .lineLimit(type.lines)
                    .frame(maxWidth: .infinity, alignment: .leading)
                ForEach(facts.marks, id: \.self) { mark in
                    Image(systemName: mark.symbol).imageScale(.small).foregroundStyle(mark.tint)
                }
                Text(facts.date).font(.caption).foregroundStyle(.secondary)
            }
        }
    }

    extension DynamicTypeSize {
        /// Rows grow with the type instead of cutting it.
        fileprivate var lines: Int? { isAccessibilitySize ? nil : 1 }
    }

    extension RowMark {
        fileprivate var tint: Color { self == .star ? Theme.star : .secondary }
    }
#endif
