// Runs a test where view models live. (A test method on the main actor makes the generated list of tests complain.)

/// Runs `work` on the main actor.
@MainActor
func onMain(_ work: @MainActor () async throws -> Void) async rethrows { try await work() }
