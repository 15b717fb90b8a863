// Where the app keeps mail and saved attachments.
import Foundation

/// Folders of the app.
enum Places {
    /// The mail store: readable after the first unlock, so that background work can go on, and not part of backups.
    static func home() throws -> URL {
        let support = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var home = support.appendingPathComponent("mail", isDirectory: true)
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: true,
            attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication])
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try home.setResourceValues(values)
        return home
    }

    /// Attachments that were saved: the person finds them among their files.
    static var attachments: URL { URL.documentsDirectory.appendingPathComponent("Attachments", isDirectory: true) }
}
