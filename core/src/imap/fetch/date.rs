//! INTERNALDATE, both ways (RFC 3501 §9 date-time).

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds since 1970 UTC of `17-Jul-1996 02:44:25 -0700`; `None` if it is no date of the years 1 to 9999.
pub(crate) fn internal_date(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split_ascii_whitespace();
    let mut date = words.next()?.split('-');
    let day: i64 = date.next()?.parse().ok().filter(|d| (1..=31).contains(d))?;
    let name = date.next()?;
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(name))? as i64 + 1;
    let year: i64 = date.next()?.parse().ok().filter(|y| (1..=9_999).contains(y))?;
    let mut time = words.next()?.split(':').map(|n| n.parse::<i64>().ok().filter(|n| (0..=60).contains(n)));
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    let zone = words.next().map_or(Some(0), zone_minutes)?;
    let days = days_from_civil(year, month, day);
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second - zone * 60)
}

fn zone_minutes(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.as_bytes().first()? {
        b'+' => (1, zone.get(1..)?),
        b'-' => (-1, zone.get(1..)?),
        _ => return Some(0),
    };
    let n: i64 = digits.parse().ok().filter(|n| (0..=2_359).contains(n))?;
    Some(sign * (n / 100 * 60 + n % 100))
}

/// Days since 1970-01-01 in the Gregorian calendar, by eras of 400 years that begin in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date-time of APPEND, in UTC, quotes included.
pub(crate) fn wire_date(seconds: i64) -> String {
    let seconds = seconds.clamp(0, 253_402_300_799);
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march + 2) / 5 + 1;
    let month = (march + 2) % 12;
    let year = era * 400 + year_of_era + i64::from(month < 2);
    let name = MONTHS.get(month as usize).copied().unwrap_or("Jan");
    let (h, m, s) = (time / 3_600, time / 60 % 60, time % 60);
    format!("\"{day:02}-{name}-{year:04} {h:02}:{m:02}:{s:02} +0000\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_as_servers_write_them() {
        let table: &[(&str, Option<i64>)] = &[
            ("17-Jul-1996 02:44:25 -0700", Some(837_596_665)),
            (" 1-Jan-1970 00:00:00 +0000", Some(0)),
            ("29-Feb-2024 23:59:60 +0100", Some(1_709_247_600)),
            ("31-Dec-9999 23:59:59 +0000", Some(253_402_300_799)),
            ("01-jan-2000 00:00:00 GMT", Some(946_684_800)),
            ("01-Foo-2000 00:00:00 +0000", None),
            ("01-Jan-99999 00:00:00 +0000", None),
            ("01-Jan-2000", None),
            ("", None),
            ("99-Jan-2000 00:00:00 +0000", None),
            ("01-Jan-2000 00:00:00 +99999999999999999999", None),
        ];
        for (text, seconds) in table {
            assert_eq!(internal_date(text.as_bytes()), *seconds, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_date_survives_the_wire(seconds in 0i64..253_402_300_799) {
            let wire = wire_date(seconds);
            prop_assert_eq!(internal_date(wire.trim_matches('"').as_bytes()), Some(seconds));
        }
    }
}
