// Draws the list of messages.
#if canImport(SwiftUI)
    import Satchel
    import SwiftUI

    struct MessagesScreenView: View {
        let state: MessagesState
        let on: (MessagesEvent) -> Void
        let refresh: @Sendable () async -> Void
        @Environment(\.words) private var words

        var body: some View {
            let words = words()
            content(words)
                .navigationTitle(state.mailbox?.called(words) ?? "")
                .offlineBanner(state.offline, words)
                .toolbar {
                    Button(words(.checkForMail), systemImage: Word.checkForMail.symbol) { on(.askedForNews) }
                }
                .safeAreaInset(edge: .bottom) { SelectionBarView(picking: state.picking, on: on) }
        }

        @ViewBuilder
        private func content(_ words: Words) -> some View {
            switch state.content {
            case .placeholder: Skeleton()
            case .failed(let problem): ProblemPage(problem: problem) { _ in on(.askedForNews) }
            case .empty(let reason):
                EmptyPage(title: words(reason.words.title), sentence: words(reason.words.sentence), symbol: "tray")
                    .safeAreaInset(edge: .bottom) { older }
            case .rows:
                List {
                    ForEach(state.slots(words)) { slot in
                        slotView(slot, words).onAppear { on(.scrolled(first: slot.position, count: 1)) }
                    }
                    older
                }
                .listStyle(.plain)
                .refreshable(action: refresh)
            }
        }

        @ViewBuilder
        private func slotView(_ slot: MessageSlot, _ words: Words) -> some View {
            switch slot.content {
            case .room: SkeletonRow()
            case .row(let row, let heading):
                let facts = RowFacts(row, selected: state.selected.contains(row.id), words)
                VStack(alignment: .leading) {
                    heading.map {
                        Text($0).font(.footnote.weight(.medium)).foregroundStyle(.secondary)
                            .accessibilityAddTraits(.isHeader)
                    }
                    MessageRowView(row: row, facts: facts, on: on)
                }
                .swipes(facts, on)
            }
        }

        @ViewBuilder private var older: some View {
            switch state.older {
            case .none: EmptyView()
            case .offered:
                Button(words()(.fetchOlder), systemImage: Word.fetchOlder.symbol) { on(.fetchedOlder) }
                    .frame(maxWidth: .infinity, minHeight: Theme.target)
            case .coming:
                SwiftUI.ProgressView(words()(.fetchingOlder)).frame(maxWidth: .infinity, minHeight: Theme.target)
            }
        }
    }

    #Preview {
        TabView {
            ForEach(MessagesState.samples, id: \.0) { name, state in
                NavigationStack { MessagesScreenView(state: state, on: { _ in }, refresh: {}) }
                    .tabItem { Text(verbatim: name) }
            }
        }
        .environment(\.words, { Samples.words })
    }
#endif
