// What calls cost, printed when SATCHEL_BENCH=1: `BENCH name median_us p95_us n`.
import Desk
import Foundation
import Satchel
import XCTest

final class BenchTests: XCTestCase {
    func testBench() async throws {
        guard ProcessInfo.processInfo.environment["SATCHEL_BENCH"] == "1" else { return }
        let desk = try await Desk.with(messages: 1_000)
        let (satchel, inbox, row) = (desk.satchel, try await desk.inbox(), try await desk.first())
        try await bench("noop", times: 10_000) { _ = satchel.isOpen }
        for limit: UInt32 in [50, 100] {
            try await bench("page-\(limit)", times: 300) {
                _ = try await satchel.messages.page(inbox.id, limit: limit)
            }
        }
        let rows = satchel.messages.watch(row.id)
        try await until(rows)
        var on = false
        try await bench("event", times: 30, rest: .milliseconds(150)) {
            [
                on = {
                    on.toggle(); return on
                }
            ] in
            let wanted = on()
            try await satchel.actions.star([row.id], on: wanted)
            try await until(rows) { $0.flags.flagged == wanted }
        }
        try await satchel.close()
        try await bench("open-first-50", times: 30) {
            let satchel = try Satchel.open(home: desk.home, vault: desk.vault)
            _ = try await until(satchel.messages.list(inbox.id).watch()).rows
            try await satchel.close()
        }
    }

    /// Events come at most ten times a second: only after a rest is one seen as fast as it goes.
    private func bench(
        _ name: String, times: Int, rest: Duration? = nil, _ work: () async throws -> Void
    ) async throws {
        var took: [Double] = []
        for _ in 0..<times {
            if let rest { try await Task.sleep(for: rest) }
            let began = DispatchTime.now().uptimeNanoseconds
            try await work()
            took.append(Double(DispatchTime.now().uptimeNanoseconds - began) / 1_000)
        }
        took.sort()
        let at = { (share: Double) in String(format: "%.1f", took[Int(Double(took.count - 1) * share)]) }
        print("BENCH \(name) \(at(0.5)) \(at(0.95)) \(times)")
    }
}
