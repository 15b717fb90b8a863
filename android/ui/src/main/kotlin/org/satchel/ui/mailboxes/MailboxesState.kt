// What the list of mailboxes shows, and what a person can do there.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui.mailboxes

import org.satchel.mail.AccountId
import org.satchel.mail.AccountStatusView
import org.satchel.mail.AccountView
import org.satchel.mail.MailboxId
import org.satchel.mail.MailboxView
import org.satchel.mail.UndoToken
import org.satchel.ui.Notice
import org.satchel.ui.Problem

/** The list of mailboxes. */
data class MailboxesState(
    val content: MailboxesContent = MailboxesContent.Placeholder,
    val offline: Boolean = false,
    val notice: Notice? = null,
)

/** What fills the list. */
sealed interface MailboxesContent {
    /** Not read yet. */
    data object Placeholder : MailboxesContent

    /** There is no account. */
    data object Empty : MailboxesContent

    /** One section for each account. */
    data class Sections(
        val sections: List<AccountSection>,
    ) : MailboxesContent

    /** It cannot be read. */
    data class Failed(
        val problem: Problem,
    ) : MailboxesContent
}

/** An account with its mailboxes, in the core's order. [status] is absent until it is known. */
data class AccountSection(
    val account: AccountView,
    val status: AccountStatusView?,
    val syncing: Boolean,
    val collapsed: Boolean,
    val rows: List<MailboxView>,
)

/** What a person did. */
sealed interface MailboxesEvent {
    /** Opened a mailbox. */
    data class Opened(
        val mailbox: MailboxId,
    ) : MailboxesEvent

    /** Folded or unfolded an account. */
    data class ToggledAccount(
        val account: AccountId,
    ) : MailboxesEvent

    /** Asked whether there is new mail. */
    data object AskedForNews : MailboxesEvent

    /** Took an action back: its notice outlasts the screen it was made on. */
    data class PressedUndo(
        val token: UndoToken,
    ) : MailboxesEvent

    /** The notice was shown long enough. */
    data class NoticeSeen(
        val id: Long,
    ) : MailboxesEvent
}
