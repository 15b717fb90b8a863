// Things a finger has to hit: large enough, named, and with a role.
package org.satchel.ui.design

import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.LocalContentColor
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector

/** At least as large as a finger needs. */
fun Modifier.target(): Modifier = defaultMinSize(Sizes.Target, Sizes.Target)

/** A button with an icon; [label] is what a screen reader says. */
@Composable
fun IconTarget(
    icon: ImageVector,
    label: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    tint: Color = LocalContentColor.current,
) {
    IconButton(onClick, modifier.size(Sizes.Target), enabled) { Icon(icon, label, tint = tint) }
}
