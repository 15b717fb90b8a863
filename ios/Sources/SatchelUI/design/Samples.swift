// Sample records: previews, tests and audits draw the same ones.
#if DEBUG
    import Foundation
    import Satchel

    /// Records as the core would hand them out.
    enum Samples {
        /// A moment that stands still: 2026-03-14 09:26 UTC.
        static let now = Date(timeIntervalSince1970: 1_773_480_360)

        static let words = Words(now: now, zone: TimeZone(secondsFromGMT: 0) ?? .current)

        static let problem = Problem(.network(sentence: "mail.example.org was not reached", host: "", reason: ""))

        static func person(_ name: String) -> AddressView {
            let address = "\(name.lowercased())@example.org"
            return AddressView(name: name, address: address, label: name)
        }

        static func account(_ id: Int64 = 1) -> AccountView {
            AccountView(
                id: AccountId(id), address: "ann\(id)@example.org", protocol: .imap,
                incoming: ServerView(host: "mail.example.org", port: 993, security: .implicitTls, username: "ann"),
                submission: nil, window: .all, bodies: .onOpen, popRule: .leave)
        }

        static func status(
            _ account: Int64 = 1, success: TimeInterval? = -600, problem: String? = nil, waiting: UInt32 = 0
        ) -> AccountStatusView {
            AccountStatusView(
                account: AccountId(account), address: "", protocol: .imap,
                lastSuccess: success.map { now.addingTimeInterval($0) }, lastAttempt: now, lastProblem: problem,
                waitingOperations: waiting, failedOperations: 0)
        }

        static func mailbox(
            _ id: Int64 = 1, _ title: String = "INBOX", role: MailboxRole? = .inbox, unread: UInt32 = 3,
            total: UInt32 = 12, hasOlder: Bool = false
        ) -> MailboxView {
            MailboxView(
                id: MailboxId(id), account: AccountId(1), name: title, title: title, depth: 0, role: role,
                kind: .server, selectable: true, total: total, unread: unread, onServer: nil, hasOlder: hasOlder)
        }

        static func row(
            _ id: Int64, from: String = "Ben", subject: String = "Boat trip?", seen: Bool = false,
            starred: Bool = false, answered: Bool = false, attachment: Bool = false, body: BodyState = .present,
            onServer: Bool = true, ago: TimeInterval = 0
        ) -> MessageView {
            MessageView(
                id: PlacementId(id), message: MessageId(id), mailbox: MailboxId(1), thread: ThreadId(id),
                receivedAt: now.addingTimeInterval(-ago), date: nil, dateOffsetMinutes: 0,
                from: from.isEmpty ? [] : [person(from)], to: [person("Ann")], subject: subject,
                preview: "The weather holds until Sunday.",
                flags: FlagsView(
                    seen: seen, answered: answered, flagged: starred, deleted: false, draft: false, keywords: []),
                size: ByteCount(4_000), hasAttachments: attachment, body: body, onServer: onServer, threadCount: 1,
                threadUnread: 0)
        }

        static func part(_ section: String = "2", listed: Bool = true) -> AttachmentView {
            AttachmentView(
                section: section, mediaType: "application/pdf", name: "plan.pdf", size: ByteCount(1_400_000),
                present: false, contentId: nil, listed: listed)
        }

        static func content(
            _ row: MessageView = row(1), text: String = "Shall we?", html: HtmlView? = nil,
            encrypted: EncryptionKind? = nil, parts: [AttachmentView] = []
        ) -> MessageContentView {
            MessageContentView(
                row: row, cc: [], replyTo: [], text: text, html: html, encrypted: encrypted, parts: parts)
        }
    }
#endif
