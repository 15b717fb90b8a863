// Every word the screens say, as an interface: the app hands in one over its string resources.
package org.satchel.ui.text

import androidx.compose.runtime.staticCompositionLocalOf
import org.satchel.mail.MailboxRole
import org.satchel.ui.Problem
import java.util.Locale

/** The words in use. */
val LocalStrings = staticCompositionLocalOf<Strings> { English }

/**
 * The words of one language. What counts takes the number, so that a language can have as many plurals as it needs;
 * nothing is put together from pieces.
 */
// The names say what they are, and English.kt spells them out.
@Suppress("UndocumentedPublicFunction", "UndocumentedPublicProperty")
interface Strings {
    /** For the names of days and months. */
    val locale: Locale

    /** Patterns of `DateTimeFormatter`: time of day, day in this year, day in another year, month, weekday and time. */
    val timePattern: String
    val dayPattern: String
    val dayOfYearPattern: String
    val monthPattern: String
    val weekdayPattern: String
    val fullPattern: String

    val today: String
    val yesterday: String
    val offline: String
    val reading: String
    val undo: String
    val back: String
    val more: String
    val askAgain: String

    val mailboxes: String
    val noAccounts: String
    val noAccountsSentence: String
    val checkForMail: String
    val syncing: String
    val neverSynced: String
    val fold: String
    val unfold: String

    fun updated(at: String): String

    fun troubled(
        problem: String,
        since: String,
    ): String

    fun troubledFromTheStart(problem: String): String

    fun waitingOperations(count: Int): String

    fun failedOperations(count: Int): String

    fun unread(count: Int): String

    fun role(role: MailboxRole): String

    /** The short name of a pass's outcome, by the kind the core gives, such as `authentication`. */
    fun outcome(kind: String): String

    val noSubject: String
    val noSender: String
    val isUnread: String
    val isStarred: String
    val isAnswered: String
    val hasAttachment: String
    val isPartlyHere: String
    val open: String
    val archive: String
    val delete: String
    val junk: String
    val star: String
    val unstar: String
    val markSeen: String
    val markUnseen: String
    val select: String
    val deselect: String
    val selectAll: String
    val clearSelection: String
    val fetchOlder: String
    val fetchingOlder: String
    val allDone: String
    val allDoneSentence: String
    val noMessages: String
    val noMessagesSentence: String
    val noneFetched: String
    val noneFetchedSentence: String
    val noMessageChosen: String
    val noMessageChosenSentence: String
    val noMailboxChosen: String
    val noMailboxChosenSentence: String

    fun selected(count: Int): String

    fun messagesInThread(count: Int): String

    val showAddresses: String
    val hideAddresses: String
    val from: String
    val to: String
    val copy: String
    val answersTo: String
    val noText: String
    val attachments: String
    val download: String
    val cancel: String
    val openPgp: String
    val smime: String
    val truncated: String

    fun toPeople(
        names: String,
        others: Int,
    ): String

    fun heldBack(count: Int): String

    fun receivedOf(
        received: String,
        announced: String,
    ): String

    fun named(
        action: String,
        what: String,
    ): String

    fun archived(count: Int): String

    fun deleted(count: Int): String

    fun junked(count: Int): String

    fun markedSeen(count: Int): String

    fun cameIn(count: Int): String

    val nothingNew: String
    val takenBack: String

    fun bytes(count: Long): String

    fun kilobytes(count: String): String

    fun megabytes(count: String): String

    fun gigabytes(count: String): String

    /** What happened, in a few words. */
    fun problemTitle(problem: Problem): String

    /** Introduces words of the server. */
    fun serverSaid(words: String): String
}
