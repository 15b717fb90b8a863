// Keeps passwords in the Keychain: on this device only, readable after the first unlock.
import Foundation
import Satchel
import Security

/// The core's place for passwords.
final class KeychainVault: CredentialVault {
    private static let service = "org.satchel.app"

    func get(key: String) throws -> Secret? {
        var query = Self.item(key)
        query[kSecReturnData] = true
        query[kSecMatchLimit] = kSecMatchLimitOne
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        guard status != errSecItemNotFound else { return nil }
        try Self.check(status)
        guard let data = found as? Data else { throw VaultError.Failed(reason: "the item is no data") }
        return Secret(String(decoding: data, as: UTF8.self))
    }

    func set(key: String, secret: Secret) throws {
        let value = [kSecValueData: Data(secret.reveal().utf8)] as [CFString: Any]
        let status = SecItemUpdate(Self.item(key) as CFDictionary, value as CFDictionary)
        guard status == errSecItemNotFound else { return try Self.check(status) }
        var item = Self.item(key).merging(value) { $1 }
        item[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        try Self.check(SecItemAdd(item as CFDictionary, nil))
    }

    func delete(key: String) throws {
        let status = SecItemDelete(Self.item(key) as CFDictionary)
        guard status != errSecItemNotFound else { return }
        try Self.check(status)
    }

    private static func item(_ key: String) -> [CFString: Any] {
        [kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrAccount: key]
    }

    private static func check(_ status: OSStatus) throws {
        switch status {
        case errSecSuccess: return
        case errSecInteractionNotAllowed: throw VaultError.Locked
        default: throw VaultError.Failed(reason: "the Keychain answered \(status)")
        }
    }
}
