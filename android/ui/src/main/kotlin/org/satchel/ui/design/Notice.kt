// The place at the bottom where the app says what it did, with the way to take it back.
package org.satchel.ui.design

import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.Snackbar
import androidx.compose.material3.SnackbarData
import androidx.compose.material3.SnackbarDefaults
import androidx.compose.material3.SnackbarDuration
import androidx.compose.material3.SnackbarHost
import androidx.compose.material3.SnackbarHostState
import androidx.compose.material3.SnackbarResult
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.satchel.mail.UndoToken
import org.satchel.ui.Notice
import org.satchel.ui.text.LocalStrings
import org.satchel.ui.text.noticeText

/** Shows [notice] for as long as the system's accessibility settings ask, ten seconds at least. */
@Composable
fun NoticeHost(
    notice: Notice?,
    onUndo: (UndoToken) -> Unit,
    onSeen: (Long) -> Unit,
    modifier: Modifier = Modifier,
) {
    val strings = LocalStrings.current
    val host = remember { SnackbarHostState() }
    val undo by rememberUpdatedState(onUndo)
    val seen by rememberUpdatedState(onSeen)
    LaunchedEffect(notice?.id) {
        if (notice == null) return@LaunchedEffect
        val token = notice.undo
        val label = token?.let { strings.undo }
        val answer = host.showSnackbar(noticeText(notice.text, strings), label, duration = SnackbarDuration.Long)
        if (answer == SnackbarResult.ActionPerformed && token != null) undo(token)
        seen(notice.id)
    }
    SnackbarHost(host, modifier.widthIn(max = Sizes.Column)) { Strip(it) }
}

@Composable
private fun Strip(data: SnackbarData) {
    val action =
        data.visuals.actionLabel?.let { label ->
            @Composable { TextButton(data::performAction, Modifier.target(), colors = onStrip()) { Text(label) } }
        }
    Snackbar(Modifier.padding(12.dp), action, actionOnNewLine = isTypeLarge(), shape = RoundedCornerShape(14.dp)) {
        Text(data.visuals.message)
    }
}

@Composable
private fun onStrip() = ButtonDefaults.textButtonColors(contentColor = SnackbarDefaults.actionContentColor)
