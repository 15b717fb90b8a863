// Asks the library which one it is before the generated code does, which would end the process on a mismatch.
import SatchelFFI

/// The library that was loaded.
public enum Library {
    /// The version of the generator's contract that the generated code was made for.
    private static let contract: UInt32 = 30

    /// Whether the generated code was made from this very library. Record layouts are covered too, which the generated
    /// code's own checks are not.
    public static var matchesBindings: Bool {
        ffi_satchel_ffi_uniffi_contract_version() == contract && fingerprint == apiFingerprintOfBindings
    }

    private static var fingerprint: String? {
        var status = RustCallStatus()
        let buffer = uniffi_satchel_ffi_fn_func_api_fingerprint(&status)
        guard status.code == 0, let data = buffer.data else { return nil }
        let text = String(decoding: UnsafeBufferPointer(start: data, count: Int(buffer.len)), as: UTF8.self)
        ffi_satchel_ffi_rustbuffer_free(buffer, &status)
        return text
    }
}
