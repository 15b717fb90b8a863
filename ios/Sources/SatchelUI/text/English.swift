// The words in English; also what is shown where no other language was handed in.
import Foundation
import Satchel

/// English.
public struct English: Strings {
    /// English as it is written in most places.
    public let locale = Locale(identifier: "en_GB")

    /// The words in English.
    public init() {}

    /// A word or a sentence without a number in it.
    public func word(_ word: Word) -> String {
        switch word {
        case .offline: "No network. You see what is on this device."
        case .reading: "Reading"
        case .undo: "Undo"
        case .back: "Back"
        case .askAgain: "Try again"
        case .today: "Today"
        case .yesterday: "Yesterday"
        case .mailboxes: "Mailboxes"
        case .noAccounts: "No account yet"
        case .noAccountsSentence: "Mail appears here as soon as an account is added."
        case .checkForMail: "Check for mail"
        case .syncing: "Checking for mail…"
        case .neverSynced: "Not checked yet"
        case .fold: "Fold"
        case .unfold: "Unfold"
        case .noSubject: "No subject"
        case .noSender: "Unknown sender"
        case .isUnread: "Unread"
        case .isStarred: "Starred"
        case .isAnswered: "Answered"
        case .hasAttachment: "With attachment"
        case .isPartlyHere: "Only in part on this device"
        case .open: "Open"
        case .archive: "Archive"
        case .delete: "Delete"
        case .junk: "Junk"
        case .star: "Star"
        case .unstar: "Remove star"
        case .markSeen: "Mark as read"
        case .markUnseen: "Mark as unread"
        case .select: "Select"
        case .deselect: "Deselect"
        case .selectAll: "Select all"
        case .clearSelection: "Clear selection"
        case .fetchOlder: "Fetch older messages"
        case .fetchingOlder: "Fetching older messages…"
        case .allDone: "All done"
        case .allDoneSentence: "There is nothing in your inbox. New mail appears here."
        case .noMessages: "No messages"
        case .noMessagesSentence: "This mailbox holds no messages."
        case .noneFetched: "No messages on this device"
        case .noneFetchedSentence: "The server holds messages of this mailbox that were not fetched."
        case .noMessageChosen: "Choose a message to read it here."
        case .noMailboxChosen: "Choose a mailbox to see its messages here."
        case .from: "From"
        case .to: "To"
        case .copy: "Copy"
        case .answersTo: "Answers to"
        case .noText: "This message has no text."
        case .attachments: "Attachments"
        case .download: "Download"
        case .cancel: "Cancel"
        case .openPgp: "This message is encrypted with OpenPGP and cannot be read here."
        case .smime: "This message is closed with S/MIME and cannot be read here."
        case .truncated: "This message is very long; a part of it is left out."
        case .nothingNew: "Nothing new"
        case .takenBack: "Taken back"
        case .accountNeedsYou: "An account needs you"
        }
    }

    /// A sentence with a number of things in it.
    public func counted(_ what: Counted, _ count: Int) -> String {
        switch what {
        case .unread: "\(count) unread"
        case .waitingOperations: one(count, "1 change waits for the server", "changes wait for the server")
        case .failedOperations:
            one(count, "1 change was refused by the server", "changes were refused by the server")
        case .selected: "\(count) selected"
        case .inThread: one(count, "1 message", "messages in this conversation")
        case .heldBack:
            one(count, "1 remote item was not loaded", "remote items were not loaded")
                + ", so that nobody learns that you read this."
        case .bytes: one(count, "1 byte", "bytes")
        case .archived: one(count, "Message archived", "messages archived")
        case .deleted: one(count, "Message deleted", "messages deleted")
        case .junked: one(count, "Message marked as junk", "messages marked as junk")
        case .markedSeen: one(count, "Message marked as read", "messages marked as read")
        case .cameIn: one(count, "1 new message", "new messages")
        }
    }

    /// What a mailbox of this role is called.
    public func role(_ role: MailboxRole) -> String {
        switch role {
        case .inbox: "Inbox"
        case .drafts: "Drafts"
        case .sent: "Sent"
        case .archive: "Archive"
        case .junk: "Junk"
        case .trash: "Trash"
        case .all: "All mail"
        case .flagged: "Starred"
        case .important: "Important"
        }
    }

    /// The kind of error a pass ended in, in a few words.
    public func outcome(_ kind: String) -> String {
        switch kind {
        case "authentication": "Sign-in was refused"
        case "network": "The server was not reached"
        case "tls": "The connection was not safe"
        case "server_rejected": "The server refused"
        case "offline": "No network"
        case "storage": "Storage failed"
        default: "The last check did not end well"
        }
    }

    /// When an account was last brought up to date.
    public func updated(at time: String) -> String { "Up to date, \(time)" }

    /// What is wrong with an account, and since when.
    public func troubled(_ problem: String, since time: String?) -> String {
        "\(problem). " + (time.map { "Last checked \($0)" } ?? word(.neverSynced))
    }

    /// What kept one account from its mail.
    public func trouble(of account: String, _ problem: String) -> String { "\(account): \(problem)" }

    /// What came, if anything did, and which accounts had trouble.
    public func notAll(came: String?, _ troubles: [String]) -> String {
        ((came.map { [$0] } ?? []) + troubles).joined(separator: ". ")
    }

    /// The server's own words.
    public func serverSaid(_ words: String) -> String { "The server said: \(words)" }

    /// How much of a download is here.
    public func received(_ received: String, of announced: String) -> String { "\(received) of \(announced)" }

    /// An action and what it is done to, for a screen reader.
    public func named(_ action: Word, _ what: String) -> String { "\(word(action)) \(what)" }

    /// To whom a message went.
    public func toPeople(_ names: String, others: Int) -> String {
        switch others {
        case 0: "to \(names)"
        case 1: "to \(names) and 1 other"
        default: "to \(names) and \(others) others"
        }
    }

    private func one(_ count: Int, _ one: String, _ many: String) -> String { count == 1 ? one : "\(count) \(many)" }
}
