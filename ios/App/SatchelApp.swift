// The app: opens the mail core once, shows the screens, and hands the system's hooks to the core.
import Satchel
import SatchelUI
import SwiftUI

@main
struct SatchelApp: App {
    @State private var core = Core()
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            CoreView(core: core).task {
                guard await core.open() != nil else { return }
                await Notifications.askPermission()
            }
        }
        .backgroundTask(.appRefresh(BackgroundSlice.name)) {
            await BackgroundSlice.run(on: core)
        }
        .onChange(of: phase) { _, now in
            guard now == .background else { return }
            BackgroundSlice.ask()
            Task { await core.settle() }
        }
    }
}

/// The screens, or why there are none.
private struct CoreView: View {
    let core: Core
    @SceneStorage("places") private var places = ""
    @State private var root: RootViewModel?

    var body: some View {
        switch core.state {
        case .opening: Color.clear
        case .failed(let failure): ContentUnavailableView(failure.sentence, systemImage: "exclamationmark.triangle")
        case .open(let satchel):
            Group { root.map(SatchelRoot.init) }
                .onAppear { root = root ?? makeRoot(satchel) }
                .onChange(of: root?.saved ?? []) { _, now in places = now.joined(separator: "\n") }
        }
    }

    private func makeRoot(_ satchel: Satchel) -> RootViewModel {
        RootViewModel(
            satchel: satchel, folder: Places.attachments,
            saved: places.split(separator: "\n").map(String.init),
            outside: .init(show: FileViewer.show, follow: Browser.follow))
    }
}
