// A quiet strip at the top: no network, remote pictures held back.
package org.satchel.ui.design

import androidx.compose.animation.AnimatedVisibility
import androidx.compose.animation.core.snap
import androidx.compose.animation.core.tween
import androidx.compose.animation.expandVertically
import androidx.compose.animation.shrinkVertically
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.satchel.ui.text.LocalStrings

/** A lift or a tunnel is shorter than this: not worth a word. */
private const val PATIENCE_MILLISECONDS = 5_000

/** A strip with an icon and a sentence. */
@Composable
fun Banner(
    icon: ImageVector,
    text: String,
    modifier: Modifier = Modifier,
    ground: Color = MaterialTheme.colorScheme.secondaryContainer,
    ink: Color = MaterialTheme.colorScheme.onSecondaryContainer,
) {
    Surface(modifier.fillMaxWidth(), color = ground, contentColor = ink) {
        Row(
            Modifier.padding(horizontal = Sizes.Edge, vertical = 10.dp),
            Arrangement.spacedBy(12.dp),
            if (isTypeLarge()) Alignment.Top else Alignment.CenterVertically,
        ) {
            Icon(icon, null, Modifier.padding(top = if (isTypeLarge()) 6.dp else 0.dp).size(20.dp))
            Text(text, style = MaterialTheme.typography.labelMedium)
        }
    }
}

/** Says that there is no network: after a while, and no longer at once when it is back. Announced once. */
@Composable
fun OfflineBanner(offline: Boolean) {
    AnimatedVisibility(
        visible = offline,
        enter = expandVertically(tween(delayMillis = PATIENCE_MILLISECONDS)),
        exit = shrinkVertically(snap()),
    ) {
        Banner(
            Icons.Offline,
            LocalStrings.current.offline,
            Modifier.semantics { liveRegion = LiveRegionMode.Polite },
        )
    }
}
