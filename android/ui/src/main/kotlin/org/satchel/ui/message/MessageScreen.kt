// A message as pixels: bar, header, what was held back, text, attachments.
package org.satchel.ui.message

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
import org.satchel.mail.EncryptionKind
import org.satchel.mail.MessageContentView
import org.satchel.ui.design.Banner
import org.satchel.ui.design.IconTarget
import org.satchel.ui.design.Icons
import org.satchel.ui.design.MoreMenu
import org.satchel.ui.design.NamedAction
import org.satchel.ui.design.Page
import org.satchel.ui.design.ProblemPage
import org.satchel.ui.design.ProblemReason
import org.satchel.ui.design.Sizes
import org.satchel.ui.design.SkeletonPage
import org.satchel.ui.design.SkeletonText
import org.satchel.ui.design.TopBar
import org.satchel.ui.text.LocalStrings

/** Draws the text of a message; links go to the second. Phones hand in one that shows HTML. */
typealias BodyDrawing = @Composable (content: MessageContentView, followLink: (String) -> Unit) -> Unit

/** A message. */
@Composable
fun MessageScreen(
    state: MessageState,
    onEvent: (MessageEvent) -> Unit,
    onBack: (() -> Unit)?,
    body: BodyDrawing = { content, _ -> PlainBody(content) },
) {
    Page(
        state.offline,
        state.notice,
        onUndo = { onEvent(MessageEvent.PressedUndo(it)) },
        onNoticeSeen = { onEvent(MessageEvent.NoticeSeen(it)) },
        bar = { Bar(state, onEvent, onBack) },
    ) {
        when (val content = state.content) {
            MessageShown.Placeholder -> {
                SkeletonPage()
            }

            is MessageShown.Header -> {
                Reading {
                    MessageHeader(content.row, null, onEvent)
                    SkeletonText(Modifier.padding(vertical = 24.dp))
                }
            }

            is MessageShown.Failed -> {
                Failed(content, onEvent, onBack)
            }

            is MessageShown.Shown -> {
                Reading {
                    MessageHeader(content.content.row, content.content, onEvent)
                    Remarks(content)
                    body(content.content) { onEvent(MessageEvent.TappedLink(it)) }
                    Attachments(state.attachments, onEvent)
                }
            }
        }
    }
}

@Composable
private fun Bar(
    state: MessageState,
    onEvent: (MessageEvent) -> Unit,
    onBack: (() -> Unit)?,
) {
    val strings = LocalStrings.current
    TopBar(
        title = "",
        before = { onBack?.let { IconTarget(Icons.Back, strings.back, it) } },
    ) {
        if (state.row != null) {
            IconTarget(Icons.Archive, strings.archive, { onEvent(MessageEvent.Archived) })
            IconTarget(Icons.Delete, strings.delete, { onEvent(MessageEvent.Deleted) })
            MoreMenu(listOf(NamedAction(Icons.Junk, strings.junk) { onEvent(MessageEvent.Junked) }))
        }
    }
}

/** One column, not wider than an eye can follow. */
@Composable
private fun Reading(content: @Composable () -> Unit) {
    Box(Modifier.fillMaxSize().verticalScroll(rememberScrollState()), Alignment.TopCenter) {
        Column(
            Modifier
                .widthIn(
                    max = Sizes.Column,
                ).fillMaxWidth()
                .padding(horizontal = Sizes.Edge)
                .padding(bottom = 96.dp),
        ) { content() }
    }
}

@Composable
private fun Failed(
    content: MessageShown.Failed,
    onEvent: (MessageEvent) -> Unit,
    onBack: (() -> Unit)?,
) {
    val again = { onEvent(MessageEvent.AskedAgain) }
    val back = { onBack?.invoke() ?: Unit }
    if (content.row == null) return ProblemPage(content.problem, again, back)
    Reading {
        MessageHeader(content.row, null, onEvent)
        Box(Modifier.fillMaxWidth(), Alignment.TopCenter) { ProblemReason(content.problem, again, back) }
    }
}

/** What the person should know before reading. */
@Composable
private fun Remarks(shown: MessageShown.Shown) {
    val strings = LocalStrings.current
    Column(Modifier.padding(top = 12.dp), Arrangement.spacedBy(8.dp)) {
        if (shown.heldBack > 0) Remark(strings.heldBack(shown.heldBack))
        when (shown.content.encrypted) {
            EncryptionKind.OPEN_PGP -> Remark(strings.openPgp)
            EncryptionKind.SMIME, EncryptionKind.SMIME_SIGNED -> Remark(strings.smime)
            null -> Unit
        }
        if (shown.content.html?.truncated == true) Remark(strings.truncated)
    }
}

@Composable
private fun Remark(text: String) = Banner(Icons.Lock, text, Modifier.clip(RoundedCornerShape(12.dp)))

/** The text as text; it reads in its own direction whatever the phone's is. */
@Composable
fun PlainBody(content: MessageContentView) {
    if (content.encrypted != null && content.text.isBlank()) return
    SelectionContainer(Modifier.padding(top = 20.dp, bottom = 8.dp)) {
        Text(
            content.text.ifBlank { LocalStrings.current.noText },
            Modifier.fillMaxWidth(),
            style = MaterialTheme.typography.bodyLarge.copy(textDirection = TextDirection.Content),
        )
    }
}
