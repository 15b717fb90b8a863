//! Dates as IMAP writes them: INTERNALDATE, SEARCH dates and the Date header (RFC 3501, RFC 5322).

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The time a message arrived: seconds since 1970 and the zone it is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InternalDate {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub unix: i64,
    /// Offset from UTC in minutes, east positive.
    pub offset: i16,
}

impl From<i64> for InternalDate {
    fn from(unix: i64) -> Self {
        Self { unix, offset: 0 }
    }
}

impl InternalDate {
    /// `" 5-Jan-2026 10:00:00 +0000"`, without quotes.
    pub fn text(self) -> String {
        let local = self.unix + i64::from(self.offset) * 60;
        let (year, month, day) = civil(local.div_euclid(86400));
        let second = local.rem_euclid(86400);
        let name = MONTHS.get(month as usize - 1).copied().unwrap_or("Jan");
        let sign = if self.offset < 0 { '-' } else { '+' };
        let offset = self.offset.unsigned_abs();
        format!(
            "{day:2}-{name}-{year:04} {:02}:{:02}:{:02} {sign}{:02}{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60,
            offset / 60,
            offset % 60
        )
    }

    /// Reads what [`text`](Self::text) writes; a one-digit day may come without its space.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let days = day_number(words.next()?)?;
        let seconds = clock_time(words.next()?)?;
        let offset = zone(words.next()?)?;
        if words.next().is_some() {
            return None;
        }
        Some(Self { unix: days * 86400 + seconds - i64::from(offset) * 60, offset })
    }

    /// The day shown, as days since 1970, zone ignored: what SINCE, ON and BEFORE compare.
    pub(crate) fn day(self) -> i64 {
        (self.unix + i64::from(self.offset) * 60).div_euclid(86400)
    }
}

/// Days since 1970 of a SEARCH date such as `5-Jan-2026`.
pub(crate) fn day_number(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || day.len() > 2 {
        return None;
    }
    days(year.parse().ok()?, month_number(month)?, day.parse().ok()?)
}

/// The day a Date header names, its zone ignored (RFC 3501 SENTSINCE), as days since 1970.
pub(crate) fn header_day(value: &str) -> Option<i64> {
    let after_weekday = value.rsplit_once(',').map_or(value, |(_, rest)| rest);
    let mut words = after_weekday.split_ascii_whitespace();
    let day: u32 = words.next()?.parse().ok()?;
    let month = month_number(words.next()?)?;
    let written = words.next()?;
    let year: i64 = written.parse().ok()?;
    let year = match written.len() {
        2 if year < 50 => year + 2000,
        2 | 3 => year + 1900,
        _ => year,
    };
    days(year, month, day)
}

fn month_number(name: &str) -> Option<u32> {
    MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name)).map(|at| at as u32 + 1)
}

fn clock_time(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let mut part = |limit: i64| {
        let text = parts.next().filter(|text| text.len() == 2)?;
        text.parse().ok().filter(|value| (0..limit).contains(value))
    };
    let (hour, minute, second): (i64, i64, i64) = (part(24)?, part(60)?, part(61)?);
    if parts.next().is_some() {
        return None;
    }
    Some(hour * 3600 + minute * 60 + second)
}

fn zone(text: &str) -> Option<i16> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let number: i16 = text.get(1..).filter(|rest| rest.len() == 4)?.parse().ok()?;
    (number >= 0).then_some(sign * (number / 100 * 60 + number % 100))
}

fn days(year: i64, month: u32, day: u32) -> Option<i64> {
    if !(1..=31).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day - 1);
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 } as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_reads_back_as_it_was_written() {
        for (unix, offset) in [(0, 0), (1_767_607_200, 120), (951_782_400, -330), (4_102_444_799, 0)] {
            let date = InternalDate { unix, offset };
            assert_eq!(InternalDate::parse(&date.text()), Some(date), "{}", date.text());
        }
        assert_eq!(InternalDate::from(1_767_607_200).text(), " 5-Jan-2026 10:00:00 +0000");
        assert_eq!(InternalDate::parse("32-Jan-2026 10:00:00 +0000"), None);
        assert_eq!(InternalDate::parse("1-Jan-2026 25:00:00 +0000"), None);
    }

    #[test]
    fn a_date_header_names_its_day_whatever_its_zone() {
        let day = day_number("5-Jan-2026");
        assert_eq!(header_day("Mon, 5 Jan 2026 23:59:00 -0800"), day);
        assert_eq!(header_day("5 Jan 26 00:00:00 +1400"), day);
        assert_eq!(header_day("yesterday"), None);
    }
}
