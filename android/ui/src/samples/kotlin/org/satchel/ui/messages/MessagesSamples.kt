// The list of messages as it can look: for previews, pictures and audits.
// The numbers of samples are just samples.
@file:Suppress("MagicNumber", "MaxLineLength", "DestructuringDeclarationWithTooManyEntries")

package org.satchel.ui.messages

import org.satchel.mail.FlagsView
import org.satchel.mail.MailboxRole
import org.satchel.mail.MessageView
import org.satchel.mail.PlacementId
import org.satchel.mail.ServerText
import org.satchel.ui.Notice
import org.satchel.ui.NoticeText
import org.satchel.ui.Problem
import org.satchel.ui.SAMPLE_NOW
import org.satchel.ui.SAMPLE_UNDO
import org.satchel.ui.SampleWords
import org.satchel.ui.sampleFlags
import org.satchel.ui.sampleMailbox
import org.satchel.ui.sampleRow
import java.time.Duration

/** The samples in some [words], by name. */
fun messagesSamples(words: SampleWords): Map<String, MessagesState> {
    val rows = sampleRows(words)
    val inbox =
        MessagesState(
            mailbox = sampleMailbox(unread = 3u),
            content = MessagesContent.Rows(rows.size, 0, rows),
        )
    return mapOf(
        "messages" to inbox,
        "messages-selecting" to inbox.copy(selected = setOf(PlacementId(2), PlacementId(4), PlacementId(5))),
        "messages-undo" to
            inbox.copy(
                content = MessagesContent.Rows(rows.size - 1, 0, rows.drop(1)),
                notice = Notice(1, NoticeText.Archived(1), SAMPLE_UNDO),
            ),
        "messages-offline" to inbox.copy(offline = true, notice = Notice(1, NoticeText.Failed(offline))),
        "messages-older" to
            inbox.copy(
                content = MessagesContent.Rows(3, 0, rows.take(3)),
                syncing = true,
                canFetchOlder = true,
            ),
        "messages-fetching-older" to
            inbox.copy(
                content = MessagesContent.Rows(4, 0, rows.take(2)),
                canFetchOlder = true,
                fetchingOlder = true,
            ),
        "messages-reading" to MessagesState(sampleMailbox()),
        "messages-all-done" to MessagesState(sampleMailbox(), MessagesContent.Empty(EmptyReason.AllDone)),
        "messages-none" to
            MessagesState(
                sampleMailbox(3, "Sent", MailboxRole.SENT),
                MessagesContent.Empty(EmptyReason.NoMessages),
            ),
        "messages-none-fetched" to
            MessagesState(
                sampleMailbox(4, "Archive", MailboxRole.ARCHIVE),
                MessagesContent.Empty(EmptyReason.NoneFetched),
            ),
        "messages-failed" to
            MessagesState(
                sampleMailbox(),
                MessagesContent.Failed(
                    Problem.SignInRefused(
                        "the server refused the name or the password: check both",
                        "imap.example.org",
                        ServerText("Invalid credentials (Failure)"),
                    ),
                ),
            ),
    )
}

private val offline = Problem.NotHere("there is no network, and mail cannot be fetched: try again when there is one")

/** Nine rows, from this morning to last year. */
fun sampleRows(words: SampleWords): List<MessageView> {
    val ages =
        listOf(
            Duration.ofMinutes(12),
            Duration.ofHours(2),
            Duration.ofHours(3),
            Duration.ofHours(20),
            Duration.ofHours(22),
            Duration.ofDays(3),
            Duration.ofDays(9),
            Duration.ofDays(31),
            Duration.ofDays(200),
        )
    return words.letters.mapIndexed { at, letter ->
        sampleRow(
            id = at + 1L,
            letter = letter,
            to = listOf(words.me),
            at = SAMPLE_NOW - ages[at],
            flags = flags(at),
            attachments = at == 2 || at == 4,
            thread = if (at == 0) 4u else 1u,
        )
    }
}

private fun flags(at: Int): FlagsView =
    when (at) {
        0 -> sampleFlags(seen = false, flagged = true)
        1, 3 -> sampleFlags(seen = false)
        2 -> sampleFlags(answered = true)
        5 -> sampleFlags(flagged = true)
        else -> sampleFlags()
    }
