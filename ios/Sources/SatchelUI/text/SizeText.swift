// Sizes as a person reads them: decimal, three digits at most.
import Foundation
import Satchel

/// `812 bytes`, `24 kB`, `1.4 MB`.
public func sizeText(_ size: ByteCount, _ strings: any Strings) -> String {
    let bytes = Double(max(0, size.bytes))
    // What would round up to the next unit is written in it.
    switch bytes {
    case ..<1e3: return strings.counted(.bytes, Int(bytes))
    case ..<(1e6 - 500): return figure(bytes / 1e3, whole: true, "kB", strings)
    case ..<(1e9 - 5e5): return figure(bytes / 1e6, whole: bytes >= 1e7, "MB", strings)
    default: return figure(bytes / 1e9, whole: bytes >= 1e10, "GB", strings)
    }
}

private func figure(_ amount: Double, whole: Bool, _ unit: String, _ strings: any Strings) -> String {
    String(format: whole ? "%.0f %@" : "%.1f %@", locale: strings.locale, amount, unit)
}
