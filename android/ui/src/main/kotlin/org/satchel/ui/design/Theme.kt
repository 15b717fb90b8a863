// Colours, type and sizes of the app: the only file that names them.
// A property says by its name what its class leaves open; a colour has no better name than its number.
@file:Suppress("UndocumentedPublicProperty", "MagicNumber")

package org.satchel.ui.design

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp

/** Sizes that more than one file needs. */
object Sizes {
    /** Nothing a finger has to hit is smaller. */
    val Target = 48.dp

    /** Distance of the content from the edges. */
    val Edge = 16.dp

    /** A row's avatar. */
    val Avatar = 40.dp

    /** A line of text is not pulled wider than this, however wide the window is. */
    val Column = 680.dp

    /** From this width on there are two panes. */
    val TwoPanes = 600.dp
}

/** Colours Material has no name for. */
data class MailColors(
    /** A star that is set. */
    val star: Color,
    /** Behind a swipe that archives, and on it. */
    val archive: Color,
    val onArchive: Color,
    /** Behind a swipe that deletes, and on it. */
    val delete: Color,
    val onDelete: Color,
    /** Grounds of avatars, and the colour of the letters on each. */
    val avatars: List<Pair<Color, Color>>,
)

internal val LightScheme: ColorScheme =
    lightColorScheme(
        primary = Color(0xFF18626E),
        onPrimary = Color(0xFFFFFFFF),
        primaryContainer = Color(0xFFCFE9ED),
        onPrimaryContainer = Color(0xFF0B3A42),
        secondary = Color(0xFF4A6267),
        onSecondary = Color(0xFFFFFFFF),
        secondaryContainer = Color(0xFFDCE8EA),
        onSecondaryContainer = Color(0xFF1C3438),
        tertiary = Color(0xFF7A5300),
        onTertiary = Color(0xFFFFFFFF),
        tertiaryContainer = Color(0xFFFBE7C4),
        onTertiaryContainer = Color(0xFF3D2A00),
        error = Color(0xFFA8322B),
        onError = Color(0xFFFFFFFF),
        errorContainer = Color(0xFFFBDDD9),
        onErrorContainer = Color(0xFF6A1813),
        background = Color(0xFFFCFBF8),
        onBackground = Color(0xFF191C1D),
        surface = Color(0xFFFCFBF8),
        onSurface = Color(0xFF191C1D),
        surfaceVariant = Color(0xFFE9ECEA),
        onSurfaceVariant = Color(0xFF545B5D),
        surfaceContainerLowest = Color(0xFFFFFFFF),
        surfaceContainerLow = Color(0xFFF6F6F2),
        surfaceContainer = Color(0xFFF1F2EE),
        surfaceContainerHigh = Color(0xFFEAECE8),
        surfaceContainerHighest = Color(0xFFE3E6E2),
        inverseSurface = Color(0xFF2A3133),
        inverseOnSurface = Color(0xFFF1F3F2),
        inversePrimary = Color(0xFF8FD6E0),
        outline = Color(0xFF767D7F),
        outlineVariant = Color(0xFFDEE1DE),
    )

internal val DarkScheme: ColorScheme =
    darkColorScheme(
        primary = Color(0xFF8FD6E0),
        onPrimary = Color(0xFF00363E),
        primaryContainer = Color(0xFF12464F),
        onPrimaryContainer = Color(0xFFCBEEF3),
        secondary = Color(0xFFB3CBD0),
        onSecondary = Color(0xFF1E3438),
        secondaryContainer = Color(0xFF2B4044),
        onSecondaryContainer = Color(0xFFD6E8EB),
        tertiary = Color(0xFFF3C670),
        onTertiary = Color(0xFF3F2D00),
        tertiaryContainer = Color(0xFF4A3608),
        onTertiaryContainer = Color(0xFFFBE3B6),
        error = Color(0xFFF5B3AB),
        onError = Color(0xFF601410),
        errorContainer = Color(0xFF6E211B),
        onErrorContainer = Color(0xFFFBDDD9),
        background = Color(0xFF111415),
        onBackground = Color(0xFFE5E8E8),
        surface = Color(0xFF111415),
        onSurface = Color(0xFFE5E8E8),
        surfaceVariant = Color(0xFF2A3032),
        onSurfaceVariant = Color(0xFFAFB7B9),
        surfaceContainerLowest = Color(0xFF0C0F10),
        surfaceContainerLow = Color(0xFF171B1C),
        surfaceContainer = Color(0xFF1B2021),
        surfaceContainerHigh = Color(0xFF242A2B),
        surfaceContainerHighest = Color(0xFF2E3536),
        inverseSurface = Color(0xFFDDE2E2),
        inverseOnSurface = Color(0xFF232829),
        inversePrimary = Color(0xFF18626E),
        outline = Color(0xFF8A9294),
        outlineVariant = Color(0xFF2D3436),
    )

