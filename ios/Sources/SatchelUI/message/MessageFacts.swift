// One message in words: who wrote it to whom, and what has to be said about its text.
import Satchel

/// A line of addresses.
public struct AddressLine: Equatable, Sendable, Identifiable {
    /// Whose addresses they are.
    public let word: Word
    /// Each as a person reads it: `Ann <ann@example.org>`.
    public let addresses: [String]
    /// Whose addresses they are.
    public var id: Word { word }
}

/// What an attachment's button does.
public struct AttachmentAction: Equatable, Sendable {
    /// What it is called.
    public let word: Word
    /// What it does.
    public let event: MessageEvent
}

/// What the text of a message is shown as.
public enum MessageBody: Equatable, Sendable {
    /// HTML that the core made safe.
    case html(String)
    /// Plain text.
    case text(String)
    /// There is nothing to show but a sentence.
    case nothing(Word)
}

extension MessageView {
    /// Who wrote it.
    public func sender(_ words: Words) -> String {
        let names = from.map(\.label).joined(separator: ", ")
        return names.isEmpty ? words(.noSender) : names
    }

    /// To whom it went, shortened.
    public func recipients(_ words: Words) -> String {
        guard let first = to.first else { return "" }
        return words.strings.toPeople(first.label, others: to.count - 1)
    }
}

extension MessageContentView {
    /// All addresses, those that are absent left out.
    public var addressLines: [AddressLine] {
        let lines: [(Word, [AddressView])] = [
            (.from, row.from), (.to, row.to), (.copy, cc), (.answersTo, replyTo),
        ]
        return lines.filter { !$0.1.isEmpty }.map { AddressLine(word: $0.0, addresses: $0.1.map(\.whole)) }
    }

    /// What its text is shown as.
    public var body: MessageBody {
        switch encrypted {
        case .openPgp: return .nothing(.openPgp)
        case .smime, .smimeSigned: return .nothing(.smime)
        case nil: break
        }
        if let html { return .html(html.html) }
        return text.isEmpty ? .nothing(.noText) : .text(text)
    }

    /// What has to be said above the text; empty mostly.
    public func warnings(_ words: Words) -> [String] {
        let held = html.map { Int($0.heldBack) } ?? 0
        return (held > 0 ? [words.strings.counted(.heldBack, held)] : [])
            + (html?.truncated == true ? [words(.truncated)] : [])
    }
}

extension AddressView {
    /// Name and address. The name alone would let a stranger pass for a friend.
    public var whole: String { name.isEmpty ? address : "\(name) <\(address)>" }
}

extension MessageState {
    /// What pressing the star does.
    public var star: Word { row?.flags.flagged == true ? .unstar : .star }
}

extension AttachmentState {
    /// Its size, or how much of it is here.
    public func told(_ words: Words) -> String {
        switch progress {
        case .running(let received, let announced) where announced.bytes > 0:
            words.strings.received(sizeText(received, words.strings), of: sizeText(announced, words.strings))
        case .running(let received, _): sizeText(received, words.strings)
        case .failed(let problem): words.strings.title(problem)
        case .none, .saved: sizeText(part.size, words.strings)
        }
    }

    /// What its button does.
    public var action: AttachmentAction {
        switch progress {
        case .none: AttachmentAction(word: .download, event: .pressedDownload(section: id))
        case .running: AttachmentAction(word: .cancel, event: .pressedCancel(section: id))
        case .saved: AttachmentAction(word: .open, event: .pressedOpen(section: id))
        case .failed: AttachmentAction(word: .askAgain, event: .pressedDownload(section: id))
        }
    }
}
