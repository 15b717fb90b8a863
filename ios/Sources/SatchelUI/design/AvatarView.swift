// A person's letters on a colour of their own.
#if canImport(SwiftUI)
    import SwiftUI

    struct AvatarView: View {
        let initials: Initials
        let picked: Bool
        @ScaledMetric private var size = 40

        var body: some View {
            ZStack {
                Circle().fill(picked ? Theme.accent : Theme.avatars[initials.tint])
                Text(initials.letters).font(.subheadline.weight(.medium)).opacity(picked ? 0 : 1)
                Image(systemName: "checkmark").foregroundStyle(.background).opacity(picked ? 1 : 0)
            }
            .frame(width: size, height: size)
            // The row says who it is.
            .accessibilityHidden(true)
        }
    }
#endif
