// Follows one message for its screen, opens it, and does what a person asks for there.
import Foundation
import Observation
import Satchel

/// One message.
@MainActor @Observable
public final class MessageViewModel {
    /// The ways out of the screen.
    public struct Ways {
        /// Leaves the message, because it went elsewhere.
        public let leave: () -> Void
        /// Shows a file to the person.
        public let show: (URL) -> Void
        /// Follows a link of the message.
        public let follow: (String) -> Void

        /// The ways out.
        public init(
            leave: @escaping () -> Void, show: @escaping (URL) -> Void, follow: @escaping (String) -> Void
        ) {
            self.leave = leave
            self.show = show
            self.follow = follow
        }
    }

    private var known = MessageKnown()
    @ObservationIgnored private let id: PlacementId
    @ObservationIgnored private let satchel: Satchel
    @ObservationIgnored private let notices: Notices
    @ObservationIgnored private let downloads: Downloads
    @ObservationIgnored private let ways: Ways
    @ObservationIgnored private let work: Work
    @ObservationIgnored private let following = Following()
    @ObservationIgnored private var marked = false

    /// A view model; its `downloads` are the app's.
    public init(message id: PlacementId, satchel: Satchel, notices: Notices, downloads: Downloads, ways: Ways) {
        self.id = id
        self.satchel = satchel
        self.notices = notices
        self.downloads = downloads
        self.ways = ways
        work = Work(notices: notices)
    }

    /// What the screen shows.
    public var state: MessageState {
        var state = known.state
        for (place, attachment) in state.attachments.enumerated() {
            state.attachments[place].progress = downloads.progress(part(attachment.id))
        }
        state.notice = notices.current
        return state
    }

    /// What a person did: the only way in.
    public func on(_ event: MessageEvent) {
        switch event {
        case .askedAgain: askAgain()
        case .toggledStar: toggleStar()
        case .archived: act(.archived(1)) { [id] in try await $0.archive([id]) }
        case .deleted: act(.deleted(1)) { [id] in try await $0.delete([id]) }
        case .junked: act(.junked(1)) { [id] in try await $0.junk([id]) }
        case .pressedDownload(let section): download(section)
        case .pressedCancel(let section): downloads.cancel(part(section))
        case .pressedOpen(let section): show(section)
        case .pressedUndo(let token): work.undo(token, satchel)
        case .noticeSeen(let id): notices.seen(id)
        case .tappedLink(let url): ways.follow(url)
        }
    }

    /// Opens the message and follows it until the task is cancelled: start it with the screen.
    public func run() async { await following.run { await self.followMail() } }

    /// Waits until what events started is done, and every download.
    public func finished() async {
        await work.finished()
        await downloads.finished()
    }

    /// The bytes of a picture inside the message, by its Content-ID.
    public func picture(contentId: String) async -> Data? {
        guard let part = known.content?.parts.first(where: { $0.contentId == contentId }) else { return nil }
        return try? await satchel.messages.part(id, section: part.section)
    }

    private func followMail() async {
        async let row: Void = hear(satchel.messages.watch(id)) { .row($0) }
        async let network: Void = hear(satchel.network.watch()) { .network($0) }
        async let content: Void = read()
        _ = await (row, network, content)
    }

    private func take(_ news: MessageNews) { known.take(news) }

    private func hear<T: Sendable>(
        _ stream: AsyncThrowingStream<T, any Error>, as news: (T) -> MessageNews
    ) async {
        await follow(stream, failed: { take(.failed($0)) }, take: { take(news($0)) })
    }

    private func read() async {
        take(.opening)
        do {
            let content = try await satchel.messages.open(id)
            take(.content(content))
            markSeen(content.row)
        } catch {
            // Whoever left the screen is told nothing.
            if !Task.isCancelled { take(.failed(Problem(error))) }
        }
    }

    /// Once: a person who marks it as unread has the last word.
    private func markSeen(_ row: MessageView) {
        guard !marked else { return }
        marked = true
        guard !row.flags.seen else { return }
        work.start { [satchel] in try await satchel.actions.markSeen([row.id], on: true) }
    }

    private func askAgain() {
        take(.opening)
        following.again()
    }

    private func act(_ text: NoticeText, _ action: @escaping @Sendable (Actions) async throws -> ActionView) {
        work.start { [satchel, notices, ways] in
            let done = try await action(satchel.actions)
            notices.say(text, undo: done.undo)
            ways.leave()
        }
    }

    private func toggleStar() {
        guard let row = known.row else { return }
        work.start { [satchel, id] in try await satchel.actions.star([id], on: !row.flags.flagged) }
    }

    private func download(_ section: String) {
        known.part(section).map { downloads.start($0, of: id) }
    }

    private func part(_ section: String) -> PartOf { PartOf(message: id, section: section) }

    private func show(_ section: String) {
        guard case .saved(let path) = downloads.progress(part(section)) else { return }
        ways.show(URL(fileURLWithPath: path))
    }
}
