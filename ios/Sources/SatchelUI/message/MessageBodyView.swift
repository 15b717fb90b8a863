// Draws the text of a message.
#if canImport(SwiftUI)
    import SwiftUI

    struct MessageBodyView: View {
        let content: MessageBody
        let follow: (String) -> Void
        let picture: @Sendable (String) async -> Data?
        @Environment(\.words) private var words

        var body: some View {
            switch content {
            case .text(let text):
                Text(verbatim: text).textSelection(.enabled).frame(maxWidth: .infinity, alignment: .leading)
            case .nothing(let word): Text(words()(word)).foregroundStyle(.secondary)
            case .html(let html):
                #if canImport(UIKit)
                    BodyWeb(html: html, follow: follow, picture: picture)
                #else
                    Text(verbatim: html)
                #endif
            }
        }
    }
#endif
