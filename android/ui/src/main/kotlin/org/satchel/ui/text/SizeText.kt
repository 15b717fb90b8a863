// Sizes as a person reads them: decimal, three digits at most.
package org.satchel.ui.text

import org.satchel.mail.ByteCount
import java.util.Locale

private const val THOUSAND = 1_000L
private const val MILLION = 1_000_000L
private const val BILLION = 1_000_000_000L
private const val TEN = 10

/** `812 bytes`, `24 kB`, `1.4 MB`. */
fun sizeText(
    size: ByteCount,
    strings: Strings,
): String {
    val bytes = size.bytes
    return when {
        bytes < THOUSAND -> strings.bytes(bytes)

        // What would round up to the next unit is written in it.
        bytes < MILLION - THOUSAND / 2 -> strings.kilobytes(figure(bytes, THOUSAND, strings.locale))

        bytes < BILLION - MILLION / 2 -> strings.megabytes(figure(bytes, MILLION, strings.locale))

        else -> strings.gigabytes(figure(bytes, BILLION, strings.locale))
    }
}

private fun figure(
    bytes: Long,
    unit: Long,
    locale: Locale,
): String {
    val amount = bytes.toDouble() / unit
    val whole = unit == THOUSAND || amount >= TEN
    return String.format(locale, if (whole) "%.0f" else "%.1f", amount)
}
