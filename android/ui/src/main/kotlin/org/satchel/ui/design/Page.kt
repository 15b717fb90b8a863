// The frame of a screen: bar on top, offline banner, content, notice at the bottom.
package org.satchel.ui.design

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Scaffold
import androidx.compose.material3.pulltorefresh.PullToRefreshBox
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import org.satchel.mail.UndoToken
import org.satchel.ui.Notice

/** Everything around the content of a screen. */
@Composable
fun Page(
    offline: Boolean,
    notice: Notice?,
    onUndo: (UndoToken) -> Unit,
    onNoticeSeen: (Long) -> Unit,
    bar: @Composable () -> Unit,
    content: @Composable () -> Unit,
) {
    Scaffold(
        topBar = bar,
        snackbarHost = { NoticeHost(notice, onUndo, onNoticeSeen) },
        containerColor = MaterialTheme.colorScheme.surface,
    ) { edges ->
        Column(Modifier.fillMaxSize().padding(edges)) {
            OfflineBanner(offline)
            content()
        }
    }
}

/** Content that can be pulled down to ask for news. Whatever comes of it ends as a notice, and the wheel with it. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
fun Pulled(
    notice: Notice?,
    onAsk: () -> Unit,
    content: @Composable () -> Unit,
) {
    var pulled by remember { mutableStateOf(false) }
    LaunchedEffect(notice?.id) { pulled = false }
    val ask = {
        pulled = true
        onAsk()
    }
    PullToRefreshBox(pulled, ask, Modifier.fillMaxSize()) { Box(Modifier.fillMaxSize()) { content() } }
}
