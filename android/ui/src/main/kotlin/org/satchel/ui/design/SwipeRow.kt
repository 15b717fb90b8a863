// A row that can be pushed aside: icon and name of the action show before the finger lifts.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui.design

import androidx.compose.animation.core.animate
import androidx.compose.foundation.background
import androidx.compose.foundation.gestures.Orientation
import androidx.compose.foundation.gestures.draggable
import androidx.compose.foundation.gestures.rememberDraggableState
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.offset
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableFloatStateOf
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.hapticfeedback.HapticFeedbackType
import androidx.compose.ui.layout.onSizeChanged
import androidx.compose.ui.platform.LocalHapticFeedback
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.unit.IntOffset
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import kotlin.math.abs
import kotlin.math.roundToInt
import kotlin.math.sign

/** Past this part of the width, letting go does it. */
private const val FAR_ENOUGH = 0.35f

/** What a swipe does. [ground] and [ink] are its colours once it is far enough. */
data class SwipeAction(
    val icon: ImageVector,
    val label: String,
    val ground: Color,
    val ink: Color,
    val act: () -> Unit,
)

/**
 * [content] over two actions: [towardsEnd] when pushed the way one reads, [towardsStart] against it. A screen reader
 * gets neither: [content] offers the same as named actions.
 */
@Composable
fun SwipeRow(
    towardsEnd: SwipeAction,
    towardsStart: SwipeAction,
    enabled: Boolean,
    content: @Composable () -> Unit,
) {
    val haptic = LocalHapticFeedback.current
    val mirrored = LocalLayoutDirection.current == LayoutDirection.Rtl
    var pushed by remember { mutableFloatStateOf(0f) }
    var width by remember { mutableIntStateOf(0) }
    val far = { at: Float -> width > 0 && abs(at) > width * FAR_ENOUGH }
    val push =
        rememberDraggableState { by ->
            val before = pushed
            pushed += by
            if (far(before) != far(pushed)) haptic.performHapticFeedback(HapticFeedbackType.LongPress)
        }
    val settle: suspend () -> Unit = {
        if (far(pushed)) {
            val action = if (pushed > 0) towardsEnd else towardsStart
            animate(pushed, width * sign(pushed)) { at, _ -> pushed = at }
            action.act()
        }
        // A row that went is no longer here; one that stayed, because the action did not work, comes back.
        animate(pushed, 0f) { at, _ -> pushed = at }
    }
    Box(
        Modifier.onSizeChanged { width = it.width }.draggable(
            push,
            Orientation.Horizontal,
            enabled,
            reverseDirection = mirrored,
            onDragStopped = { settle() },
        ),
    ) {
        if (pushed != 0f) Behind(if (pushed > 0) towardsEnd else towardsStart, far(pushed), pushed > 0)
        Box(Modifier.offset { IntOffset(pushed.roundToInt(), 0) }) { content() }
    }
}

@Composable
private fun BoxScope.Behind(
    action: SwipeAction,
    ready: Boolean,
    atStart: Boolean,
) {
    val ground = if (ready) action.ground else MaterialTheme.colorScheme.surfaceContainerHighest
    val ink = if (ready) action.ink else MaterialTheme.colorScheme.onSurfaceVariant
    Box(
        Modifier.matchParentSize().background(ground).padding(horizontal = 24.dp).clearAndSetSemantics {},
        if (atStart) Alignment.CenterStart else Alignment.CenterEnd,
    ) {
        Row(Modifier, Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            // The icon stands at the edge: it is what shows first.
            val icon = @Composable { Icon(action.icon, null, Modifier.size(24.dp), tint = ink) }
            if (atStart) icon()
            Text(action.label, color = ink, style = MaterialTheme.typography.labelLarge, maxLines = 1)
            if (!atStart) icon()
        }
    }
}
