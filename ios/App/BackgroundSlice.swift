// Background work: one slice of the core's for each time the system gives, and the next one asked for.
import BackgroundTasks
import Satchel

/// What the system lets the app do while nobody looks.
enum BackgroundSlice {
    /// As it stands in the app's Info.plist.
    static let name = "org.satchel.app.slice"

    /// The system gives some thirty seconds; the core gets less, so that it ends by itself.
    private static let seconds = 22.0

    /// Asks for the next slice. When it comes is the system's decision.
    static func ask() {
        let request = BGAppRefreshTaskRequest(identifier: name)
        // Refused on a simulator, or when the person switched background work off: there is nothing to be done then.
        try? BGTaskScheduler.shared.submit(request)
    }

    /// Does one slice. When the system takes the time back it cancels the task, and the core ends with what it has.
    @MainActor
    static func run(on core: Core) async {
        ask()
        guard let satchel = await core.open(),
            let slices = try? await satchel.activity.runUntil(seconds)
        else { return }
        await Notifications.tell(slices, to: satchel.activity)
    }
}
