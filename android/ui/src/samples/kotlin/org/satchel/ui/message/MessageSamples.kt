// A message as it can look: for previews, pictures and audits.
// The numbers of samples are just samples.
@file:Suppress("MagicNumber", "MaxLineLength", "DestructuringDeclarationWithTooManyEntries")

package org.satchel.ui.message

import org.satchel.mail.ByteCount
import org.satchel.mail.EncryptionKind
import org.satchel.mail.HtmlView
import org.satchel.mail.MessageContentView
import org.satchel.ui.Notice
import org.satchel.ui.NoticeText
import org.satchel.ui.Problem
import org.satchel.ui.SAMPLE_UNDO
import org.satchel.ui.SampleWords
import org.satchel.ui.messages.sampleRows
import org.satchel.ui.sampleFlags
import org.satchel.ui.samplePart
import org.satchel.ui.sampleRow

/** The samples in some [words], by name. */
fun messageSamples(words: SampleWords): Map<String, MessageState> {
    val row =
        sampleRow(
            1,
            words.letters.first(),
            to = listOf(words.me, words.letters[2].from, words.letters[5].from),
            flags = sampleFlags(flagged = true),
            attachments = true,
        )
    val shown = content(words, row)
    val news = sampleRows(words)[3]
    return mapOf(
        "message" to MessageState(MessageShown.Shown(shown, heldBack = 0)),
        "message-attachments" to
            MessageState(
                MessageShown.Shown(shown.short(words), heldBack = 0),
                attachments(words),
            ),
        "message-held-back" to
            MessageState(
                MessageShown.Shown(remote(words, content(words, news)), heldBack = 4),
                notice = Notice(1, NoticeText.TakenBack, null),
            ),
        "message-header" to MessageState(MessageShown.Header(row)),
        "message-reading" to MessageState(),
        "message-not-here" to
            MessageState(
                MessageShown.Failed(Problem.NotHere("there is no network, and the message is not on this device"), row),
                offline = true,
            ),
        "message-gone" to
            MessageState(
                MessageShown.Failed(Problem.Gone("there is no such message here"), null),
                notice = Notice(1, NoticeText.Deleted(1), SAMPLE_UNDO),
            ),
        "message-encrypted" to
            MessageState(
                MessageShown.Shown(
                    MessageContentView(row, emptyList(), emptyList(), "", null, EncryptionKind.OPEN_PGP, emptyList()),
                    heldBack = 0,
                ),
            ),
    )
}

private fun content(
    words: SampleWords,
    row: org.satchel.mail.MessageView,
) = MessageContentView(row, listOf(words.letters[7].from), emptyList(), words.text, null, null, emptyList())

private fun MessageContentView.short(words: SampleWords) =
    MessageContentView(row, cc, replyTo, words.text.lines().first(), null, null, emptyList())

private fun remote(
    words: SampleWords,
    content: MessageContentView,
): MessageContentView {
    val html = HtmlView("<p>${words.text}</p>", 4u, listOf("track.example.com"), truncated = false)
    val text = words.letters[3].preview
    return MessageContentView(content.row, emptyList(), emptyList(), text, html, null, emptyList())
}

private fun attachments(words: SampleWords): List<AttachmentState> {
    val (chart, picture, tides, key) = words.attachments
    return listOf(
        AttachmentState(samplePart("2", chart, "application/pdf", 1_430_000)),
        AttachmentState(
            samplePart("3", picture, "image/jpeg", 4_800_000),
            DownloadProgress.Running(ByteCount(2_100_000), ByteCount(4_800_000)),
        ),
        AttachmentState(samplePart("4", tides, "text/csv", 24_000), DownloadProgress.Saved("/tides.csv")),
        AttachmentState(
            samplePart("5", key, "text/plain", 812),
            DownloadProgress.Failed(Problem.NotReached("the server was not reached", "imap.example.org")),
        ),
    )
}
