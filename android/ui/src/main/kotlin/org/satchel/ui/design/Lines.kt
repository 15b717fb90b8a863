// How lines of text are laid out: where they begin, how many there may be, where they may break.
package org.satchel.ui.design

import androidx.compose.runtime.Composable
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.LayoutDirection

/** From here on lines are no longer cut to one, and what stood beside moves below. */
private const val LARGE_TYPE = 1.3f

private const val MAY_BREAK_HERE = "\u200B"

/** Whether the person asked for much larger type than usual. */
@Composable
@ReadOnlyComposable
fun isTypeLarge(): Boolean = LocalDensity.current.fontScale >= LARGE_TYPE

/** How many lines a text may take: so many, or what it needs where type is large. */
@Composable
@ReadOnlyComposable
fun lines(
    usual: Int,
    large: Int = Int.MAX_VALUE,
): Int = if (isTypeLarge()) large else usual

/** Where lines of a list begin, whatever the direction of what is written in them. */
@Composable
@ReadOnlyComposable
fun startOfScreen(): TextAlign =
    if (LocalLayoutDirection.current == LayoutDirection.Rtl) TextAlign.Right else TextAlign.Left

/** An address for show: large type breaks it before the `@` rather than anywhere. */
@Composable
@ReadOnlyComposable
fun shownAddress(address: String): String = if (isTypeLarge()) address.replace("@", "$MAY_BREAK_HERE@") else address
