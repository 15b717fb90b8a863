// The bar over a screen: a title that may grow, actions, and a thin line while something runs.
package org.satchel.ui.design

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.WindowInsetsSides
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.only
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawing
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp

/**
 * A bar with [title], and [subtitle] under it; large type has lines of its own under the buttons. [running] names what
 * is going on, if anything is.
 */
@Composable
fun TopBar(
    title: String,
    modifier: Modifier = Modifier,
    subtitle: String? = null,
    running: String? = null,
    ground: Color = MaterialTheme.colorScheme.surface,
    ink: Color = MaterialTheme.colorScheme.onSurface,
    before: @Composable () -> Unit = {},
    actions: @Composable RowScope.() -> Unit = {},
) {
    Surface(modifier.fillMaxWidth(), color = ground, contentColor = ink) {
        Column(
            Modifier.windowInsetsPadding(
                WindowInsets.safeDrawing.only(WindowInsetsSides.Top + WindowInsetsSides.Horizontal),
            ),
        ) {
            if (isTypeLarge()) {
                Row(Modifier.fillMaxWidth().padding(horizontal = 4.dp)) {
                    before()
                    Row(Modifier.weight(1f), Arrangement.End, content = actions)
                }
                Titles(title, subtitle, ink, Modifier.padding(horizontal = Sizes.Edge).padding(bottom = 4.dp))
            } else {
                Row(
                    Modifier.heightIn(min = 64.dp).padding(horizontal = 4.dp),
                    verticalAlignment = Alignment.CenterVertically,
                ) {
                    before()
                    Titles(title, subtitle, ink, Modifier.weight(1f).padding(horizontal = 12.dp, vertical = 8.dp))
                    Row(Modifier, Arrangement.End, content = actions)
                }
            }
            // Always the same height: nothing jumps when a pass begins.
            Box(Modifier.fillMaxWidth().height(2.dp)) {
                if (running != null) {
                    LinearProgressIndicator(
                        Modifier.fillMaxWidth().height(2.dp).semantics { contentDescription = running },
                        trackColor = Color.Transparent,
                    )
                }
            }
        }
    }
}

@Composable
private fun Titles(
    title: String,
    subtitle: String?,
    ink: Color,
    modifier: Modifier,
) {
    if (title.isEmpty()) return Spacer(modifier)
    Column(modifier) {
        Text(
            title,
            Modifier.semantics { heading() },
            style = MaterialTheme.typography.titleLarge,
            maxLines = lines(1),
            overflow = TextOverflow.Ellipsis,
        )
        subtitle?.let { Text(it, style = MaterialTheme.typography.bodySmall, color = ink.copy(alpha = 0.78f)) }
    }
}
