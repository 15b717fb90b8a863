// Every word the screens say, as a protocol: an app in another language hands in its own.
import Foundation
import Satchel

/// The words of the screens. Sentences about problems come from the core.
public protocol Strings: Sendable {
    /// How dates and numbers are written.
    var locale: Locale { get }
    /// A word or a sentence without a number in it.
    func word(_ word: Word) -> String
    /// A sentence with a number of things in it.
    func counted(_ what: Counted, _ count: Int) -> String
    /// What a mailbox of this role is called.
    func role(_ role: MailboxRole) -> String
    /// What kept a person from what they asked for, in a few words.
    func title(_ problem: Problem) -> String
    /// The kind of error a pass ended in, in a few words.
    func outcome(_ kind: String) -> String
    /// When an account was last brought up to date.
    func updated(at time: String) -> String
    /// What is wrong with an account, and since when.
    func troubled(_ problem: String, since time: String?) -> String
    /// What kept one account from its mail.
    func trouble(of account: String, _ problem: String) -> String
    /// What came, if anything did, and which accounts had trouble.
    func notAll(came: String?, _ troubles: [String]) -> String
    /// The server's own words.
    func serverSaid(_ words: String) -> String
    /// How much of a download is here.
    func received(_ received: String, of announced: String) -> String
    /// An action and what it is done to, for a screen reader.
    func named(_ action: Word, _ what: String) -> String
    /// To whom a message went.
    func toPeople(_ names: String, others: Int) -> String
}

/// Words and sentences without a number.
public enum Word: CaseIterable, Sendable {
    /// About the app as a whole.
    case offline, reading, undo, back, askAgain, today, yesterday
    /// About mailboxes.
    case mailboxes, noAccounts, noAccountsSentence, checkForMail, syncing, neverSynced, fold, unfold
    /// About a row, and what can be done to it.
    case noSubject, noSender, isUnread, isStarred, isAnswered, hasAttachment, isPartlyHere
    /// What can be done to messages.
    case open, archive, delete, junk, star, unstar, markSeen, markUnseen, select, deselect, selectAll, clearSelection
    /// About the end of a list, and empty ones.
    case fetchOlder, fetchingOlder, allDone, allDoneSentence, noMessages, noMessagesSentence, noneFetched
    case noneFetchedSentence, noMessageChosen, noMailboxChosen
    /// About one message.
    case from, to, copy, answersTo, noText, attachments, download, cancel, openPgp, smime, truncated
    /// What notices say.
    case nothingNew, takenBack, accountNeedsYou
}

/// Sentences with a number.
public enum Counted: CaseIterable, Sendable {
    /// About mailboxes and accounts.
    case unread, waitingOperations, failedOperations
    /// About messages.
    case selected, inThread, heldBack, bytes
    /// What notices say.
    case archived, deleted, junked, markedSeen, cameIn
}
