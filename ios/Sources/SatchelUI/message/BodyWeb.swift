// Shows HTML that the core made safe, in a web view that runs no script and loads nothing by itself.
#if canImport(SwiftUI)
    #if canImport(UIKit)
        import SwiftUI
        import WebKit

        struct BodyWeb: View {
            let html: String
            let follow: (String) -> Void
            let picture: @Sendable (String) async -> Data?
            @State private var height: CGFloat = 200

            var body: some View {
                BodyWebPage(html: html, follow: follow, picture: picture, height: $height).frame(height: height)
            }
        }

        /// The view itself. The page's policy is a second wall behind the core's cleaning.
        private struct BodyWebPage: UIViewRepresentable {
            let html: String
            let follow: (String) -> Void
            let picture: @Sendable (String) async -> Data?
            @Binding var height: CGFloat

            private var page: String {
                """
                <!doctype html><html><head><meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy"
                content="default-src 'none'; img-src cid: data:; style-src 'unsafe-inline'">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <style>body { font: -apple-system-body; margin: 0; overflow-wrap: anywhere } img { max-width: 100% }</style>
                </head><body dir="auto">\(html)</body></html>
                """
            }

            func makeCoordinator() -> Guard { Guard() }

            func makeUIView(context: Context) -> WKWebView {
                let configuration = WKWebViewConfiguration()
                configuration.defaultWebpagePreferences.allowsContentJavaScript = false
                configuration.websiteDataStore = .nonPersistent()
                configuration.setURLSchemeHandler(Pictures(picture), forURLScheme: "cid")
                let web = WKWebView(frame: .zero, configuration: configuration)
                web.navigationDelegate = context.coordinator
                web.isOpaque = false
                web.scrollView.isScrollEnabled = false
                return web
            }

            func updateUIView(_ web: WKWebView, context: Context) {
                context.coordinator.follow = follow
                context.coordinator.grew = { height = $0 }
                guard context.coordinator.shown != html else { return }
                context.coordinator.shown = html
                web.loadHTMLString(page, baseURL: nil)
            }
        }

        /// Lets the one page in and hands every link on.
        @MainActor
        private final class Guard: NSObject, WKNavigationDelegate {
            var shown: String?
            var follow: (String) -> Void = { _ in }
            var grew: (CGFloat) -> Void = { _ in }
            private var watch: NSKeyValueObservation?

            func webView(
                _ web: WKWebView, decidePolicyFor action: WKNavigationAction
            ) async -> WKNavigationActionPolicy {
                if action.navigationType == .linkActivated, let url = action.request.url {
                    follow(url.absoluteString)
                    return .cancel
                }
                return action.request.url?.scheme == "about" ? .allow : .cancel
            }

            func webView(_ web: WKWebView, didFinish navigation: WKNavigation!) {
                watch = web.scrollView.observe(\.contentSize, options: [.initial, .new]) { [weak self] view, _ in
                    MainActor.assumeIsolated { self?.grew(max(1, view.contentSize.height)) }
                }
            }
        }

        /// Hands out the pictures of the message itself, by Content-ID.
        @MainActor
        private final class Pictures: NSObject, WKURLSchemeHandler {
            private let picture: @Sendable (String) async -> Data?
            private var open: [ObjectIdentifier: Task<Void, Never>] = [:]

            init(_ picture: @escaping @Sendable (String) async -> Data?) { self.picture = picture }

            func webView(_ web: WKWebView, start task: any WKURLSchemeTask) {
                let id = ObjectIdentifier(task)
                guard let url = task.request.url else { return }
                let name = url.absoluteString.dropFirst("cid:".count).removingPercentEncoding ?? ""
                open[id] = Task {
                    let data = await picture(name)
                    guard !Task.isCancelled else { return }
                    open[id] = nil
                    guard let data else { return task.didFailWithError(URLError(.resourceUnavailable)) }
                    task.didReceive(
                        URLResponse(
                            url: url, mimeType: nil, expectedContentLength: data.count, textEncodingName: nil))
                    task.didReceive(data)
                    task.didFinish()
                }
            }

            func webView(_ web: WKWebView, stop task: any WKURLSchemeTask) {
                open.removeValue(forKey: ObjectIdentifier(task))?.cancel()
            }
        }
    #endif
#endif
