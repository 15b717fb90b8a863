// The words in English.
package org.satchel.ui.text

import org.satchel.mail.MailboxRole
import org.satchel.mail.StorageProblem
import org.satchel.mail.TlsProblem
import org.satchel.ui.Problem
import java.util.Locale

/** English; also what is shown where no other language was handed in. */
object English : Strings {
    override val locale: Locale = Locale.UK
    override val timePattern = "HH:mm"
    override val dayPattern = "d MMM"
    override val dayOfYearPattern = "d MMM yyyy"
    override val monthPattern = "MMMM yyyy"
    override val weekdayPattern = "EEEE"
    override val fullPattern = "EEEE d MMMM yyyy, HH:mm"

    override val today = "Today"
    override val yesterday = "Yesterday"
    override val offline = "No network. You see what is on this device."
    override val reading = "Reading"
    override val undo = "Undo"
    override val back = "Back"
    override val more = "More"
    override val askAgain = "Try again"

    override val mailboxes = "Mailboxes"
    override val noAccounts = "No account yet"
    override val noAccountsSentence = "Mail appears here as soon as an account is added."
    override val checkForMail = "Check for mail"
    override val syncing = "Checking for mail…"
    override val neverSynced = "Not checked yet"
    override val fold = "Fold"
    override val unfold = "Unfold"

    override fun updated(at: String) = "Up to date, $at"

    override fun troubled(
        problem: String,
        since: String,
    ) = "$problem. Last checked $since"

    override fun troubledFromTheStart(problem: String) = "$problem. Not checked yet"

    override fun waitingOperations(count: Int) =
        if (count == 1) "1 change waits for the server" else "$count changes wait for the server"

    override fun failedOperations(count: Int) =
        if (count == 1) "1 change was refused by the server" else "$count changes were refused by the server"

    override fun unread(count: Int) = "$count unread"

    override fun role(role: MailboxRole) =
        when (role) {
            MailboxRole.INBOX -> "Inbox"
            MailboxRole.DRAFTS -> "Drafts"
            MailboxRole.SENT -> "Sent"
            MailboxRole.ARCHIVE -> "Archive"
            MailboxRole.JUNK -> "Junk"
            MailboxRole.TRASH -> "Trash"
            MailboxRole.ALL -> "All mail"
            MailboxRole.FLAGGED -> "Starred"
            MailboxRole.IMPORTANT -> "Important"
        }

    override fun outcome(kind: String) =
        when (kind) {
            "authentication" -> "Sign-in was refused"
            "network" -> "The server was not reached"
            "tls" -> "The connection was not safe"
            "server_rejected" -> "The server refused"
            "offline" -> "No network"
            "storage" -> "Storage failed"
            else -> "The last check did not end well"
        }

    override val noSubject = "No subject"
    override val noSender = "Unknown sender"
    override val isUnread = "Unread"
    override val isStarred = "Starred"
    override val isAnswered = "Answered"
    override val hasAttachment = "With attachment"
    override val isPartlyHere = "Only in part on this device"
    override val open = "Open"
    override val archive = "Archive"
    override val delete = "Delete"
    override val junk = "Junk"
    override val star = "Star"
    override val unstar = "Remove star"
    override val markSeen = "Mark as read"
    override val markUnseen = "Mark as unread"
    override val select = "Select"
    override val deselect = "Deselect"
    override val selectAll = "Select all"
    override val clearSelection = "Clear selection"
    override val fetchOlder = "Fetch older messages"
    override val fetchingOlder = "Fetching older messages…"
    override val allDone = "All done"
    override val allDoneSentence = "There is nothing in your inbox. New mail appears here."
    override val noMessages = "No messages"
    override val noMessagesSentence = "This mailbox holds no messages."
    override val noneFetched = "No messages on this device"
    override val noneFetchedSentence = "The server holds messages of this mailbox that were not fetched."
    override val noMessageChosen = "No message open"
    override val noMessageChosenSentence = "Choose one from the list to read it here."
    override val noMailboxChosen = "No mailbox open"
    override val noMailboxChosenSentence = "Choose one to see its messages here."

