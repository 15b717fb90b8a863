// Opens a home, or sets a log first, and says how it went: a process of its own, so that another library can be put under it.
import Foundation
import Satchel

private final class NoVault: CredentialVault {
    func get(key: String) throws -> Secret? { nil }
    func set(key: String, secret: Secret) throws {}
    func delete(key: String) throws {}
}

let home = URL(fileURLWithPath: CommandLine.arguments[1])
do {
    if CommandLine.arguments.contains("--log") {
        try Log.to(.error) { _ in }
        print("logging")
    } else {
        let satchel = try Satchel.open(home: home, vault: NoVault())
        try await satchel.close()
        print("opened")
    }
} catch .incompatibleLibrary(let sentence) {
    print("incompatible: \(sentence)")
} catch {
    print("failed: \(error)")
}
