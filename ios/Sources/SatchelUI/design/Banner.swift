// Says quietly what holds for the whole screen, such as that there is no network.
#if canImport(SwiftUI)
    import SwiftUI

    struct Banner: View {
        let text: String
        let symbol: String

        var body: some View {
            Label(text, systemImage: symbol)
                .font(.footnote)
                .padding(.horizontal, Theme.edge)
                .padding(.vertical, Theme.near)
                .frame(maxWidth: .infinity, alignment: .leading)
                .background(Theme.banner)
                .accessibilityElement(children: .combine)
        }
    }

    extension View {
        /// The banner above a screen while there is no network.
        func offlineBanner(_ offline: Bool, _ words: Words) -> some View {
            safeAreaInset(edge: .top, spacing: 0) {
                offline ? Banner(text: words(.offline), symbol: Word.offline.symbol) : nil
            }
            .animation(.default, value: offline)
        }
    }
#endif
