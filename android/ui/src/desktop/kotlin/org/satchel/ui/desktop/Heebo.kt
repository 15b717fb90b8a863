// The font of the desktop window and of the pictures: the same everywhere, with Latin and Hebrew letters.
package org.satchel.ui.desktop

import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font

/** Heebo (SIL Open Font License, beside the files). Phones use their own font. */
fun heebo(): FontFamily =
    FontFamily(
        listOf(400 to FontWeight.Normal, 500 to FontWeight.Medium, 700 to FontWeight.Bold)
            .map { (number, weight) -> Font("fonts/heebo-$number.ttf", weight) },
    )
