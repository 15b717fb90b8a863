// The list of mailboxes as pixels: a section for each account, a row for each mailbox.
package org.satchel.ui.mailboxes

import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.satchel.mail.MailboxId
import org.satchel.ui.design.EmptyPage
import org.satchel.ui.design.IconTarget
import org.satchel.ui.design.Icons
import org.satchel.ui.design.Page
import org.satchel.ui.design.ProblemPage
import org.satchel.ui.design.Pulled
import org.satchel.ui.design.SkeletonPage
import org.satchel.ui.design.TopBar
import org.satchel.ui.text.LocalStrings

/** The list of mailboxes. [chosen] is the one that is open beside it, if there is room for two. */
@Composable
fun MailboxesScreen(
    state: MailboxesState,
    onEvent: (MailboxesEvent) -> Unit,
    chosen: MailboxId? = null,
    onBack: () -> Unit = {},
) {
    val strings = LocalStrings.current
    Page(
        state.offline,
        state.notice,
        onUndo = { onEvent(MailboxesEvent.PressedUndo(it)) },
        onNoticeSeen = { onEvent(MailboxesEvent.NoticeSeen(it)) },
        bar = {
            TopBar(strings.mailboxes) {
                IconTarget(Icons.Refresh, strings.checkForMail, { onEvent(MailboxesEvent.AskedForNews) })
            }
        },
    ) {
        when (val content = state.content) {
            MailboxesContent.Placeholder -> {
                SkeletonPage()
            }

            MailboxesContent.Empty -> {
                EmptyPage(Icons.Mail, strings.noAccounts, strings.noAccountsSentence)
            }

            is MailboxesContent.Failed -> {
                ProblemPage(content.problem, { onEvent(MailboxesEvent.AskedForNews) }, onBack)
            }

            is MailboxesContent.Sections -> {
                Pulled(state.notice, { onEvent(MailboxesEvent.AskedForNews) }) {
                    Sections(content.sections, chosen, onEvent)
                }
            }
        }
    }
}

@Composable
private fun Sections(
    sections: List<AccountSection>,
    chosen: MailboxId?,
    onEvent: (MailboxesEvent) -> Unit,
) {
    LazyColumn(Modifier.fillMaxSize(), contentPadding = PaddingValues(bottom = 88.dp)) {
        sections.forEach { section ->
            item("account-${section.account.id.value}") {
                AccountHeader(section) { onEvent(MailboxesEvent.ToggledAccount(section.account.id)) }
            }
            if (!section.collapsed) {
                items(section.rows, { it.id.value }) { mailbox ->
                    MailboxRow(mailbox, mailbox.id == chosen) { onEvent(MailboxesEvent.Opened(mailbox.id)) }
                }
            }
        }
    }
}
