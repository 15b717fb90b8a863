// A place for passwords that forgets them with the process, and can be made to misbehave.
import Foundation
import Satchel

/// Keeps secrets in memory and tells `asked` of each call.
public final class MemoryVault: CredentialVault, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [String: Secret] = [:]
    private var hook: (@Sendable () throws -> Void)?

    /// An empty vault.
    public init() {}

    /// Called on the library's thread before each answer; what it throws, the call throws.
    public func whenAsked(_ hook: (@Sendable () throws -> Void)?) { lock.withLock { self.hook = hook } }

    /// How many secrets there are.
    public var count: Int { lock.withLock { kept.count } }

    /// The secret of that key.
    public func get(key: String) throws -> Secret? {
        try lock.withLock { hook }?()
        return lock.withLock { kept[key] }
    }

    /// Keeps a secret.
    public func set(key: String, secret: Secret) throws {
        try lock.withLock { hook }?()
        lock.withLock { kept[key] = secret }
    }

    /// Forgets a secret.
    public func delete(key: String) throws {
        try lock.withLock { hook }?()
        lock.withLock { kept[key] = nil }
    }
}
