// What one message's screen is made of: news goes in, the state comes out.
import Satchel

/// A piece of news.
enum MessageNews: Equatable, Sendable {
    case row(MessageView)
    case opening
    case content(MessageContentView)
    case network(NetworkState)
    case failed(Problem)
}

/// Everything heard so far.
struct MessageKnown: Equatable, Sendable {
    private(set) var row: MessageView?
    private(set) var content: MessageContentView?
    private var offline = false
    private var problem: Problem?

    mutating func take(_ news: MessageNews) {
        switch news {
        case .row(let view): row = view
        case .opening: problem = nil
        case .content(let opened):
            content = opened
            problem = nil
            if row == nil { row = opened.row }
        case .network(let state): offline = !state.online
        case .failed(let what): problem = what
        }
    }

    func part(_ section: String) -> AttachmentView? { content?.parts.first { $0.section == section } }

    var state: MessageState {
        var state = MessageState()
        state.content = shown
        state.offline = offline
        state.attachments = (content?.parts ?? []).filter(\.listed).map { AttachmentState(part: $0) }
        return state
    }

    private var shown: MessageShown {
        // A text that is here stays, whatever fails after it.
        if let content { return .shown(content.with(row ?? content.row), heldBack: Int(content.html?.heldBack ?? 0)) }
        if let problem { return .failed(problem, row: row) }
        return row.map(MessageShown.header) ?? .placeholder
    }
}

extension MessageContentView {
    /// The same text under a row that changed since.
    fileprivate func with(_ row: MessageView) -> MessageContentView {
        MessageContentView(
            row: row, cc: cc, replyTo: replyTo, text: text, html: html, encrypted: encrypted, parts: parts)
    }
}
