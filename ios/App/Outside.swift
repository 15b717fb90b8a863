// Where the app leads a person to outside of its screens: files and links.
import SatchelUI
import UIKit

/// Shows a saved attachment in the system's viewer.
@MainActor
enum FileViewer {
    private static var viewer: UIDocumentInteractionController?

    /// Shows the file, or offers the apps that can.
    static func show(_ file: URL) {
        let controller = UIDocumentInteractionController(url: file)
        viewer = controller
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        guard let view = scenes.first?.keyWindow?.rootViewController?.view else { return }
        controller.presentOptionsMenu(from: view.bounds, in: view, animated: true)
    }
}

/// Follows a link of a message in the system's browser.
@MainActor
enum Browser {
    /// Only what a browser or another app opens; a link into this app must not come out of a message.
    private static let schemes: Set<String> = ["https", "http", "mailto", "tel"]

    /// Follows it.
    static func follow(_ link: String) {
        guard let url = URL(string: link), let scheme = url.scheme?.lowercased(), schemes.contains(scheme) else {
            return
        }
        UIApplication.shared.open(url)
    }
}
