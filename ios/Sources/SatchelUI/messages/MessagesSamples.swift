// Sample states of the list of messages.
#if DEBUG
    import Satchel

    extension MessagesState {
        /// Every state there is, by name.
        static let samples: [(String, MessagesState)] = [
            ("placeholder", MessagesState()),
            ("rows", rows()),
            ("selecting", rows { $0.selected = [PlacementId(1), PlacementId(3)] }),
            (
                "offline",
                rows {
                    $0.offline = true
                    $0.notice = Notice(id: 1, text: .archived(1), undo: UndoToken(operations: []))
                }
            ),
            (
                "older",
                rows {
                    $0.canFetchOlder = true
                    $0.fetchingOlder = true
                }
            ),
            ("all done", rows { $0.content = .empty(.allDone) }),
            ("failed", rows { $0.content = .failed(Samples.problem) }),
        ]

        private static func rows(_ change: (inout MessagesState) -> Void = { _ in }) -> MessagesState {
            var state = MessagesState()
            state.mailbox = Samples.mailbox()
            state.content = .rows(
                total: 5, first: 0,
                rows: [
                    Samples.row(1), Samples.row(2, from: "Dana", subject: "", seen: true, starred: true),
                    Samples.row(3, from: "נועה", subject: "תמונות מהחוף", attachment: true, ago: 90_000),
                    Samples.row(4, answered: true, body: .partial, onServer: false, ago: 4e6),
                ])
            change(&state)
            return state
        }
    }
#endif
