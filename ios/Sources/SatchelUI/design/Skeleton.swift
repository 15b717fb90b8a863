// Room for rows that are not here yet.
#if canImport(SwiftUI)
    import SwiftUI

    struct SkeletonRow: View {
        var body: some View {
            HStack(spacing: Theme.edge) {
                Circle().fill(.quaternary).frame(width: 40, height: 40)
                VStack(alignment: .leading, spacing: Theme.near) {
                    Text(verbatim: "A person's name")
                    Text(verbatim: "What the message is about")
                }
                .redacted(reason: .placeholder)
            }
            .frame(maxWidth: .infinity, minHeight: 64, alignment: .leading)
            .accessibilityHidden(true)
        }
    }

    /// A whole list of them.
    struct Skeleton: View {
        @Environment(\.words) private var words

        var body: some View {
            List(0..<8, id: \.self) { _ in SkeletonRow() }
                .listStyle(.plain)
                .accessibilityElement(children: .ignore)
                .accessibilityLabel(words()(.reading))
        }
    }
#endif
