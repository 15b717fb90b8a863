// Draws who wrote a message to whom, and when; whole addresses on a tap.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    struct MessageHeaderView: View {
        let row: MessageView
        let lines: [AddressLine]
        @Environment(\.words) private var words

        var body: some View {
            let words = words()
            VStack(alignment: .leading, spacing: Theme.near) {
                Text(row.subject).font(.title2.weight(.medium)).textSelection(.enabled)
                    .accessibilityAddTraits(.isHeader)
                DisclosureGroup {
                    ForEach(lines) { line in addresses(line, words) }
                } label: {
                    HStack(spacing: Theme.edge) {
                        AvatarView(initials: Initials(row.from.first), picked: false)
                        VStack(alignment: .leading) {
                            Text(row.sender(words)).font(.headline)
                            Text(row.recipients(words)).font(.subheadline).foregroundStyle(.secondary)
                            Text(words.dates.full(row.receivedAt)).font(.caption).foregroundStyle(.secondary)
                        }
                        .multilineTextAlignment(.leading)
                    }
                    .accessibilityElement(children: .combine)
                }
            }
        }

        private func addresses(_ line: AddressLine, _ words: Words) -> some View {
            VStack(alignment: .leading) {
                Text(words(line.word)).font(.caption).foregroundStyle(.secondary)
                ForEach(line.addresses, id: \.self) {
                    Text(verbatim: $0).textSelection(.enabled).environment(\.layoutDirection, .leftToRight)
                }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }
    }
#endif
