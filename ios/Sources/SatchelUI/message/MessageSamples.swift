// Sample states of one message.
#if DEBUG
    import Satchel

    extension MessageState {
        /// Every state there is, by name.
        static let samples: [(String, MessageState)] = [
            ("placeholder", MessageState()),
            ("header", with { $0.content = .header(Samples.row(1)) }),
            ("text", with { $0.content = .shown(Samples.content(), heldBack: 0) }),
            ("held back", with { $0.content = .shown(Samples.content(html: html), heldBack: 3) }),
            ("encrypted", with { $0.content = .shown(Samples.content(encrypted: .openPgp), heldBack: 0) }),
            ("attachments", with(attachments)),
            ("failed", with { $0.content = .failed(Samples.problem, row: Samples.row(1)) }),
        ]

        private static let html = HtmlView(
            html: "<p>Hello</p>", heldBack: 3, heldBackHosts: ["img.example.org"], truncated: false)

        private static func attachments(_ state: inout MessageState) {
            state.content = .shown(Samples.content(), heldBack: 0)
            state.attachments = [
                AttachmentState(part: Samples.part("2")),
                AttachmentState(
                    part: Samples.part("3"),
                    progress: .running(received: ByteCount(400_000), announced: ByteCount(1_900_000))),
                AttachmentState(part: Samples.part("4"), progress: .saved(path: "/plan.pdf")),
                AttachmentState(part: Samples.part("5"), progress: .failed(Samples.problem)),
            ]
        }

        private static func with(_ change: (inout MessageState) -> Void) -> MessageState {
            var state = MessageState()
            change(&state)
            return state
        }
    }
#endif
