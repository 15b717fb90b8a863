// The looks every sample is drawn in, and the samples by name.
package org.satchel.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.LayoutDirection
import org.satchel.ui.design.MailTheme
import org.satchel.ui.desktop.heebo
import org.satchel.ui.mailboxes.MailboxesScreen
import org.satchel.ui.mailboxes.mailboxesSamples
import org.satchel.ui.message.MessageScreen
import org.satchel.ui.message.messageSamples
import org.satchel.ui.messages.MessagesScreen
import org.satchel.ui.messages.messagesSamples
import org.satchel.ui.text.English
import org.satchel.ui.text.LocalClock
import org.satchel.ui.text.LocalStrings
import org.satchel.ui.text.Strings

/** One look. */
enum class Look(
    val dark: Boolean = false,
    val type: Float = 1f,
    val words: SampleWords = SampleWords.English,
    val direction: LayoutDirection = LayoutDirection.Ltr,
    val strings: Strings = English,
) {
    LIGHT,
    DARK(dark = true),
    LARGE(type = 2f),
    RTL(words = SampleWords.Hebrew, direction = LayoutDirection.Rtl, strings = HebrewWords),
}

private val FAMILY: FontFamily = heebo()

/** All samples of a look, ready to be drawn. */
fun samples(look: Look): Map<String, @Composable () -> Unit> =
    buildMap {
        mailboxesSamples(look.words).forEach { (name, state) -> put(name) { MailboxesScreen(state, {}) } }
        messagesSamples(look.words).forEach { (name, state) -> put(name) { MessagesScreen(state, {}, {}) } }
        messageSamples(look.words).forEach { (name, state) -> put(name) { MessageScreen(state, {}, {}) } }
    }

/** Around a screen: theme, font, type size, direction, and a clock that stands still. */
@Composable
fun Dressed(
    look: Look,
    content: @Composable () -> Unit,
) {
    CompositionLocalProvider(
        LocalDensity provides Density(LocalDensity.current.density, look.type),
        LocalLayoutDirection provides look.direction,
        LocalClock provides SAMPLE_CLOCK,
        LocalStrings provides look.strings,
    ) {
        MailTheme(look.dark, FAMILY, content)
    }
}
