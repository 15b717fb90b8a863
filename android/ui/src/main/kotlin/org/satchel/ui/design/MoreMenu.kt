// The button with three dots, and the actions behind it.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui.design

import androidx.compose.foundation.layout.Box
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.graphics.vector.ImageVector
import org.satchel.ui.text.LocalStrings

/** An action with a name and an icon. */
data class NamedAction(
    val icon: ImageVector,
    val label: String,
    val act: () -> Unit,
)

/** Actions that have no place in the bar. */
@Composable
fun MoreMenu(actions: List<NamedAction>) {
    var open by remember { mutableStateOf(false) }
    Box {
        IconTarget(Icons.More, LocalStrings.current.more, { open = true })
        DropdownMenu(open, { open = false }) {
            actions.forEach { action ->
                DropdownMenuItem(
                    text = { Text(action.label) },
                    onClick = {
                        open = false
                        action.act()
                    },
                    leadingIcon = { Icon(action.icon, null) },
                )
            }
        }
    }
}
