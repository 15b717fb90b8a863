// One, two or three panes by the window's width, the same view models in each; the notice stands over all of them.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    /// The app's screens.
    public struct SatchelRoot: View {
        private let root: RootViewModel
        @Environment(\.words) private var words

        /// The screens of a root.
        public init(_ root: RootViewModel) { self.root = root }

        /// The panes.
        public var body: some View {
            NavigationSplitView(preferredCompactColumn: column) {
                MailboxesPane(model: root.mailboxes)
            } content: {
                root.messages.map { MessagesPane(model: $0).id(ObjectIdentifier($0)) }
            } detail: {
                root.message.map { model in
                    MessagePane(model: model, leave: { root.back(to: 1) }).id(ObjectIdentifier(model))
                }
            }
            .tint(Theme.accent)
            .overlay(alignment: .bottom) {
                root.notice.map { NoticeBar(notice: $0, undo: root.undo, seen: root.noticeSeen).id($0.id) }
            }
            .animation(.default, value: root.notice)
            .onOpenURL { root.open(link: $0.absoluteString) }
        }

        /// On a phone one pane is seen: the deepest that is open. Going back closes what lies deeper.
        private var column: Binding<NavigationSplitViewColumn> {
            let columns: [NavigationSplitViewColumn] = [.sidebar, .content, .detail]
            return Binding {
                columns[root.depth]
            } set: {
                root.back(to: columns.firstIndex(of: $0) ?? 0)
            }
        }
    }

    private struct MailboxesPane: View {
        let model: MailboxesViewModel

        var body: some View {
            MailboxesScreenView(state: model.state, on: model.on) { @MainActor in
                model.on(.askedForNews)
                await model.finished()
            }
            .task { await model.run() }
        }
    }

    private struct MessagesPane: View {
        let model: MessagesViewModel

        var body: some View {
            MessagesScreenView(state: model.state, on: model.on) { @MainActor in
                model.on(.askedForNews)
                await model.finished()
            }
            .task { await model.run() }
        }
    }

    private struct MessagePane: View {
        let model: MessageViewModel
        let leave: () -> Void

        var body: some View {
            MessageScreenView(state: model.state, on: model.on, leave: leave) { @MainActor name in
                await model.picture(contentId: name)
            }
            .task { await model.run() }
        }
    }
#endif
