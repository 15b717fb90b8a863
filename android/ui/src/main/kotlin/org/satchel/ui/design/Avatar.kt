// The round mark of a person: initials on a colour that stays the same for an address.
package org.satchel.ui.design

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.min
import androidx.compose.ui.unit.sp
import org.satchel.mail.AddressView

private const val INITIALS = 2
private const val LARGEST_LETTERS = 0.5f

/** The avatar of [person]; a tick in its place when [picked]. Decoration: a screen reader hears the name elsewhere. */
@Composable
fun Avatar(
    person: AddressView?,
    modifier: Modifier = Modifier,
    size: Dp = Sizes.Avatar,
    picked: Boolean = false,
) {
    val tints = MaterialTheme.mail.avatars
    val (ground, ink) =
        if (picked) {
            MaterialTheme.colorScheme.primary to MaterialTheme.colorScheme.onPrimary
        } else {
            tints[Math.floorMod(person?.address.hashCode(), tints.size)]
        }
    val letters = remember(person) { person?.let(::initials).orEmpty() }
    // Letters grow with the person's type size, but not beyond the circle.
    val type = with(LocalDensity.current) { min(16.sp.toDp(), size * LARGEST_LETTERS).toSp() }
    Box(
        modifier.clearAndSetSemantics {}.size(size).background(ground, CircleShape),
        contentAlignment = Alignment.Center,
    ) {
        when {
            picked -> Icon(Icons.Check, null, Modifier.size(24.dp), tint = ink)
            letters.isEmpty() -> Icon(Icons.Mail, null, Modifier.size(20.dp), tint = ink)
            else -> Text(letters, color = ink, fontSize = type, lineHeight = type, fontWeight = FontWeight.Medium)
        }
    }
}

/** First letters of the first and the last word of a label: `Ann Lee` is AL, `harbour@example.org` is H. */
internal fun initials(person: AddressView): String {
    val words = person.label.substringBefore('@').split(' ', '.').filter { it.firstOrNull()?.isLetterOrDigit() == true }
    val ends = if (words.size > 1) listOf(words.first(), words.last()) else words
    return ends.take(INITIALS).joinToString("") { word -> String(Character.toChars(word.codePointAt(0))).uppercase() }
}