    override fun selected(count: Int) = "$count selected"

    override fun messagesInThread(count: Int) = "$count messages in this conversation"

    override val showAddresses = "Show addresses"
    override val hideAddresses = "Hide addresses"
    override val from = "From"
    override val to = "To"
    override val copy = "Copy"
    override val answersTo = "Answers to"
    override val noText = "This message has no text."
    override val attachments = "Attachments"
    override val download = "Download"
    override val cancel = "Cancel"
    override val openPgp = "This message is encrypted with OpenPGP and cannot be read here."
    override val smime = "This message is closed with S/MIME and cannot be read here."
    override val truncated = "This message is very long; a part of it is left out."

    override fun toPeople(
        names: String,
        others: Int,
    ) = when (others) {
        0 -> "to $names"
        1 -> "to $names and 1 other"
        else -> "to $names and $others others"
    }

    override fun heldBack(count: Int) =
        if (count == 1) {
            "1 remote item was not loaded, so that nobody learns that you read this."
        } else {
            "$count remote items were not loaded, so that nobody learns that you read this."
        }

    override fun receivedOf(
        received: String,
        announced: String,
    ) = "$received of $announced"

    override fun named(
        action: String,
        what: String,
    ) = "$action $what"

    override fun archived(count: Int) = if (count == 1) "Message archived" else "$count messages archived"

    override fun deleted(count: Int) = if (count == 1) "Message deleted" else "$count messages deleted"

    override fun junked(count: Int) = if (count == 1) "Message marked as junk" else "$count messages marked as junk"

    override fun markedSeen(count: Int) = if (count == 1) "Message marked as read" else "$count messages marked as read"

    override fun cameIn(count: Int) = if (count == 1) "1 new message" else "$count new messages"

    override val nothingNew = "Nothing new"
    override val takenBack = "Taken back"

    override fun bytes(count: Long) = if (count == 1L) "1 byte" else "$count bytes"

    override fun kilobytes(count: String) = "$count kB"

    override fun megabytes(count: String) = "$count MB"

    override fun gigabytes(count: String) = "$count GB"

    override fun problemTitle(problem: Problem) =
        when (problem) {
            is Problem.SignInRefused -> "Sign-in was refused"
            is Problem.NotReached -> "The server was not reached"
            is Problem.NotSafe -> unsafe(problem.why)
            is Problem.Refused -> "The server refused"
            is Problem.Gone -> "No longer here"
            is Problem.NotHere -> "Not on this device"
            is Problem.Storage -> storage(problem.why)
            is Problem.NotPossible -> "That is not possible"
            is Problem.Stopped -> "Stopped"
            is Problem.Fault -> "A fault of the app"
        }

    override fun serverSaid(words: String) = "The server said: $words"

    private fun unsafe(why: TlsProblem) =
        when (why) {
            TlsProblem.UNKNOWN_ISSUER -> "Nobody vouches for this server"
            TlsProblem.EXPIRED -> "The server's certificate is out of date"
            TlsProblem.WRONG_HOST -> "The certificate names another server"
            TlsProblem.UNUSABLE -> "The server's certificate cannot be used"
            TlsProblem.NOT_THE_PINNED_ONE -> "Not the certificate you trusted"
            TlsProblem.START_TLS_MISSING -> "The server offers no safe connection"
            TlsProblem.INJECTED -> "Someone may be listening"
            TlsProblem.HANDSHAKE -> "No safe connection came about"
        }

    private fun storage(why: StorageProblem) =
        when (why) {
            StorageProblem.FULL -> "No space left"
            StorageProblem.READ_ONLY -> "The storage cannot be written"
            StorageProblem.IN_USE -> "Mail is open elsewhere"
            StorageProblem.NEWER_VERSION -> "Your mail needs a newer app"
            StorageProblem.DAMAGED -> "The mail database is damaged"
            StorageProblem.IO -> "The storage failed"
            StorageProblem.CREDENTIALS -> "The password store is locked"
        }
}