internal val LightMail =
    MailColors(
        star = Color(0xFFC67A00),
        archive = Color(0xFF1E6B52),
        onArchive = Color(0xFFFFFFFF),
        delete = Color(0xFFA8322B),
        onDelete = Color(0xFFFFFFFF),
        avatars =
            listOf(
                Color(0xFFCFE6F2) to Color(0xFF0F4059),
                Color(0xFFD5EBD8) to Color(0xFF1C4A26),
                Color(0xFFF6E0C8) to Color(0xFF603A0A),
                Color(0xFFF3D9DF) to Color(0xFF6A2238),
                Color(0xFFE3DCF2) to Color(0xFF412F72),
                Color(0xFFEAE6C6) to Color(0xFF4B4609),
            ),
    )

internal val DarkMail =
    MailColors(
        star = Color(0xFFF6C15C),
        archive = Color(0xFF4DB292),
        onArchive = Color(0xFF001A11),
        delete = Color(0xFFEE8B82),
        onDelete = Color(0xFF3B0704),
        avatars =
            listOf(
                Color(0xFF204A5F) to Color(0xFFCFE9F7),
                Color(0xFF2A4F33) to Color(0xFFD6F0DA),
                Color(0xFF5F431F) to Color(0xFFFBE6CB),
                Color(0xFF613040) to Color(0xFFFADDE4),
                Color(0xFF463A6B) to Color(0xFFE8E0FB),
                Color(0xFF4B4820) to Color(0xFFF0ECCB),
            ),
    )

private val LocalMailColors = staticCompositionLocalOf { LightMail }

/** Colours Material has no name for, of the look that is on. */
val MaterialTheme.mail: MailColors
    @Composable @ReadOnlyComposable
    get() = LocalMailColors.current

/** Type as Material lays it out, a little tighter in titles; [family] is the device's own unless a picture pins it. */
internal fun typography(family: FontFamily): Typography {
    fun style(
        size: Int,
        line: Int,
        weight: FontWeight = FontWeight.Normal,
    ) = TextStyle(fontFamily = family, fontSize = size.sp, lineHeight = line.sp, fontWeight = weight)
    val plain = Typography()
    return plain.copy(
        headlineSmall = style(24, 31, FontWeight.Medium),
        titleLarge = style(22, 28, FontWeight.Medium),
        titleMedium = style(16, 22, FontWeight.Medium),
        titleSmall = style(14, 20, FontWeight.Medium),
        bodyLarge = style(16, 25),
        bodyMedium = style(15, 21),
        bodySmall = style(13, 18),
        labelLarge = style(14, 20, FontWeight.Medium),
        labelMedium = style(13, 18, FontWeight.Medium),
        labelSmall = style(12, 16, FontWeight.Medium),
    )
}

/** The app's look around [content]. */
@Composable
fun MailTheme(
    dark: Boolean = isSystemInDarkTheme(),
    family: FontFamily = FontFamily.Default,
    content: @Composable () -> Unit,
) {
    CompositionLocalProvider(LocalMailColors provides if (dark) DarkMail else LightMail) {
        MaterialTheme(
            colorScheme = if (dark) DarkScheme else LightScheme,
            typography = typography(family),
            content = content,
        )
    }
}
