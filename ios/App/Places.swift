// Where the app keeps mail and saved attachments.
import Foundation

/// Folders of the app.
enum Places {
    /// The mail store: readable after the first unlock, so that background work can go on. Backups take it along, because
    /// it may hold mail that exists nowhere else; what can be fetched again they leave out.
    static func home() throws -> URL {
        let support = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        let home = support.appendingPathComponent("mail", isDirectory: true)
        var cache = home.appendingPathComponent("cache", isDirectory: true)
        try FileManager.default.createDirectory(
            at: cache, withIntermediateDirectories: true,
            attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication])
        try FileManager.default.setAttributes(
            [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication], ofItemAtPath: home.path)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try cache.setResourceValues(values)
        return home
    }

    /// Attachments that were saved: the person finds them among their files.
    static var attachments: URL { URL.documentsDirectory.appendingPathComponent("Attachments", isDirectory: true) }
}
