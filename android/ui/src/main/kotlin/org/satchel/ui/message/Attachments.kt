// The attachments under a message: name, size, and where the download is.
package org.satchel.ui.message

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Icon
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
import org.satchel.ui.design.IconTarget
import org.satchel.ui.design.Icons
import org.satchel.ui.design.startOfScreen
import org.satchel.ui.text.LocalStrings
import org.satchel.ui.text.Strings
import org.satchel.ui.text.problemText
import org.satchel.ui.text.sizeText

@Composable
internal fun Attachments(
    attachments: List<AttachmentState>,
    onEvent: (MessageEvent) -> Unit,
) {
    if (attachments.isEmpty()) return
    Column(Modifier.padding(top = 20.dp), Arrangement.spacedBy(10.dp)) {
        Text(
            LocalStrings.current.attachments,
            Modifier.semantics { heading() },
            color = MaterialTheme.colorScheme.primary,
            style = MaterialTheme.typography.labelMedium,
        )
        attachments.forEach { AttachmentCard(it, onEvent) }
    }
}

@Composable
private fun AttachmentCard(
    attachment: AttachmentState,
    onEvent: (MessageEvent) -> Unit,
) {
    val colors = MaterialTheme.colorScheme
    Surface(Modifier.fillMaxWidth(), RoundedCornerShape(14.dp), colors.surfaceContainer) {
        Row(
            Modifier.heightIn(min = 68.dp).padding(start = 14.dp, end = 6.dp, top = 8.dp, bottom = 8.dp),
            Arrangement.spacedBy(14.dp),
            Alignment.CenterVertically,
        ) {
            Surface(Modifier.size(40.dp), RoundedCornerShape(10.dp), colors.secondaryContainer) {
                Box(Modifier, Alignment.Center) {
                    Icon(icon(attachment.part.mediaType), null, Modifier.size(22.dp), tint = colors.primary)
                }
            }
            Column(Modifier.weight(1f)) {
                Text(
                    attachment.part.name,
                    style = MaterialTheme.typography.titleSmall.copy(textDirection = TextDirection.Content),
                    textAlign = startOfScreen(),
                )
                Standing(attachment)
                (attachment.progress as? DownloadProgress.Running)?.let { Bar(it) }
            }
            Buttons(attachment, onEvent)
        }
    }
}

@Composable
private fun Standing(attachment: AttachmentState) {
    val strings = LocalStrings.current
    val failed = attachment.progress is DownloadProgress.Failed
    Text(
        standing(attachment, strings),
        color = if (failed) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.onSurfaceVariant,
        style = MaterialTheme.typography.bodySmall,
    )
}

/** Where an attachment stands, in words: its size, how much of it came, or what went wrong. */
internal fun standing(
    attachment: AttachmentState,
    strings: Strings,
): String =
    when (val progress = attachment.progress) {
        is DownloadProgress.Running -> {
            if (progress.announced.bytes == 0L) {
                sizeText(progress.received, strings)
            } else {
                strings.receivedOf(sizeText(progress.received, strings), sizeText(progress.announced, strings))
            }
        }

        is DownloadProgress.Failed -> {
            problemText(progress.problem, strings).title
        }

        DownloadProgress.None, is DownloadProgress.Saved -> {
            sizeText(attachment.part.size, strings)
        }
    }

@Composable
private fun Buttons(
    attachment: AttachmentState,
    onEvent: (MessageEvent) -> Unit,
) {
    val strings = LocalStrings.current
    val section = attachment.part.section
    val primary = MaterialTheme.colorScheme.primary
    val (icon, verb, event) =
        when (attachment.progress) {
            DownloadProgress.None, is DownloadProgress.Failed -> {
                Triple(Icons.Download, strings.download, MessageEvent.PressedDownload(section))
            }

            is DownloadProgress.Running -> {
                Triple(Icons.Close, strings.cancel, MessageEvent.PressedCancel(section))
            }

            is DownloadProgress.Saved -> {
                Triple(Icons.Open, strings.open, MessageEvent.PressedOpen(section))
            }
        }
    IconTarget(icon, strings.named(verb, attachment.part.name), { onEvent(event) }, tint = primary)
}

/** Determinate once the server told how much it is; what it told may be wrong, and the bar never runs over. */
@Composable
private fun Bar(progress: DownloadProgress.Running) {
    val announced = progress.announced.bytes
    if (announced > 0) {
        LinearProgressIndicator(
            { (progress.received.bytes.toFloat() / announced).coerceIn(0f, 1f) },
            Modifier.fillMaxWidth().padding(top = 6.dp),
            drawStopIndicator = {},
        )
    } else {
        LinearProgressIndicator(Modifier.fillMaxWidth().padding(top = 6.dp))
    }
}

private fun icon(mediaType: String): ImageVector = if (mediaType.startsWith("image/")) Icons.Picture else Icons.Document
