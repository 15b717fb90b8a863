// Sample states of the list of mailboxes.
#if DEBUG
    import Satchel

    extension MailboxesState {
        /// Every state there is, by name.
        static let samples: [(String, MailboxesState)] = [
            ("placeholder", MailboxesState()),
            ("empty", MailboxesState(content: .empty)),
            ("sections", MailboxesState(content: .sections([section(), section(2, problem: "network")]))),
            (
                "offline",
                MailboxesState(
                    content: .sections([section(syncing: true)]), offline: true,
                    notice: Notice(id: 1, text: .cameIn(2)))
            ),
            ("failed", MailboxesState(content: .failed(Samples.problem))),
        ]

        private static func section(_ id: Int64 = 1, problem: String? = nil, syncing: Bool = false) -> AccountSection {
            AccountSection(
                account: Samples.account(id), status: Samples.status(id, problem: problem, waiting: 1),
                syncing: syncing, collapsed: false,
                rows: [
                    Samples.mailbox(10 * id), Samples.mailbox(10 * id + 1, "Sent", role: .sent, unread: 0),
                    Samples.mailbox(10 * id + 2, "Projects", role: nil, unread: 0),
                ])
        }
    }
#endif
