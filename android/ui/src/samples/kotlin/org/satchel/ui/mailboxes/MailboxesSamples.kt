// The list of mailboxes as it can look: for previews, pictures and audits.
// The numbers of samples are just samples.
@file:Suppress("MagicNumber", "MaxLineLength", "DestructuringDeclarationWithTooManyEntries")

package org.satchel.ui.mailboxes

import org.satchel.mail.AccountId
import org.satchel.mail.MailboxRole
import org.satchel.mail.MailboxView
import org.satchel.ui.Notice
import org.satchel.ui.NoticeText
import org.satchel.ui.Problem
import org.satchel.ui.SAMPLE_NOW
import org.satchel.ui.SampleWords
import org.satchel.ui.sampleAccount
import org.satchel.ui.sampleMailbox
import org.satchel.ui.sampleStatus
import java.time.Duration

/** The samples in some [words], by name. */
fun mailboxesSamples(words: SampleWords): Map<String, MailboxesState> {
    val sections = sections(words)
    return mapOf(
        "mailboxes" to MailboxesState(MailboxesContent.Sections(sections)),
        "mailboxes-reading" to MailboxesState(),
        "mailboxes-no-account" to MailboxesState(MailboxesContent.Empty),
        "mailboxes-trouble" to
            MailboxesState(
                MailboxesContent.Sections(troubled(sections)),
                offline = true,
                notice = Notice(1, NoticeText.NothingNew),
            ),
        "mailboxes-failed" to
            MailboxesState(
                MailboxesContent.Failed(
                    Problem.Storage(
                        "the database was written by a newer version of this app and was left untouched: update the app",
                        org.satchel.mail.StorageProblem.NEWER_VERSION,
                    ),
                ),
            ),
    )
}

private fun sections(words: SampleWords): List<AccountSection> {
    val mine = sampleAccount(AccountId(1), words.me.address)
    val work = sampleAccount(AccountId(2), "crew@sailing-club.example")
    return listOf(
        AccountSection(mine, sampleStatus(mine, SAMPLE_NOW - Duration.ofMinutes(4)), false, false, boxes(words)),
        AccountSection(
            work,
            sampleStatus(work, SAMPLE_NOW - Duration.ofHours(30)),
            syncing = true,
            collapsed = false,
            rows =
                listOf(
                    sampleMailbox(20, account = work.id, unread = 1_204u),
                    sampleMailbox(21, "Drafts", MailboxRole.DRAFTS, account = work.id),
                ),
        ),
    )
}

private fun boxes(words: SampleWords): List<MailboxView> {
    val (parent, child, grandchild, other) = words.ownMailboxes
    return listOf(
        sampleMailbox(1, unread = 3u),
        sampleMailbox(2, "Drafts", MailboxRole.DRAFTS),
        sampleMailbox(3, "Sent", MailboxRole.SENT),
        sampleMailbox(4, "Archive", MailboxRole.ARCHIVE),
        sampleMailbox(5, "Junk", MailboxRole.JUNK, unread = 12u),
        sampleMailbox(6, "Trash", MailboxRole.TRASH),
        sampleMailbox(7, parent, role = null, selectable = false),
        sampleMailbox(8, child, role = null, unread = 2u, depth = 1u),
        sampleMailbox(9, grandchild, role = null, depth = 2u),
        sampleMailbox(10, other, role = null),
    )
}

private fun troubled(sections: List<AccountSection>): List<AccountSection> {
    val (mine, work) = sections
    return listOf(
        mine.copy(
            status =
                sampleStatus(
                    mine.account,
                    SAMPLE_NOW - Duration.ofDays(2),
                    problem = "authentication",
                    waiting = 3u,
                    failed = 1u,
                ),
        ),
        work.copy(syncing = false, collapsed = true, status = sampleStatus(work.account, null, "network")),
    )
}
