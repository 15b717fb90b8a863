// Moments as a person reads them, seen from now and here.
package org.satchel.ui.text

import androidx.compose.runtime.staticCompositionLocalOf
import java.time.Clock
import java.time.Instant
import java.time.LocalDate
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter

/** What time it is, and where: pictures and tests hand in one that stands still. */
val LocalClock = staticCompositionLocalOf<Clock> { Clock.systemDefaultZone() }

private const val WEEK = 7L

/** Writes moments in the words of [strings], as seen from [clock]. */
class DateText(
    private val strings: Strings,
    private val clock: Clock,
) {
    private val today: LocalDate = LocalDate.now(clock)

    /** In a row: the time today, the day this year, the day and the year before. */
    fun short(at: Instant): String {
        val there = here(at)
        val day = there.toLocalDate()
        return there.format(
            pattern(
                when {
                    day == today -> strings.timePattern
                    day.year == today.year -> strings.dayPattern
                    else -> strings.dayOfYearPattern
                },
            ),
        )
    }

    /** Over a message: everything. */
    fun full(at: Instant): String = here(at).format(pattern(strings.fullPattern))

    /** In a sentence about an account: the time today, otherwise the day and the time. */
    fun moment(at: Instant): String {
        val there = here(at)
        val time = there.format(pattern(strings.timePattern))
        return if (there.toLocalDate() == today) time else "${short(at)}, $time"
    }

    /** Over a group of rows: today, yesterday, a day of this week, a month. */
    fun heading(at: Instant): String {
        val day = here(at).toLocalDate()
        return when {
            day >= today -> strings.today
            day == today.minusDays(1) -> strings.yesterday
            day > today.minusDays(WEEK) -> day.format(pattern(strings.weekdayPattern))
            else -> day.format(pattern(strings.monthPattern))
        }
    }

    private fun here(at: Instant): ZonedDateTime = at.atZone(clock.zone)

    private fun pattern(written: String) = DateTimeFormatter.ofPattern(written, strings.locale)
}
